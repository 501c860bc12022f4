//! What is shown of answers that are numbered, named, dated or counted in other ways than usual, in all families.

use requesty_core::chat::{Completion, Message, Request};
use requesty_core::responses::Response;
use requesty_core::{End, Error};
use serde_json::{Value, json};

use crate::support::chat::{clean, finished, play_as, stream_call};
use crate::support::{head, messages, responses, router, whole};

#[test]
fn missing_answers_are_counted() {
    let messages = [Message::user("hi")];
    let request = Request::new(&messages).n(3);
    let choice = |index| format!(r#"{{"index":{index},"message":{{"content":"x"}},"finish_reason":"stop"}}"#);
    for count in 0..4 {
        let choices: Vec<String> = (0..count.max(1)).map(choice).collect();
        let body = format!(r#"{{"choices":[{}]}}"#, choices.join(","));
        let completion = whole(&router().chat(&request).unwrap(), 200, &body).unwrap();
        assert_eq!(completion.missing_answers(), 3 - count.max(1));
    }
    let body = format!("data: {{\"choices\":[{}]}}\n\ndata: [DONE]\n\n", choice(0));
    let call = router().chat_stream(&request).unwrap();
    let played = play_as(&call, head(200, "text/event-stream"), body.as_bytes(), 9, End::Clean);
    assert_eq!(played.total.unwrap().missing_answers(), 2);
    let alone: Completion = serde_json::from_str(r#"{"choices":[]}"#).unwrap();
    assert_eq!(alone.missing_answers(), 0);
}

/// A chunk shows the text of the answer that the completion shows.
#[test]
fn choices_may_begin_at_any_index() {
    for index in [0, 1, 2, 126, 127] {
        let chunk = |delta: &str, reason: &str| {
            format!(
                "data: {{\"choices\":[{{\"index\":{index},\"delta\":{{{delta}}},\"finish_reason\":{reason}}}]}}\n\n"
            )
        };
        let body = chunk(r#""content":"a","reasoning":"r""#, "null")
            + &chunk(r#""content":"b""#, "null")
            + &chunk("", "\"stop\"");
        let played = clean(&(body + "data: [DONE]\n\n"));
        assert_eq!((played.text(), played.texts().concat()), ("ab".into(), "ab".into()), "{index}");
        assert_eq!(played.completion().reasoning(), Some("r"));
    }
    // Of several it is the one that began first.
    let chunk = |index: u8, text: &str| {
        format!("data: {{\"choices\":[{{\"index\":{index},\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n")
    };
    let body = chunk(2, "a") + &chunk(1, "b") + &chunk(2, "c") + &chunk(1, "d");
    let played = play_as(&stream_call(), head(200, "text/event-stream"), body.as_bytes(), 9, End::Clean);
    assert_eq!((played.texts(), played.text()), (vec!["a", "", "c", ""], "ac".into()));
    let choices: Vec<_> = played.completion().choices.iter().map(|choice| choice.message.text()).collect();
    assert_eq!(choices, ["bd", "ac"], "they stand in the order of their numbers");
    assert_eq!(played.completion().clone().into_message().unwrap().text(), "ac");
}

#[test]
fn a_name_in_a_delta_is_kept() {
    let played = clean(&finished(&[r#""name":"ada","content":"x""#, r#""name":null"#, r#""name":"ada""#], "stop"));
    let message = played.completion().message().unwrap();
    assert_eq!((message.name.as_deref(), message.extra.len()), (Some("ada"), 0));
    let whole: Completion = serde_json::from_str(r#"{"choices":[{"message":{"name":"ada","content":"x"}}]}"#).unwrap();
    assert_eq!(whole.message().unwrap().name.as_deref(), Some("ada"));
    // One that is null stays in the reply, and out of the next request.
    let null: Completion = serde_json::from_str(r#"{"choices":[{"message":{"name":null,"content":"x"}}]}"#).unwrap();
    let written = serde_json::to_value(&null).unwrap();
    assert_eq!(written["choices"][0]["message"]["name"], Value::Null);
    assert!(written["choices"][0]["message"].as_object().unwrap().contains_key("name"));
    let history = [Message::user("hi"), null.into_message().unwrap()];
    let body: Value = serde_json::from_slice(&Request::new(&history).whole_body().unwrap()).unwrap();
    assert!(!body["messages"][1].as_object().unwrap().contains_key("name"), "{body}");
}

#[test]
fn zero_is_no_date() {
    for zero in ["0", "0.0", "\"0\""] {
        let chunk = |created: &str| {
            format!("data: {{\"created\":{created},\"choices\":[{{\"delta\":{{\"content\":\"a\"}}}}]}}\n\n")
        };
        let body = chunk(zero) + &chunk("7") + &finished(&[], "stop");
        assert_eq!(clean(&body).completion().created, Some(7), "{zero}");
        let completion: Completion = serde_json::from_str(&format!(r#"{{"created":{zero},"choices":[]}}"#)).unwrap();
        assert_eq!(completion.created, None, "{zero}");
        let response: Response = serde_json::from_str(&format!(r#"{{"created_at":{zero},"output":[]}}"#)).unwrap();
        assert_eq!(response.created_at, None, "{zero}");
    }
}

/// A count of the prompt that is known is not replaced by 0 or null; by any other number it is.
#[test]
fn a_later_zero_is_no_count_of_the_prompt() {
    let names = ["input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"];
    for name in names {
        for (first, later, kept) in [
            ("25", "0", Some(25)),
            ("25", "null", Some(25)),
            ("25", "12", Some(12)),
            ("25", "30", Some(30)),
            ("0", "0", Some(0)),
            ("0", "9", Some(9)),
            ("null", "0", Some(0)),
            ("null", "null", None),
        ] {
            let body = [
                format!(
                    r#"{{"type":"message_start","message":{{"content":[],"usage":{{"{name}":{first},"output_tokens":1}}}}}}"#
                ),
                messages::text(0, "x"),
                format!(
                    r#"{{"type":"message_delta","delta":{{"stop_reason":"end_turn"}},"usage":{{"{name}":{later},"output_tokens":0}}}}"#
                ),
                r#"{"type":"message_stop"}"#.to_owned(),
            ];
            let usage = messages::clean(&messages::events(body)).reply().usage.clone().unwrap();
            let counts = [usage.input_tokens, usage.cache_creation_input_tokens, usage.cache_read_input_tokens];
            let place = names.iter().position(|other| *other == name).unwrap();
            assert_eq!(counts[place], kept, "{name} {first} {later}");
            assert_eq!(usage.output_tokens, Some(0), "an answer's count is the later one");
        }
    }
}

#[test]
fn what_a_message_begins_with_is_shown() {
    let blocks = [
        r#"[{"type":"text","text":"Hi"}]"#,
        r#"[{"type":"thinking","thinking":"hm"},{"type":"text","text":"H"},{"type":"text","text":"i"}]"#,
        r#""Hi""#,
    ];
    for blocks in blocks {
        let body = [
            format!(r#"{{"type":"message_start","message":{{"role":"assistant","content":{blocks}}}}}"#),
            r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"}}"#.to_owned(),
            r#"{"type":"message_stop"}"#.to_owned(),
        ];
        let played = messages::clean(&messages::events(body));
        assert_eq!((played.joined(0), played.reply().text()), ("Hi".into(), "Hi".into()), "{blocks}");
        assert_eq!(played.joined(1), played.reply().thinking(), "{blocks}");
    }
}

#[test]
fn arguments_that_came_as_a_value_go_out_as_a_text() {
    for value in [r#"{"city": "Rome","n":[1, 2.50]}"#, "[1]", "7", "true"] {
        let call = format!(r#"{{"id":"a","type":"function","function":{{"name":"f","arguments":{value}}}}}"#);
        let legacy = format!(r#"{{"name":"f","arguments":{value}}}"#);
        let json = format!(
            r#"{{"choices":[{{"index":0,"message":{{"role":"assistant","content":null,"tool_calls":[{call}],"function_call":{legacy}}},"finish_reason":"tool_calls"}}]}}"#
        );
        let completion: Completion = serde_json::from_str(&json).unwrap();
        // A reply that is passed on keeps what came.
        assert!(serde_json::to_string(&completion).unwrap().contains(&format!(r#""arguments":{value}"#)));
        assert_eq!(completion.tool_calls().next().unwrap().arguments_json(), value);
        let history = [Message::user("hi"), completion.into_message().unwrap()];
        let body = Request::new(&history).whole_body().unwrap();
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["messages"][1]["tool_calls"][0]["function"], json!({"name": "f", "arguments": value}));
        assert_eq!(body["messages"][1]["function_call"]["arguments"], json!(value));

        let item = format!(r#"{{"type":"function_call","call_id":"c","name":"f","arguments":{value}}}"#);
        let response: Response = serde_json::from_str(&format!(r#"{{"output":[{item}]}}"#)).unwrap();
        assert!(serde_json::to_string(&response).unwrap().contains(&item), "{response:?}");
        let input: Vec<_> = response.into_input().collect();
        assert_eq!(serde_json::to_value(&input).unwrap()[0]["arguments"], json!(value));
    }
}

/// An unknown last event, by whose response the stream is over.
#[test]
fn an_event_whose_response_is_over_ends_the_stream() {
    let delta = r#"{"type":"response.output_text.delta","delta":"Hi"}"#;
    for name in ["response.done", "response.finished", "response.end"] {
        for (status, whole) in [("completed", true), ("done", true), ("incomplete", false), ("cancelled", false)] {
            let last =
                format!(r#"{{"type":"{name}","response":{{"status":"{status}","usage":{{"output_tokens":2}}}}}}"#);
            for body in [responses::events(&[delta, &last]), format!("data: {delta}\n\ndata: {last}\n\n")] {
                let played = responses::play(&body);
                let response = played.complete();
                assert_eq!((response.text(), response.whole_text().is_ok()), ("Hi".into(), whole), "{body}");
                assert_eq!(response.usage.as_ref().unwrap().output_tokens, Some(2));
            }
        }
        let failed =
            format!(r#"{{"type":"{name}","response":{{"status":"failed","error":{{"code":"server_error"}}}}}}"#);
        assert!(matches!(responses::play(&responses::events(&[delta, &failed])).failure(), Error::Api(_)));
        for open in [r#""response":{"status":"in_progress"}"#, r#""response":{}"#, r#""status":"completed""#] {
            let open = format!(r#"{{"type":"{name}",{open}}}"#);
            assert!(matches!(responses::play(&responses::events(&[delta, &open])).failure(), Error::Truncated(_)));
        }
    }
    // Other events are not of a response.
    let other = r#"{"type":"session.done","response":{"status":"completed"}}"#;
    assert!(matches!(responses::play(&responses::events(&[delta, other])).failure(), Error::Truncated(_)));
}

/// The id of an item decides which item it is, if it has an id.
#[test]
fn what_did_not_come_in_pieces_is_shown_once() {
    let item = |id: &str, text: &str| {
        format!(r#"{{"type":"message","id":"{id}","content":[{{"type":"output_text","text":"{text}"}}]}}"#)
    };
    let delta = |index: &str, id: &str| {
        format!(r#"{{"type":"response.output_text.delta",{index}"item_id":"{id}","delta":"two"}}"#)
    };
    let end = format!(
        r#"{{"type":"response.completed","response":{{"status":"completed","output":[{},{}]}}}}"#,
        item("m1", "one"),
        item("m2", "two")
    );
    for index in ["", r#""output_index":0,"#, r#""output_index":1,"#] {
        let played = responses::play(&responses::events(&[delta(index, "m2"), end.clone()]));
        assert_eq!((played.complete().text(), played.texts().concat()), ("onetwo".into(), "twoone".into()), "{index}");
        let played = responses::play(&responses::events(&[delta(index, "m1").replace("two", "one"), end.clone()]));
        assert_eq!((played.complete().text(), played.texts().concat()), ("onetwo".into(), "onetwo".into()), "{index}");
    }
}

#[test]
fn one_item_id_is_one_item() {
    let call = |id: &str, call_id: &str| {
        format!(
            r#"{{"type":"function_call","id":"{id}","call_id":"{call_id}","name":"f","arguments":"{{}}","status":"completed"}}"#
        )
    };
    let event = |kind: &str, index: u8, item: &str| {
        format!(r#"{{"type":"response.output_item.{kind}","output_index":{index},"item":{item}}}"#)
    };
    let completed = |items: &str| {
        format!(r#"{{"type":"response.completed","response":{{"status":"completed","output":[{items}]}}}}"#)
    };
    let rows = [
        // At the end the call has another id.
        vec![event("done", 0, &call("fc", "a")), completed(&call("fc", "b"))],
        // In the stream it has, at its own place or another.
        vec![event("added", 0, &call("fc", "a")), event("done", 0, &call("fc", "b")), completed("")],
        vec![event("added", 0, &call("fc", "a")), event("done", 1, &call("fc", "b")), completed("")],
        vec![event("done", 0, &call("fc", "a")), event("done", 1, &call("fc", "b")), completed(&call("fc", "b"))],
    ];
    for row in rows {
        let played = responses::play(&responses::events(&row));
        let calls: Vec<_> = played.complete().function_calls().map(|call| call.call_id().to_owned()).collect();
        assert_eq!(calls, ["b"], "{row:?}");
    }
    // Calls of other ids are others.
    let two = [event("done", 0, &call("x", "a")), event("done", 1, &call("y", "b")), completed("")];
    assert_eq!(responses::play(&responses::events(&two)).complete().function_calls().count(), 2);
}
