//! The JSON that a chunk may be, beside what serde_json takes; each difference is a test of its own.

use proptest::prelude::*;
use requesty_core::{End, Step};
use serde_json::value::RawValue;
use std::time::Duration;

/// Returns whether an event with this data is a chunk as it came.
fn is_chunk(data: &[u8]) -> bool {
    let mut machine =
        crate::support::chat::stream_call().open(crate::support::head(200, "text/event-stream"), Duration::ZERO);
    // A stream's data has no line ends in it, so the event is given whole.
    machine.push(b": \n\ndata: ", Duration::ZERO);
    machine.push(data, Duration::ZERO);
    machine.push(b"\n\n", Duration::ZERO);
    match machine.advance() {
        Ok(Step::Ready) => machine.item().problem().is_none() && !machine.item().is_mended(),
        Ok(_) => panic!("passed over"),
        // An error object is JSON too.
        Err(_) => true,
    }
}

fn serde_takes(data: &[u8]) -> bool {
    let text = String::from_utf8_lossy(data);
    serde_json::from_str::<&RawValue>(&text).is_ok() && text.trim_ascii_start().starts_with('{')
}

#[test]
fn lone_surrogates_are_taken() {
    let data = br#"{"x":"\ud83d","choices":[{"delta":{"content":"\udc00"}}]}"#;
    assert!(is_chunk(data));
    assert!(serde_json::from_slice::<serde_json::Value>(data).is_err());
}

#[test]
fn bad_utf8_in_passed_over_members_is_taken() {
    let data = b"{\"x\":\"\xFF\",\"\xC0\":[\"\xED\xA0\x80\"]}";
    assert!(is_chunk(data));
    assert!(serde_json::from_slice::<serde_json::Value>(data).is_err());
}

/// serde_json's trees end at the same depth, but what it passes over has no end: here both do, lest a server choose how deep.
#[test]
fn nesting_is_taken_to_127_levels() {
    let lists = |depth: usize| format!("{{\"x\":{}{}}}", "[".repeat(depth - 1), "]".repeat(depth - 1));
    let objects = |depth: usize| format!("{}1{}", "{\"x\":".repeat(depth), "}".repeat(depth));
    for nested in [&lists as &dyn Fn(usize) -> String, &objects] {
        assert!(is_chunk(nested(127).as_bytes()));
        assert!(!is_chunk(nested(128).as_bytes()));
        assert!(serde_json::from_str::<serde_json::Value>(&nested(127)).is_ok());
        assert!(serde_json::from_str::<serde_json::Value>(&nested(128)).is_err());
        assert!(serde_json::from_str::<&RawValue>(&nested(128)).is_ok());
    }
    // Inside of what has a field, too; and side by side is not inside of.
    let delta =
        |depth: usize| format!("{{\"choices\":[{{\"delta\":{{\"x\":{}{}}}}}]}}", "[".repeat(depth), "]".repeat(depth));
    assert!(is_chunk(delta(123).as_bytes()));
    assert!(!is_chunk(delta(124).as_bytes()));
    assert!(is_chunk(format!("{{\"x\":[{}1]}}", "[[]],".repeat(1_000)).as_bytes()));
}

/// Where a number has no field, it is of no consequence that no float is as large.
#[test]
fn numbers_of_any_size_are_taken() {
    for number in ["1e999", "-1e999", "1e-99999999999999999999"] {
        assert!(is_chunk(format!("{{\"x\":{number}}}").as_bytes()));
    }
    assert!(serde_json::from_str::<serde_json::Value>("1e999").is_err());
}

/// Derived types refuse a key that is there twice.
#[test]
fn repeated_keys_are_taken() {
    #[derive(Debug, serde::Deserialize)]
    #[allow(dead_code, reason = "only whether it can be read is asked")]
    struct Strict {
        id: String,
    }
    let data = r#"{"id":"a","id":"b","choices":[],"choices":[{"delta":{"content":"x","content":"y"}}]}"#;
    assert!(is_chunk(data.as_bytes()));
    let refused = serde_json::from_str::<Strict>(data).unwrap_err();
    assert!(refused.to_string().contains("duplicate field"));
    let played = crate::support::chat::clean(&crate::support::chat::events([data]));
    assert_eq!(played.text(), "y");
}

/// What is taken inside of values is taken inside of keys.
#[test]
fn odd_keys_are_taken() {
    let data = b"{\"\\ud800\":1,\"\xFF\":2,\"\":3}";
    assert!(is_chunk(data));
    assert!(serde_json::from_slice::<serde_json::Value>(data).is_err());
}

#[test]
fn the_grammar_is_the_standards() {
    for (value, valid) in [
        ("0", true),
        ("-0.0e-10", true),
        ("01", false),
        ("1.", false),
        (".5", false),
        ("+1", false),
        ("1e", false),
        ("-", false),
        ("NaN", false),
        ("tru", false),
        ("true", true),
        ("\"\\x\"", false),
        ("\"\\u12g4\"", false),
        ("\"\\/\"", true),
        ("\"\t\"", false),
        ("[1,]", false),
        ("[,1]", false),
        ("[1 2]", false),
        ("{\"a\" 1}", false),
        ("{\"a\":1,}", false),
        ("{a:1}", false),
        ("'a'", false),
        ("[1] x", false),
        ("", false),
    ] {
        for data in [format!("{{\"x\":{value}}}"), format!("{{\"choices\":[{{\"delta\":{{\"x\":{value}}}}}]}}")] {
            assert_eq!(is_chunk(data.as_bytes()), valid, "{data}");
            assert_eq!(serde_takes(data.as_bytes()), valid, "{data}");
        }
    }
}

const SEEDS: &[&str] = &[
    r#"{"id":"c","created":1.5e3,"choices":[{"index":0,"delta":{"role":"assistant","content":"a\n\u00e9","tool_calls":[{"index":0,"function":{"arguments":"{}"}}]},"finish_reason":null}],"usage":{"cost":-0.5,"x":[true,false,{}]}}"#,
    r#" { "choices" : [ { "delta" : { "content" : [ { "type" : "text" , "text" : "a" } ] } } ] , "x" : null } "#,
    r#"{"choices":[{"message":{"content":null,"function_call":{"name":"f","arguments":{"a":[1,2]}}}}]}"#,
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Of any mutation of a chunk, both readers take it or both refuse it.
    #[test]
    fn takes_what_serde_json_takes(
        seed in 0..SEEDS.len(),
        edits in proptest::collection::vec((any::<prop::sample::Index>(), 0..4_u8, any::<u8>()), 0..4),
    ) {
        let mut data = SEEDS[seed].as_bytes().to_vec();
        for (at, kind, byte) in edits {
            let at = at.index(data.len().max(1));
            let byte = if byte < 128 { b"\"\\{}[]:,0e.-tn u"[usize::from(byte) % 16] } else { byte & 0x7F };
            match kind {
                0 if at < data.len() => data[at] = byte,
                1 if at < data.len() => drop(data.remove(at)),
                2 => data.insert(at, byte),
                _ => data.truncate(at.max(1)),
            }
        }
        // Line ends would end the line of the event, and these are keep-alives or the end of the stream.
        data.retain(|byte| !matches!(byte, b'\n' | b'\r'));
        let trimmed = data.trim_ascii();
        prop_assume!(!trimmed.is_empty() && !trimmed.starts_with(b":") && trimmed != b"null" && !data.is_empty());
        prop_assert_eq!(is_chunk(&data), serde_takes(&data), "{}", String::from_utf8_lossy(&data));
    }
}

#[test]
fn the_helper_sees_problems() {
    assert!(!is_chunk(b"{"));
    let played = crate::support::chat::play(b"data: {\n\n", &End::Clean);
    assert_eq!(played.problems(), 1);
}
