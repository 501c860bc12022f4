//! Silence, and keep-alives.

use bytes::Bytes;

use super::{Outcome, Scenario, ms};
use crate::answer::Answer;
use crate::ask::Ask;
use crate::script::{DONE, Ending, Script, event};

/// Every dialect of "still here" that has been seen; none of them is an event.
const KEEP_ALIVES: [&str; 13] = [
    ": OPENROUTER PROCESSING\n\n",
    ": ping\n\n",
    ":\n\n",
    "id: 7\n: ping\n\n",
    "retry: 3000\n\n",
    "data: \n\n",
    "data\n\n",
    "data: : keepalive\n\n",
    "data: : OPENROUTER PROCESSING\n\n",
    "event: keepalive\ndata: {\"type\":\"keepalive\"}\n\n",
    "event: ping\ndata: {\"type\":\"ping\"}\n\n",
    "data: null\n\n",
    "event: ping\n\n",
];

pub(super) fn table() -> Vec<Scenario> {
    use Outcome::{Complete, Stall};
    vec![
        Scenario::new("mock/stall-before-head", "No response head ever comes.", Stall, |_| {
            Script::new(200).ending(Ending::HoldBeforeHead)
        }),
        Scenario::new("mock/stall-first", "The head, then nothing.", Stall, |ask| stalled(ask, 0, "")),
        Scenario::new("mock/stall-after-delta", "Three deltas, then nothing.", Stall, |ask| stalled(ask, 3, "")),
        Scenario::new("mock/stall-mid-event", "A delta, half of the next, then nothing.", Stall, |ask| {
            stalled(ask, 1, "data: {\"choices\":[{\"index\":0,\"delta\":{\"conte")
        }),
        Scenario::new("mock/keepalive-forever", "Comments every 20 ms, and no event ever.", Stall, |ask| {
            forever(ask, 0, ": keep-alive\n\n")
        }),
        Scenario::new("mock/keepalive-after-delta", "Three deltas, then comments every 20 ms.", Stall, |ask| {
            forever(ask, 3, ": keep-alive\n\n")
        }),
        Scenario::new("mock/empty-data-forever", "Events with empty data every 20 ms.", Stall, |ask| {
            forever(ask, 0, "data: \n\n")
        }),
        Scenario::new("mock/endless", "Deltas every 5 ms that never end.", Stall, |ask| {
            let answer = Answer::gateway(ask);
            let bytes = event(&answer.delta(serde_json::json!({"content": "and so on "})));
            answer.streamed_as(Script::sse().ending(Ending::Repeat { bytes, every: ms(5) }))
        }),
        Scenario::new("mock/late-head-N", "The whole answer, its head after N ms.", Complete, |ask| {
            Answer::gateway(ask).script().head_after(ms(ask.number().unwrap_or(100).min(60_000)))
        }),
        Scenario::new("mock/late-first-N", "The head at once, the first event after N ms.", Complete, |ask| {
            let answer = Answer::gateway(ask);
            let wait = ms(ask.number().unwrap_or(100).min(60_000));
            answer.streamed_as(Script::sse().pause(wait).events(&answer.chunks()).done())
        }),
        Scenario::new("mock/keepalive-dialects", "Every dialect of keep-alive between the deltas.", Complete, |ask| {
            let answer = Answer::gateway(ask);
            let mut script = Script::sse().send(KEEP_ALIVES.concat());
            for (at, chunk) in answer.chunks().iter().enumerate() {
                script = script.event(chunk).send(KEEP_ALIVES[at % KEEP_ALIVES.len()]);
            }
            answer.streamed_as(script.done())
        }),
        Scenario::new("mock/heartbeat", "One event with empty data between two deltas.", Complete, |ask| {
            let answer = Answer::text(ask, "one two");
            let chunks = answer.chunks();
            let script = Script::sse().event(&chunks[0]).send("data: \n\n").events(&chunks[1..]);
            answer.streamed_as(script.send(DONE))
        }),
    ]
}

/// Sends the first deltas and perhaps a bit more, then nothing; the whole form stalls after its head.
fn stalled(ask: &Ask, deltas: usize, more: &'static str) -> Script {
    let chunks = Answer::gateway(ask).delta_chunks();
    let script = Script::sse().events(&chunks[..deltas.min(chunks.len())]).send(more);
    let whole = Script::new(200).header("content-type", "application/json");
    Script::by_mode(script, whole).ending(Ending::Hold)
}

/// Sends the first deltas, then the same bytes over and over.
fn forever(ask: &Ask, deltas: usize, bytes: &'static str) -> Script {
    let answer = Answer::gateway(ask);
    let chunks = answer.delta_chunks();
    let script = Script::sse().events(&chunks[..deltas.min(chunks.len())]);
    answer.streamed_as(script.ending(Ending::Repeat { bytes: Bytes::from_static(bytes.as_bytes()), every: ms(20) }))
}
