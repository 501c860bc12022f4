//! Feedback on answers. What is sent, what is read, and what goes wrong.

use requesty_core::End;
use requesty_core::feedback::{Feedback, Thumbs};
use serde_json::json;

use crate::support::manage::{asks, not_built, reads, refuses, reply};
use crate::support::router;

const FEEDBACK: &str = "https://api.requesty.ai/feedback/";

fn good() -> Feedback {
    Feedback::new().thumbs(Thumbs::Up)
}

#[test]
fn feedback_is_given_by_a_request() {
    let says = |feedback: &Feedback, body: &str| {
        asks(&router().feedback("rqsty-cmpl-1", feedback), "POST", &format!("{FEEDBACK}rqsty-cmpl-1"), body);
    };
    let all = Feedback::new().message("great").rating(5).helpful(true).tags(["ui"]).user_id("u_1");
    says(&all, r#"{"data":{"message":"great","rating":5,"helpful":true,"tags":["ui"],"user_id":"u_1"}}"#);
    says(&good(), r#"{"data":{"thumbs":"up"}}"#);
    says(&Feedback::new().thumbs(Thumbs::Down), r#"{"data":{"thumbs":"down"}}"#);
    says(&Feedback::new().helpful(false), r#"{"data":{"helpful":false}}"#);
    says(&Feedback::new().rating(-1), r#"{"data":{"rating":-1}}"#);
    says(&Feedback::new().tags::<String>([]), r#"{"data":{"tags":[]}}"#);
    says(&Feedback::new().message(""), r#"{"data":{"message":""}}"#);
    let free = Feedback::new().rating(1).extra("rating", &4.5).unwrap().extra("session", &json!({"n": 9})).unwrap();
    says(&free, r#"{"data":{"rating":4.5,"session":{"n":9}}}"#);
    says(&Feedback::new().extra("message", &()).unwrap(), r#"{"data":{"message":null}}"#);
    assert!(Feedback::new().extra("x", &std::collections::HashMap::from([((), ())])).is_err());
    let call = router().feedback("id", &Feedback::new().message("a private word")).unwrap();
    assert!(!format!("{call:?}").contains("private"));
}

#[test]
fn feedback_names_an_answer_and_says_something() {
    asks(&router().feedback("../x", &good()), "POST", &format!("{FEEDBACK}..%2Fx"), r#"{"data":{"thumbs":"up"}}"#);
    not_built(router().feedback("", &good()), "an id is empty");
    not_built(router().feedback("..", &good()), "a path segment is . or ..");
    not_built(router().feedback("id", &Feedback::new()), "the feedback is empty");
    let elsewhere = router().with_feedback_base("https://gateway.example/requesty").unwrap();
    let call = elsewhere.feedback("id", &good()).unwrap();
    assert_eq!(call.request().uri(), "https://gateway.example/requesty/feedback/id");
}

#[test]
fn feedback_is_accepted_whatever_is_answered() {
    let call = router().feedback("id", &good());
    for (status, body) in [(200, ""), (204, ""), (200, "{}"), (201, r#"{"ok":true}"#), (200, "OK"), (202, "[1]")] {
        let said = reply(&call, status, None, body.as_bytes(), End::Clean).unwrap();
        assert_eq!((said.status().as_u16(), &said.body()[..]), (status, body.as_bytes()));
    }
    assert_eq!(reads(&call, r#"{"ok":true}"#).read_as(), Some(json!({"ok": true})));
}

#[test]
fn feedback_is_refused() {
    refuses(&router().feedback("id", &good()));
}

#[test]
fn an_answer_is_rated_by_a_request() {
    let url = "https://router.requesty.ai/v1/feedback";
    let up = r#"{"request_id":"rqsty-cmpl-1","rating":"thumbs_up"}"#;
    asks(&router().rate("rqsty-cmpl-1", Thumbs::Up), "POST", url, up);
    let down = r#"{"request_id":"../x","rating":"thumbs_down"}"#;
    asks(&router().rate("../x", Thumbs::Down), "POST", url, down);
    not_built(router().rate("", Thumbs::Up), "an id is empty");
}

#[test]
fn a_rating_is_accepted_whatever_is_answered() {
    let call = router().rate("id", Thumbs::Up);
    assert_eq!(reply(&call, 204, None, b"", End::Clean).unwrap().body().len(), 0);
    assert_eq!(reads(&call, r#"{"ok":true}"#).read_as(), Some(json!({"ok": true})));
}

#[test]
fn a_rating_is_refused() {
    refuses(&router().rate("id", Thumbs::Up));
}
