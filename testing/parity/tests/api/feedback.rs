//! The endpoints of feedback.

use requesty_core::chat::{Message, Request};
use requesty_core::feedback::{Feedback, Thumbs};

use crate::support::endpoint;

endpoint!(gives_feedback, |router| router.feedback("id", &Feedback::new().rating(5)), |bench| {
    let messages = [Message::user("What is an LLM gateway?")];
    let answer = bench.send(bench.router.chat(&Request::new(&messages).model("mock/text")));
    let id = answer.id.unwrap();
    let feedback = Feedback::new().message("great").rating(5).helpful(true).tags(["ui"]).user_id("u_1");
    let said = bench.send(bench.router.feedback(&id, &feedback));
    assert_eq!((said.status().as_u16(), said.body().len()), (200, 0));
    let seen = bench.saw(&format!("POST /feedback/{id}"));
    assert_eq!(seen.body, r#"{"data":{"message":"great","rating":5,"helpful":true,"tags":["ui"],"user_id":"u_1"}}"#);
});

endpoint!(rates_an_answer, |router| router.rate("id", Thumbs::Up), |bench| {
    let said = bench.send(bench.router.rate("rqsty-cmpl-1", Thumbs::Down));
    assert_eq!(said.status().as_u16(), 204);
    assert_eq!(bench.saw("POST /v1/feedback").body, r#"{"request_id":"rqsty-cmpl-1","rating":"thumbs_down"}"#);
});
