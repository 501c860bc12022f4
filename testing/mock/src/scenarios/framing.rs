//! The same answers in other bytes: line ends, byte order marks, chunk boundaries, sizes.

use serde_json::{Value, json};

use super::{Outcome, Scenario, ms};
use crate::answer::Answer;
use crate::ask::Ask;
use crate::script::{DONE, Ending, Script};

const MIXED: &str = "Grüße, 你好 🌍! Ça va? ";
/// Line and paragraph separators, and the controls some parsers take for line ends.
const SEPARATORS: &str = "a\u{2028}b\u{2029}c\u{85}d\u{b}e\u{c}f\u{1c}g";

pub(super) fn table() -> Vec<Scenario> {
    let good = |name: &str, about: &str, make| Scenario::new(name, about, Outcome::Complete, make);
    vec![
        good("mock/crlf", "Lines end in CR LF.", |ask| rewritten(ask, |text| text.replace('\n', "\r\n"))),
        good("mock/cr", "Lines end in CR alone.", |ask| rewritten(ask, |text| text.replace('\n', "\r"))),
        good("mock/cr-held", "Lines end in CR; after `[DONE]` the connection stays open.", |ask| {
            rewritten(ask, |text| text.replace('\n', "\r")).ending(Ending::Hold)
        }),
        good("mock/mixed-ends", "LF, CR LF and CR take turns.", |ask| rewritten(ask, mixed_ends)),
        good("mock/crlf-bytes", "CR LF, multi-line data, one byte at a time.", |ask| {
            let answer = Answer::text(ask, MIXED);
            single_bytes(&answer, &multi_line(&answer).replace('\n', "\r\n"))
        }),
        good("mock/bytes", "One byte at a time.", |ask| {
            let answer = Answer::text(ask, MIXED);
            single_bytes(&answer, &answer.sse_text())
        }),
        good("mock/bom", "A byte order mark first.", |ask| rewritten(ask, |text| format!("\u{feff}{text}"))),
        good("mock/bom-pieces", "A byte order mark in three pieces.", |ask| {
            let answer = Answer::gateway(ask);
            let mark = [0xef_u8, 0xbb, 0xbf].iter().fold(Script::sse(), |it, byte| it.send(vec![*byte]).pause(ms(2)));
            answer.streamed_as(mark.send(answer.sse_text()))
        }),
        good("mock/bom-later", "A byte order mark inside the text is text.", |ask| {
            Answer::text(ask, "\u{feff}a \u{feff}b").script()
        }),
        good("mock/utf8-split", "Every character of several bytes is split over chunks.", |ask| {
            let answer = Answer::text(ask, &MIXED.repeat(4));
            let mut script = Script::sse();
            let text = answer.sse_text();
            let mut piece = Vec::new();
            for byte in text.bytes() {
                piece.push(byte);
                if byte >= 0x80 {
                    script = script.send(std::mem::take(&mut piece));
                }
            }
            answer.streamed_as(script.send(piece))
        }),
        good("mock/bad-byte", "One byte that is no UTF-8, then good events.", |ask| {
            let answer = Answer::text(ask, "good ? good");
            let mut bytes = answer.sse_text().into_bytes();
            if let Some(at) = bytes.iter().position(|byte| *byte == b'?') {
                bytes[at] = 0xff;
            }
            answer.streamed_as(Script::sse().send(bytes))
        }),
        good("mock/line-separators", "U+2028 and other would-be line ends, unescaped.", |ask| {
            let answer = Answer::new(
                ask,
                json!({"role": "assistant", "content": SEPARATORS}),
                vec![json!({"content": SEPARATORS})],
                "stop",
            );
            // The controls must be escaped in JSON, the separators need not be and are not.
            answer.script()
        }),
        good("mock/no-space", "`data:` without a space.", |ask| rewritten(ask, |text| text.replace("data: ", "data:"))),
        good("mock/two-spaces", "`data:` with two spaces, and spaces around `[DONE]`.", |ask| {
            rewritten(ask, |text| text.replace("data: ", "data:  ").replace("[DONE]", "[DONE] "))
        }),
        good("mock/multi-line", "Data over several lines, joined by newlines.", |ask| {
            let answer = Answer::gateway(ask);
            answer.streamed_as(Script::sse().send(multi_line(&answer)))
        }),
        good("mock/fields", "`event`, `id`, `retry` and unknown fields on every event.", |ask| {
            rewritten(ask, |text| text.replace("data: ", "event: message\nid: 1\nretry: 0\nfoo: bar\n:c\ndata: "))
        }),
        good("mock/one-write", "All events in one write.", |ask| rewritten(ask, str::to_owned)),
        good("mock/big-chunk", "One delta of 200 kB.", |ask| big(ask, 200)),
        good("mock/big-N", "One delta of N kB.", |ask| big(ask, ask.number().unwrap_or(200).min(65_536))),
        good("mock/many-chunks", "12,000 deltas.", |ask| many(ask, 12_000)),
        good("mock/many-N", "N deltas.", |ask| many(ask, ask.number().unwrap_or(12_000).min(1_000_000))),
    ]
}

/// Streams the answer's bytes after a change, in writes that pay no heed to events.
fn rewritten(ask: &Ask, change: fn(&str) -> String) -> Script {
    let answer = Answer::gateway(ask);
    let text = change(&answer.sse_text());
    let mut script = Script::sse();
    for piece in text.as_bytes().chunks(997) {
        script = script.send(piece.to_vec());
    }
    answer.streamed_as(script)
}

fn single_bytes(answer: &Answer, text: &str) -> Script {
    answer.streamed_as(text.bytes().fold(Script::sse(), |script, byte| script.send(vec![byte])))
}

fn mixed_ends(text: &str) -> String {
    let ends = ["\n", "\r\n", "\r", "\r\n", "\n", "\n", "\r\n", "\r"];
    let mut out = String::new();
    for (at, line) in text.split_terminator('\n').enumerate() {
        out.push_str(line);
        // A CR that ends a line, followed by an LF that is an empty line, would read as one CR LF.
        let end = ends[at % ends.len()];
        let joined = line.is_empty() && out.ends_with('\r') && end.starts_with('\n');
        out.push_str(if joined { "\r" } else { end });
    }
    out
}

/// Writes the events with their JSON over several `data` lines.
fn multi_line(answer: &Answer) -> String {
    let lines = |chunk: &Value| {
        let text = serde_json::to_string_pretty(chunk).unwrap_or_default();
        let lines: String = text.lines().map(|line| format!("data: {line}\n")).collect();
        lines + "\n"
    };
    answer.chunks().iter().map(lines).collect::<String>() + DONE
}

fn big(ask: &Ask, kilobytes: u64) -> Script {
    let size = usize::try_from(kilobytes * 1000).unwrap_or(usize::MAX);
    let text = "0123456789".repeat(size / 10);
    let message = json!({"role": "assistant", "content": text});
    Answer::new(ask, message, vec![json!({"content": text})], "stop").script()
}

fn many(ask: &Ask, count: u64) -> Script {
    let answer = Answer::text(ask, &"word ".repeat(usize::try_from(count).unwrap_or(usize::MAX)));
    answer.script()
}
