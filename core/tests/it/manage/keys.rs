//! Keys: what is sent, what is read, and what goes wrong.

use requesty_core::manage::{
    CreatedKey, Expiry, Key, Keys, Labels, NewKey, Permission, Permissions, SELF, Timestamp, UNLIMITED,
};
use requesty_core::{ApiKey, Decimal, Error, ErrorKind};
use serde_json::json;

use crate::support::manage::{MANAGEMENT, asks, misreads, passed_on, reads, refuses, reply};
use crate::support::router;

const LIST: &str = r#"{"keys":[{"id":"key-1","name":"production","monthly_limit":"500","monthly_spend":"12.5","permissions":{"manage":"read","completions":"write"},"labels":{"env":"prod"},"created_by":{"id":"user-1","email":"you@example.com"},"group":{"id":"group-1"}}]}"#;
const KEY: &str = r#"{"id":"key-1","name":"production","monthly_limit":"0","monthly_spend":"3","permissions":{"manage":"none","completions":"write"},"group":{"id":"group-1"},"logging":true}"#;

fn money(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn url(path: &str) -> String {
    format!("{MANAGEMENT}/v1/manage/apikey{path}")
}

#[test]
fn keys_are_listed_by_a_request() {
    asks(&router().keys(), "GET", &url(""), "");
}

#[test]
fn a_list_of_keys_is_read() {
    let keys = reads(&router().keys(), LIST);
    let [key] = keys.keys.as_slice() else { panic!("{keys:?}") };
    assert_eq!((key.id.as_str(), key.name.as_deref()), ("key-1", Some("production")));
    assert_eq!((key.monthly_limit, key.monthly_spend), (Some(money("500")), Some(money("12.5"))));
    assert_eq!((key.limit(), key.remaining()), (Some(money("500")), Some(money("487.5"))));
    let permissions = key.permissions.as_ref().unwrap();
    assert_eq!(permissions.manage, Some(Permission::Read));
    assert_eq!(permissions.completions, Some(Permission::Write));
    assert_eq!(key.labels.get("env").as_deref(), Some("prod"));
    let creator = key.created_by.as_ref().unwrap();
    assert_eq!((creator.id.as_deref(), creator.email.as_deref()), (Some("user-1"), Some("you@example.com")));
    let group = key.group.as_ref().unwrap();
    assert_eq!((group.id.as_deref(), group.name.as_deref()), (Some("group-1"), None));
    assert_eq!((key.logging, key.expires_at.as_deref(), key.expiry()), (None, None, None));
    assert!(key.extra.is_empty() && keys.extra.is_empty());
    passed_on(&keys, LIST);
    assert_eq!(serde_json::from_str::<Keys>(LIST).unwrap(), keys);
}

#[test]
fn a_list_of_keys_is_refused() {
    refuses(&router().keys());
    misreads(
        &router().keys(),
        &["{}", "[]", "null", "7", r#"{"keys":{}}"#, r#"{"keys":[7]}"#, r#"{"keys":[{}]}"#, "{"],
    );
}

#[test]
fn one_odd_key_does_not_cost_the_others() {
    let keys = reads(&router().keys(), r#"{"keys":[{"id":"a"},{"name":"no id"},7,{"id":8}],"next":"p2"}"#);
    let ids: Vec<_> = keys.keys.iter().map(|key| key.id.as_str()).collect();
    assert_eq!(ids, ["a", "8"]);
    assert_eq!(keys.extra.get("keys"), Some(r#"[{"id":"a"},{"name":"no id"},7,{"id":8}]"#));
    assert_eq!(keys.extra.get("next"), Some(r#""p2""#));
    passed_on(&keys, r#"{"keys":[{"id":"a"},{"name":"no id"},7,{"id":8}],"next":"p2"}"#);
    for none in [r#"{"keys":null}"#, r#"{"keys":[]}"#] {
        let none = reads(&router().keys(), none);
        assert!(none.keys.is_empty() && none.extra.is_empty());
        passed_on(&none, r#"{"keys":[]}"#);
    }
}

#[test]
fn spend_adds_up_exactly() {
    let keys = |spends: &[&str]| -> Keys {
        let keys: Vec<_> = spends.iter().map(|spend| format!(r#"{{"id":"k","monthly_spend":{spend}}}"#)).collect();
        serde_json::from_str(&format!(r#"{{"keys":[{}]}}"#, keys.join(","))).unwrap()
    };
    assert_eq!(keys(&[]).monthly_spend(), None);
    assert_eq!(keys(&["null"]).monthly_spend(), None);
    assert_eq!(keys(&["\"0.1\"", "null", "0.2", "\"1e-20\""]).monthly_spend(), Some(money("0.30000000000000000001")));
    let too_precise = ["\"1e30\"", "\"1e-30\"", "\"1\""];
    assert_eq!(keys(&too_precise).monthly_spend(), None, "not rounded");
}

#[test]
fn a_key_is_made_by_a_request() {
    let router = router();
    let create = |key: &NewKey, body: &str| asks(&router.create_key(key), "POST", &url(""), body);
    create(&NewKey::new("production"), r#"{"name":"production"}"#);
    create(&NewKey::new("p").monthly_limit(money("500")), r#"{"name":"p","monthly_limit":"500"}"#);
    create(&NewKey::new("p").monthly_limit(UNLIMITED), r#"{"name":"p","monthly_limit":"0"}"#);
    let key = NewKey::new("p").monthly_limit(money("12.50")).manage(Permission::Read).completions(Permission::Write);
    create(&key, r#"{"name":"p","monthly_limit":"12.5","permissions":{"manage":"read","completions":"write"}}"#);
    create(&NewKey::new("p").manage(Permission::None), r#"{"name":"p","permissions":{"manage":"none"}}"#);
    let more = NewKey::new("p").extra("group_id", "group-1").unwrap().extra("name", "q").unwrap();
    create(&more, r#"{"group_id":"group-1","name":"q"}"#);
    assert!(NewKey::new("p").extra("x", &std::collections::HashMap::from([((), ())])).is_err());
}

#[test]
fn a_new_key_is_read_and_never_shown() {
    let json = r#"{"api_key_id":"key-9","api_key":"rqsty-sk-s3cr3t+/=","hint":"rqsty-sk-s3…"}"#;
    let created = reads(&router().create_key(&NewKey::new("p")), json);
    assert_eq!(created.id.as_deref(), Some("key-9"));
    let secret = created.secret.clone().unwrap();
    assert_eq!(secret.expose(), "rqsty-sk-s3cr3t+/=");
    assert_eq!(secret.api_key().unwrap(), ApiKey::new("rqsty-sk-s3cr3t+/=").unwrap());
    assert_eq!(ApiKey::try_from(secret.clone()).unwrap().expose(), "rqsty-sk-s3cr3t+/=");
    assert_eq!(format!("{secret:?}"), "Secret(…)");
    assert_eq!(format!("{created:?}"), r#"CreatedKey { id: Some("key-9"), secret: Some(Secret(…)), extra: ["hint"] }"#);
    passed_on(&created, r#"{"api_key_id":"key-9","hint":"rqsty-sk-s3…"}"#);
    assert_eq!(created, created.clone());
}

#[test]
fn a_new_key_in_an_odd_shape_is_no_less_secret() {
    let call = router().create_key(&NewKey::new("p"));
    let odd = reads(&call, r#"{"api_key_id":7,"api_key":{"value":"s3cr3t"}}"#);
    assert_eq!((odd.id.as_deref(), odd.secret.as_ref().unwrap().expose()), (Some("7"), r#"{"value":"s3cr3t"}"#));
    assert!(!format!("{odd:?}").contains("s3cr3t"));
    assert!(!serde_json::to_string(&odd).unwrap().contains("s3cr3t"));
    let only_id = reads(&call, r#"{"api_key_id":"key-9","api_key":null}"#);
    assert_eq!((only_id.id.as_deref(), only_id.secret), (Some("key-9"), None));
    let only_secret = reads(&call, r#"{"api_key":"a key with blanks"}"#);
    assert_eq!(only_secret.id, None);
    assert!(only_secret.secret.clone().unwrap().api_key().is_err());
    assert!(ApiKey::try_from(only_secret.secret.unwrap()).is_err());
    // A reply that cannot be read may hold it all the same.
    let body = br#"{"apiKey":"s3cr3t"}"#;
    let Err(error) = reply(&call, 200, Some("application/json"), body, requesty_core::End::Clean) else { panic!() };
    assert!(!format!("{error} {error:?}").contains("s3cr3t"));
    assert!(serde_json::from_str::<CreatedKey>("{}").is_err());
}

#[test]
fn a_key_is_not_made() {
    let call = router().create_key(&NewKey::new("p"));
    refuses(&call);
    misreads(&call, &["{}", "[]", "null", "", r#"{"api_key_id":null}"#]);
    // Made or not, nobody knows: such a request is not sent again by itself.
    let cut = requesty_core::End::Cut(std::sync::Arc::new(std::io::Error::other("reset")));
    let Err(error) = reply(&call, 200, None, b"{", cut) else { panic!() };
    assert!(error.request_maybe_processed() && !error.is_retryable());
}

#[test]
fn a_key_is_asked_for() {
    asks(&router().key("key-1"), "GET", &url("/key-1"), "");
    asks(&router().key(SELF), "GET", &url("/self"), "");
}

#[test]
fn a_key_is_read() {
    // As documented, `logging` comes earlier; which of two members comes first says nothing.
    let wire = r#"{"id":"key-1","name":"production","logging":true,"monthly_limit":"0","monthly_spend":"3",
        "permissions":{"manage":"none","completions":"write"},"group":{"id":"group-1"}}"#;
    let key = reads(&router().key("key-1"), wire);
    assert_eq!(key.monthly_limit, Some(Decimal::ZERO), "as it came");
    assert_eq!((key.limit(), key.remaining()), (None, None), "zero is no limit");
    assert_eq!((key.monthly_spend, key.logging), (Some(money("3")), Some(true)));
    assert_eq!(key.permissions.as_ref().unwrap().manage, Some(Permission::None));
    passed_on(&key, KEY);
    assert_eq!(serde_json::from_str::<Key>(KEY).unwrap(), key);
}

#[test]
fn a_key_is_refused() {
    refuses(&router().key("key-1"));
    misreads(&router().key("key-1"), &["{}", "null", "[]", r#"{"id":null}"#, r#"{"id":{}}"#]);
}

#[test]
fn odd_members_of_a_key_are_kept_and_cost_no_other() {
    let wire = r#"{"id":"k","name":7,"monthly_limit":49.990,"monthly_spend":"a lot","permissions":"all","labels":["x"],
        "created_by":"user-1","group":null,"logging":"yes","expires_at":1798761599,"scope":{"b":1, "a":2}}"#;
    let key = reads(&router().key("k"), wire);
    assert_eq!(key.name.as_deref(), Some("7"));
    assert_eq!((key.monthly_limit, key.monthly_spend), (Some(money("49.99")), None), "a number or a string");
    assert_eq!((key.remaining(), key.limit()), (None, Some(money("49.99"))));
    assert_eq!((key.permissions.is_none(), key.labels.is_empty(), key.created_by.is_none()), (true, true, true));
    assert_eq!((key.group.is_none(), key.logging, key.expires_at.is_none()), (true, None, true));
    let extra: Vec<_> = key.extra.iter().collect();
    let kept = [
        ("monthly_spend", r#""a lot""#),
        ("permissions", r#""all""#),
        ("labels", r#"["x"]"#),
        ("created_by", r#""user-1""#),
        ("logging", r#""yes""#),
        ("expires_at", "1798761599"),
        ("scope", r#"{"b":1, "a":2}"#),
    ];
    assert_eq!(extra, kept);
    let again = serde_json::to_string(&key).unwrap();
    assert!(again.starts_with(r#"{"id":"k","name":"7","monthly_limit":"49.99","monthly_spend":"a lot""#), "{again}");
    assert_eq!(serde_json::from_str::<Key>(&again).unwrap(), key);

    let overspent: Key = serde_json::from_str(r#"{"id":"k","monthly_limit":"1","monthly_spend":"1.25"}"#).unwrap();
    assert_eq!(overspent.remaining(), Some(money("-0.25")));
    let odd: Permissions = serde_json::from_str(r#"{"manage":"admin","completions":true,"mcp":"read"}"#).unwrap();
    assert_eq!((odd.manage.clone(), odd.completions.clone()), (Some(Permission::Other("admin".into())), None));
    passed_on(&odd, r#"{"manage":"admin","completions":true,"mcp":"read"}"#);
    assert!(serde_json::from_str::<Permissions>("7").is_err());
    let full = r#"{"id":"k","created_by":{"id":"u","email":"e","team":1},"group":{"id":"g","name":"n","x":2},"expires_at":"2026-12-31T23:59:59Z"}"#;
    let key: Key = serde_json::from_str(full).unwrap();
    assert_eq!(key.group.as_ref().unwrap().name.as_deref(), Some("n"));
    assert_eq!(key.expiry(), Some(Timestamp::new("2026-12-31T23:59:59Z").unwrap()));
    passed_on(&key, full);
    assert_eq!(key.created_by, Some(serde_json::from_str(r#"{"id":"u","email":"e","team":1}"#).unwrap()));
    assert_eq!(key.group, Some(serde_json::from_str(r#"{"id":"g","name":"n","x":2}"#).unwrap()));
}

#[test]
fn a_key_is_deleted_by_a_request() {
    asks(&router().delete_key("key-1"), "DELETE", &url("/key-1"), "");
}

#[test]
fn a_key_is_deleted() {
    reply(&router().delete_key("key-1"), 204, None, b"", requesty_core::End::Clean).unwrap();
}

#[test]
fn a_key_is_not_deleted() {
    refuses(&router().delete_key("key-1"));
    let body = br#"{"error":{"origin":"router","message":"API key not found"}}"#;
    let error = reply(&router().delete_key("key-1"), 404, None, body, requesty_core::End::Clean).unwrap_err();
    assert_eq!(error.kind(), Some(ErrorKind::NotFound));
}

#[test]
fn a_key_is_limited_by_a_request() {
    let router = router();
    asks(&router.set_key_limit("key-1", money("49.99")), "POST", &url("/key-1/limit"), r#"{"monthly_limit":"49.99"}"#);
    asks(&router.set_key_limit("key-1", UNLIMITED), "POST", &url("/key-1/limit"), r#"{"monthly_limit":"0"}"#);
}

#[test]
fn a_key_is_labelled_by_a_request() {
    let router = router();
    let labels = Labels::new().label("env", "prod").label("team", "\"a\"").label("env", "dev");
    let sent =
        |labels: &Labels, body: &str| asks(&router.set_key_labels("key-1", labels), "POST", &url("/key-1/label"), body);
    sent(&labels, r#"{"labels":{"env":"dev","team":"\"a\""}}"#);
    sent(&labels.without("env").without("none"), r#"{"labels":{"team":"\"a\""}}"#);
    sent(&Labels::new(), r#"{"labels":{}}"#);
    sent(&[("b", "1"), ("a", "2"), ("b", "3")].into_iter().collect(), r#"{"labels":{"b":"3","a":"2"}}"#);
}

#[test]
fn labels_are_kept_as_they_came() {
    let labels: Labels = serde_json::from_str(r#"{"env":"pr\u006fd","count":7,"on":true,"more":{"x" :1}}"#).unwrap();
    assert_eq!((labels.len(), labels.is_empty()), (4, false));
    let all: Vec<_> = labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(all, ["env=prod", "count=7", "on=true", r#"more={"x" :1}"#]);
    assert_eq!((labels.get("count").as_deref(), labels.get("none")), (Some("7"), None));
    passed_on(&labels, r#"{"env":"pr\u006fd","count":7,"on":true,"more":{"x" :1}}"#);
    assert_eq!(format!("{:?}", labels.without("more").without("env")), r#"{"count": "7", "on": "true"}"#);
    assert!((Labels::new().is_empty(), Labels::new().len()) == (true, 0));
    assert!(serde_json::from_str::<Labels>("[]").is_err());
}

#[test]
fn a_key_expires_by_a_request() {
    let router = router();
    let at = Expiry::At(Timestamp::new("2026-12-31T23:59:59Z").unwrap());
    let path = url("/key-1/expiry");
    asks(&router.set_key_expiry("key-1", &at), "POST", &path, r#"{"expires_at":"2026-12-31T23:59:59Z"}"#);
    asks(&router.set_key_expiry("key-1", &Expiry::Never), "POST", &path, r#"{"expires_at":null}"#);
}

#[test]
fn a_key_is_changed() {
    let router = router();
    for call in [
        router.set_key_limit("key-1", money("1")),
        router.set_key_labels("key-1", &Labels::new()),
        router.set_key_expiry("key-1", &Expiry::Never),
    ] {
        reply(&call, 204, None, b"", requesty_core::End::Clean).unwrap();
    }
}

#[test]
fn a_key_is_not_changed() {
    let router = router();
    refuses(&router.set_key_limit("key-1", money("1")));
    refuses(&router.set_key_labels("key-1", &Labels::new()));
    refuses(&router.set_key_expiry("key-1", &Expiry::Never));
}

#[test]
fn a_key_that_spent_its_limit_says_so() {
    let message = "Reached monthly spend limit for API key";
    let body = json!({"error": {"origin": "router", "message": message}}).to_string();
    let error = reply(&router().keys(), 412, None, body.as_bytes(), requesty_core::End::Clean).unwrap_err();
    assert_eq!(error.kind(), Some(ErrorKind::SpendLimit));
    assert!(matches!(&error, Error::Api(api) if api.message() == Some(message)));
}
