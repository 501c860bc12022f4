//! The corpus of an ordinary day.

use super::Stream;
use super::plain::{call, finish, full, obfuscated};
use super::script::Script;
use super::words::{escape, escape_to_ascii, rich};
use crate::random::Random;

/// How long a phase lasts: a paragraph or a few.
const PHASE: usize = 250;

/// `mixed`: phases with a fixed style each, as a server does not change its style between two chunks, but one stream after
/// the other comes from another server.
pub(super) fn mixed(events: usize) -> Stream {
    let mut random = Random::new(5);
    let mut script = Script::new();
    script.chunk(&full(r#""role":"assistant","content":"","refusal":null"#));
    let mut left = events.saturating_sub(3);
    let (mut phase, mut calls) = (0, 0);
    while left > 0 {
        let length = left.min(PHASE);
        script.line_end = if phase / 2 % 2 == 0 { "\n" } else { "\r\n" };
        script.field = if phase % 3 == 2 { "data:" } else { "data: " };
        // Every third server writes nothing but ASCII.
        let ascii = phase % 3 == 1;
        match phase % 4 {
            3 if length >= 8 => {
                call(&mut script, &mut random, calls, length);
                calls += 1;
            }
            kind => speak(&mut script, &mut random, kind, ascii, length),
        }
        left -= length;
        phase += 1;
    }
    script.chunk(&finish("stop"));
    script.done("stop")
}

/// Writes a phase of reasoning (kind 0), text (1) or obfuscated text (2), with a keep-alive now and then.
fn speak(script: &mut Script, random: &mut Random, kind: usize, ascii: bool, length: usize) {
    for _ in 0..length {
        if random.one_in(60) {
            script.keep_alive();
        }
        let word = rich(random);
        let json = if ascii { escape_to_ascii(word) } else { escape(word) };
        match kind {
            0 => script.reasoning(&full(&format!(r#""reasoning_content":"{json}""#)), word),
            2 => script.text(&obfuscated(word, random), word),
            _ => script.text(&full(&format!(r#""content":"{json}""#)), word),
        }
    }
}
