//! Bodies that are sent as a gateway's client wrote them.

use std::time::Duration;

use requesty_core::{ApiKey, Call, End, Error, Reply};

use crate::support::router;

/// A body with space, an unknown member, a member given twice, and digits that no float holds.
const TAIL: &str = r#" "seed" : 12345678901234567890, "x":{"b":1,"a":[ ]}, "x":2, "messages":[], "model":"m\u002f1" }"#;

fn body(stream: &str) -> String {
    format!("\n{{{stream}{TAIL}\r\n")
}

#[test]
fn bodies_are_sent_byte_for_byte_with_the_tenants_key() {
    fn check<R: Reply>(call: Result<Call<R>, Error>, body: &str, path: &str, accept: &str) {
        let call = call.unwrap().with_key(&ApiKey::new("rqsty-sk-tenant").unwrap()).unwrap();
        let request = call.request();
        assert_eq!(request.body(), body.as_bytes());
        assert_eq!(request.uri().path(), path);
        assert_eq!(request.headers()["authorization"], "Bearer rqsty-sk-tenant");
        assert_eq!(request.headers()["content-type"], "application/json");
        assert_eq!(request.headers()["accept"], accept);
        assert_eq!(call.model(), Some("m/1"));
        let relayed = call.relaying().request();
        assert_eq!((relayed.headers(), relayed.body()), (request.headers(), request.body()));
    }
    let router = router();
    let [json, events] = ["application/json", "text/event-stream"];
    for stream in ["", r#""stream": false,"#, r#""stream":null,"#] {
        let body = body(stream);
        check(router.chat_raw(body.clone()), &body, "/v1/chat/completions", json);
        check(router.messages_raw(body.clone()), &body, "/v1/messages", json);
        check(router.responses_raw(body.clone()), &body, "/v1/responses", json);
    }
    let body = body(r#""str\u0065am" :true ,"#);
    check(router.chat_stream_raw(body.clone()), &body, "/v1/chat/completions", events);
    check(router.messages_stream_raw(body.clone()), &body, "/v1/messages", events);
    check(router.responses_stream_raw(body.clone()), &body, "/v1/responses", events);
}

#[test]
fn a_stream_that_does_not_fit_the_method_is_refused() {
    fn refused<R: Reply>(call: Result<Call<R>, Error>, part: &str) {
        let Err(Error::Build(error)) = call else { panic!("it was taken") };
        assert!(error.to_string().contains(part), "{error}");
    }
    let router = router();
    let check = |stream: &str, whole: Option<&str>, streamed: Option<&str>| {
        let body = body(stream);
        if let Some(part) = whole {
            refused(router.chat_raw(body.clone()), part);
            refused(router.messages_raw(body.clone()), part);
            refused(router.responses_raw(body.clone()), part);
        }
        if let Some(part) = streamed {
            refused(router.chat_stream_raw(body.clone()), part);
            refused(router.messages_stream_raw(body.clone()), part);
            refused(router.responses_stream_raw(body), part);
        }
    };
    for absent in ["", r#""stream":null,"#, r#""stream":false,"#] {
        check(absent, None, Some("for whole replies"));
    }
    check(r#""stream":true,"#, Some("for streams"), None);
    for other in ["1", "\"true\"", "[true]", "{}"] {
        let neither = Some("neither true nor false");
        check(&format!(r#""stream":{other},"#), neither, neither);
    }
    for body in ["", "null", "[]", "[{}]", "\"{}\"", "{", "{\"stream\":true}}", "{'stream':true}", "data: {}"] {
        refused(router.chat_raw(body), "not a JSON object");
        refused(router.chat_stream_raw(body), "not a JSON object");
    }
}

/// What the reading of a reply depends on is found in the body, as it is in a typed request.
#[test]
fn the_reply_is_read_as_that_of_the_same_request() {
    let tools = r#"[{"type":"function","function":{"name":"f"}}]"#;
    let answer = |name: &str| {
        let call = format!(r#"{{"id":"c","type":"function","function":{{"name":"{name}","arguments":"{{}}"}}}}"#);
        format!(r#"{{"choices":[{{"message":{{"tool_calls":[{call}]}},"finish_reason":"tool_calls"}}]}}"#)
    };
    let runnable = |body: String, name: &str| {
        let head = http::Response::new(()).into_parts().0;
        let mut machine = router().chat_raw(body).unwrap().open(head, Duration::ZERO);
        machine.push(answer(name).as_bytes(), Duration::ZERO);
        machine.end(End::Clean);
        let _ = machine.advance();
        machine.total().unwrap().tool_calls().count()
    };
    assert_eq!(runnable(format!(r#"{{"tools":{tools}}}"#), "f"), 1);
    assert_eq!(runnable(format!(r#"{{"tools":{tools}}}"#), "g"), 0);
    for none in ["{}", r#"{"tools":[]}"#, r#"{"tools":null}"#] {
        assert_eq!(runnable(none.to_owned(), "g"), 1, "{none}");
    }
}
