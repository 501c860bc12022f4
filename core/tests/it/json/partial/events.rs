//! Events: each value once, with its place and its exact text.

use requesty_core::json::partial::{Partial, PartialEvent, PartialOptions, Segment, ViewKind};
use serde_json::json;

use super::seen::{Seen, play};

#[test]
fn events_say_what_is_new() {
    let text = r#"{"a/b":[1,"x\ny"],"c":{}}"#;
    let key = |place: &str, key: &str| Seen::Key(place.into(), key.into(), false);
    let expected = vec![
        Seen::Open("".into(), ViewKind::Object),
        key("/a~1b", "a/b"),
        Seen::Open("/a~1b".into(), ViewKind::Array),
        Seen::Value("/a~1b/0".into(), json!(1), "1".into()),
        Seen::Text("/a~1b/1".into(), "x\ny".into()),
        Seen::Value("/a~1b/1".into(), json!("x\ny"), r#""x\ny""#.into()),
        Seen::Close("/a~1b".into(), json!([1, "x\ny"]), r#"[1,"x\ny"]"#.into()),
        key("/c", "c"),
        Seen::Open("/c".into(), ViewKind::Object),
        Seen::Close("/c".into(), json!({}), "{}".into()),
        Seen::Close("".into(), json!({"a/b": [1, "x\ny"], "c": {}}), text.into()),
    ];
    assert_eq!(play(PartialOptions::default(), [text.as_bytes()]), (expected, None));
}

#[test]
fn elements_come_with_their_exact_text() {
    let mut partial = Partial::default();
    partial.feed(br#"{"list":[ {"a": 1.50} , "x\u0061",[2] ],"n":3}"#);
    let mut elements = Vec::new();
    while let Some(event) = partial.next().unwrap() {
        elements.extend(event.element().map(str::to_owned));
    }
    assert_eq!(elements, [r#"{"a": 1.50}"#, r#""x\u0061""#, "2", "[2]"]);
}

#[test]
fn a_path_is_walked_and_matched() {
    let mut partial = Partial::default();
    partial.feed(br#"{"a":[0,{"~/":null}]}"#);
    let mut seen = 0;
    while let Some(event) = partial.next().unwrap() {
        let PartialEvent::Value { path, .. } = event else { continue };
        if path.len() < 3 {
            assert!(path.is_element() && path.is("/a/0") && path.is("/*/*") && !path.is("/a") && !path.is("/a/00"));
            continue;
        }
        seen += 1;
        let segments: Vec<_> = path.segments().collect();
        assert_eq!(segments, [Segment::Key("a"), Segment::Index(1), Segment::Key("~/")]);
        assert_eq!(path.last(), Some(Segment::Key("~/")));
        assert_eq!((path.to_string().as_str(), path.is_empty(), path.is_element()), ("/a/1/~0~1", false, false));
        assert!(path.is("/a/1/~0~1") && path.is("/a/*/*"));
        for other in ["", "a", "/a/1", "/a/1/~0", "/a/1/~0~1~1", "/a/1/~~1", "/a/01/~0~1", "/a/+1/~0~1", "/a/1/~0~1/"] {
            assert!(!path.is(other), "{other}");
        }
    }
    assert_eq!(seen, 1);
}

/// The earlier value stands until the new one has something to show.
#[test]
fn a_repeated_key_is_said_and_replaces() {
    let mut partial = Partial::default();
    let mut shown = Vec::new();
    for piece in [r#"{"a":{"b":1}"#, r#","\u0061""#, ":", "2", "}"] {
        partial.feed(piece.as_bytes());
        while let Some(event) = partial.next().unwrap() {
            if let PartialEvent::Key { key: "a", is_repeated, .. } = event {
                shown.push(json!(is_repeated));
            }
        }
        shown.push(partial.value().unwrap().to_value());
    }
    let (old, new) = (json!({"a": {"b": 1}}), json!({"a": 2}));
    assert_eq!(shown, [json!(false), old.clone(), json!(true), old.clone(), old.clone(), old, new]);
}

#[test]
fn after_an_error_it_can_begin_anew() {
    let mut partial = Partial::default();
    partial.push(b"[\"\\ud83d\xFF").unwrap_err();
    partial.clear();
    assert!(partial.value().is_none() && partial.raw().is_empty());
    partial.push(b"[1]").unwrap();
    assert_eq!(partial.finish().unwrap(), json!([1]));
}

/// An object of many keys, where keys are found by their hashes.
#[test]
fn many_keys_and_many_repeated_ones() {
    for keys in [31, 32, 33, 34, 200, 1000] {
        let mut text = String::from("{");
        for round in 0..3 {
            for key in 0..keys {
                text += &format!("\"key{key}\":{},", key * 10 + round);
            }
        }
        text += "\"last\":0}";
        let (seen, error) = play(PartialOptions::default(), [text.as_bytes()]);
        assert_eq!(error, None);
        let repeated = seen.iter().filter(|seen| matches!(seen, Seen::Key(_, _, true))).count();
        assert_eq!(repeated, 2 * keys);
        let mut partial = Partial::default();
        partial.push(text.as_bytes()).unwrap();
        assert_eq!(partial.value().unwrap(), serde_json::from_str::<serde_json::Value>(&text).unwrap());
    }
}
