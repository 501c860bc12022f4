//! The organization: what is asked, what is read, and what goes wrong.

use requesty_core::manage::{Organization, OrganizationMember, OrganizationMembers};
use requesty_core::{Decimal, ErrorKind};
use serde_json::json;

use crate::support::manage::{MANAGEMENT, asks, misreads, passed_on, reads, refuses, reply};
use crate::support::router;

#[test]
fn the_organization_is_asked_for() {
    asks(&router().organization(), "GET", &format!("{MANAGEMENT}/v1/manage/org"), "");
}

#[test]
fn the_organization_is_read() {
    let json = r#"{"name":"Test Org","balance":12.34}"#;
    let organization = reads(&router().organization(), json);
    assert_eq!(organization.name.as_deref(), Some("Test Org"));
    assert_eq!(organization.balance, Some(Decimal::new(1234, -2)));
    passed_on(&organization, json);

    let odd: Organization = serde_json::from_str(r#"{"name":null,"balance":"-0.10","id":"org-1"}"#).unwrap();
    assert_eq!((odd.name.as_deref(), odd.balance), (None, Some(Decimal::new(-1, -1))), "a number or a string");
    passed_on(&odd, r#"{"balance":-0.1,"id":"org-1"}"#);
    assert_eq!(reads(&router().organization(), "{}"), Organization::default());
}

#[test]
fn the_organization_is_refused() {
    refuses(&router().organization());
    misreads(&router().organization(), &["[]", "null", "", "7"]);
    let body = br#"{"error":{"origin":"router","message":"manage read permission required"}}"#;
    let error = reply(&router().organization(), 403, None, body, requesty_core::End::Clean).unwrap_err();
    assert_eq!(error.kind(), Some(ErrorKind::Forbidden));
}

#[test]
fn members_of_the_organization_are_asked_for() {
    asks(&router().organization_members(), "GET", &format!("{MANAGEMENT}/v1/manage/org/member"), "");
}

#[test]
fn members_of_the_organization_are_read_in_whatever_shape() {
    let call = router().organization_members();
    let member = r#"{"id":"user-1","email":"you@example.com","name":"You","role":"admin","since" : 1}"#;
    for json in [
        format!(r#"{{"members":[{member},7]}}"#),
        format!(r#"{{"total":1,"users":[{member}],"invited":[]}}"#),
        format!("[{member}]"),
    ] {
        let reply = reads(&call, &json);
        let members = reply.members();
        let [you] = members.as_slice() else { panic!("{members:?}") };
        assert_eq!((you.id.as_deref(), you.email.as_deref()), (Some("user-1"), Some("you@example.com")));
        assert_eq!((you.name.as_deref(), you.role.as_deref()), (Some("You"), Some("admin")));
        assert_eq!(you.extra.get("since"), Some("1"));
        assert_eq!(reply.as_json(), json, "as it came");
        passed_on(&reply, &json);
        let value: serde_json::Value = reply.read_as().unwrap();
        assert_eq!(value, serde_json::from_str::<serde_json::Value>(&json).unwrap());
        assert!(reply.read_as::<u8>().is_err());
    }
    for none in [r#"{"members":{"user-1":{}}}"#, "{}", "[]", r#"{"members":null}"#] {
        assert_eq!((reads(&call, none).members(), reads(&call, none).as_json()), (Vec::new(), none));
    }
    let bare: OrganizationMember = serde_json::from_str(r#"{"id":7,"role":null}"#).unwrap();
    passed_on(&bare, r#"{"id":"7"}"#);
    let full = r#"{"id":"u","email":"e","name":"n","role":"r","x":[]}"#;
    passed_on(&serde_json::from_str::<OrganizationMember>(full).unwrap(), full);
}

#[test]
fn members_of_the_organization_are_refused() {
    refuses(&router().organization_members());
    misreads(&router().organization_members(), &["null", "7", "\"x\"", "", "{"]);
    assert!(serde_json::from_value::<OrganizationMembers>(json!(true)).is_err());
}
