//! The correct and the wrong ways in which a stream can end.

use super::{Outcome, Scenario, ms};
use crate::answer::Answer;
use crate::ask::Ask;
use crate::script::{DONE, Ending, Script};

pub(super) fn table() -> Vec<Scenario> {
    use Outcome::{Complete, Transport, Truncated};
    let mut table = vec![
        Scenario::new("mock/cut-after-N", "The body cut after N bytes.", Truncated, |ask| {
            broken(ask, ask.number().unwrap_or(100), Ending::Cut)
        }),
        Scenario::new("mock/reset-after-N", "The connection reset after N body bytes.", Truncated, |ask| {
            broken(ask, ask.number().unwrap_or(100), Ending::Reset)
        }),
        Scenario::new("mock/reset", "The connection reset in mid-answer.", Truncated, |ask| {
            broken(ask, 700, Ending::Reset)
        }),
        Scenario::new("mock/short-length", "A content-length that promises more than comes.", Truncated, |ask| {
            broken(ask, 700, Ending::ShortLength)
        }),
        Scenario::new("mock/eof-no-finish", "A clean end without finish reason or `[DONE]`.", Truncated, |ask| {
            matrix(ask, false, false, Ending::End)
        }),
        Scenario::new("mock/eof-no-done", "A clean end with a finish reason but no `[DONE]`.", Complete, |ask| {
            matrix(ask, true, false, Ending::End)
        }),
        Scenario::new("mock/done-no-finish", "`[DONE]` without a finish reason.", Truncated, |ask| {
            matrix(ask, false, true, Ending::End)
        }),
        Scenario::new("mock/done-no-newline", "`data: [DONE]` and the end, no line end.", Complete, |ask| {
            bytes(ask, &[&untilled(ask), "data: [DONE]"], Ending::End)
        }),
        Scenario::new("mock/done-one-newline", "`data: [DONE]` and one line end.", Complete, |ask| {
            bytes(ask, &[&untilled(ask), "data: [DONE]\n"], Ending::End)
        }),
        Scenario::new("mock/done-held", "`[DONE]`, and the connection stays open.", Complete, |ask| {
            bytes(ask, &[&untilled(ask), DONE], Ending::Hold)
        }),
        Scenario::new("mock/done-then-garbage", "Bytes that are no event after `[DONE]`.", Complete, |ask| {
            let garbage = "data: {\"error\":{\"message\":\"ignore me\"}}\n\n\u{0}<html>data: {";
            bytes(ask, &[&untilled(ask), DONE, garbage], Ending::End)
        }),
        Scenario::new("mock/done-then-reset", "`[DONE]`, garbage, then a reset.", Complete, |ask| {
            bytes(ask, &[&untilled(ask), DONE, "garbage"], Ending::Reset)
        }),
        Scenario::new("mock/unfinished-event", "The last event, whole, but without a blank line.", Complete, |ask| {
            let text = untilled(ask);
            bytes(ask, &[text.trim_end_matches('\n'), "\n"], Ending::End)
        }),
        Scenario::new("mock/unfinished-line", "The last event without any line end.", Complete, |ask| {
            bytes(ask, &[untilled(ask).trim_end_matches('\n')], Ending::End)
        }),
        Scenario::new("mock/half-event", "A clean end in the middle of an event's JSON.", Truncated, |ask| {
            broken(ask, 700, Ending::End)
        }),
        Scenario::new("mock/empty-stream", "An event stream without any event.", Truncated, |ask| {
            Answer::gateway(ask).streamed_as(Script::sse())
        }),
        Scenario::new("mock/close-before-head", "The connection closed without a response.", Transport, |_| {
            Script::close_before_head()
        }),
        Scenario::new("mock/reset-before-head", "The connection reset without a response.", Transport, |_| {
            Script::new(200).ending(Ending::ResetBeforeHead)
        }),
    ];
    for finish in ["finish", "nofinish"] {
        for done in ["done", "nodone"] {
            for end in ["eof", "reset", "cut", "short"] {
                let outcome = if finish == "finish" { Complete } else { Truncated };
                let about = format!("A stream with {finish}, {done}, ended by {end}.");
                table.push(Scenario::new(format!("mock/end-{finish}-{done}-{end}"), about, outcome, |ask| {
                    let ending = [("reset", Ending::Reset), ("cut", Ending::Cut), ("short", Ending::ShortLength)]
                        .into_iter()
                        .find_map(|(part, ending)| ask.has(part).then_some(ending));
                    matrix(ask, ask.has("finish"), ask.has("done"), ending.unwrap_or(Ending::End))
                }));
            }
        }
    }
    table
}

/// Returns the bytes of the stream before `[DONE]`.
fn untilled(ask: &Ask) -> String {
    let text = Answer::gateway(ask).sse_text();
    text.strip_suffix(DONE).unwrap_or(&text).to_owned()
}

/// Streams these writes, then ends with `ending`; the whole form of the answer is correct.
fn bytes(ask: &Ask, writes: &[&str], ending: Ending) -> Script {
    let script = writes.iter().fold(Script::sse(), |script, text| script.send((*text).to_owned()));
    // The last bytes and the end of the connection are to be seen apart.
    Answer::gateway(ask).streamed_as(script.pause(ms(2)).ending(ending))
}

/// Sends the first `length` bytes of the answer, streamed or whole, then ends with `ending`.
fn broken(ask: &Ask, length: u64, ending: Ending) -> Script {
    let answer = Answer::gateway(ask);
    let cut = |script: Script, text: String| {
        let length = usize::try_from(length).unwrap_or(usize::MAX).min(text.len());
        let mut script = script;
        // In writes of some events' size, so that a client has seen something before the end.
        for piece in text.as_bytes()[..length].chunks(512) {
            script = script.send(piece.to_vec());
        }
        script.pause(ms(2)).ending(ending.clone())
    };
    let whole = cut(Script::new(200).header("content-type", "application/json"), answer.whole().to_string());
    Script::by_mode(cut(Script::sse(), answer.sse_text()), whole)
}

/// Sends the deltas, then the finish reason and the usage if `finish`, and `[DONE]` if `done`.
fn matrix(ask: &Ask, finish: bool, done: bool, ending: Ending) -> Script {
    let answer = Answer::gateway(ask);
    let mut script = Script::sse().events(&answer.delta_chunks());
    if finish {
        script = script.events(&answer.finish_chunks()).event(&answer.usage_chunk());
    }
    if done {
        script = script.done();
    }
    answer.streamed_as(script.pause(ms(2)).ending(ending))
}
