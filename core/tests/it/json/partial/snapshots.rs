//! What is there at any time.

use requesty_core::json::partial::{
    Follow, Partial, PartialEvent, PartialOptions, Path, Show, Snapshot, View, ViewKind,
};
use serde_json::json;

fn shown(text: &str, options: PartialOptions) -> serde_json::Value {
    let mut partial = Partial::new(options);
    partial.push(text.as_bytes()).unwrap();
    partial.value().map_or(json!("nothing"), |value| value.to_value())
}

#[test]
fn the_policy_says_what_is_shown_of_what_is_unfinished() {
    let mut all = PartialOptions::default();
    (all.numbers, all.literals) = (Show::Begun, Show::Begun);
    let mut least = PartialOptions::default();
    least.strings = Show::Final;
    let cases = [
        ("[1, \"ab", json!([1, "ab"]), json!([1, "ab"]), json!([1])),
        ("[1, \"a\\", json!([1, "a"]), json!([1, "a"]), json!([1])),
        ("[\"a\\ud83d", json!(["a"]), json!(["a"]), json!([])),
        ("[1, 12.5e", json!([1]), json!([1, 12.5]), json!([1])),
        ("[-", json!([]), json!([]), json!([])),
        ("[tru", json!([]), json!([true]), json!([])),
        ("{\"a\":n", json!({}), json!({"a": null}), json!({})),
        ("{\"a\":1,\"b", json!({}), json!({"a": 1}), json!({})),
        ("\"", json!(""), json!(""), json!("nothing")),
        ("4", json!("nothing"), json!(4), json!("nothing")),
    ];
    for (text, by_default, begun, final_alone) in cases {
        let by_default = if text.contains(",\"b") { json!({"a": 1}) } else { by_default };
        let final_alone = if text.contains(",\"b") { json!({"a": 1}) } else { final_alone };
        assert_eq!(shown(text, PartialOptions::default()), by_default, "{text}");
        assert_eq!(shown(text, all), begun, "{text}");
        assert_eq!(shown(text, least), final_alone, "{text}");
    }
}

#[test]
fn a_view_is_asked_by_its_type() {
    let mut partial = Partial::default();
    partial
        .push(br#"{"s":"x\n","n":-3,"f":1.5,"t":true,"z":null,"l":[1,[2]],"big":18446744073709551615,"o":{"a":"b"#)
        .unwrap();
    let root = partial.value().unwrap();
    assert_eq!((root.kind(), root.is_complete(), root.raw()), (ViewKind::Object, false, None));
    let get = |key: &str| root.get(key).unwrap();
    assert_eq!((get("s").as_str(), get("s").raw()), (Some("x\n"), Some(r#""x\n""#)));
    assert_eq!((get("n").as_i64(), get("n").as_u64(), get("n").as_f64()), (Some(-3), None, Some(-3.0)));
    assert_eq!((get("f").as_f64(), get("f").as_i64(), get("t").as_bool()), (Some(1.5), None, Some(true)));
    assert_eq!((get("z").kind(), get("z").as_str(), get("big").as_u64()), (ViewKind::Null, None, Some(u64::MAX)));
    assert_eq!(get("l").at(1).unwrap().raw(), Some("[2]"));
    assert!(get("l").at(2).is_none() && get("s").at(0).is_none() && get("l").get("a").is_none());
    assert_eq!(root.pointer("/l/1/0").unwrap().as_u64(), Some(2));
    assert_eq!(root.pointer("/o/a").unwrap().as_str(), Some("b"));
    assert!(root.pointer("/l/01").is_none() && root.pointer("l").is_none() && root.pointer("/x").is_none());
    let keys: Vec<_> = root.members().map(|(key, _)| key).collect();
    assert_eq!(keys, ["s", "n", "f", "t", "z", "l", "big", "o"]);
    assert_eq!(serde_json::to_string(&get("l")).unwrap(), "[1,[2]]");
    assert_eq!(format!("{:?}", get("n")), "Number(-3)");
}

#[test]
fn what_was_read_stays_readable_after_an_error() {
    let mut partial = Partial::default();
    partial.push(br#"{"a":[1,"b"],"c":tru"#).unwrap();
    partial.push(b"!").unwrap_err();
    partial.push(b"more").unwrap_err();
    assert_eq!(partial.value().unwrap(), json!({"a": [1, "b"]}));
    assert!(!partial.is_complete());
    partial.finish().unwrap_err();
}

/// A text that became shorter is another text.
#[test]
fn following_begins_anew_where_the_text_is_another() {
    let mut follow = Follow::default();
    follow.read("[1,2").unwrap();
    follow.read("{}").unwrap();
    assert_eq!(follow.snapshot("{}").value().unwrap(), json!({}));
    // Where it is not the text that was read, nothing breaks.
    let mut follow = Follow::default();
    follow.read("{\"a\":\"\u{e9}\u{e9}\",\"b\\n\":12,").unwrap();
    for other in ["", "{", "\u{1f600}\u{1f600}\u{1f600}\u{1f600}\u{1f600}", "[[[[[[[[[[[[[[[[[[[[[[["] {
        let _ = follow.snapshot(other).value().unwrap().to_value();
        let _ = follow.clone().read(other);
    }
}

/// What is shown of a number that comes to be too large does not depend on the cut.
#[test]
fn a_number_that_is_too_large_is_shown_up_to_where_it_was_not() {
    let mut all = PartialOptions::default();
    all.numbers = Show::Begun;
    let text = b"[7,1e400,";
    for at in 0..=text.len() {
        let mut partial = Partial::new(all);
        let read = partial.push(&text[..at]).and_then(|()| partial.push(&text[at..]));
        assert!(read.is_err());
        assert_eq!(partial.value().unwrap(), json!([7, 1e40]), "cut at {at}");
    }
}

#[test]
fn what_is_lent_is_small() {
    assert_eq!((size_of::<View<'_>>(), size_of::<Snapshot<'_>>(), size_of::<Path<'_>>()), (32, 24, 32));
    assert!(size_of::<PartialEvent<'_>>() <= 72 && size_of::<Partial>() <= 256);
}
