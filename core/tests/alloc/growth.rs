//! What a stream costs is proportional to its length, however it is cut and whatever it holds: counted in allocations and
//! in bytes that are allocated anew or moved by growing, not in seconds. The work itself is counted in instructions, by
//! `testing/counts/tests/it/growth.rs`.

use std::time::Duration;

use requesty_core::{End, Step};

use crate::counting::{Cost, cost};
use crate::support::chat::{delta, events, finished, stream_call};
use crate::support::head;

/// Plays `body` in pieces of `piece` bytes, by copies or through the room.
fn play(body: &[u8], piece: usize, by_room: bool) -> Cost {
    let mut machine = stream_call().open(head(200, "text/event-stream"), Duration::ZERO);
    let mut rest = body;
    let ((), cost) = cost(|| {
        loop {
            match machine.advance() {
                Ok(Step::Ready) => {}
                Ok(Step::NeedBytes) if rest.is_empty() => machine.end(End::Clean),
                Ok(Step::NeedBytes) => {
                    let mut taken = piece.min(rest.len());
                    if by_room {
                        let room = machine.room();
                        taken = taken.min(room.len());
                        room[..taken].copy_from_slice(&rest[..taken]);
                        machine.commit(taken, Duration::ZERO);
                    } else {
                        machine.push(&rest[..taken], Duration::ZERO);
                    }
                    rest = &rest[taken..];
                }
                Ok(Step::Done) => break,
                Err(error) => panic!("{error}"),
            }
        }
    });
    cost
}

/// Checks a stream of some length and one twice as long.
fn check(name: &str, size: usize, body: impl Fn(usize) -> String, piece: usize, most_per_byte: f64) {
    let (once, twice) = (body(size), body(2 * size));
    for by_room in [false, true] {
        let (first, second) = (play(once.as_bytes(), piece, by_room), play(twice.as_bytes(), piece, by_room));
        let growth = second.bytes as f64 / first.bytes as f64;
        assert!(growth < 2.3, "{name}: {growth:.2} times the bytes for twice the length: {first:?}, {second:?}");
        let per_byte = second.bytes as f64 / twice.len() as f64;
        assert!(per_byte < most_per_byte, "{name}: {per_byte:.2} bytes allocated for each that came: {second:?}");
        let peak = second.peak as f64 / twice.len() as f64;
        assert!(peak < most_per_byte, "{name}: {peak:.2} bytes held for each that came: {second:?}");
        // Allocations grow with the logarithm of what is kept, not with the number of events.
        assert!(second.calls < first.calls + 64, "{name}: {first:?}, {second:?}");
    }
}

#[test]
fn a_stream_twice_as_long_costs_twice_as_much() {
    let text = |n: usize| {
        let delta = format!("data: {}\n\n", delta(r#""content":"some words, ""#));
        delta.repeat(n / delta.len()) + &finished(&[], "stop")
    };
    check("byte by byte", 512 << 10, text, 1, 2.0);

    let long = |n: usize| events([&*delta(&format!(r#""content":"{}""#, "x".repeat(n)))]) + &finished(&[], "stop");
    check("one long event in packets", (32 << 20) - 100, long, 1_400, 7.0);

    let many = |n: usize| format!("data: {}\n\n", delta(r#""content":"w""#)).repeat(n) + &finished(&[], "stop");
    check("many events in one piece", 100_000, many, usize::MAX, 5.0);

    let calls = |n: usize| {
        let fragment = r#""tool_calls":[{"index":0,"function":{"arguments":"{\"a\": "}}]"#;
        let open = r#""tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":""}}]"#;
        let deltas = format!("data: {}\n\n", delta(fragment)).repeat(n);
        events([&*delta(open)]) + &deltas + &finished(&[], "tool_calls")
    };
    check("many fragments of one call", 50_000, calls, 1_400, 2.0);

    // A text that the template reads as a slot, long and cut everywhere.
    let slot = |n: usize| {
        let long = "y\\n".repeat(n / 3);
        events([
            &*delta(r#""content":"a""#),
            &*delta(r#""content":"b""#),
            &*delta(&format!(r#""content":"{long}""#)),
            &*delta(&format!(r#""content":"{long}""#)),
        ]) + &finished(&[], "stop")
    };
    check("long slots byte by byte", 256 << 10, slot, 1, 7.0);
}
