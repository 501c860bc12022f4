//! Each fault, with its place.

use requesty_core::json::partial::{Fault, Leading, Partial, PartialError, PartialOptions};

use super::seen::{Seen, play};

fn fault_of(text: &[u8], options: PartialOptions) -> (Fault, u32) {
    let error = play(options, [text]).1.expect("an error");
    (error.fault, error.offset)
}

#[test]
fn each_fault_has_its_place() {
    let cases: &[(&str, Fault, u32)] = &[
        ("[1,]", Fault::Value, 3),
        ("'a'", Fault::Value, 0),
        ("```json", Fault::Value, 0),
        ("\u{feff}{}", Fault::Value, 0),
        ("{\"a\":1,}", Fault::Key, 7),
        ("{a", Fault::Key, 1),
        ("{\"a\" 1", Fault::Colon, 5),
        ("[1 2", Fault::After, 3),
        ("[1}", Fault::After, 2),
        ("{\"a\":1]", Fault::After, 6),
        ("[]x", Fault::Trailing, 2),
        ("1 2", Fault::Trailing, 2),
        ("[01", Fault::Number, 2),
        ("[-x", Fault::Number, 2),
        ("[1.e", Fault::Number, 3),
        ("[1e400,", Fault::Range, 1),
        ("[trux", Fault::Literal, 4),
        ("\"a\\x", Fault::Escape, 3),
        ("\"\\u00g", Fault::Escape, 5),
        ("\"a\\ud83d\"", Fault::Surrogate, 2),
        ("\"a\\ud83d\\n", Fault::Surrogate, 2),
        ("\"a\\ud83d\\u0", Fault::Surrogate, 2),
        ("\"a\\ud83d\\ud8", Fault::Surrogate, 2),
        ("\"a\\udc", Fault::Surrogate, 2),
        ("\"a\n", Fault::Control, 2),
        ("", Fault::Unfinished, 0),
        (" \"a", Fault::Unfinished, 3),
        ("-", Fault::Unfinished, 1),
        ("1e400", Fault::Range, 0),
    ];
    for &(text, fault, offset) in cases {
        assert_eq!(fault_of(text.as_bytes(), PartialOptions::default()), (fault, offset), "{text}");
    }
    assert_eq!(fault_of(b"\"ab\xF0\x9F\x20", PartialOptions::default()), (Fault::Utf8, 3));
    assert_eq!(fault_of(b"\"ab\xF0\x9F", PartialOptions::default()), (Fault::Utf8, 3));
    let mut once = PartialOptions::default();
    once.refuse_repeated = true;
    assert_eq!(fault_of(b"{\"a\":1,\"\\u0061\":2}", once), (Fault::Repeated, 7));
    let error = Partial::default().push(b"{,").unwrap_err();
    assert_eq!(error.to_string(), "expected a key in quotes at byte 1");
    assert!(size_of::<PartialError>() <= 16);
}

/// However it is cut, the text before a fault comes first.
#[test]
fn text_before_a_fault_is_given() {
    for bad in ["\0", "\\x", "\\ud83d\"", "\\u0\""] {
        let text = format!("[\"ab{bad}");
        for at in 0..text.len() {
            let (seen, error) = play(PartialOptions::default(), [&text.as_bytes()[..at], &text.as_bytes()[at..]]);
            assert_eq!(seen.last(), Some(&Seen::Text("/0".into(), "ab".into())));
            assert!(error.is_some());
        }
    }
}

#[test]
fn a_number_that_is_all_ends_with_the_text() {
    let mut partial = Partial::default();
    partial.feed(b" 12");
    assert!(partial.next().unwrap().is_none() && !partial.is_complete());
    partial.end();
    assert!(partial.next().unwrap().is_some_and(|event| event.path().is_empty()));
    assert!(partial.next().unwrap().is_none() && partial.is_complete());
    assert_eq!(partial.value().unwrap().as_u64(), Some(12));
}

#[test]
fn a_fence_is_passed_over_where_it_may_stand() {
    let mut options = PartialOptions::default();
    options.leading = Leading::Fence;
    for text in [
        "{\"a\":1}",
        "```json\n{\"a\":1}\n```\n",
        " ```\n{\"a\":1}```",
        "```json\n{\"a\":1}",
        "```json \r\n {\"a\":1} \n``",
    ] {
        for at in 0..=text.len() {
            let (seen, error) = play(options, [&text.as_bytes()[..at], &text.as_bytes()[at..]]);
            assert_eq!(error, None, "{text}");
            assert!(matches!(seen.last(), Some(Seen::Close(place, value, _)) if place.is_empty() && value["a"] == 1));
        }
    }
    assert_eq!(fault_of(b"``x\n{}", options), (Fault::Value, 2));
    assert_eq!(fault_of(b"`` `\n{}", options), (Fault::Value, 2));
    assert_eq!(fault_of(b"{}```", options), (Fault::Trailing, 2));
    assert_eq!(fault_of(b"```\n{}\n````", options), (Fault::Trailing, 10));
    assert_eq!(fault_of(b"```\n{}\n``` x", options), (Fault::Trailing, 11));
    assert_eq!(fault_of(b"```json", options), (Fault::Unfinished, 7));
}

#[test]
fn prose_is_passed_over_where_it_may_stand() {
    let mut options = PartialOptions::default();
    options.leading = Leading::Prose;
    let text = "Here it is \u{2014} ```json\n{\"a\":[1]}\n```\nAnything else?";
    for at in 0..=text.len() {
        let (seen, error) = play(options, [&text.as_bytes()[..at], &text.as_bytes()[at..]]);
        assert_eq!(error, None);
        assert!(matches!(seen.last(), Some(Seen::Close(place, value, _)) if place.is_empty() && value["a"][0] == 1));
    }
    assert_eq!(fault_of(b"see [the] {\"a\":1}", options), (Fault::Literal, 6));
    assert_eq!(fault_of(b"no value", options), (Fault::Unfinished, 8));
}
