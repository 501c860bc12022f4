//! In the steady state a delta of a message costs no allocation, and a file in a request is written once.
#![cfg(feature = "base64")]

use std::time::Duration;

use requesty_core::Step;
use requesty_core::messages::{Block, Message, Request};

use crate::counting::cost;
use crate::support::head;
use crate::support::messages::{block_start, delta, frame, stream_call};

#[test]
fn deltas_allocate_nothing_and_files_are_written_once() {
    for (block, delta_of) in [
        (r#"{"type":"text","text":""}"#, r#"{"type":"text_delta","text":" word"}"#),
        (r#"{"type":"text","text":""}"#, r#"{"type":"text_delta","text":"esc\n\u00e9aped"}"#),
        (r#"{"type":"thinking","thinking":""}"#, r#"{"type":"thinking_delta","thinking":" thought"}"#),
        (
            r#"{"type":"tool_use","id":"t","name":"f","input":{}}"#,
            r#"{"type":"input_json_delta","partial_json":"{\"a\":"}"#,
        ),
    ] {
        let event = frame(&delta(0, delta_of));
        let mut machine = stream_call().open(head(200, "text/event-stream"), Duration::ZERO);
        machine.push(frame(&block_start(0, block)).as_bytes(), Duration::ZERO);
        let mut feed = |count: usize| {
            let ((), cost) = cost(|| {
                let mut seen = 0;
                for _ in 0..count {
                    machine.push(event.as_bytes(), Duration::ZERO);
                    while let Ok(Step::Ready) = machine.advance() {
                        let event = machine.item();
                        seen += event.text().len()
                            + event.thinking().len()
                            + event.input().map_or(0, |input| input.json().len());
                    }
                }
                assert!(seen >= count);
            });
            cost.calls
        };
        feed(1000);
        // 4,000 more deltas double the answer a few times.
        let allocations = feed(4000);
        assert!(allocations <= 4, "{delta_of}: {allocations} allocations in 4,000 deltas");
    }

    let mut file = b"%PDF-1.7\n".to_vec();
    file.resize(1 << 20, 0xFB);
    let history = [Message::user([Block::pdf(&file).unwrap(), Block::text("Summarise it.")])];
    let request = Request::new(&history, 64).model("m").system("x".repeat(10_000));
    let (body, cost) = cost(|| request.whole_body().unwrap());
    let bytes = cost.bytes;
    assert!(bytes < body.len() + 1024, "{bytes} bytes for a body of {}", body.len());
}
