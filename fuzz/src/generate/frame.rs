//! Chunks as events of a stream, and the stream in pieces.

use crate::random::Random;

/// Frames chunks.
pub(super) fn body(random: &mut Random, chunks: &[Vec<u8>]) -> Vec<u8> {
    let mut line_end = random.pick(&["\n", "\n", "\n", "\r\n", "\r"]);
    let (noisy, named, numbered) = (random.percent(15), random.percent(5), random.percent(5));
    let tight = random.percent(10);
    // White space between tokens may be a line end: then the data is several lines.
    let broken = if random.percent(4) { 90 } else { 0 };
    // Some servers leave the blank line between two events out.
    let glued = if random.percent(4) { 50 } else { 0 };
    let mut body = Vec::new();
    if random.percent(3) {
        body.extend_from_slice(b"\xEF\xBB\xBF");
    }
    // The first byte tells a stream from a page and from one value.
    if random.percent(10) {
        body.extend_from_slice(b": ok\n\n");
    }
    for (place, chunk) in chunks.iter().enumerate() {
        if noisy && random.percent(30) {
            body.extend_from_slice(random.pick(KEEP_ALIVES).as_bytes());
        }
        if noisy && random.percent(5) {
            line_end = random.pick(&["\n", "\r\n", "\r"]);
        }
        if named {
            let name = random.pick(&["message", "message", "chunk", "", "ping", "error"]);
            let name = if name == "error" && random.percent(90) { "message" } else { name };
            body.extend_from_slice(format!("event: {name}{line_end}").as_bytes());
        }
        if numbered {
            body.extend_from_slice(format!("id: {place}{line_end}").as_bytes());
        }
        let comma = chunk.iter().position(|&byte| byte == b',').filter(|_| random.percent(broken));
        let (head, tail) = chunk.split_at(comma.map_or(0, |comma| comma + 1));
        if comma.is_some() {
            line(&mut body, head, line_end, tight);
        }
        if comma.is_some() && random.percent(5) {
            // Such a line is no data.
            body.extend_from_slice(tail);
            body.extend_from_slice(line_end.as_bytes());
        } else {
            line(&mut body, tail, line_end, tight);
        }
        if !random.percent(glued) {
            body.extend_from_slice(line_end.as_bytes());
        }
    }
    // Some servers leave the last blank line out.
    if random.percent(5) {
        body.truncate(body.len().saturating_sub(line_end.len()));
    }
    body
}

const KEEP_ALIVES: &[&str] = &[
    ": keep-alive\n\n",
    ":\n",
    ": x\r\n",
    "data: :\n\n",
    "data:\n\n",
    "data: null\n\n",
    "data: {\"type\":\"ping\"}\n\n",
    "event: ping\ndata: {}\n\n",
    "event: heartbeat\n\n",
    "retry: 100\n",
    "\n\n",
    "unknown: field\n",
    "data: {\"\\u0074ype\":\"heartbeat\",\"x\":1}\n\n",
    "event: keep-alive\ndata: {\"error\":null}\n\n",
    "event: ping\ndata: {\"error\":0}\n\n",
    "error: \n",
    "error: {\"message\":\"gone\"}\n",
    "{\"error\":{\"message\":\"gone\"}}\n",
    " [{\"type\":\"error\"}]\n",
    "{\"choices\":[{\"error\":1}]}\r\n",
];

fn line(body: &mut Vec<u8>, text: &[u8], line_end: &str, tight: bool) {
    body.extend_from_slice(if tight { b"data:" } else { b"data: " });
    body.extend_from_slice(text);
    body.extend_from_slice(line_end.as_bytes());
}

/// Says where a body is cut on its way.
pub(super) fn cuts(random: &mut Random, body: &[u8]) -> Vec<usize> {
    let mut cuts = match random.below(12) {
        0 => Vec::new(),
        1 if body.len() < 20_000 => (1..body.len()).collect(),
        2 | 3 => event_ends(body),
        4 => steps(random, body, 7),
        5 | 6 => steps(random, body, 1_400),
        _ => steps(random, body, 200),
    };
    if random.percent(70) {
        cuts.extend(in_slots(random, body));
        cuts.sort_unstable();
        cuts.dedup();
    }
    cuts
}

fn steps(random: &mut Random, body: &[u8], largest: usize) -> Vec<usize> {
    let mut cuts = Vec::new();
    let mut at = random.between(1, largest);
    while at < body.len() {
        cuts.push(at);
        at += random.between(1, largest);
    }
    cuts
}

/// As a server flushes.
fn event_ends(body: &[u8]) -> Vec<usize> {
    let blank = |pair: &[u8]| matches!(pair, b"\n\n" | b"\r\r" | b"\n\r");
    let ends = body.windows(2).enumerate().filter(|(_, pair)| blank(pair)).map(|(at, _)| at + 2);
    ends.filter(|&end| end < body.len()).collect()
}

/// Inside texts and arguments, and close to their ends.
fn in_slots(random: &mut Random, body: &[u8]) -> Vec<usize> {
    let mut cuts = Vec::new();
    for (at, window) in body.windows(9).enumerate() {
        if matches!(window, b"ontent\":\"" | b"soning\":\"" | b"uments\":\"") && random.percent(40) {
            cuts.push(at + 9 + random.below(8));
        }
    }
    cuts.retain(|&cut| cut < body.len());
    cuts
}
