//! What the reader and its errors show of a text: the place and the fault, and nothing that was written.

use requesty_core::json::partial::{Fault, Follow, Mismatch, Origin, Partial, PartialOptions, View, ViewKind, Written};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Each fault by a text that has it, with the words for it.
#[test]
fn each_fault_has_its_words() {
    let mut options = PartialOptions::default();
    options.max_depth = 2;
    options.max_bytes = 20;
    options.refuse_repeated = true;
    for (text, words) in [
        (&b"[1,]"[..], "expected a JSON value at byte 3"),
        (b"{1", "expected a key in quotes at byte 1"),
        (b"{\"a\" 1", "expected a colon at byte 5"),
        (b"[1 2", "expected a comma or the closing bracket at byte 3"),
        (b"[]x", "unexpected text after the JSON value at byte 2"),
        (b"[01", "invalid number at byte 2"),
        (b"[1e400,", "number out of range at byte 1"),
        (b"[trux", "expected true, false or null at byte 4"),
        (b"\"a\\x", "invalid escape at byte 3"),
        (b"\"a\\udc", "unpaired surrogate at byte 2"),
        (b"\"a\n", "control character in a string at byte 2"),
        (b"\"ab\xF0\x9F\x20", "invalid UTF-8 at byte 3"),
        (b"[[[", "more than 2 levels of JSON at byte 2"),
        (b"[1,2,3,4,5,6,7,8,9,10]", "more than 20 bytes of JSON at byte 20"),
        (b"{\"a\":1,\"a\":2}", "repeated key at byte 7"),
    ] {
        let mut partial = Partial::new(options);
        let error = partial.push(text).unwrap_err();
        assert_eq!(error.to_string(), words);
    }
    let mut partial = Partial::new(options);
    partial.push(b"[1").unwrap();
    let error = partial.finish().unwrap_err();
    assert_eq!((error.fault, error.to_string()), (Fault::Unfinished, "the JSON value is unfinished at byte 2".into()));
}

fn mismatch<T: DeserializeOwned + std::fmt::Debug>(text: &str) -> (Mismatch, String) {
    let mut partial = Partial::default();
    partial.push(text.as_bytes()).unwrap();
    let error = partial.value().unwrap().deserialize::<T>().unwrap_err();
    (error.mismatch(), error.to_string())
}

#[test]
fn a_repeated_field_and_an_unfinished_string_have_their_words() {
    /// Two names for one field: what repeats is known only to the type.
    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only its errors are looked at")]
    struct Named {
        #[serde(alias = "title")]
        name: String,
    }
    assert_eq!(
        mismatch::<Named>(r#"{"name":"a","title":"b"}"#),
        (Mismatch::Repeated("name"), "repeated field `name` at byte 0".into())
    );
    assert_eq!(mismatch::<Option<char>>(r#""a"#), (Mismatch::Unfinished, "an unfinished string at byte 0".into()));
}

#[test]
fn a_text_shows_its_length_only() {
    let text = String::from(r#"["Xyzzy"#);
    let written = Written::from(&text);
    assert_eq!((written.text(), written.name(), written.origin()), (&*text, None::<&str>, None::<Origin>));
    assert_eq!(format!("{written:?}"), "Written { origin: None, name: None, text_len: 7, .. }");
    let mut follow = Follow::default();
    follow.read(&text).unwrap();
    assert_eq!(format!("{follow:?}"), "Follow { read: 7, is_complete: false, failed: None, .. }");
    let mut partial = Partial::default();
    partial.push(text.as_bytes()).unwrap();
    assert_eq!(
        format!("{partial:?}"),
        "Partial { bytes: 7, follow: Follow { read: 7, is_complete: false, failed: None, .. }, .. }"
    );
}

#[test]
fn a_path_shows_its_text() {
    let mut partial = Partial::default();
    partial.feed(br#"{"a/b":[1,"x"]}"#);
    let mut paths = Vec::new();
    while let Some(event) = partial.next().unwrap() {
        paths.push(format!("{:?}", event.path()));
    }
    assert!(paths.contains(&r#""/a~1b/1""#.to_owned()), "{paths:?}");
}

#[test]
fn a_value_is_of_one_kind() {
    let mut partial = Partial::default();
    partial.push(br#"{"a":[null,true,false,1,"x",[],{}]}"#).unwrap();
    let list = partial.value().unwrap().get("a").unwrap();
    let elements: Vec<_> = list.elements().collect();
    use ViewKind::*;
    let kinds: Vec<_> = elements.iter().map(View::kind).collect();
    assert_eq!(kinds, [Null, Bool, Bool, Number, String, Array, Object]);
    let bools: Vec<_> = elements.iter().map(View::as_bool).collect();
    assert_eq!(bools, [None, Some(true), Some(false), None, None, None, None]);
    assert!(partial.snapshot().is_complete());
}
