//! What a stream allocates at its start and at its end.

use std::time::Duration;

use requesty_core::{End, Step};

use crate::counting::cost;

fn chunk(delta: &str, finish_reason: &str) -> String {
    format!(
        "data: {{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1748200000,\"model\":\"gpt\",\
         \"system_fingerprint\":\"fp\",\"choices\":[{{\"index\":0,\"delta\":{{{delta}}},\"logprobs\":null,\
         \"finish_reason\":{finish_reason}}}]}}\n\n"
    )
}

#[test]
fn a_stream_begins_with_few_allocations() {
    let greeting = chunk(r#""role":"assistant","content":"","refusal":null"#, "null");
    let text = chunk(r#""content":" word""#, "null");
    let call = crate::support::chat::stream_call();
    let read = |pieces: &[&str]| {
        let head = crate::support::head(200, "text/event-stream");
        let (items, cost) = cost(|| {
            let (mut machine, mut items) = (call.open(head, Duration::ZERO), 0);
            for piece in pieces {
                machine.push(piece.as_bytes(), Duration::ZERO);
                while let Ok(Step::Ready) = machine.advance() {
                    items += 1;
                }
            }
            items
        });
        assert_eq!(items, pieces.len());
        cost.calls
    };
    // What is built once for all streams.
    read(&[&greeting]);
    let (first, second) = (read(&[&greeting]), read(&[&greeting, &text]));
    assert!(first <= 27, "{first} allocations up to the first chunk");
    assert!(second <= 34, "{second} allocations up to the first text");
}

#[test]
fn the_texts_of_a_total_are_not_copied() {
    let word = "a long word ".repeat(1000);
    let call = crate::support::chat::stream_call();
    let mut machine = call.open(crate::support::head(200, "text/event-stream"), Duration::ZERO);
    for _ in 0..100 {
        machine.push(chunk(&format!(r#""content":"{word}","reasoning":"{word}""#), "null").as_bytes(), Duration::ZERO);
        while let Ok(Step::Ready) = machine.advance() {}
    }
    machine.push(chunk("", "\"stop\"").as_bytes(), Duration::ZERO);
    machine.end(End::Clean);
    while let Ok(Step::Ready) = machine.advance() {}
    let (completion, cost) = cost(|| machine.total().expect("a complete stream"));
    assert_eq!(completion.text().len(), 100 * word.len());
    assert!(cost.peak < 64 << 10, "{} bytes beside an answer of {}", cost.peak, 200 * word.len());
}
