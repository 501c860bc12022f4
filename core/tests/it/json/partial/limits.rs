//! Depth, bytes, and work in proportion to them.

use std::time::{Duration, Instant};

use requesty_core::json::partial::{Fault, Follow, Follows, Origin, Partial, PartialOptions, State, Watch};

use super::seen::{Seen, play};

#[test]
fn depth_is_limited_as_in_serde_json() {
    let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    assert_eq!(play(PartialOptions::default(), [nested(127).as_bytes()]).1, None);
    assert!(serde_json::from_str::<serde_json::Value>(&nested(127)).is_ok());
    let error = play(PartialOptions::default(), [nested(128).as_bytes()]).1.unwrap();
    assert_eq!((error.fault, error.offset), (Fault::Depth(127), 127));
    assert!(serde_json::from_str::<serde_json::Value>(&nested(128)).is_err());
    let mut flat = PartialOptions::default();
    flat.max_depth = 0;
    assert_eq!(play(flat, [&b"1"[..]]).1, None);
    assert_eq!(play(flat, [&b"[]"[..]]).1.unwrap().fault, Fault::Depth(0));
}

/// What the limit lets through is read, whatever the pieces are.
#[test]
fn bytes_are_limited() {
    let mut options = PartialOptions::default();
    options.max_bytes = 8;
    let text = "[\"abc\u{e9}\u{e9}\"]".as_bytes();
    let whole = play(options, [text]);
    assert_eq!(whole.0.last(), Some(&Seen::Text("/0".into(), "abc\u{e9}".into())));
    assert_eq!(whole.1.map(|error| (error.fault, error.offset)), Some((Fault::Length(8), 8)));
    assert_eq!(play(options, text.chunks(1)), whole);
    options.max_bytes = 7;
    assert_eq!(play(options, text.chunks(1)), play(options, [text]));
    assert_eq!(play(options, [&b"[1,2,3]"[..]]).1, None);
    assert_eq!(play(options, [&b"[1,2,3] "[..]]).1.unwrap().fault, Fault::Length(7));
}

/// What a text of that many bytes takes, byte by byte, with the state of its last member asked after each.
fn takes(text: &str) -> Duration {
    let mut best = Duration::MAX;
    for _ in 0..3 {
        let begin = Instant::now();
        let mut partial = Partial::default();
        let mut watch = Watch::new("/last").unwrap();
        for byte in text.as_bytes() {
            partial.push(&[*byte]).unwrap();
            assert!(watch.state(&partial) < State::Complete);
        }
        best = best.min(begin.elapsed());
    }
    best
}

/// Four times the text takes about four times as long; in square it would be sixteen times.
#[test]
fn work_grows_with_the_text() {
    let flat = |keys: usize| {
        let members: Vec<_> = (0..keys).map(|key| format!("\"key number {key:06}\":{key}")).collect();
        format!("{{{}", members.join(","))
    };
    let repeated = |keys: usize| format!("{{{}\"a\":1", "\"\\u0061\":[],".repeat(keys));
    let long_number = |digits: usize| format!("[{}", "1".repeat(digits));
    let escapes = |count: usize| format!("[\"{}", "\\ud83d\\ude00".repeat(count));
    let cases: [(&str, String, String); 4] = [
        ("keys", flat(1_000), flat(4_000)),
        ("one key", repeated(2_000), repeated(8_000)),
        ("one number", long_number(20_000), long_number(80_000)),
        ("escapes", escapes(2_000), escapes(8_000)),
    ];
    for (name, small, large) in cases {
        let growth = || takes(&large).as_secs_f64() / takes(&small).as_secs_f64();
        // A busy machine can be slow in any one of them.
        let growths: Vec<_> = (0..5).map(|_| growth()).take_while(|growth| *growth >= 10.0).collect();
        assert!(growths.len() < 5, "{name}: {growths:.1?} times as long for four times the text");
    }
}

/// Each text of a stream has the limits by itself, and keeps what came before its fault.
#[test]
fn a_text_that_somebody_else_keeps_has_the_same_limits() {
    let mut options = PartialOptions::default();
    options.max_bytes = 8;
    let mut follows = Follows::new(options);
    let error = follows.read("[1,2,3,4]".into()).unwrap_err();
    assert_eq!((error.fault, error.offset), (Fault::Length(8), 8));
    let other = Origin::Arguments { index: 0, part: 1 };
    assert!(follows.of(other).read("[1,2,3]").unwrap().is_complete());
    let complete: Vec<_> = follows.iter().map(|(origin, follow)| (origin, follow.is_complete())).collect();
    assert_eq!(complete, [(Origin::Text { index: 0, part: 0 }, false), (other, true)]);

    // A character that the limit cuts is not read, and a byte past the end of the value is too many.
    for (text, whole) in [("\"abcdef\u{e9}\"", "abcdef"), ("[1,2,3]  ", "")] {
        let mut follow = Follow::new(options);
        let mut seen = String::new();
        let error = loop {
            match follow.next(text) {
                Ok(Some(event)) => seen += &format!("{event:?}"),
                Ok(None) => panic!("{text}: no error"),
                Err(error) => break error,
            }
        };
        assert_eq!((error.fault, error.offset), (Fault::Length(8), 8), "{text}");
        assert!(seen.contains(whole), "{seen}");
    }
}
