//! Calls that do not come in pieces: a view shows them all the same, with their arguments.

use std::time::Duration;

use requesty_core::agent::{StreamEvent, StreamItem, StreamView};
use requesty_core::{Call, Dialect, End, Reply, Step};
use serde_json::{Value, json};

use crate::support::{head, messages as blocks, responses as items};

/// Returns what a view shows of the calls of a reply.
fn shown<R: Reply>(call: &Call<R>, kind: &str, body: &str) -> Vec<String>
where
    for<'a> <R::Dialect as Dialect>::Item<'a>: StreamItem,
{
    let mut machine = call.open(head(200, kind), Duration::ZERO);
    machine.push(body.as_bytes(), Duration::ZERO);
    machine.end(End::Clean);
    let (mut view, mut shown) = (StreamView::new(), Vec::new());
    while machine.advance().unwrap() == Step::Ready {
        view.see(&machine.item(), &mut |event| match event {
            StreamEvent::CallStarted(call) => shown.push(format!("{} {}", call.name(), call.id().unwrap())),
            StreamEvent::Arguments { delta, .. } => shown.push(delta.to_owned()),
            StreamEvent::CallDone(call) => shown.push(format!("done {}", call.arguments())),
            _ => {}
        });
    }
    shown
}

fn stream(events: &[Value]) -> String {
    events.iter().map(|event| format!("data: {event}\n\n")).collect()
}

const EXPECTED: [&str; 5] = ["f c1", r#"{"x":1}"#, r#"done {"x":1}"#, "g c2", "done "];

#[test]
fn of_a_message() {
    let uses = [
        json!({"type": "tool_use", "id": "c1", "name": "f", "input": {"x": 1}}),
        json!({"type": "tool_use", "id": "c2", "name": "g", "input": {}}),
    ];
    let mut events = vec![json!({"type": "message_start", "message": {"role": "assistant", "content": []}})];
    for (index, tool_use) in uses.iter().enumerate() {
        events.push(json!({"type": "content_block_start", "index": index, "content_block": tool_use}));
        events.push(json!({"type": "content_block_stop", "index": index}));
    }
    events.push(json!({"type": "message_delta", "delta": {"stop_reason": "tool_use"}}));
    events.push(json!({"type": "message_stop"}));
    assert_eq!(shown(&blocks::stream_call(), "text/event-stream", &stream(&events)), EXPECTED);

    // Pieces replace what the block began with.
    let piece = json!({"type": "input_json_delta", "partial_json": "{\"x\":2}"});
    events.insert(2, json!({"type": "content_block_delta", "index": 0, "delta": piece}));
    let replaced = shown(&blocks::stream_call(), "text/event-stream", &stream(&events));
    assert_eq!(replaced[..3], ["f c1", r#"{"x":2}"#, r#"done {"x":2}"#]);

    let whole = json!({"type": "message", "role": "assistant", "content": uses, "stop_reason": "tool_use"});
    let shown = shown(&blocks::stream_call(), "application/json", &whole.to_string());
    assert_eq!(shown, ["f c1", r#"{"x":1}"#, r#"done {"x":1}"#, "g c2", "{}", "done {}"]);
}

#[test]
fn of_a_response() {
    let calls = [
        json!({"type": "function_call", "id": "fc_1", "call_id": "c1", "name": "f", "arguments": "{\"x\":1}"}),
        json!({"type": "function_call", "id": "fc_2", "call_id": "c2", "name": "g", "arguments": ""}),
    ];
    let whole = json!({"object": "response", "status": "completed", "output": calls});
    let item = |kind: &str, index: usize| json!({"type": format!("response.output_item.{kind}"), "output_index": index, "item": calls[index]});
    let arguments = json!({"type": "response.function_call_arguments.done", "output_index": 0, "item_id": "fc_1",
        "arguments": "{\"x\":1}"});
    let delta = json!({"type": "response.function_call_arguments.delta", "output_index": 0, "item_id": "fc_1",
        "delta": "{\"x\""});
    let end = json!({"type": "response.completed", "response": whole});
    let call = items::stream_call();
    for events in [
        vec![end.clone()],
        vec![item("done", 0), item("done", 1), end.clone()],
        vec![item("added", 0), arguments, item("done", 0), item("added", 1), item("done", 1), end.clone()],
        vec![item("added", 0), item("done", 0), item("done", 1), end.clone()],
    ] {
        assert_eq!(shown(&call, "text/event-stream", &stream(&events)), EXPECTED, "{events:?}");
    }
    // A piece is missing.
    let events = [item("added", 0), delta, item("done", 0), item("added", 1), item("done", 1), end];
    let shown_late = shown(&call, "text/event-stream", &stream(&events));
    assert_eq!(shown_late, ["f c1", r#"{"x""#, ":1}", r#"done {"x":1}"#, "g c2", "done "]);
    assert_eq!(shown(&call, "application/json", &whole.to_string()), EXPECTED);
}
