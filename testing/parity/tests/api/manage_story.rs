//! The life of a key, and what the mock does not take.

use requesty_core::chat::{Message, Request};
use requesty_core::manage::{NewKey, Permission, UNLIMITED};
use requesty_core::{ApiKey, Decimal, Error, ErrorKind, Host, http};
use serde_json::{Value, json};

use crate::manage::{chat, group, made, money, refused};
use crate::support::{Bench, Transport, endpoint};

endpoint!(a_key_is_made_used_up_and_deleted, |router| router.keys(), |bench| {
    let (id, secret) = made(bench, &NewKey::new("story").monthly_limit(UNLIMITED).completions(Permission::Write));
    assert_eq!(bench.send(bench.router.keys()).keys[0].id, id);
    let ask = || chat(&bench.router).unwrap().with_key(&secret).map_err(Error::from);
    let cost = bench.send(ask()).cost().unwrap();

    // Enough for one more and a bit: the one that goes beyond it is still answered.
    let limit = cost.checked_mul(money("2.5")).unwrap();
    bench.send(bench.router.set_key_limit(&id, limit));
    bench.send(ask());
    let stream = bench.stream(
        {
            let messages = [Message::user("What is an LLM gateway?")];
            let call = bench.router.chat_stream(&Request::new(&messages).model("mock/text")).unwrap();
            call.with_key(&secret).map_err(Error::from)
        },
        |_| {},
    );
    assert_eq!(stream.map_err(|_| ()).unwrap().cost(), Some(cost));

    let used_up = refused(bench, ask());
    assert_eq!(used_up, (ErrorKind::SpendLimit, "Reached monthly spend limit for API key".to_owned()));
    let key = bench.send(bench.router.key(&id));
    assert_eq!(key.monthly_spend, cost.checked_mul(Decimal::from(3_u64)));
    assert_eq!(key.remaining(), Some(limit.checked_sub(key.monthly_spend.unwrap()).unwrap()));
    assert!(key.remaining().unwrap().is_negative());

    // A higher limit lets it go on; deleted, it is gone.
    bench.send(bench.router.set_key_limit(&id, money("10")));
    bench.send(ask());
    bench.send(bench.router.delete_key(&id));
    assert_eq!(refused(bench, ask()), (ErrorKind::Forbidden, "Invalid authorization token".to_owned()));
    assert_eq!(refused(bench, bench.router.key(&id)).0, ErrorKind::NotFound);
    assert!(bench.send(bench.router.keys()).keys.is_empty());
    let broke = ApiKey::new("rqsty-sk-no-balance").unwrap();
    let (kind, _) = refused(bench, chat(&bench.router).unwrap().with_key(&broke).map_err(Error::from));
    assert_eq!(kind, ErrorKind::InsufficientBalance);
});

/// What this crate does not send, the mock does not take.
#[test]
fn the_mock_takes_what_is_documented_only() {
    let bench = Bench::new(Transport::Ureq);
    let (key, _) = made(&bench, &NewKey::new("k"));
    let group = group(&bench);
    let ask = |method: &str, path: &str, body: Value| {
        let method = http::Method::from_bytes(method.as_bytes()).unwrap();
        let path = path.replace("{key}", &key).replace("{group}", &group);
        refused(&bench, bench.router.ask::<Value>(Host::Management, method, &path, Some(&body))).0
    };
    for (method, path, body) in [
        ("POST", "v1/manage/apikey", json!({"name": ""})),
        ("POST", "v1/manage/apikey", json!({"name": "k", "monthly_limit": 5})),
        ("POST", "v1/manage/apikey", json!({"name": "k", "permissions": {"manage": "all"}})),
        ("POST", "v1/manage/apikey/{key}/limit", json!({"monthly_limit": 5})),
        ("POST", "v1/manage/apikey/{key}/limit", json!({"monthly_limit": "-5"})),
        ("POST", "v1/manage/apikey/{key}/label", json!({})),
        ("POST", "v1/manage/apikey/{key}/expiry", json!({})),
        ("POST", "v1/manage/apikey/{key}/expiry", json!({"expires_at": "tomorrow"})),
        ("GET", "v1/manage/apikey/{key}/usage", json!({"start": "2026-08-07T00:00:00Z"})),
        ("GET", "v1/manage/apikey/{key}/usage?start=2026-08-07T00:00:00Z&group_by=group_name", json!({})),
        ("GET", "v1/manage/org/usage?start=2026-08-07T00:00:00Z&resolution=week", json!({})),
        ("POST", "v1/manage/group", json!({"name": "g", "monthly_limit": "5"})),
        ("POST", "v1/manage/group/{group}/member", json!({"user_id": "u"})),
        ("DELETE", "v1/manage/group/{group}/member", json!({})),
        ("POST", "v1/manage/access-list", json!({"chat": ["a"]})),
        ("POST", "v1/manage/access-list", json!({"name": "l", "chat": "a"})),
        ("POST", "v1/manage/org/group/access-list", json!({})),
    ] {
        assert_eq!(ask(method, path, body), ErrorKind::InvalidRequest, "{method} {path}");
    }
    for (method, path) in [
        ("POST", "v1/manage/apikey/{key}/usage?start=2026-08-07T00:00:00Z"),
        ("PUT", "v1/manage/group/{group}/member"),
        ("PATCH", "v1/manage/apikey/{key}"),
    ] {
        assert_eq!(ask(method, path, json!({})), ErrorKind::NotFound, "{method} {path}");
    }
    assert_eq!(bench.send(bench.router.keys()).keys.len(), 1, "what was refused was not done");

    let (_, reader) = made(&bench, &NewKey::new("r").manage(Permission::Read).completions(Permission::None));
    let with = |call: requesty_core::Call<_>| call.with_key(&reader).map_err(Error::from);
    assert_eq!(bench.send(with(bench.router.keys().unwrap())).keys.len(), 2);
    let (kind, message) =
        refused(&bench, bench.router.delete_key(&key).unwrap().with_key(&reader).map_err(Error::from));
    assert_eq!((kind, message.as_str()), (ErrorKind::Forbidden, "manage write permission required"));
    let (kind, message) = refused(&bench, chat(&bench.router).unwrap().with_key(&reader).map_err(Error::from));
    assert_eq!((kind, message.as_str()), (ErrorKind::Forbidden, "completions write permission required"));
}
