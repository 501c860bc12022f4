//! Near misses: chunks that are almost like the one before, and bytes that are almost right.

use super::member::{Oddity, always, crowd};
use crate::random::Random;

/// Changes some of the chunks, or all of them in the same way.
pub(super) fn chunks(random: &mut Random, chunks: &mut Vec<Vec<u8>>) {
    // A server that is always odd: what is learnt is odd too.
    match random.below(24) {
        0 | 1 => {
            let oddity = Oddity::draw(random);
            chunks.iter_mut().for_each(|chunk| oddity.apply(chunk));
        }
        2..=4 => always(random, chunks),
        5 if random.percent(20) => crowd(random, chunks),
        _ => {}
    }
    let changes = if random.percent(60) { 0 } else { random.between(1, 6) };
    for _ in 0..changes {
        let at = random.below(chunks.len());
        match random.below(12) {
            0 => {
                let clone = chunks[at].clone();
                chunks.insert(at, clone);
            }
            1 => {
                let other = random.below(chunks.len());
                chunks.swap(at, other);
            }
            2 => drop(chunks.remove(at)),
            3 | 4 => Oddity::draw(random).apply(&mut chunks[at]),
            5 | 6 => number(random, &mut chunks[at]),
            7 => retype(random, &mut chunks[at]),
            8 => cut_escape(random, &mut chunks[at]),
            9 => spell_a_key(random, &mut chunks[at]),
            10 => nest(random, &mut chunks[at]),
            _ => in_a_string(random, &mut chunks[at]),
        }
        if chunks.is_empty() {
            return;
        }
    }
}

/// Returns the place of one of the windows that `is` takes.
fn one_of(random: &mut Random, text: &[u8], size: usize, is: impl Fn(&[u8]) -> bool) -> Option<usize> {
    let places: Vec<usize> =
        text.windows(size).enumerate().filter(|(_, window)| is(window)).map(|(at, _)| at).collect();
    (!places.is_empty()).then(|| places[random.below(places.len())])
}

/// Makes a number longer, shorter, or something that is almost a number.
fn number(random: &mut Random, chunk: &mut Vec<u8>) {
    let starts = |window: &[u8]| matches!(window[0], b':' | b' ' | b'[' | b',') && window[1].is_ascii_digit();
    let Some(at) = one_of(random, chunk, 2, starts).map(|at| at + 1) else { return };
    let is_part = |byte: &&u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'-' | b'+');
    let end = at + chunk[at..].iter().take_while(is_part).count();
    let old = String::from_utf8_lossy(&chunk[at..end]).into_owned();
    let new = match random.below(14) {
        0 => format!("{old}{}", random.below(1_000)),
        1 => old[..old.len() - 1].to_owned(),
        2 => format!("0{old}"),
        3 => format!("-{old}"),
        4 => format!("{old}e{}", random.below(30)),
        5 => format!("{old}E-{}", random.below(9_999)),
        6 => format!("{old}."),
        7 => format!("{old}.{}", random.below(99)),
        8 => format!("{old}{}", "7".repeat(random.between(15, 45))),
        9 => format!("\"{old}\""),
        10 => format!("{old} "),
        11 => "18446744073709551615".to_owned(),
        12 => "null".to_owned(),
        _ => random.below(100_000).to_string(),
    };
    chunk.splice(at..end, new.into_bytes());
}

/// Puts a value of another type in the place of a string.
fn retype(random: &mut Random, chunk: &mut Vec<u8>) {
    let Some(at) = one_of(random, chunk, 3, |window| window.starts_with(b"\":\"")) else { return };
    let Some(length) = chunk[at + 3..].iter().position(|&byte| byte == b'"') else { return };
    let new = random.pick(&["null", "12", "[]", "{}", "true", "[\"a\"]", "{\"a\":\"b\"}", "-0.5e3", "\"\""]);
    chunk.splice(at + 2..at + 4 + length, new.bytes());
}

/// Puts half an escape, or one that is none, into a string.
fn cut_escape(random: &mut Random, chunk: &mut Vec<u8>) {
    let Some(at) = one_of(random, chunk, 3, |window| window.starts_with(b"\":\"")) else { return };
    let new = random.pick(&["\\", "\\u", "\\u12", "\\ud83", "\\x", "\\ud83d", "\\udc00", "\\\"", "\\u00E9", "\\\\"]);
    let at = (at + 3 + random.below(4)).min(chunk.len());
    chunk.splice(at..at, new.bytes());
}

/// Spells a letter of a key, or of a value, by its escape.
fn spell_a_key(random: &mut Random, chunk: &mut Vec<u8>) {
    let Some(at) = one_of(random, chunk, 2, |window| window[0] == b'"' && window[1].is_ascii_lowercase()) else {
        return;
    };
    let escape = format!("\\u{:04x}", chunk[at + 1]);
    chunk.splice(at + 1..at + 2, escape.into_bytes());
}

/// Nests a value as deep as is read, or one deeper, or not so deep.
fn nest(random: &mut Random, chunk: &mut Vec<u8>) {
    let Some(at) = one_of(random, chunk, 2, |window| window == b",\"") else { return };
    let depth = random.between(120, 128);
    let (open, close) = if random.percent(50) { ("[", "]") } else { ("{\"a\":", "}") };
    let middle = if random.percent(50) { "1" } else { "[]" };
    let nested = format!(",\"deep\":{}{middle}{}", open.repeat(depth), close.repeat(depth));
    chunk.splice(at..at, nested.into_bytes());
}

/// Puts a byte that may not be there, or may, into a string.
fn in_a_string(random: &mut Random, chunk: &mut Vec<u8>) {
    let Some(at) = one_of(random, chunk, 3, |window| window.starts_with(b"\":\"")) else { return };
    let new = random.pick(&[
        &b"\xFF"[..],
        b"\x00",
        b"\t",
        b"\x1F",
        b"\x7F",
        b"\xE4\xBD",
        b"\xED\xA0\x80",
        b"\"",
        b"\xC3\xA9",
    ]);
    let at = (at + 3 + random.below(6)).min(chunk.len());
    chunk.splice(at..at, new.iter().copied());
}

/// Things that mean something somewhere.
const TOKENS: &[&[u8]] = &[
    b"\"",
    b"\\",
    b"\n",
    b"\r",
    b"\r\n",
    b"\n\n",
    b"\r\n\r\n",
    b"\xEF\xBB\xBF",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b" ",
    b"\t",
    b"\0",
    b"null",
    b"\\u",
    b"\\ud83d",
    b"\\\"",
    b"\"\"",
    b"0",
    b"-",
    b"1e5",
    b"NaN",
    b":-Infinity,",
    b":inf}",
    b"data: ",
    b"\ndata: ",
    b"event: ping\n",
    b"\n\ndata: {\"choices\":[{\"delta\":{\"content\":\"in between\"}}]}\n\n",
    b"\xFF",
    b",\"content\":\"x\"",
    b"\n: c\n",
];

/// Flips, cuts, doubles and puts in bytes anywhere in a body.
pub(super) fn body(random: &mut Random, body: &mut Vec<u8>) {
    let changes = match random.below(10) {
        0..=5 => 0,
        6..=8 => random.between(1, 3),
        _ => random.between(2, 10),
    };
    for _ in 0..changes {
        if body.len() < 16 {
            return;
        }
        let at = random.below(body.len());
        let end = (at + random.between(1, 40)).min(body.len());
        match random.below(7) {
            0 => body[at] ^= 1 << random.below(8),
            1 => drop(body.drain(at..(at + random.between(1, 4)).min(end))),
            2 => drop(body.drain(at..end)),
            3 => {
                let twice = body[at..end].to_vec();
                body.splice(at..at, twice);
            }
            4 => body[at] = b"\"\\{}[]:,0 \n\r"[random.below(12)],
            5 => body.truncate(body.len() - random.below(60).min(body.len())),
            _ => {
                let token = random.pick(TOKENS);
                body.splice(at..at, token.iter().copied());
            }
        }
    }
}
