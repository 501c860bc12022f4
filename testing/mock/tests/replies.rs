//! Replies in a line: what a client makes of them, in each family, streamed and whole.

use std::time::{Duration, Instant};

use requesty_mock::{Ending, Mock, Reply, Script};
use requesty_ureq::{Client, Error, chat, messages, responses};
use serde_json::json;

const MODEL: &str = "someone/some-model";

/// Asks every family, streamed and whole, each time with a reply of its own in the queue; `$seen` gets the name of the call, the
/// text, the tool calls, the cost, and the error where the answer is not whole.
macro_rules! ask_all {
    ($mock:expr, $reply:expr, $seen:expr) => {{
        let (mock, client) = (&$mock, Client::new());
        let patience = Duration::from_millis(200);
        let router = mock.router().with_max_retries(0);
        let router = router.change_timeouts(|limits| limits.with_idle_bytes(patience).with_first_byte(patience * 10));
        let chat = chat::Request::user("Hello").model(MODEL);
        let message = messages::Request::user("Hello", 64).model(MODEL);
        let response = responses::Request::user("Hello").model(MODEL);
        ask_all!(client, mock, $reply, $seen, tool_calls, arguments_json, "chat", router.chat(&chat).unwrap());
        ask_all!(
            client,
            mock,
            $reply,
            $seen,
            tool_calls,
            arguments_json,
            "chat stream",
            router.chat_stream(&chat).unwrap()
        );
        ask_all!(client, mock, $reply, $seen, tool_uses, input_json, "messages", router.messages(&message).unwrap());
        let call = router.messages_stream(&message).unwrap();
        ask_all!(client, mock, $reply, $seen, tool_uses, input_json, "messages stream", call);
        ask_all!(
            client,
            mock,
            $reply,
            $seen,
            function_calls,
            arguments_json,
            "responses",
            router.responses(&response).unwrap()
        );
        let call = router.responses_stream(&response).unwrap();
        ask_all!(client, mock, $reply, $seen, function_calls, arguments_json, "responses stream", call);
        assert_eq!((mock.replies_left(), mock.complaints()), (0, Vec::new()));
    }};
    ($client:expr, $mock:expr, $reply:expr, $seen:expr, $calls:ident, $json:ident, $kind:expr, $call:expr) => {{
        $mock.reply($reply);
        let (total, error) = match $client.send(&$call) {
            Ok(total) => (total.into_inner(), None),
            Err(incomplete) => {
                let (partial, error) = incomplete.into_parts();
                (partial, Some(error))
            }
        };
        let calls: Vec<String> = total.$calls().map(|call| format!("{} {}", call.name(), call.$json())).collect();
        let cost = total.cost().map(|cost| cost.to_string());
        $seen($kind, total.text().into_owned(), calls, cost, error);
    }};
}

#[test]
fn a_text_is_an_answer_of_every_family() {
    let mock = Mock::start().unwrap();
    let reply = || Reply::text(["Hi", ", ", "Ada"]).tokens(12, 3).cost(0.0125).keep_alives(1);
    ask_all!(mock, reply(), |name: &str,
                             text: String,
                             calls: Vec<String>,
                             cost: Option<String>,
                             error: Option<Error>| {
        assert_eq!((&*text, calls.len(), cost.as_deref()), ("Hi, Ada", 0, Some("0.0125")), "{name}");
        assert!(error.is_none(), "{name}: {error:?}");
    });
    for request in mock.requests() {
        assert_eq!((request.method.as_str(), &request.json()["model"]), ("POST", &json!(MODEL)));
    }
}

#[test]
fn tool_calls_are_whole_in_every_family() {
    let mock = Mock::start().unwrap();
    let reply = || Reply::tool_call("weather", json!({"city": "Zürich"})).and_tool_call("time", json!({}));
    ask_all!(mock, reply(), |name: &str, _: String, calls: Vec<String>, _, error: Option<Error>| {
        assert_eq!(calls, [r#"weather {"city":"Zürich"}"#, "time {}"], "{name}: {error:?}");
    });
}

#[test]
fn a_finish_reason_has_the_name_that_each_family_gives_it() {
    let mock = Mock::start().unwrap();
    let (client, router) = (Client::new(), mock.router());
    for (reason, of_chat, of_messages, of_responses) in [
        (None, "stop", "end_turn", None),
        (Some("tool_calls"), "tool_calls", "tool_use", None),
        (Some("length"), "length", "max_tokens", Some("max_output_tokens")),
        (Some("content_filter"), "content_filter", "content_filter", Some("content_filter")),
    ] {
        let reply =
            || mock.reply(reason.map_or(Reply::text(["Hi"]), |reason| Reply::text(["Hi"]).finish_reason(reason)));
        let request = chat::Request::user("Hello").model(MODEL);
        reply();
        let whole = client.send(&router.chat(&request).unwrap()).unwrap().into_inner();
        reply();
        for answer in [whole, client.send(&router.chat_stream(&request).unwrap()).unwrap().into_inner()] {
            assert_eq!(answer.finish_reason().map(|reason| reason.as_str()), Some(of_chat));
            assert_eq!((&*answer.text(), answer.whole_text().is_err()), ("Hi", of_responses.is_some()));
        }
        let request = messages::Request::user("Hello", 64).model(MODEL);
        reply();
        let whole = client.send(&router.messages(&request).unwrap()).unwrap().into_inner();
        reply();
        for answer in [whole, client.send(&router.messages_stream(&request).unwrap()).unwrap().into_inner()] {
            assert_eq!(answer.stop_reason.as_ref().map(|reason| reason.as_str()), Some(of_messages));
        }
        let request = responses::Request::user("Hello").model(MODEL);
        reply();
        let whole = client.send(&router.responses(&request).unwrap()).unwrap().into_inner();
        reply();
        for answer in [whole, client.send(&router.responses_stream(&request).unwrap()).unwrap().into_inner()] {
            assert_eq!((answer.stop_reason(), answer.whole_text().is_err()), (of_responses, of_responses.is_some()));
        }
    }
    // It is the reason of an answer alone.
    mock.reply(Reply::status(500).finish_reason("length"));
    let call = router.chat(&chat::Request::user("Hello").model(MODEL)).unwrap();
    assert_eq!(client.send(&call).unwrap_err().status().map(|status| status.as_u16()), Some(500));
    assert_eq!((mock.replies_left(), mock.complaints()), (0, Vec::new()));
}

#[test]
fn what_is_cut_or_stalls_is_an_error_with_what_came() {
    let mock = Mock::start().unwrap();
    for (reply, stalls) in [(Reply::cut_after("Hi"), false), (Reply::stall_after("Hi"), true)] {
        ask_all!(mock, reply.clone(), |name: &str, text: String, _, _, error: Option<Error>| {
            let error = error.unwrap_or_else(|| panic!("{name} is whole"));
            assert_eq!(error.is_timeout(), stalls, "{name}: {error:?}");
            assert_eq!(text, if name.ends_with("stream") { "Hi" } else { "" }, "{name}");
        });
    }
}

#[test]
fn a_status_is_the_failure_of_every_endpoint() {
    let mock = Mock::start().unwrap();
    ask_all!(mock, Reply::status(503), |name: &str, _, _, _, error: Option<Error>| {
        assert_eq!(error.and_then(|error| error.status()).map(|status| status.as_u16()), Some(503), "{name}");
    });
    mock.reply(Reply::status(500).header("x-mine", "1"));
    let router = mock.router().with_max_retries(0);
    let incomplete = Client::new().send(&router.models().unwrap()).unwrap_err();
    assert_eq!(incomplete.head().and_then(|head| head.header("x-mine")), Some("1"));
    // An answer has no form there.
    mock.reply(Reply::text(["Hi"]));
    let incomplete = Client::new().send(&router.models().unwrap()).unwrap_err();
    assert_eq!(incomplete.status().map(|status| status.as_u16()), Some(500));
    assert!(Client::new().send(&router.models().unwrap()).is_ok());
}

#[test]
fn replies_are_played_in_order_and_a_refused_request_takes_none() {
    let mock = Mock::start().unwrap();
    let client = Client::new();
    let ask = |prompt: &str| client.send(&mock.router().chat(&chat::Request::user(prompt).model(MODEL)).unwrap());
    mock.reply(Reply::text(["one"]));
    mock.reply(Script::text(
        200,
        "application/json",
        r#"{"choices":[{"message":{"content":"two"},"finish_reason":"stop"}]}"#,
    ));
    mock.reply(Script::close_before_head().ending(Ending::CloseBeforeHead));
    mock.reply(Reply::text(["three"]).pause(Duration::from_millis(40)));
    let refused = mock.router().post_bytes("chat/completions", &json!({"model": 7}));
    assert_eq!(client.send(&refused.unwrap()).unwrap_err().status().map(|status| status.as_u16()), Some(400));
    assert_eq!((ask("1").unwrap().text(), ask("2").unwrap().text()), ("one".into(), "two".into()));
    let router = mock.router().with_max_retries(0);
    client.send(&router.chat(&chat::Request::user("3").model(MODEL)).unwrap()).unwrap_err();
    let start = Instant::now();
    assert_eq!(ask("4").unwrap().text(), "three");
    assert!(start.elapsed() >= Duration::from_millis(40));
    // Then the model decides again.
    assert_eq!(ask("5").unwrap_err().status().map(|status| status.as_u16()), Some(404));
    mock.reply(Reply::text(["six"]));
    mock.clear();
    assert_eq!((mock.replies_left(), mock.requests().len()), (0, 0));
}

#[test]
fn nothing_that_is_printed_shows_a_key() {
    let mock = Mock::start().unwrap();
    mock.reply(Reply::text(["Hi"]));
    let call = mock.router().messages(&messages::Request::user("Hello", 64).model(MODEL)).unwrap();
    Client::new().send(&call.clone().with_x_api_key().unwrap()).unwrap();
    mock.reply(Reply::text(["Hi"]));
    Client::new().send(&call).unwrap();
    let printed = format!("{mock:?} {:?}", mock.requests());
    assert!(
        printed.contains("x-api-key") && printed.contains("authorization") && printed.contains("Hello"),
        "{printed}"
    );
    assert!(!printed.contains("rqsty-sk-test"), "{printed}");
    assert_eq!(mock.requests()[0].header("x-api-key"), Some("rqsty-sk-test"));
}
