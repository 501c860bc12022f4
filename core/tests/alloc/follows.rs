//! In the steady state, following the JSON of a stream costs no allocation either: where a text or arguments have room, a delta
//! takes none, and neither does what is shown of it.

use std::time::Duration;

use requesty_core::json::partial::{Follows, State, Watch, Written};
use requesty_core::{Call, Dialect, Reply, Step};

use crate::counting::cost;
use crate::support::messages::{block_start, delta, frame};
use crate::support::{chat, head, messages, responses};

/// Plays `first`, and then `event` so often that it has room for 1,000 more; returns what those allocate.
fn steady<R: Reply>(
    call: &Call<R>,
    first: &str,
    event: &str,
    written: impl Fn(<R::Dialect as Dialect>::Item<'_>, &mut dyn FnMut(Written<'_>)),
) -> usize {
    let mut machine = call.open(head(200, "text/event-stream"), Duration::ZERO);
    let (mut follows, mut watch) = (Follows::default(), Watch::new("/text").unwrap());
    let mut shown = 0;
    let mut feed = |bytes: &str, count: usize| {
        for _ in 0..count {
            machine.push(bytes.as_bytes(), Duration::ZERO);
            while let Ok(Step::Ready) = machine.advance() {
                written(machine.item(), &mut |written| {
                    let snapshot = follows.read(written).unwrap();
                    assert_eq!(watch.state(snapshot), State::Incomplete);
                    let text = watch.value(snapshot).unwrap().as_str().unwrap();
                    assert!(text.len() >= shown);
                    shown = text.len();
                });
            }
        }
        shown
    };
    feed(first, 1);
    // Buffers double: 4 or 5 bytes a delta leave room from 16,384 bytes on up to 32,768.
    let before = feed(event, 4_200);
    let (after, cost) = cost(|| feed(event, 1_000));
    assert!(after >= before + 4_000);
    cost.calls
}

#[test]
fn a_delta_that_is_followed_allocates_nothing_once_there_is_room() {
    let chunk = |delta: &str| format!("data: {{\"id\":\"c\",\"choices\":[{{\"index\":0,\"delta\":{{{delta}}}}}]}}\n\n");
    let text = |text: &str| chunk(&format!("\"content\":\"{text}\""));
    let call = |text: &str| {
        chunk(&format!(
            "\"tool_calls\":[{{\"index\":0,\"id\":\"c\",\"function\":{{\"name\":\"f\",\"arguments\":\"{text}\"}}}}]"
        ))
    };
    // Plain, and with an escape in the JSON itself.
    for piece in ["lorem", r"ab\\nc", "日ab"] {
        let begin = r#"{\"text\":\""#;
        let see =
            |chunk: requesty_core::chat::Chunk<'_>, take: &mut dyn FnMut(Written<'_>)| chunk.written().for_each(take);
        assert_eq!(steady(&chat::stream_call(), &text(begin), &text(piece), see), 0, "text {piece}");
        assert_eq!(steady(&chat::stream_call(), &call(begin), &call(piece), see), 0, "arguments {piece}");

        let see = |event: requesty_core::messages::Event<'_>, take: &mut dyn FnMut(Written<'_>)| {
            event.written().for_each(take)
        };
        let start = frame(&block_start(0, r#"{"type":"tool_use","id":"t","name":"f","input":{}}"#));
        let input = |text: &str| frame(&delta(0, &format!(r#"{{"type":"input_json_delta","partial_json":"{text}"}}"#)));
        let first = start + &input(begin);
        assert_eq!(steady(&messages::stream_call(), &first, &input(piece), see), 0, "input {piece}");

        let see = |event: requesty_core::responses::Event<'_>, take: &mut dyn FnMut(Written<'_>)| {
            event.written().for_each(take)
        };
        for kind in ["output_text", "function_call_arguments"] {
            let event = |text: &str| {
                format!(
                    "event: response.{kind}.delta\ndata: {{\"type\":\"response.{kind}.delta\",\"item_id\":\"i\",\
                     \"output_index\":0,\"content_index\":0,\"delta\":\"{text}\"}}\n\n"
                )
            };
            assert_eq!(steady(&responses::stream_call(), &event(begin), &event(piece), see), 0, "{kind} {piece}");
        }
    }
}
