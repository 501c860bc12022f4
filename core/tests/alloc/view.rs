//! In the steady state the events of a stream cost no allocation, in any family.

use std::time::Duration;

use requesty_core::agent::{StreamEvent, StreamItem, StreamView};
use requesty_core::{Call, Dialect, Reply, Step};

use crate::counting::cost;
use crate::support::head;
use crate::support::messages::{block_start, delta, frame};

#[test]
fn a_delta_of_the_view_allocates_nothing_in_a_chat_completion() {
    let call = crate::support::chat::stream_call();
    for members in [
        r#""content":" word""#,
        r#""content":"esc\n\u00e9aped""#,
        r#""reasoning_content":" thought""#,
        r#""refusal":"no""#,
        r#""content":"x","annotations":[]"#,
        r#""content":"x","annotations":[{"url":"https://a.example","title":"A"}]"#,
        r#""tool_calls":[{"index":0,"id":"c1","function":{"name":"f","arguments":"{\"a\":"}}]"#,
    ] {
        for root in ["", r#","citations":["https://a.example"]"#] {
            let event =
                format!(r#"data: {{"id":"c","model":"m","choices":[{{"index":0,"delta":{{{members}}}}}]{root}}}"#);
            assert_free(&call, "", &(event + "\n\n"));
        }
    }
}

#[test]
fn a_delta_of_the_view_allocates_nothing_in_a_message() {
    let call = crate::support::messages::stream_call();
    for (block, members) in [
        (r#"{"type":"text","text":""}"#, r#"{"type":"text_delta","text":" word"}"#),
        (r#"{"type":"text","text":""}"#, r#"{"type":"text_delta","text":"esc\n\u00e9aped"}"#),
        (r#"{"type":"thinking","thinking":""}"#, r#"{"type":"thinking_delta","thinking":" thought"}"#),
        (
            r#"{"type":"tool_use","id":"t","name":"f","input":{}}"#,
            r#"{"type":"input_json_delta","partial_json":"{\"a\":"}"#,
        ),
    ] {
        assert_free(&call, &frame(&block_start(0, block)), &frame(&delta(0, members)));
    }
}

#[test]
fn a_delta_of_the_view_allocates_nothing_in_a_response() {
    let call = crate::support::responses::stream_call();
    let item = r#"{"type":"function_call","id":"fc_1","call_id":"c1","name":"f","arguments":""}"#;
    let added = format!("data: {{\"type\":\"response.output_item.added\",\"output_index\":0,\"item\":{item}}}\n\n");
    for (kind, text, begin) in [
        ("output_text", " word", ""),
        ("output_text", r"esc\n\u00e9aped", ""),
        ("reasoning_summary_text", "字", ""),
        ("refusal", "no", ""),
        ("function_call_arguments", r#"{\"a\":"#, &*added),
    ] {
        let event = format!(
            "event: response.{kind}.delta\ndata: {{\"type\":\"response.{kind}.delta\",\"sequence_number\":7,\
             \"item_id\":\"msg_1\",\"output_index\":0,\"content_index\":0,\"delta\":\"{text}\"}}\n\n"
        );
        assert_free(&call, begin, &event);
    }
}

/// Plays the same event thousands of times; each must show something, and only the texts may grow.
#[track_caller]
fn assert_free<R: Reply>(call: &Call<R>, begin: &str, event: &str)
where
    for<'a> <R::Dialect as Dialect>::Item<'a>: StreamItem,
{
    let mut machine = call.open(head(200, "text/event-stream"), Duration::ZERO);
    let mut view = StreamView::new();
    machine.push(begin.as_bytes(), Duration::ZERO);
    let mut feed = |count: usize| {
        let ((), cost) = cost(|| {
            let mut shown = 0;
            for _ in 0..count {
                machine.push(event.as_bytes(), Duration::ZERO);
                while let Ok(Step::Ready) = machine.advance() {
                    view.see(&machine.item(), &mut |event| shown += usize::from(is_delta(&event)));
                }
            }
            assert!(shown >= count, "{shown} deltas of {count}: {event}");
        });
        cost.calls
    };
    feed(1000);
    // 4,000 more deltas double the texts of the answer and of the view a few times.
    let allocations = feed(4000);
    assert!(allocations <= 8, "{allocations} allocations in 4,000 deltas: {event}");
}

fn is_delta(event: &StreamEvent<'_>) -> bool {
    matches!(
        event,
        StreamEvent::Text { .. }
            | StreamEvent::Reasoning { .. }
            | StreamEvent::Refusal { .. }
            | StreamEvent::Arguments { .. }
    )
}
