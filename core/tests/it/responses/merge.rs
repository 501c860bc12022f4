//! Streamed responses whose events say the same twice, in part or not at all: what they add up to.

use requesty_core::responses::{OutputItem, Response, Status};

use crate::support::responses::{Played, events, play};
use crate::support::responses_samples::{calls, search, text};
use serde_json::{Value, json};

#[test]
fn the_three_documented_events_are_enough() {
    let sequence = [
        r#"{"type":"response.created","response":{"id":"r","model":"m","created_at":5}}"#,
        r#"{"type":"response.output_text.delta","delta":"Hel"}"#,
        r#"{"type":"response.output_text.delta","delta":"lo"}"#,
        r#"{"type":"response.completed","response":{"usage":{"output_tokens":2,"cost":0.25}}}"#,
    ];
    let played = play(&events(&sequence));
    let response = played.complete();
    assert_eq!((response.whole_text().unwrap(), played.texts().concat().as_str()), ("Hello".into(), "Hello"));
    assert_eq!((response.id.as_deref(), response.model.as_deref()), (Some("r"), Some("m")));
    assert_eq!((response.created_at, &response.status), (Some(5), &Some(Status::Completed)));
    assert_eq!(response.cost().unwrap().to_string(), "0.25");
    assert_eq!(
        serde_json::to_value(&response.output).unwrap(),
        json!([{"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Hello", "annotations": []}]}])
    );
}

#[test]
fn what_was_streamed_and_the_end_does_not_have_is_not_lost() {
    for (mut sequence, output) in [(text(), 1), (calls(), 3), (search(), 2)] {
        let whole = play(&events(&sequence));
        for end in [
            r#"{"type":"response.completed","response":{"status":"completed","output":[]}}"#,
            r#"{"type":"response.completed","response":{"status":"completed"}}"#,
            r#"{"type":"response.completed","response":null}"#,
            r#"{"type":"response.completed"}"#,
        ] {
            *sequence.last_mut().unwrap() = end.to_owned();
            let played = play(&events(&sequence));
            let response = played.complete();
            assert_eq!(response.output, whole.complete().output, "{end}");
            assert_eq!(response.output.len(), output);
            assert_eq!((response.id.is_some(), response.status.as_ref()), (true, Some(&Status::Completed)));
            assert_eq!(played.told(), whole.told());
        }
        // The same where no item was told whole.
        sequence.retain(|data| !data.contains("output_item.done") && !data.contains("_part.done"));
        let played = play(&events(&sequence));
        let told = |played: &Played| {
            let response = played.complete();
            (response.text().into_owned(), response.reasoning().into_owned(), response.refusal().into_owned())
        };
        assert_eq!(told(&played), told(&whole));
        let calls = |response: &Response| {
            response.function_calls().map(|call| call.arguments_json().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(calls(played.complete()), calls(whole.complete()));
        assert_eq!(played.complete().citations(), whole.complete().citations());
    }
}

/// Streams these items, ends with those, and returns what they add up to. `a` and `x` are messages, `u` one without an id;
/// `b`, `c` and `y` are calls, `s` and `t` are searches.
fn merged(streamed: &str, end: &str) -> String {
    let item = |name: char| match name {
        'a' | 'x' => json!({"type": "message", "id": name, "content": [{"type": "output_text", "text": "1"}]}),
        'u' => json!({"type": "message", "content": [{"type": "output_text", "text": "1"}]}),
        's' | 't' => json!({"type": "web_search_call", "id": name}),
        _ => json!({"type": "function_call", "call_id": name, "name": "f", "arguments": "{}"}),
    };
    let done = |(index, name): (usize, char)| {
        json!({"type": "response.output_item.done", "output_index": index, "item": item(name)}).to_string()
    };
    let mut sequence: Vec<String> = streamed.chars().enumerate().map(done).collect();
    let output: Vec<Value> = end.chars().map(item).collect();
    sequence.push(json!({"type": "response.completed", "response": {"output": output}}).to_string());
    let name = |item: &OutputItem| {
        let item = serde_json::to_value(item).unwrap();
        let id = if item["id"].is_null() { &item["call_id"] } else { &item["id"] };
        id.as_str().unwrap_or("u").to_owned()
    };
    play(&events(&sequence)).complete().output.iter().map(name).collect()
}

#[test]
fn items_go_where_they_belong() {
    for missing in 0..32 {
        let there: String =
            "asbtc".chars().enumerate().filter(|(at, _)| missing >> at & 1 == 0).map(|(_, name)| name).collect();
        assert_eq!(merged("asbtc", &there), "asbtc", "with {there}");
    }
    // Another order than the stream's is kept.
    assert_eq!(merged("bc", "cb"), "cb");
    assert_eq!(merged("bac", "cb"), "cba");
    // Other ids are those of the same items; without any, the place among the kind counts.
    assert_eq!(merged("ab", "xy"), "xy");
    assert_eq!(merged("abc", "y"), "ayc");
    // An id that came once stays.
    assert_eq!(merged("a", "u"), "a");
    assert_eq!(merged("ub", "a"), "ab");
}

#[test]
fn an_item_that_says_less_in_the_end_keeps_what_it_said() {
    let sequence = |end: &str| {
        let mut sequence = calls();
        sequence
            .extend(text().into_iter().skip(2).map(|data| data.replace(r#""output_index":0"#, r#""output_index":3"#)));
        sequence.retain(|data| !data.contains("response.completed"));
        sequence.push(format!(r#"{{"type":"response.completed","response":{{"output":{end}}}}}"#));
        sequence
    };
    let blank =
        r#"[{"type":"reasoning","id":"rs_1","encrypted_content":"e","summary":[{"type":"summary_text","text":""}]},
        {"type":"function_call","call_id":"call_1","name":"weather","arguments":""},
        {"type":"function_call","call_id":"call_2","name":"weather"},
        {"type":"message","id":"msg_1","status":"completed","content":[{"type":"output_text","text":""}]}]"#
            .replace('\n', "");
    for sequence in [sequence("[]"), sequence(&blank)] {
        let played = play(&events(&sequence));
        let response = played.complete();
        assert_eq!(
            (response.text(), response.reasoning()),
            ("Hello, 世界 \u{1F600}!".into(), "First A. Then B.".into())
        );
        assert_eq!(response.function_calls().count(), 2);
        assert_eq!(response.output.len(), 4);
    }
    // What it says in the end is what counts.
    let other = r#"[{"type":"message","id":"msg_1","content":[{"type":"output_text","text":"Masked."}]}]"#;
    let response = play(&events(&sequence(other))).complete().clone();
    assert_eq!((response.text(), response.output.len()), ("Masked.".into(), 4));
    let blank = r#"{"type":"message","id":"m","content":[{"type":"output_text","text":""}]}"#;
    let done = r#"{"type":"response.output_item.done","item":{"type":"message","id":"m","content":[]}}"#;
    let played =
        play(&events(&[done, &format!(r#"{{"type":"response.completed","response":{{"output":[{blank}]}}}}"#)]));
    assert_eq!(serde_json::to_string(&played.complete().output[0]).unwrap(), blank);
    let none = r#"[{"type":"message","id":"msg_1","content":[]}]"#;
    assert_eq!(play(&events(&sequence(none))).complete().text(), "Hello, 世界 \u{1F600}!");
}

#[test]
fn what_is_told_whole_only_is_shown_too() {
    let message = r#"{"type":"message","content":[{"type":"output_text","text":"a"},{"type":"refusal","refusal":"r"},{"type":"output_text","text":"b"}]}"#;
    let reasoning = r#"{"type":"reasoning","summary":[{"type":"summary_text","text":"s"}],"content":[{"type":"reasoning_text","text":"c"}]}"#;
    let done = |index: u8, item: &str| {
        format!(r#"{{"type":"response.output_item.done","output_index":{index},"item":{item}}}"#)
    };
    let end = format!(r#"{{"type":"response.completed","response":{{"output":[{reasoning},{message}]}}}}"#);
    let expected = ["ab".to_owned(), "sc".to_owned(), "r".to_owned()];

    let by_the_end = play(&events(&[&end]));
    assert_eq!((by_the_end.told(), by_the_end.items.len()), (expected.clone(), 1));
    let by_items = play(&events(&[done(0, reasoning), done(1, message), end.clone()]));
    assert_eq!(by_items.told(), expected);
    assert_eq!(by_items.texts(), ["", "ab", ""]);
    let one_by_item = play(&events(&[done(1, message), end.clone()]));
    assert_eq!(one_by_item.told(), expected);
    assert_eq!(one_by_item.items[1].as_event().reasoning(), "sc");

    let wholes = [
        r#"{"type":"response.reasoning_summary_text.done","output_index":0,"text":"s"}"#,
        r#"{"type":"response.reasoning_text.done","output_index":0,"text":"c"}"#,
        r#"{"type":"response.output_text.done","output_index":1,"text":"a"}"#,
        r#"{"type":"response.refusal.done","output_index":1,"content_index":1,"refusal":"r"}"#,
        r#"{"type":"response.content_part.done","output_index":1,"content_index":2,"part":{"type":"output_text","text":"b"}}"#,
    ];
    let mut sequence: Vec<String> = wholes.iter().map(ToString::to_string).collect();
    sequence.push(end);
    let by_parts = play(&events(&sequence));
    assert_eq!((by_parts.told(), by_parts.texts()), (expected.clone(), vec!["", "", "a", "", "b", ""]));
    // And all of it again, as it is told once more.
    for item in [done(0, reasoning), done(1, message)] {
        sequence.insert(5, item);
    }
    sequence.splice(7..7, wholes.map(ToOwned::to_owned));
    assert_eq!(play(&events(&sequence)).told(), expected);

    // Parts of a refusal and of what was thought, by their ends.
    let parts = [
        r#"{"type":"response.content_part.done","part":{"type":"refusal","refusal":"r"}}"#,
        r#"{"type":"response.reasoning_summary_part.done","part":{"type":"summary_text","text":"s"}}"#,
        r#"{"type":"response.content_part.done","part":{"type":"reasoning_text","text":"c"}}"#,
        r#"{"type":"response.completed"}"#,
    ];
    let played = play(&events(&parts));
    assert_eq!(played.told(), [String::new(), "sc".to_owned(), "r".to_owned()]);
    assert_eq!((played.complete().reasoning(), played.complete().refusal()), ("sc".into(), "r".into()));
    // A call is told by its end, too.
    let call = r#"{"type":"response.function_call_arguments.done","arguments":"{}"}"#;
    let played = play(&events(&[call, r#"{"type":"response.completed"}"#]));
    assert_eq!(played.items[0].as_event().call().unwrap().arguments(), "{}");
}
