//! What the management endpoints have in common: the check of a key, ids in paths, replies without content, names.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use requesty_core::manage::{
    Expiry, GroupBy, GroupRole, NewGroup, NewKey, Permission, Resolution, SELF, Timestamp, UNLIMITED,
};
use requesty_core::{Acknowledgement, Decimal, End, Error, ErrorKind, Host, Router, http};
use serde_json::json;

use crate::support::manage::{MANAGEMENT, asks, not_built, reads, refuses, reply};
use crate::support::router;

#[test]
fn the_check_of_a_key_is_asked() {
    asks(&router().check_auth(), "GET", &format!("{MANAGEMENT}/v1/auth/check"), "");
    let call = router().check_auth().unwrap();
    assert!(call.policy().max_retries() > 0, "as any other call");
}

#[test]
fn the_check_of_a_key_is_read() {
    let call = router().check_auth();
    let yes = reads(&call, r#"{"ok":true}"#);
    assert_eq!((yes.status(), &yes.body()[..]), (http::StatusCode::OK, &br#"{"ok":true}"#[..]));
    assert_eq!(yes.read_as::<serde_json::Value>(), Some(json!({"ok": true})));
    assert_eq!(yes.read_as::<u8>(), None);
    let nothing = reply(&call, 204, None, b"", End::Clean).unwrap();
    assert_eq!((nothing.status().as_u16(), nothing.body().len()), (204, 0));
}

#[test]
fn the_check_of_a_key_says_no() {
    refuses(&router().check_auth());
    let error = reply(&router().check_auth(), 401, None, b"", End::Clean).unwrap_err();
    assert_eq!(error.kind(), Some(ErrorKind::Unauthorized));
}

#[test]
fn what_was_done_is_done_whatever_the_body_says() {
    let call = router().delete_key("key-1");
    for (status, content_type, body) in [
        (204, None, ""),
        (200, None, ""),
        (200, Some("application/json"), "{}"),
        (200, Some("application/json"), r#"{"error":null,"deleted":true}"#),
        (200, Some("text/plain"), "OK"),
        (202, Some("application/octet-stream"), "\u{0}\u{1}"),
    ] {
        let done = reply(&call, status, content_type, body.as_bytes(), End::Clean);
        assert!(done.is_ok(), "{status} {body:?}: {done:?}");
    }
    // Cut, it is not known what it would have said.
    let cut = End::Cut(Arc::new(std::io::Error::other("reset")));
    assert!(matches!(reply(&call, 200, None, b"{", cut), Err(Error::Truncated(_))));

    // Before the end, there is nothing yet; the reply has no items and shows no body.
    let call = call.unwrap();
    assert_eq!(format!("{:?}", call.reply()), "Json");
    let head = http::Response::builder().status(200).body(()).unwrap().into_parts().0;
    let mut machine = call.open(head, Duration::ZERO);
    assert_eq!(machine.advance().unwrap(), requesty_core::Step::NeedBytes);
    assert_eq!(format!("{:?}", machine.dialect()), "OneValue { outcome: None, .. }");
    machine.item();
    machine.owned();
    assert!(matches!(machine.total().unwrap_err().error(), Error::Truncated(_)));

    let said: Acknowledgement = reads(&router().check_auth(), r#""a secret""#);
    assert_eq!(format!("{said:?}"), "Acknowledgement { status: 200, body_len: 10 }");
    assert_eq!(said, said.clone());
}

#[test]
fn an_id_cannot_climb_out_of_its_path() {
    let router = router();
    for (id, escaped) in [("../org", "..%2Forg"), ("a b?c#d", "a%20b%3Fc%23d"), ("50%", "50%25"), ("ü", "%C3%BC")] {
        let url = |path: &str| format!("{MANAGEMENT}/v1/manage/{}", path.replace("{}", escaped));
        asks(&router.key(id), "GET", &url("apikey/{}"), "");
        asks(&router.delete_key(id), "DELETE", &url("apikey/{}"), "");
        asks(&router.group(id), "GET", &url("group/{}"), "");
        asks(&router.delete_group(id), "DELETE", &url("group/{}"), "");
        asks(&router.access_list(id), "GET", &url("access-list/{}"), "");
        asks(&router.delete_access_list(id), "DELETE", &url("access-list/{}"), "");
        let role = router.set_group_member_role(id, id, &GroupRole::Member);
        asks(&role, "PUT", &url("group/{}/member/{}/role"), r#"{"role":"member"}"#);
    }
    for id in [".", ".."] {
        not_built(router.key(id), "a path segment is . or ..");
        not_built(router.delete_group(id), "a path segment is . or ..");
    }
}

#[test]
fn an_empty_id_is_refused() {
    let router = router();
    let empty = "an id is empty";
    let query = requesty_core::manage::UsageQuery::new(Timestamp::new("2026-08-07T00:00:00Z").unwrap());
    let fields = requesty_core::manage::AccessListFields::new().auto_approve(true);
    not_built(router.key(""), empty);
    not_built(router.delete_key(""), empty);
    not_built(router.key_usage("", &query), empty);
    not_built(router.set_key_limit("", UNLIMITED), empty);
    not_built(router.set_key_labels("", &Default::default()), empty);
    not_built(router.set_key_expiry("", &Expiry::Never), empty);
    not_built(router.group(""), empty);
    not_built(router.delete_group(""), empty);
    not_built(router.add_group_member("", "user-1", &GroupRole::Member), empty);
    not_built(router.add_group_member("group-1", "", &GroupRole::Member), "the id of a member is empty");
    not_built(router.set_group_member_role("", "user-1", &GroupRole::Member), empty);
    not_built(router.set_group_member_role("group-1", "", &GroupRole::Member), empty);
    not_built(router.remove_group_member("", "user-1"), empty);
    not_built(router.remove_group_member("group-1", ""), "the id of a member is empty");
    not_built(router.access_list(""), empty);
    not_built(router.change_access_list("", &fields), empty);
    not_built(router.delete_access_list(""), empty);
    not_built(router.attach_access_list(""), "to remove the access list, detach it");
}

#[test]
fn a_limit_is_not_negative_and_a_name_not_empty() {
    let (router, minus) = (router(), Decimal::new(-1, -2));
    not_built(router.set_key_limit("key-1", minus), "a monthly limit is negative");
    not_built(router.create_key(&NewKey::new("a").monthly_limit(minus)), "a monthly limit is negative");
    not_built(router.create_group(&NewGroup::new("a").monthly_limit(minus)), "a monthly limit is negative");
    for name in ["", " \n"] {
        not_built(router.create_key(&NewKey::new(name)), "the name is empty");
        not_built(router.create_group(&NewGroup::new(name)), "the name is empty");
        let fields = requesty_core::manage::AccessListFields::new().name(name);
        not_built(router.create_access_list(&fields), "the name is empty");
        not_built(router.change_access_list("list-1", &fields), "the name is empty");
    }
    assert!(router.create_key(&NewKey::new("a").monthly_limit(UNLIMITED)).is_ok());
}

#[test]
fn management_has_a_base_of_its_own() {
    let router = router().with_management_base("https://gateway.example/manage-api/v1?tenant=7").unwrap();
    let url = |call: &requesty_core::Call<_>| call.request().uri().to_string();
    assert_eq!(url(&router.key(SELF).unwrap()), "https://gateway.example/manage-api/v1/manage/apikey/self?tenant=7");
    let eu = Router::eu(requesty_core::ApiKey::new("k").unwrap());
    assert_eq!(url(&eu.key(SELF).unwrap()), format!("{MANAGEMENT}/v1/manage/apikey/self"));
    let plain = router.with_management_base("http://10.0.0.1").unwrap();
    not_built(plain.keys(), "unencrypted");
    // What has no method has `ask`.
    let put = plain.with_plain_http(true).ask::<()>(
        Host::Management,
        http::Method::PUT,
        "v1/manage/group/g/member",
        Some(&json!({"user_id": "u", "role": "admin"})),
    );
    assert_eq!(put.unwrap().request().uri(), "http://10.0.0.1/v1/manage/group/g/member");
}

#[test]
fn names_are_what_they_are_on_the_wire_both_ways() {
    macro_rules! both_ways {
        ($type:ident: $($value:expr => $name:literal),+ $(,)?) => {$(
            let value: $type = $value;
            assert_eq!((value.as_str(), value.to_string().as_str()), ($name, $name));
            assert_eq!($type::from($name), value);
            assert_eq!(serde_json::to_value(&value).unwrap(), $name);
        )+};
    }
    both_ways!(Permission:
        Permission::None => "none",
        Permission::Read => "read",
        Permission::Write => "write",
        Permission::Other("admin".into()) => "admin",
    );
    both_ways!(GroupRole:
        GroupRole::Admin => "admin",
        GroupRole::Member => "member",
        GroupRole::Other("owner".into()) => "owner",
    );
    both_ways!(Resolution:
        Resolution::Hour => "hour",
        Resolution::Day => "day",
        Resolution::Month => "month",
        Resolution::Other("week".into()) => "week",
    );
    both_ways!(GroupBy:
        GroupBy::UserId => "user_id",
        GroupBy::ModelRequested => "model_requested",
        GroupBy::ModelUsed => "model_used",
        GroupBy::ProviderUsed => "provider_used",
        GroupBy::IsByok => "is_byok",
        GroupBy::OriginTitle => "origin_title",
        GroupBy::GroupName => "group_name",
        GroupBy::GroupId => "group_id",
        GroupBy::ApiKeyId => "api_key_id",
        GroupBy::extra("feature") => "extra.feature",
        GroupBy::Other("region".into()) => "region",
    );
}

#[test]
fn instants_are_read_as_rfc_3339_writes_them() {
    for (text, seconds) in [
        ("1970-01-01T00:00:00Z", 0),
        ("1969-12-31T23:59:59Z", -1),
        ("2026-12-31T23:59:59Z", 1_798_761_599),
        ("2026-12-31t23:59:59z", 1_798_761_599),
        ("2026-12-31T23:59:59.123456789Z", 1_798_761_599),
        ("2027-01-01T00:59:59+01:00", 1_798_761_599),
        ("2026-12-31T18:29:59-05:30", 1_798_761_599),
        ("2027-01-01T23:58:59+23:59", 1_798_761_600 - 60 + 59),
        ("2024-02-29T12:00:00Z", 1_709_208_000),
        ("2024-03-01T00:00:00Z", 1_709_251_200),
        ("2000-02-29T00:00:00Z", 951_782_400),
        ("1900-02-28T00:00:00Z", -2_203_977_600),
        ("1900-03-01T00:00:00Z", -2_203_891_200),
        ("2016-12-31T23:59:60Z", 1_483_228_800),
        ("0000-01-01T00:00:00Z", -62_167_219_200),
        ("0000-03-01T00:00:00Z", -62_162_035_200),
        ("9999-12-31T23:59:59Z", 253_402_300_799),
    ] {
        let timestamp = Timestamp::new(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(timestamp.unix_seconds(), seconds, "{text}");
        assert_eq!((timestamp.as_str(), timestamp.to_string().as_str()), (text, text));
        assert_eq!(text.parse::<Timestamp>().unwrap(), timestamp);
        assert_eq!(serde_json::to_value(&timestamp).unwrap(), text);
    }
    // Every month has its days and not one more.
    for (month, days) in (1..=12).zip([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]) {
        assert!(Timestamp::new(&format!("2026-{month:02}-{days}T00:00:00Z")).is_ok());
        assert!(Timestamp::new(&format!("2026-{month:02}-{}T00:00:00Z", days + 1)).is_err());
    }
}

#[test]
fn what_is_no_instant_is_refused() {
    for text in [
        "",
        "2026-08-07",
        "2026-08-07T00:00:00",
        "2026-08-07 00:00:00Z",
        "2026-08-07T00:00Z",
        "2026-08-07T00:00:00.Z",
        "2026-08-07T00:00:00,5Z",
        "2026-08-07T00:00:00Z ",
        "2026-08-07T00:00:00ZZ",
        "2026-08-07T00:00:00+0200",
        "2026-08-07T00:00:00+2:00",
        "2026-08-07T00:00:00+24:00",
        "2026-08-07T00:00:00+00:60",
        "2026-08-07T00:00:00+",
        "2026-08-07T00:00:00\u{e9}",
        "2026-08-07T00:00:0\u{e9}Z",
        "26-08-07T00:00:00Z",
        "2026-8-07T00:00:00Z",
        "2026-08-7T00:00:00Z",
        "2026-08-07-01T00:00:00Z",
        "+026-08-07T00:00:00Z",
        "2026-00-07T00:00:00Z",
        "2026-13-07T00:00:00Z",
        "2026-08-00T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2026-08-07T24:00:00Z",
        "2026-08-07T00:60:00Z",
        "2026-08-07T00:00:61Z",
        "2026-08-07T0:00:000Z",
        "2026-08-07T00:0:000Z",
        "1798761599",
    ] {
        let error = Timestamp::new(text).unwrap_err();
        assert!(error.to_string().contains("write it as 2026-12-31T23:59:59Z"), "{text}");
        assert!(text.parse::<Timestamp>().is_err(), "{text}");
    }
}

#[test]
fn instants_are_made_of_the_systems() {
    let at = |seconds: i64| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds.unsigned_abs());
    // Each day of four centuries, and each end of them, at ever another second of the day.
    for day in (0..146_097_i64).chain([2_932_896]) {
        let seconds = day * 86_400 + day * 7_919 % 86_400;
        let timestamp = Timestamp::try_from(at(seconds)).unwrap();
        let read = Timestamp::new(timestamp.as_str()).unwrap();
        assert_eq!((read.unix_seconds(), timestamp.unix_seconds()), (seconds, seconds), "{timestamp}");
        assert!(timestamp.as_str().ends_with('Z') && timestamp.as_str().len() == 20);
    }
    let last = Timestamp::try_from(at(253_402_300_799) + Duration::from_millis(999)).unwrap();
    assert_eq!(last.as_str(), "9999-12-31T23:59:59Z");
    for beyond in [at(253_402_300_800), SystemTime::UNIX_EPOCH - Duration::from_secs(1)] {
        let error = Timestamp::try_from(beyond).unwrap_err();
        assert_eq!(error.to_string(), "the instant is not between 1970 and 9999");
    }
}
