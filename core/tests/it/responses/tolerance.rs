//! Streamed responses that are odd: nothing of them is lost, and nothing of them is taken for more than it is.

use requesty_core::responses::{EventKind, OutputItem};
use serde_json::{Value, json};

use crate::support::responses::{Played, events, play};

const COMPLETED: &str = r#"{"type":"response.completed","response":{"id":"r"}}"#;

fn delta(text: &str) -> String {
    json!({"type": "response.output_text.delta", "output_index": 0, "content_index": 0, "delta": text}).to_string()
}

fn item(kind: &str, index: Value, item: Value) -> String {
    json!({"type": format!("response.output_item.{kind}"), "output_index": index, "item": item}).to_string()
}

fn call(id: &str, arguments: &str) -> Value {
    json!({"type": "function_call", "call_id": id, "name": format!("f_{id}"), "arguments": arguments})
}

fn arguments(played: &Played) -> Vec<(String, String)> {
    let calls = played.complete().function_calls();
    calls.map(|call| (call.call_id().to_owned(), call.arguments_json().to_owned())).collect()
}

fn output(played: &Played) -> Value {
    serde_json::to_value(&played.complete().output).unwrap()
}

#[test]
fn the_type_in_the_data_stands_in_for_the_name() {
    let data = [delta("Hel"), delta("lo"), COMPLETED.to_owned()];
    let named = play(&events(&data));
    for name in ["", "event: message\n", "event: \n", "event: response.unknown\n"] {
        let body: String = data.iter().map(|data| format!("{name}data: {data}\n\n")).collect();
        let played = play(&body);
        assert_eq!(played.complete(), named.complete());
        assert_eq!((played.kinds(), played.texts()), (named.kinds(), named.texts()));
    }
    let unnamed = play(&format!("data: {}\n\n{}", data[0], events(&data[1..])));
    assert_eq!(unnamed.items[0].as_event().name(), "response.output_text.delta");
    // The name counts where the data has no type, or another one.
    let body = format!(
        "event: response.output_text.delta\ndata: {{\"type\":\"x\",\"delta\":\"Hel\"}}\n\n{}",
        events(&data[1..])
    );
    assert_eq!(play(&body).complete().text(), "Hello");
    let body = format!("event: response.output_text.delta\ndata: {{\"delta\":\"Hel\"}}\n\n{}", events(&data[1..]));
    assert_eq!(play(&body).complete().text(), "Hello");
    let escaped = data[0].replace("response.output", r"r\u0065sponse.output").replace("\"delta\":", r#""d\u0065lta":"#);
    assert_eq!(play(&format!("data: {escaped}\n\n{}", events(&data[1..]))).complete().text(), "Hello");
    let neither = play(&format!("data: {{\"a\":1}}\n\n{}", events(&data)));
    assert_eq!((neither.items[0].as_event().name(), neither.items[0].as_event().kind()), ("".into(), EventKind::Other));
}

#[test]
fn keep_alives_are_passed_over() {
    let alive = [
        ": comment\n\n",
        "data: \n\n",
        "data: null\n\n",
        "data: : still here\n\n",
        "data: {\"type\":\"ping\"}\n\n",
        "event: ping\ndata: {}\n\n",
        "event: keepalive\ndata: {\"t\":1}\n\n",
        "event: heartbeat\ndata: x\n\n",
        "event: ping\ndata: {\"type\":\"ping\"}\n\n",
    ];
    for alive in alive {
        let played = play(&format!("{alive}{}{alive}{}", events(&[delta("Hello")]), events(&[COMPLETED])));
        assert_eq!((played.complete().text(), played.items.len()), ("Hello".into(), 2), "{alive}");
    }
    // What only looks like one is none.
    let odd = play(&format!("event: ping\ndata: {}\n\n{}", delta("Hello"), events(&[COMPLETED])));
    assert_eq!(odd.complete().text(), "Hello");
}

#[test]
fn events_of_an_unknown_kind_are_shown_and_change_nothing() {
    let unknown = r#"{"type":"response.image_generation_call.partial_image","output_index":9,"delta":"x","item":{"type":"message"}}"#;
    let played = play(&events(&[delta("Hello").as_str(), unknown, COMPLETED]));
    assert_eq!((played.complete().text(), played.complete().output.len()), ("Hello".into(), 1));
    let event = played.items[1].as_event();
    assert_eq!((event.kind(), event.text(), event.raw()), (EventKind::Other, "", unknown.as_bytes()));
    assert_eq!(event.name(), "response.image_generation_call.partial_image");
    assert_eq!(event.item().unwrap().kind().as_deref(), Some("message"));
}

#[test]
fn members_of_the_wrong_type_are_none() {
    let odd = [
        r#"{"type":"response.output_text.delta","delta":{"text":"x"}}"#,
        r#"{"type":"response.output_text.delta","delta":null}"#,
        r#"{"type":"response.output_text.done","text":7}"#,
        r#"{"type":"response.output_item.added","item":"x"}"#,
        r#"{"type":"response.output_item.done"}"#,
        r#"{"type":"response.content_part.added","part":null}"#,
        r#"{"type":"response.content_part.done","part":[]}"#,
        r#"{"type":"response.output_text.annotation.added","annotation":7}"#,
        r#"{"type":"response.function_call_arguments.delta","delta":[]}"#,
        r#"{"type":"response.created","response":"x"}"#,
        r#"{"type":7,"item_id":8}"#,
    ];
    for odd in odd {
        let body = format!("data: {odd}\n\n{}", events(&[delta("Hello").as_str(), COMPLETED]));
        let played = play(&body);
        assert_eq!((played.complete().text(), played.texts().concat().as_str()), ("Hello".into(), "Hello"), "{odd}");
        assert_eq!(played.items[0].as_event().raw(), odd.as_bytes());
        assert!(played.items[0].as_event().item_id().is_none());
    }
    // The last of members that repeat counts; numbers may come as strings.
    let twice = r#"{"type":"response.output_text.delta","delta":"no","output_index":"3","output_index":"1","content_index":2.0,"delta":"Hello"}"#;
    let played = play(&events(&[twice, COMPLETED]));
    assert_eq!(played.complete().text(), "Hello");
    assert_eq!(
        (played.items[0].as_event().output_index(), played.items[0].as_event().part_index()),
        (Some(1), Some(2))
    );
    let huge = delta("Hello").replace(r#""output_index":0"#, r#""output_index":18446744073709551615"#);
    let added = r#"{"type":"response.output_item.added","item":{"type":"message","id":"last"}}"#;
    assert_eq!(
        play(&events(&[&huge, added, COMPLETED])).complete().output.len(),
        1,
        "there is no index after the last"
    );
}

#[test]
fn parts_and_items_are_in_order_of_their_index() {
    let at = |output: u8, content: u8, kind: &str, delta: &str| {
        json!({"type": format!("response.{kind}.delta"), "output_index": output, "content_index": content, "delta": delta})
            .to_string()
    };
    let sequence = [
        at(2, 1, "output_text", "d"),
        at(2, 0, "output_text", "c"),
        at(1, 0, "refusal", "b"),
        at(0, 0, "reasoning_text", "a"),
        at(2, 1, "output_text", "e"),
        COMPLETED.to_owned(),
    ];
    let played = play(&events(&sequence));
    let text = |text: &str| json!({"type": "output_text", "text": text, "annotations": []});
    assert_eq!(
        output(&played),
        json!([
            {"type": "reasoning", "summary": [], "content": [{"type": "reasoning_text", "text": "a"}]},
            {"type": "message", "role": "assistant", "content": [{"type": "refusal", "refusal": "b"}]},
            {"type": "message", "role": "assistant", "content": [text("c"), text("de")]},
        ])
    );
    assert_eq!(played.told(), ["dce".to_owned(), "a".to_owned(), "b".to_owned()], "as they came");
}

#[test]
fn without_any_index_kinds_are_told_apart_and_calls_follow_each_other() {
    let sequence = [
        r#"{"type":"response.reasoning_summary_text.delta","delta":"Think."}"#.to_owned(),
        r#"{"type":"response.output_text.delta","delta":"Hel"}"#.to_owned(),
        r#"{"type":"response.output_text.delta","delta":"lo"}"#.to_owned(),
        json!({"type": "response.output_item.added", "item": call("a", "")}).to_string(),
        r#"{"type":"response.function_call_arguments.delta","delta":"{\"n\""}"#.to_owned(),
        r#"{"type":"response.function_call_arguments.delta","delta":":1}"}"#.to_owned(),
        json!({"type": "response.output_item.done", "item": call("a", "{\"n\":1}")}).to_string(),
        json!({"type": "response.output_item.added", "item": call("b", "")}).to_string(),
        r#"{"type":"response.function_call_arguments.delta","delta":"{}"}"#.to_owned(),
        r#"{"type":"response.function_call_arguments.done","arguments":"{}"}"#.to_owned(),
        COMPLETED.to_owned(),
    ];
    let played = play(&events(&sequence));
    assert_eq!(played.told()[..2], ["Hello", "Think."]);
    let kinds: Vec<_> = played.complete().output.iter().map(|item| item.kind().unwrap()).collect();
    assert_eq!(kinds, ["reasoning", "message", "function_call", "function_call"]);
    assert_eq!(arguments(&played), [("a".to_owned(), r#"{"n":1}"#.to_owned()), ("b".to_owned(), "{}".to_owned())]);
    let pieces: Vec<_> =
        played.items.iter().filter_map(|item| item.as_event().call().map(|it| it.output_index())).collect();
    assert_eq!(pieces, [1, 1, 1, 1, 2, 2, 2]);
    // The first of all is at 0.
    let first = json!({"type": "response.output_item.added", "item": call("a", "")}).to_string();
    assert_eq!(play(&events(&[&first, COMPLETED])).items[0].as_event().call().unwrap().output_index(), 0);
}

#[test]
fn an_item_whose_id_changes_is_one_item() {
    let message =
        |id: &str, text: &str| json!({"type": "message", "id": id, "content": [{"type": "output_text", "text": text}]});
    let sequence = [
        item("added", json!(0), json!({"type": "message", "id": "x1", "content": []})),
        delta("Hello").replace("\"type\"", r#""item_id":"x2","type""#),
        item("done", json!(0), message("x3", "Hello")),
        json!({"type": "response.completed", "response": {"output": [message("x4", "Hello")]}}).to_string(),
    ];
    let played = play(&events(&sequence));
    assert_eq!(output(&played), json!([message("x4", "Hello")]));
    assert_eq!(played.told()[0], "Hello");
}

#[test]
fn what_comes_after_an_item_is_done_changes_nothing() {
    let done = json!({"type": "message", "id": "m", "content": [{"type": "output_text", "text": "Hello"}]});
    let late = [
        delta(" again"),
        json!({"type": "response.output_text.done", "output_index": 0, "text": "Hello"}).to_string(),
        json!({"type": "response.content_part.done", "output_index": 0, "part": {"type": "output_text", "text": "x"}})
            .to_string(),
        json!({"type": "response.output_text.annotation.added", "output_index": 0, "annotation": {"url": "u"}})
            .to_string(),
        item("added", json!(0), json!({"type": "message", "id": "m", "content": []})),
        item("done", json!(0), done.clone()),
    ];
    for late in late {
        let played =
            play(&events(&[delta("Hello"), item("done", json!(0), done.clone()), late.clone(), COMPLETED.to_owned()]));
        assert_eq!((output(&played), played.told()[0].as_str()), (json!([done]), "Hello"), "{late}");
    }
    let finished = call("a", "{}");
    for late in [
        json!({"type": "response.function_call_arguments.delta", "output_index": 0, "delta": "x"}).to_string(),
        item("added", json!(0), call("a", "")),
    ] {
        let played = play(&events(&[item("done", json!(0), finished.clone()), late, COMPLETED.to_owned()]));
        assert_eq!(output(&played), json!([finished]));
        assert!(played.items[1].as_event().call().is_none());
    }
    // An item that was done without saying anything may still be told.
    let blank = json!({"type": "message", "id": "m", "content": []});
    let played = play(&events(&[item("done", json!(0), blank), delta("Hello"), COMPLETED.to_owned()]));
    assert_eq!((played.complete().text(), played.complete().output.len()), ("Hello".into(), 1));
}

#[test]
fn parts_keep_what_they_came_with() {
    let part = |kind: &str, index: u8, part: Value| {
        json!({"type": format!("response.content_part.{kind}"), "output_index": 0, "content_index": index, "part": part}).to_string()
    };
    let source = json!({"type": "url_citation", "url": "u"});
    let annotation = |index: u8| {
        json!({"type": "response.output_text.annotation.added", "output_index": 0, "content_index": index,
               "annotation": source})
        .to_string()
    };
    let refused =
        json!({"type": "response.refusal.delta", "output_index": 0, "content_index": 1, "delta": "No."}).to_string();
    let sequence = [
        item("added", json!(0), json!({"type": "message", "id": "m", "phase": "final", "content": []})),
        part("added", 0, json!({"type": "output_text", "text": "", "logprobs": [], "annotations": []})),
        delta("Hello"),
        annotation(0),
        part("added", 1, json!({"type": "refusal", "refusal": "", "x": 1})),
        refused,
        part("added", 2, json!({"type": "output_audio", "data": "A"})),
        part("done", 3, json!({"type": "output_text", "text": "!", "annotations": [source, source]})),
        annotation(3),
        part("done", 4, json!({"type": "refusal", "refusal": "Never."})),
        COMPLETED.to_owned(),
    ];
    let played = play(&events(&sequence));
    assert_eq!(
        output(&played),
        json!([{"type": "message", "id": "m", "phase": "final", "content": [
            {"type": "output_text", "text": "Hello", "logprobs": [], "annotations": [source]},
            {"type": "refusal", "refusal": "No.", "x": 1},
            {"type": "output_audio", "data": "A"},
            {"type": "output_text", "text": "!", "annotations": [source, source]},
            {"type": "refusal", "refusal": "Never."},
        ]}])
    );
    assert_eq!(played.told(), ["Hello!".to_owned(), String::new(), "No.Never.".to_owned()]);
}

#[test]
fn a_half_of_a_character_is_replaced_where_its_text_ends() {
    let half = |text: &str| format!(r#"{{"type":"response.output_text.delta","delta":"{text}\ud83d"}}"#);
    let end = r#"{"type":"response.output_text.done"}"#;
    let played = play(&format!("data: {}\n\n{}", half("a"), events(&[end, COMPLETED])));
    assert_eq!((played.texts(), played.complete().text()), (vec!["a", "\u{FFFD}", ""], "a\u{FFFD}".into()));
    let half = r#"{"type":"response.function_call_arguments.delta","delta":"\ud83d"}"#;
    let end = r#"{"type":"response.function_call_arguments.done"}"#;
    let played = play(&format!("data: {half}\n\n{}", events(&[end, COMPLETED])));
    assert_eq!(played.items[1].as_event().call().unwrap().arguments(), "\u{FFFD}");
    let OutputItem::FunctionCall(call) = &played.complete().output[0] else { panic!() };
    assert_eq!(call.arguments, "\u{FFFD}");
}

#[test]
fn a_deep_or_broken_end_is_no_end() {
    let deep = format!(r#"{{"type":"response.completed","response":{}1{}}}"#, r#"{"a":"#.repeat(200), "}".repeat(200));
    let played = play(&format!("{}data: {deep}\n\n", events(&[delta("Hello")])));
    assert!(played.total.is_err());
    assert_eq!(played.response().text(), "Hello");
}

#[test]
fn what_began_is_kept_as_it_was_told_last() {
    let began = |kind: &str, id: &str| {
        json!({"type": format!("response.{kind}"), "response": {"id": id, "x": [1]}}).to_string()
    };
    let played =
        play(&events(&[began("created", "a"), began("queued", "b"), began("in_progress", "c"), delta("Hello")]));
    let response = played.response();
    assert_eq!(
        (response.id.as_deref(), response.extra.get("x"), response.text()),
        (Some("c"), Some("[1]"), "Hello".into())
    );
    use EventKind::{Created, InProgress, Queued, TextDelta};
    assert_eq!(played.kinds(), [Created, Queued, InProgress, TextDelta]);
    assert!(played.kinds().iter().all(|kind| !kind.is_terminal()));
}
