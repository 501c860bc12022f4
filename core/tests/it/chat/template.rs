//! Chunks that are read by their difference from the one before are read as if in full.

use std::time::Duration;

use requesty_core::chat::Chunks;
use requesty_core::{Call, Dialect, End, Limits, Step};

/// What can be seen of a stream: every item, the total, and how many chunks were read by their difference.
#[derive(Debug, PartialEq)]
struct Seen {
    items: Vec<String>,
    total: String,
    hits: u64,
}

fn see(call: &Call<Chunks>, body: &[u8], piece: usize) -> Seen {
    let mut machine = call.open(crate::support::head(200, "text/event-stream"), Duration::ZERO);
    let mut pieces = body.chunks(piece);
    let mut items = Vec::new();
    loop {
        match machine.advance() {
            Ok(Step::Ready) => {
                let chunk = machine.item();
                let deltas: Vec<_> = chunk.deltas().map(|delta| (format!("{delta:?}"), delta.text_offset())).collect();
                let head = (chunk.id(), chunk.model(), chunk.created(), chunk.usage());
                let shown = format!("{head:?} {deltas:?} {:?} {}", chunk.problem(), chunk.raw().escape_ascii());
                assert_eq!(format!("{:?}", chunk.usage()), format!("{:?}", chunk.into_owned().usage()));
                items.push(shown);
            }
            Ok(Step::NeedBytes) => match pieces.next() {
                Some(piece) => machine.push(piece, Duration::ZERO),
                None => machine.end(End::Clean),
            },
            Ok(Step::Done) | Err(_) => break,
        }
    }
    let hits = machine.dialect().template_hits();
    let total = match machine.total() {
        Ok(completion) => format!("{completion:?} {}", serde_json::to_string(&completion).unwrap()),
        Err(incomplete) => format!("{incomplete:?} {:?} {:?}", incomplete.error(), incomplete.partial()),
    };
    Seen { items, total, hits }
}

/// Reads a stream in pieces of several sizes, with and without the template; all must show the same. Returns the hits of
/// reading it event by event, at once.
fn hits_of(call: &Call<Chunks>, body: &str) -> u64 {
    let plain = see(&call.clone().without_template(), body.as_bytes(), body.len());
    assert_eq!(plain.hits, 0);
    for piece in [1, 2, 3, 7, 64, 150, 1_400, body.len()] {
        let seen = see(call, body.as_bytes(), piece);
        assert_eq!((seen.items, seen.total), (plain.items.clone(), plain.total.clone()), "in pieces of {piece}");
    }
    see(call, body.as_bytes(), body.len()).hits
}

fn hits(body: &str) -> u64 {
    hits_of(&crate::support::chat::stream_call(), body)
}

/// A stream of these chunks, and the end.
fn stream(chunks: &[&str]) -> String {
    let events: String = chunks.iter().map(|chunk| format!("data: {chunk}\n\n")).collect();
    events + "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"
}

/// A stream whose chunks differ in what stands for `~`.
fn like(chunk: &str, values: &[&str]) -> String {
    let chunks: Vec<String> = values.iter().map(|value| chunk.replace('~', value)).collect();
    stream(&chunks.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn texts_of_every_kind_are_slots() {
    for delta in [
        r#""content":"~""#,
        r#""reasoning_content":"~""#,
        r#""reasoning":"~""#,
        r#""refusal":"~""#,
        r#""role":"assistant","content":"~","tool_calls":null"#,
        r#""tool_calls":[{"index":0,"function":{"arguments":"~"}}]"#,
        r#""tool_calls":[{"index":0,"id":"c","type":"function","function":{"arguments":"~"}}]"#,
    ] {
        let chunk = format!(r#"{{"id":"c-1","choices":[{{"index":0,"delta":{{{delta}}},"finish_reason":null}}]}}"#);
        let body = like(&chunk, &["a", "", "longer than that", r#"\"\\\n"#, "é字", r"\ud83d", r"\ude00", "z"]);
        assert_eq!(hits(&body), 7, "{delta}");
    }
}

#[test]
fn several_slots_in_one_chunk() {
    let chunk =
        r#"{"choices":[{"index":0,"delta":{"content":"~","reasoning":"~~"}},{"index":1,"delta":{"content":"x~"}}]}"#;
    assert_eq!(hits(&like(chunk, &["a", "bc", "", "d"])), 3);
}

#[test]
fn line_ends_comments_and_spaces_do_not_matter() {
    let chunk = |text: &str| format!(r#"{{"choices":[{{"delta":{{"content":"{text}"}}}}]}}"#);
    let body = format!(
        "data: {}\n\ndata:{}\n\ndata: {}\r\n\r\n: ping\n\ndata: {}\r\rid: 7\ndata: {}\n\ndata: {}\nretry: 5\n\ndata: {}\n\n",
        chunk("a"),
        chunk("b"),
        chunk("c"),
        chunk("d"),
        chunk("e"),
        chunk("f"),
        chunk("g"),
    );
    assert_eq!(hits(&body), 6);
}

#[test]
fn data_in_several_lines_is_no_pattern_for_what_is_none() {
    let lines = "data: {\"choices\":\ndata: [{\"delta\":{\"content\":\"a\"}}]}\n\n";
    let broken = "data: {\"choices\":\n[{\"delta\":{\"content\":\"a\"}}]}\n\n";
    assert_eq!(hits(&[lines, lines, broken, lines, broken].concat()), 0);
}

#[test]
fn what_varies_is_learned() {
    let id = r#"{"id":"c-~","created":17~,"model":"m","choices":[{"delta":{"content":"~"}}]}"#;
    assert_eq!(hits(&like(id, &["1", "2", "34", "5", "678"])), 3);
    let extra = r#"{"choices":[{"delta":{"content":"~"}}],"obfuscation":"x~"}"#;
    assert_eq!(hits(&like(extra, &["1", "2", "34", "5", "678"])), 3);
    let usage = r#"{"choices":[{"delta":{"content":"a"}}],"usage":{"prompt_tokens":3,"completion_tokens":1~,"total_tokens":4~,"cost":0.0~1}}"#;
    assert_eq!(hits(&like(usage, &["1", "2", "34", "5", "678"])), 3);
}

#[test]
fn a_number_that_is_none_is_refused() {
    let chunk = r#"{"created":~,"choices":[{"delta":{"content":"a"}}],"usage":{"total_tokens":~}}"#;
    for odd in ["01", "-1", "1.5", "1e3", "1 2", "", "1234567890123456789012", "null", "\"5\""] {
        hits(&like(chunk, &["1", "2", "3", odd, "4", "5"]));
    }
}

#[test]
fn of_a_repeated_key_the_last_counts() {
    for delta in [
        r#""content":"~","content":"b~""#,
        r#""content":"~","content":null"#,
        r#""content":null,"content":"~""#,
        r#""content":"~","\u0063ontent":"y""#,
        r#""content":"~","reasoning":"~","reasoning_content":"~""#,
        r#""content":"~","content":5"#,
    ] {
        hits(&like(&format!(r#"{{"choices":[{{"delta":{{{delta}}}}}]}}"#), &["a", "b", "c", "d"]));
    }
    hits(&like(
        r#"{"id":"~","choices":[],"id":"x","choices":[{"delta":{"content":"~"}}],"x":"~","x":"y~"}"#,
        &["a", "b", "c"],
    ));
    hits(&like(r#"{"choices":[{"delta":{"content":"~"},"message":{"content":"n~"}}]}"#, &["a", "b", "c"]));
}

#[test]
fn a_chunk_in_between_makes_the_template_void() {
    let a = r#"{"service_tier":"x","choices":[{"delta":{"content":"a"}}],"usage":{"total_tokens":1}}"#;
    let b = r#"{"service_tier":"y","choices":[{"delta":{"content":"b"}}],"usage":{"prompt_tokens":2}}"#;
    assert_eq!(hits(&stream(&[a, b, a, b, a, a])), 1);
    for between in ["null", "{", "{\"choices\":[]}", r#"{"error":null,"choices":[{"delta":{"content":"q"}}]}"#] {
        hits(&stream(&[a, a, between, a, a]));
    }
}

#[test]
fn what_adds_up_is_read_in_full() {
    for (member, values) in [
        (r#""logprobs":{"content":[{"token":"~"}]}"#, ["a", "a", "b"]),
        (r#""delta":{"content":"x","annotations":[{"url":"~"}]}"#, ["a", "b", "c"]),
        (r#""delta":{"reasoning_details":[{"index":0,"type":"t","text":"~"}]}"#, ["a", "a", "b"]),
        (r#""delta":{"content":[{"type":"text","text":"~"}]}"#, ["a", "a", "b"]),
        (r#""delta":{"reasoning_signature":"~"}"#, ["a", "a", "b"]),
        (r#""delta":{"function_call":{"name":"f","arguments":"~"}}"#, ["a", "a", "b"]),
        (r#""delta":{"tool_calls":[{"index":0,"function":{"name":"f","arguments":"~"}}]}"#, ["{}", "{}", "b"]),
        (r#""message":{"content":"~"}"#, ["a", "a", "b"]),
        (r#""delta":{"content":"~"},"finish_reason":"length""#, ["a", "a", "b"]),
    ] {
        assert_eq!(hits(&like(&format!(r#"{{"choices":[{{{member}}}]}}"#), &values)), 0, "{member}");
    }
}

#[test]
fn fragments_without_a_call_of_their_own_go_where_they_went() {
    hits(&stream(&[
        r#"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{"}},{"index":1,"id":"b","function":{"name":"g","arguments":"{"}}]}}]}"#,
        r#"{"choices":[{"delta":{"tool_calls":[{"function":{"arguments":"1"}},{"index":0,"function":{"arguments":"2"}}]}}]}"#,
        r#"{"choices":[{"delta":{"tool_calls":[{"function":{"arguments":"3"}},{"index":0,"function":{"arguments":"4"}}]}}]}"#,
        r#"{"choices":[{"delta":{"tool_calls":[{"id":"b","function":{"arguments":"5"}}]}}]}"#,
        r#"{"choices":[{"delta":{"tool_calls":[{"id":"b","function":{"arguments":"6"}}]}}]}"#,
    ]));
}

#[test]
fn the_limit_of_the_total_is_met_at_the_same_byte() {
    let chunk = r#"{"choices":[{"delta":{"content":"~"}}]}"#;
    let text = "x".repeat(50);
    let body = like(chunk, &[text.as_str(); 40]);
    for total in [0, 49, 50, 99, 100, 1_500, 1_999, 2_000] {
        let mut limits = Limits::default();
        limits.total = total;
        hits_of(&crate::support::chat::stream_call().with_limits(limits), &body);
    }
}

#[test]
fn a_stream_that_never_repeats_itself_is_left_alone() {
    let chunks: Vec<String> =
        (0..200).map(|i| format!(r#"{{"n{i}":1,"choices":[{{"delta":{{"content":"a"}}}}]}}"#)).collect();
    assert_eq!(hits(&stream(&chunks.iter().map(String::as_str).collect::<Vec<_>>())), 0);
}

#[test]
fn long_chunks_are_read_in_full() {
    let chunk = format!(r#"{{"x":"{}","choices":[{{"delta":{{"content":"~"}}}}]}}"#, "y".repeat(5_000));
    assert_eq!(hits(&like(&chunk, &["a", "b", "c"])), 0);
    // A long text after a short one is a long slot.
    let long = "z".repeat(100_000);
    assert_eq!(hits(&like(r#"{"choices":[{"delta":{"content":"~"}}]}"#, &["a", &long, "c"])), 2);
}

/// A number that varies may stand in an object of the usage, too.
#[test]
fn counts_in_the_details_of_the_usage_are_learned() {
    let chunk = concat!(
        r#"{"choices":[{"index":0,"delta":{"content":"~"}}],"usage":{"completion_tokens":~,"#,
        r#""completion_tokens_details":{"reasoning_tokens":~}}}"#
    );
    let values: Vec<String> = (10..60).map(|n| n.to_string()).collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    let hits = hits(&like(chunk, &values));
    assert!(hits > 40, "{hits}");
}

/// What grows in its place counts as much as if it were read in full.
#[test]
fn a_member_that_grows_meets_the_limit() {
    let chunk = r##"{"p":"~","choices":[{"index":0,"delta":{"content":"twenty letters of it"}}]}"##;
    let values: Vec<String> = (1..50).map(|n| "x".repeat(5 * n)).collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    let body = like(chunk, &values);
    let limited = |total: usize| {
        let call = crate::support::chat::stream_call().with_limits(Limits::default().with_total(total));
        (see(&call, body.as_bytes(), usize::MAX), see(&call.clone().without_template(), body.as_bytes(), usize::MAX))
    };
    let mut most = 0;
    for total in (500..1_500).step_by(3) {
        let (learned, plain) = limited(total);
        most = most.max(learned.hits);
        assert_eq!((&learned.items, &learned.total), (&plain.items, &plain.total), "{total}");
    }
    assert!(most > 0);
}

/// After four chunks in a row that are not like the one before, no more are learned from for a while, and then for longer.
#[test]
fn streams_that_do_not_repeat_themselves_are_left_alone_for_longer_and_longer() {
    const ALIKE: u64 = 3_000;
    let unread = |misses: usize| {
        let content = r#""choices":[{"index":0,"delta":{"content":"~"}}]}"#;
        let odd = (0..misses).map(|n| format!(r#"{{"k{n}":1,{content}"#));
        let alike = (0..ALIKE).map(|n| format!("{{{}", content.replace('~', &n.to_string())));
        let chunks: Vec<String> = odd.chain(alike).collect();
        let body = stream(&chunks.iter().map(String::as_str).collect::<Vec<_>>());
        ALIKE - see(&crate::support::chat::stream_call(), body.as_bytes(), body.len()).hits
    };
    for (misses, left) in [(0, 1), (4, 1), (5, 33), (6, 32), (37, 1), (38, 65), (39, 64)] {
        assert_eq!(unread(misses), left, "after {misses}");
    }
    // The longest time is 1,024 chunks.
    let longest = (2_000..2_600).step_by(40).map(unread).max();
    assert!(longest.is_some_and(|longest| longest <= 1_025), "{longest:?}");
}

/// A chunk that changes the usage alone is progress, and one that repeats it is not, however it is read.
#[test]
fn a_usage_that_changes_is_progress() {
    let chunk = |text: &str, tokens: u32| {
        format!(
            "data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{text}\"}}}}],\"usage\":{{\"completion_tokens\":{tokens}}}}}\n\n"
        )
    };
    let begun: String = (1..6).map(|tokens| chunk("a", tokens)).collect();
    let body = begun + &chunk("", 5) + &chunk("", 6) + &chunk("", 6) + &chunk("b", 7);
    let call = crate::support::chat::stream_call();
    for call in [call.clone().without_template(), call] {
        let mut machine = call.open(crate::support::head(200, "text/event-stream"), Duration::ZERO);
        machine.push(body.as_bytes(), Duration::ZERO);
        let mut progress = Vec::new();
        while machine.advance().unwrap() == Step::Ready {
            progress.push(machine.dialect().progressed());
        }
        assert_eq!(progress, [true, true, true, true, true, false, true, false, true]);
    }
    assert!(hits(&body) > 0);
}

/// After a line end the framing may have an event already, as behind a lone carriage return: nothing waits for more.
#[test]
fn a_chunk_is_there_with_the_byte_that_ends_it() {
    let call = crate::support::chat::stream_call();
    for frame in ["\n\n", "\r\n\r\n", "\r\r"] {
        let chunk = |text: &str| format!("data: {{\"choices\":[{{\"delta\":{{\"content\":\"{text}\"}}}}]}}{frame}");
        let begun: String = ["a", "b", "c", "d", "e"].map(chunk).concat();
        let came = [call.clone().without_template(), call.clone()].map(|call| {
            let mut machine = call.open(crate::support::head(200, "text/event-stream"), Duration::ZERO);
            machine.push(begun.as_bytes(), Duration::ZERO);
            while machine.advance().unwrap() == Step::Ready {}
            let mut came = Vec::new();
            for byte in [chunk("f"), chunk("g")].concat().into_bytes() {
                machine.push(&[byte], Duration::ZERO);
                came.push(machine.advance().unwrap() == Step::Ready);
            }
            (came, machine.dialect().template_hits() > 0)
        });
        assert_eq!(came[0].0, came[1].0, "{frame:?}");
        assert_eq!(came.map(|(_, hits)| hits), [false, true], "{frame:?}");
    }
}
