//! Access lists: what is sent, what is read, and what goes wrong.

use requesty_core::manage::{AccessList, AccessListFields, CreatedAccessList};
use requesty_core::{End, ErrorKind};

use crate::support::manage::{MANAGEMENT, asks, misreads, not_built, passed_on, reads, refuses, reply};
use crate::support::router;

const BARE: &str = r#"{"id":"list-1","name":"small","organization_id":"org-1","auto_approve":true,"chat":["openai/gpt-4o-mini"],"embedding":["openai/text-embedding-3-small"],"image":[],"transcription":["openai/whisper-1"],"speech":["openai/tts-1"]}"#;

fn url(path: &str) -> String {
    format!("{MANAGEMENT}/v1/manage/access-list{path}")
}

/// Checks every field of the sample.
#[track_caller]
fn is_sample(list: &AccessList) {
    assert_eq!((list.id.as_str(), list.name.as_deref()), ("list-1", Some("small")));
    assert_eq!((list.organization_id.as_deref(), list.auto_approve), (Some("org-1"), Some(true)));
    assert_eq!(
        (&list.chat[..], &list.embedding[..]),
        (&["openai/gpt-4o-mini".to_owned()][..], &["openai/text-embedding-3-small".to_owned()][..])
    );
    assert!(list.image.is_empty() && list.extra.is_empty());
    assert_eq!(
        (&list.transcription[..], &list.speech[..]),
        (&["openai/whisper-1".to_owned()][..], &["openai/tts-1".to_owned()][..])
    );
}

#[test]
fn access_lists_are_listed_by_a_request() {
    asks(&router().access_lists(), "GET", &url(""), "");
}

#[test]
fn a_list_of_access_lists_is_read() {
    let json = format!(r#"{{"access_lists":[{BARE}],"total":1}}"#);
    let lists = reads(&router().access_lists(), &json);
    assert_eq!(lists.access_lists.len(), 1);
    lists.access_lists.iter().for_each(is_sample);
    passed_on(&lists, &json);
    assert!(reads(&router().access_lists(), r#"{"access_lists":null}"#).access_lists.is_empty());
}

#[test]
fn a_list_of_access_lists_is_refused() {
    refuses(&router().access_lists());
    misreads(&router().access_lists(), &["{}", "[]", r#"{"access_lists":{}}"#, r#"{"access_lists":[{"name":"x"}]}"#]);
}

#[test]
fn an_access_list_is_made_by_a_request() {
    let create =
        |fields: &AccessListFields, body: &str| asks(&router().create_access_list(fields), "POST", &url(""), body);
    create(&AccessListFields::new().name("small"), r#"{"name":"small"}"#);
    let all = AccessListFields::new()
        .name("all")
        .auto_approve(false)
        .chat(["a/b"])
        .embedding(["c"])
        .image(["d", "e"])
        .transcription(["f"])
        .speech(vec!["g".to_owned()])
        .extra("note", &1)
        .unwrap();
    create(
        &all,
        r#"{"name":"all","auto_approve":false,"chat":["a/b"],"embedding":["c"],"image":["d","e"],"transcription":["f"],"speech":["g"],"note":1}"#,
    );
    create(&AccessListFields::new().extra("name", "by hand").unwrap(), r#"{"name":"by hand"}"#);
    not_built(router().create_access_list(&AccessListFields::new().chat(["a"])), "an access list needs a name");
    assert!(AccessListFields::new().extra("x", &std::collections::HashMap::from([((), ())])).is_err());
}

#[test]
fn a_new_access_list_is_read() {
    let created =
        reads(&router().create_access_list(&AccessListFields::new().name("small")), r#"{"id":"list-1","at":1}"#);
    assert_eq!(created.id, "list-1");
    passed_on(&created, r#"{"id":"list-1","at":1}"#);
    assert!(serde_json::from_str::<CreatedAccessList>(r#"{"access_list_id":"list-1"}"#).is_err());
}

#[test]
fn an_access_list_is_not_made() {
    let call = router().create_access_list(&AccessListFields::new().name("small"));
    refuses(&call);
    misreads(&call, &["{}", "[]", ""]);
}

#[test]
fn an_access_list_is_asked_for() {
    asks(&router().access_list("list-1"), "GET", &url("/list-1"), "");
}

#[test]
fn an_access_list_is_read() {
    let json = format!(r#"{{"access_list":{BARE},"as_of":"now"}}"#);
    let reply = reads(&router().access_list("list-1"), &json);
    is_sample(&reply.access_list);
    passed_on(&reply, &json);
    assert_eq!(serde_json::from_str::<AccessList>(BARE).unwrap(), reply.access_list);

    let odd = r#"{"id":1,"name":null,"auto_approve":"yes","chat":["a",{"id":"b"}],"image":"all","new":{"x" :1}}"#;
    let odd: AccessList = serde_json::from_str(odd).unwrap();
    assert_eq!((odd.chat.len(), odd.image.len()), (1, 0));
    passed_on(
        &odd,
        r#"{"id":"1","embedding":[],"transcription":[],"speech":[],"auto_approve":"yes","chat":["a",{"id":"b"}],"image":"all","new":{"x" :1}}"#,
    );
}

#[test]
fn an_access_list_is_refused() {
    refuses(&router().access_list("list-1"));
    misreads(&router().access_list("list-1"), &["{}", BARE, r#"{"access_list":null}"#, r#"{"access_list":{}}"#]);
}

#[test]
fn an_access_list_is_changed_in_part_by_a_request() {
    let change = |fields: &AccessListFields, body: &str| {
        asks(&router().change_access_list("list-1", fields), "PATCH", &url("/list-1"), body);
    };
    change(&AccessListFields::new().auto_approve(true), r#"{"auto_approve":true}"#);
    change(&AccessListFields::new().name("renamed"), r#"{"name":"renamed"}"#);
    change(&AccessListFields::new().speech::<&str>([]), r#"{"speech":[]}"#);
    change(&AccessListFields::new().extra("chat", &()).unwrap(), r#"{"chat":null}"#);
    not_built(router().change_access_list("list-1", &AccessListFields::new()), "set a field");
}

#[test]
fn an_access_list_is_attached_and_detached_by_a_request() {
    let url = format!("{MANAGEMENT}/v1/manage/org/group/access-list");
    asks(&router().attach_access_list("list-1"), "POST", &url, r#"{"access_list_id":"list-1"}"#);
    asks(&router().detach_access_list(), "POST", &url, r#"{"access_list_id":null}"#);
}

#[test]
fn an_access_list_is_deleted_by_a_request() {
    asks(&router().delete_access_list("list-1"), "DELETE", &url("/list-1"), "");
}

#[test]
fn access_lists_are_changed() {
    let router = router();
    for call in [
        router.change_access_list("list-1", &AccessListFields::new().auto_approve(true)),
        router.attach_access_list("list-1"),
        router.detach_access_list(),
    ] {
        assert_eq!(&reads(&call, BARE).body()[..], BARE.as_bytes());
        assert_eq!(reply(&call, 204, None, b"", End::Clean).unwrap().status().as_u16(), 204);
    }
    reply(&router.delete_access_list("list-1"), 204, None, b"", End::Clean).unwrap();
}

#[test]
fn access_lists_are_not_changed() {
    let router = router();
    refuses(&router.change_access_list("list-1", &AccessListFields::new().auto_approve(true)));
    refuses(&router.attach_access_list("list-1"));
    refuses(&router.detach_access_list());
    refuses(&router.delete_access_list("list-1"));
    let body = br#"{"error":{"origin":"router","message":"access list is attached"}}"#;
    let attached = reply(&router.delete_access_list("list-1"), 409, None, body, End::Clean).unwrap_err();
    assert_eq!((attached.kind(), attached.is_retryable()), (Some(ErrorKind::Conflict), false));
}
