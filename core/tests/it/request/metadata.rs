//! What a request tells the router for its analytics and its routing, per client and per request.

use requesty_core::chat::{Message, Request, Requesty};
use requesty_core::models::policy;
use requesty_core::{Call, Error, Reply, Router};
use serde_json::json;

use crate::support::router;

fn header<R: Reply>(call: &Call<R>, name: &str) -> Option<String> {
    Some(call.request().headers().get(name)?.to_str().unwrap().to_owned())
}

fn chat(router: &Router) -> Call<requesty_core::chat::WholeCompletion> {
    router.chat(&Request::new(&[Message::user("hi")])).unwrap()
}

#[test]
fn every_option_of_the_router_goes_out_exactly() {
    let options = Requesty::new()
        .auto_cache(false)
        .tags(["prod", "nightly"])
        .user_id("u_1")
        .trace_id("session_9")
        .extra("feature", "code-review")
        .extra("attempt", &2)
        .extra("nested", &json!({"a": [null, true]}))
        .prompt_id("greeting:2")
        .prompt_variable("name", "Ada");
    let written = concat!(
        r#"{"auto_cache":false,"tags":["prod","nightly"],"user_id":"u_1","trace_id":"session_9","#,
        r#""extra":{"feature":"code-review","attempt":2,"nested":{"a":[null,true]}},"prompt_id":"greeting:2","#,
        r#""prompt_variables":{"name":"Ada"}}"#
    );
    let messages = [Message::user("hi")];
    let request = Request::new(&messages).model(policy("support")).requesty(options);
    let start = r#"{"model":"policy/support","messages":[{"role":"user","content":"hi"}],"#;
    assert_eq!(request.whole_body().unwrap(), format!(r#"{start}"requesty":{written}}}"#));
    let streamed = format!(r#"{start}"stream":true,"stream_options":{{"include_usage":true}},"requesty":{written}}}"#);
    assert_eq!(request.stream_body().unwrap(), streamed);
    let empty = Request::new(&messages).requesty(Requesty::new()).whole_body().unwrap();
    assert_eq!(empty, r#"{"messages":[{"role":"user","content":"hi"}],"requesty":{}}"#);
}

#[test]
fn a_client_sets_its_headers_once_and_a_call_its_own_over_them() {
    let router = router().with_dimension("Team", "docs").unwrap().with_dimension("Branch", "main").unwrap();
    let router = router.with_title("Notes").unwrap().with_referer("https://notes.example").unwrap();
    let call = chat(&router);
    for (name, value) in [
        ("X-Requesty-Team", "docs"),
        ("X-Requesty-Branch", "main"),
        ("X-Title", "Notes"),
        ("HTTP-Referer", "https://notes.example"),
    ] {
        assert_eq!(header(&call, name).as_deref(), Some(value), "{name}");
        // They go to every endpoint.
        assert_eq!(header(&router.models().unwrap(), name).as_deref(), Some(value), "{name}");
    }
    let call = call.with_dimension("Team", "web").unwrap().with_dimension("Customer", "c-1").unwrap();
    let call = call.with_title("Other").unwrap().with_referer("https://other.example").unwrap();
    for (name, value) in [
        ("X-Requesty-Team", "web"),
        ("X-Requesty-Branch", "main"),
        ("X-Requesty-Customer", "c-1"),
        ("X-Title", "Other"),
        ("HTTP-Referer", "https://other.example"),
    ] {
        assert_eq!(header(&call, name).as_deref(), Some(value), "{name}");
        let values = call.request().headers().get_all(name).iter().count();
        assert_eq!(values, 1, "{name}");
    }
}

#[test]
fn a_dimension_has_a_name_of_its_own() {
    for name in ["", "X-Requesty-Team", "x-requesty-", "with space", "line\n"] {
        assert!(router().with_dimension(name, "v").is_err(), "{name:?}");
        assert!(chat(&router()).with_dimension(name, "v").is_err(), "{name:?}");
    }
    let error = Error::from(router().with_dimension("X-Requesty-Team", "v").unwrap_err());
    assert_eq!(
        error.to_string(),
        "the name of a dimension is empty or begins with X-Requesty-: name it by the part after X-Requesty-, such as Team"
    );
    for name in ["X-Requesty", "Requesty-X-", "\u{e9}"] {
        assert_eq!(router().with_dimension(name, "v").is_ok(), name.is_ascii(), "{name}");
    }
    for value in ["two\nlines", "\u{7f}"] {
        assert!(chat(&router()).with_dimension("Team", value).is_err(), "{value:?}");
        assert!(chat(&router()).with_title(value).is_err(), "{value:?}");
        assert!(chat(&router()).with_referer(value).is_err(), "{value:?}");
    }
}
