//! Properties: the reference gives the same at every prefix, and so does serde_json at the end.

use proptest::prelude::*;
use requesty_core::json::partial::{Fault, Follow, Partial, PartialOptions, Show};
use serde_json::Value;

use super::random::{json, mutated, pieces, soup};
use super::reference::{self, Stop};
use super::seen::{drain, play};

fn policies() -> [PartialOptions; 3] {
    let (mut all, mut least, plain) = (PartialOptions::default(), PartialOptions::default(), PartialOptions::default());
    (all.numbers, all.literals) = (Show::Begun, Show::Begun);
    (least.strings, least.refuse_repeated, least.max_depth) = (Show::Final, true, 3);
    [plain, all, least]
}

/// Reads a text byte by byte; after each, and at the end, all is what the reference says.
fn equals_the_reference(text: &[u8], options: PartialOptions) {
    let mut partial = Partial::new(options);
    let mut seen = Vec::new();
    for end in 0..=text.len() {
        if end > 0 {
            partial.feed(&text[end - 1..end]);
        }
        let error = drain(&mut partial, &mut seen);
        let expected = reference::read(&text[..end], options, false);
        assert_eq!(seen, expected.events, "{:?}", String::from_utf8_lossy(&text[..end]));
        let stop = error.map(|error| Stop::Fault(error.fault, error.offset as usize));
        assert_eq!(
            stop,
            expected.stop.filter(|stop| *stop != Stop::End),
            "{:?}",
            String::from_utf8_lossy(&text[..end])
        );
        assert_eq!(partial.value().map(|value| value.to_value()), expected.shown, "{:?}", &text[..end]);
        if stop.is_some() {
            return;
        }
        assert_eq!(partial.is_complete(), expected.stop.is_none() && expected.shown.is_some());
    }
    partial.end();
    let error = drain(&mut partial, &mut seen);
    let expected = reference::read(text, options, true);
    assert_eq!(seen, expected.events);
    assert_eq!(error.map(|error| Stop::Fault(error.fault, error.offset as usize)), expected.stop);
}

/// However it is cut, a text gives the same events and the same error.
fn any_cut_is_the_same(text: &[u8], cuts: &[prop::sample::Index]) {
    for options in policies() {
        let whole = play(options, [text]);
        assert_eq!(play(options, pieces(text, cuts)), whole);
        for at in 0..=text.len() {
            assert_eq!(play(options, [&text[..at], &text[at..]]), whole, "cut at {at}");
        }
    }
}

/// Pieces of bytes and pieces of text give the same, also behind half a character and at the limit.
#[test]
fn a_piece_may_be_bytes_or_text() {
    let mut options = PartialOptions::default();
    options.max_bytes = 8;
    for (bytes, text) in
        [("[\"a", "\u{e9}\""), ("[\"\u{e9}", "\u{e9}\u{e9}\u{e9}"), ("", "[1,2,3] "), ("[1,2", ",3] 4")]
    {
        for cut in 0..=bytes.len() {
            let (mut mixed, mut plain) = (Partial::new(options), Partial::new(options));
            let outcome = |partial: &mut Partial, text: &[u8], is_text: bool| {
                let before = partial.push(&bytes.as_bytes()[..cut]);
                let after =
                    if is_text { partial.push_str(std::str::from_utf8(text).unwrap()) } else { partial.push(text) };
                let shown = partial.value().map(|value| value.to_value());
                (before, after, shown, partial.raw().to_owned())
            };
            let expected = outcome(&mut plain, text.as_bytes(), false);
            assert_eq!(outcome(&mut mixed, text.as_bytes(), true), expected, "{bytes:?} cut at {cut}, {text:?}");
        }
    }
    let mut partial = Partial::default();
    partial.push(&"\"\u{e9}".as_bytes()[..2]).unwrap();
    let error = partial.push_str("x").unwrap_err();
    assert_eq!((error.fault, error.offset), (Fault::Utf8, 1));
}

/// A whole text gives the value that serde_json reads, or neither reads it.
fn equals_serde_json(text: &[u8]) {
    let mut partial = Partial::default();
    partial.feed(text);
    let ours = partial.finish();
    match serde_json::from_slice::<Value>(text) {
        Ok(value) => {
            let ours = ours.unwrap();
            assert!(ours == value && ours.to_value() == value);
            assert_eq!(serde_json::to_value(ours).unwrap(), value);
            assert_eq!(ours.deserialize::<Value>().unwrap(), value);
        }
        Err(_) => assert!(ours.is_err(), "{:?}", String::from_utf8_lossy(text)),
    }
}

/// What was taken so far can still become JSON: so an error is at the first byte that is wrong.
fn can_be_completed(text: &[u8]) {
    let options = PartialOptions::default();
    for end in 0..=text.len() {
        let mut partial = Partial::new(options);
        if partial.push(&text[..end]).is_err() {
            return;
        }
        let Ok(prefix) = std::str::from_utf8(&text[..end]) else { continue };
        let whole = format!("{prefix}{}", reference::read(prefix.as_bytes(), options, false).suffix);
        let read = serde_json::from_str::<Value>(&whole).map_err(|error| error.to_string());
        // A number that is too large is the one fault that is found late.
        if !read.as_ref().is_err_and(|error| error.starts_with("number out of range")) {
            read.unwrap_or_else(|error| panic!("{prefix:?} as {whole:?}: {error}"));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn json_equals_the_reference_at_every_prefix(text in json()) {
        policies().into_iter().for_each(|options| equals_the_reference(text.as_bytes(), options));
    }

    #[test]
    fn words_equal_the_reference_at_every_prefix(text in soup()) {
        policies().into_iter().for_each(|options| equals_the_reference(&text, options));
    }

    #[test]
    fn what_is_nearly_json_equals_the_reference_at_every_prefix(text in mutated()) {
        policies().into_iter().for_each(|options| equals_the_reference(&text, options));
    }

    #[test]
    fn a_limit_in_bytes_equals_the_reference(text in json(), most in 0..40_u32) {
        let mut options = PartialOptions::default();
        options.max_bytes = most;
        equals_the_reference(text.as_bytes(), options);
    }

    #[test]
    fn any_cut_gives_the_same_events(text in json(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..5)) {
        any_cut_is_the_same(text.as_bytes(), &cuts);
    }

    #[test]
    fn any_cut_gives_the_same_error(text in mutated(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..5)) {
        any_cut_is_the_same(&text, &cuts);
    }

    #[test]
    fn whole_texts_equal_serde_json(text in prop_oneof![json().prop_map(String::into_bytes), mutated(), soup()]) {
        equals_serde_json(&text);
    }

    #[test]
    fn what_was_taken_can_be_completed(text in prop_oneof![mutated(), soup()]) {
        can_be_completed(&text);
    }

    #[test]
    fn what_is_shown_only_grows(text in json()) {
        let mut options = PartialOptions::default();
        options.refuse_repeated = true;
        let mut partial = Partial::new(options);
        let mut before = None;
        for byte in text.as_bytes() {
            if partial.push(&[*byte]).is_err() {
                return Ok(());
            }
            let now = partial.value().map(|value| value.to_value());
            prop_assert!(grows(before.as_ref(), now.as_ref()), "{before:?} {now:?}");
            before = now;
        }
    }

    #[test]
    fn following_a_text_is_the_same_as_keeping_it(text in json(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..5)) {
        let (mut follow, mut kept) = (Follow::default(), String::new());
        let mut partial = Partial::default();
        for piece in pieces(text.as_bytes(), &cuts) {
            let Ok(piece) = std::str::from_utf8(piece) else { return Ok(()) };
            kept.push_str(piece);
            follow.read(&kept).unwrap();
            partial.push_str(piece).unwrap();
            let shown = follow.snapshot(&kept).value().map(|value| value.to_value());
            prop_assert_eq!(shown, partial.value().map(|value| value.to_value()));
        }
        follow.end();
        follow.read(&kept).unwrap();
        prop_assert!(follow.is_complete());
    }
}

/// Whether all that was shown is still there: strings may be longer, arrays and objects fuller.
fn grows(before: Option<&Value>, now: Option<&Value>) -> bool {
    match (before, now) {
        (None, _) => true,
        (Some(Value::String(before)), Some(Value::String(now))) => now.starts_with(before.as_str()),
        (Some(Value::Array(before)), Some(Value::Array(now))) => {
            before.iter().enumerate().all(|(index, element)| grows(Some(element), now.get(index)))
        }
        (Some(Value::Object(before)), Some(Value::Object(now))) => {
            before.iter().all(|(key, value)| grows(Some(value), now.get(key)))
        }
        (before, now) => before == now,
    }
}
