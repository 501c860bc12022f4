//! Values of the caller's own types, whole and while they are written.

use std::collections::BTreeMap;

use requesty_core::json::partial::{Elements, Mismatch, Partial, PartialOptions, Show};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Value, json};

fn whole(text: &str) -> Partial {
    let mut partial = Partial::default();
    partial.push(text.as_bytes()).unwrap();
    partial.finish().unwrap();
    partial
}

/// Reads a whole text as serde_json reads it, and says whether that was a value.
fn same<T: DeserializeOwned + PartialEq + std::fmt::Debug>(text: &str) -> bool {
    let ours = whole(text).value().unwrap().deserialize::<T>();
    let theirs = serde_json::from_str::<T>(text);
    assert_eq!(ours.as_ref().ok(), theirs.as_ref().ok(), "{text}: {ours:?} {theirs:?}");
    ours.is_ok()
}

#[derive(Debug, PartialEq, Deserialize)]
enum Shape {
    Unit,
    New(u32),
    Pair(u8, String),
    Named { a: Option<bool> },
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Tagged {
    Text { text: String },
    TextDelta,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(untagged)]
enum Either {
    Number(u64),
    Text(String),
}

#[derive(Debug, PartialEq, Deserialize)]
struct Wrapper(i64);

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
struct Name(String);

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
enum Colour {
    Red,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Mixed {
    unit: (),
    letter: char,
    list: Vec<Wrapper>,
    pair: (u8, f32),
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

#[test]
fn whole_values_are_those_that_serde_json_reads() {
    for text in [
        "\"Unit\"",
        "{\"New\":3}",
        "{\"Pair\":[1,\"x\"]}",
        "{\"Named\":{}}",
        "{\"Named\":{\"a\":true}}",
        "{\"Unit\":null}",
    ] {
        assert!(same::<Shape>(text), "{text}");
    }
    for text in ["\"Other\"", "{}", "{\"New\":3,\"Unit\":null}", "3", "{\"Pair\":{}}", "{\"Pair\":[1]}", "{\"Unit\":1}"]
    {
        assert!(!same::<Shape>(text), "{text}");
    }
    assert!(same::<Vec<Tagged>>(r#"[{"type":"text","text":"a"},{"type":"text_delta"}]"#));
    assert!(same::<Vec<Either>>(r#"[1,"a"]"#) && !same::<Vec<Either>>("[-1]"));
    assert!(same::<Mixed>(r#"{"unit":null,"letter":"\u00e9","list":[1,-2],"pair":[1,2.5],"x":{"y":[1]},"z":"w"}"#));
    assert!(same::<(u8, u8)>("[1,2]") && !same::<(u8, u8)>("[1,2,3]") && !same::<(u8, u8)>("[1]"));
    assert!(same::<u128>("340282366920938463463374607431768211455") && !same::<u64>("18446744073709551616"));
    assert!(
        same::<f64>("0.1e1") && same::<f64>("1") && !same::<u8>("256") && !same::<u8>("1.0") && !same::<u8>("\"1\"")
    );
    assert!(same::<BTreeMap<i32, bool>>(r#"{"-1":true,"2":false}"#) && !same::<BTreeMap<i32, bool>>(r#"{" 1":true}"#));
    assert!(same::<BTreeMap<bool, ()>>(r#"{"true":null}"#) && !same::<BTreeMap<u8, ()>>(r#"{"":null}"#));
    assert!(same::<BTreeMap<char, Option<u8>>>(r#"{"a":null,"b":1}"#));
    assert!(same::<BTreeMap<Option<String>, u8>>(r#"{"a":1,"":2}"#) && same::<BTreeMap<Name, u8>>(r#"{"a":1}"#));
    assert!(same::<BTreeMap<Colour, u8>>(r#"{"Red":1}"#) && !same::<BTreeMap<Colour, u8>>(r#"{"Blue":1}"#));
    assert!(same::<String>("\"a\\n\"") && !same::<String>("1") && !same::<String>("null") && !same::<bool>("\"true\""));
    assert!(same::<Option<Wrapper>>("null") && same::<Option<Wrapper>>("-5"));
}

#[test]
fn text_is_borrowed_also_where_it_was_escaped() {
    let partial = whole(r#"{"a":"plain","b":"esc\naped","c":[ 1.50 ]}"#);
    let read: BTreeMap<&str, &RawValue> = partial.value().unwrap().deserialize().unwrap();
    assert_eq!(read["c"].get(), "[ 1.50 ]");
    #[derive(Deserialize)]
    struct Borrowed<'a> {
        a: &'a str,
        b: &'a str,
    }
    let read: Borrowed<'_> = partial.value().unwrap().deserialize().unwrap();
    assert_eq!((read.a, read.b), ("plain", "esc\naped"));
}

/// serde_json refuses it where it reads a struct.
#[test]
fn the_last_of_a_repeated_key_counts_in_a_struct_too() {
    let partial = whole(r#"{"New":1,"New":2}"#);
    assert_eq!(partial.value().unwrap().deserialize::<Shape>().unwrap(), Shape::New(2));
}

#[derive(Debug, PartialEq, Deserialize)]
struct Report {
    title: Option<String>,
    kind: Option<Kind>,
    #[serde(default)]
    rows: Vec<Line>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Red,
    Redder,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Line {
    name: String,
    count: u32,
}

#[test]
fn a_snapshot_has_what_fits_so_far() {
    let text = r#"{"title":"On tea","kind":"redder","rows":[{"name":"a","count":1},{"name":"b","count":22}]}"#;
    let mut partial = Partial::default();
    let mut shown = Vec::new();
    for byte in text.as_bytes() {
        partial.push(&[*byte]).unwrap();
        if let Some(report) = partial.snapshot_as::<Report>().unwrap() {
            if shown.last() != Some(&report) {
                shown.push(report);
            }
        }
    }
    assert_eq!(shown.last(), Some(&serde_json::from_str(text).unwrap()));
    // A kind is there when its string has ended, a row when it has all that it needs.
    assert!(shown.iter().all(|report| report.kind != Some(Kind::Red)));
    let rows: Vec<_> = shown.iter().map(|report| report.rows.len()).collect();
    assert!(rows.is_sorted() && rows.ends_with(&[1, 2]));
    let titles: Vec<_> = shown.iter().filter_map(|report| report.title.as_deref()).collect();
    assert!(titles.starts_with(&["", "O", "On", "On "]));
}

#[test]
fn what_is_whole_and_does_not_fit_is_an_error() {
    let mut partial = Partial::default();
    partial.push(b"{\"title\":7").unwrap();
    assert_eq!(partial.snapshot_as::<Report>().unwrap(), Some(Report { title: None, kind: None, rows: vec![] }));
    partial.push(b"}").unwrap();
    partial.snapshot_as::<Report>().unwrap_err();
    let empty = Partial::default();
    assert_eq!(empty.snapshot_as::<Report>().unwrap(), None);
}

/// The tries are limited, and end with the outermost value left out.
#[test]
fn what_is_deep_and_does_not_fit_is_left_out() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Deep {
        title: Option<String>,
        #[serde(default)]
        deep: u32,
    }
    let mut partial = Partial::default();
    partial.push(format!("{{\"title\":\"t\",\"deep\":{}", "[".repeat(60)).as_bytes()).unwrap();
    assert_eq!(partial.snapshot_as().unwrap(), Some(Deep { title: Some("t".into()), deep: 0 }));
}

#[test]
fn a_string_may_be_held_back_until_it_is_final() {
    let mut options = PartialOptions::default();
    options.strings = Show::Final;
    let mut partial = Partial::new(options);
    partial.push(b"[\"a\",\"b").unwrap();
    assert_eq!(partial.snapshot_as::<Vec<String>>().unwrap(), Some(vec!["a".to_owned()]));
    // A value that may be anything waits for the end of its string either way.
    let mut partial = Partial::default();
    partial.push(b"[\"a\",\"b").unwrap();
    assert_eq!(partial.snapshot_as::<Value>().unwrap(), Some(json!(["a"])));
}

/// serde's visitor of a variant takes its number too; serde_json asks for a name.
#[test]
fn a_variant_is_named_by_a_string() {
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(tag = "t")]
    enum Internal {
        First {},
    }
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(tag = "t", content = "c")]
    enum Adjacent {
        First(u8),
    }
    for text in [r#"{"t":0,"c":1}"#, r#"{"t":true,"c":1}"#, r#"{"t":null,"c":1}"#] {
        let partial = whole(text);
        let root = partial.value().unwrap();
        let mismatch = root.deserialize::<Internal>().unwrap_err().mismatch();
        assert!(matches!(mismatch, Mismatch::Type | Mismatch::Number), "{text}: {mismatch:?}");
        assert_eq!(root.deserialize::<Adjacent>().unwrap_err().mismatch(), mismatch, "{text}");
    }
    let partial = whole(r#"{"t":"First","c":1}"#);
    assert_eq!(partial.value().unwrap().deserialize::<Internal>().unwrap(), Internal::First {});
    assert_eq!(partial.value().unwrap().deserialize::<Adjacent>().unwrap(), Adjacent::First(1));
}

/// serde_json reads an integer of 128 bits up to its fraction, and leaves the rest to its caller.
#[test]
fn an_integer_of_128_bits_has_no_fraction_and_no_exponent() {
    for text in ["1.5", "1E+2", "-1.5", "[1e2]"] {
        let partial = whole(text);
        let value = partial.value().unwrap();
        let value = value.at(0).unwrap_or(value);
        assert_eq!(value.deserialize::<i128>().unwrap_err().mismatch(), Mismatch::Number, "{text}");
        assert_eq!(value.deserialize::<u128>().unwrap_err().mismatch(), Mismatch::Number, "{text}");
    }
    let partial = whole("[340282366920938463463374607431768211455,-170141183460469231731687303715884105728]");
    assert_eq!(partial.value().unwrap().deserialize::<(u128, i128)>().unwrap(), (u128::MAX, i128::MIN));
}

/// What serde would say may quote the answer.
#[test]
fn errors_say_what_and_where_and_quote_nothing() {
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only its errors are looked at")]
    struct Strict {
        list: Option<Vec<u8>>,
        kind: Option<Kind>,
        either: Option<Either>,
        letter: Option<char>,
        pair: Option<(u8, u8)>,
        map: Option<BTreeMap<u8, ()>>,
        address: Option<std::net::IpAddr>,
        line: Option<Line>,
    }
    let cases = [
        (r#"{"list":"secret"}"#, "another type of JSON value than expected at byte 8"),
        (r#"{"list":[1,"secret"]}"#, "another type of JSON value than expected at byte 11"),
        (r#"{"list":[1,7341]}"#, "a number that its type does not take at byte 11"),
        (r#"{"list":7341}"#, "a number that its type does not take at byte 8"),
        (r#"{"kind":"secret"}"#, "an unknown variant at byte 8"),
        (r#"{"kind":{"secret":null}}"#, "an unknown variant at byte 8"),
        (r#"{"either":["secret"]}"#, "a value that its type refuses at byte 10"),
        (r#"{"letter":"secret"}"#, "a value that its type does not take at byte 10"),
        (r#"{"pair":[1,2,7341]}"#, "another number of elements than expected at byte 8"),
        (r#"{"pair":[1]}"#, "another number of elements than expected at byte 8"),
        (r#"{"map":{"1":null,"secret":null}}"#, "a key that its type does not take at byte 26"),
        (r#"{"address":"secret"}"#, "a value that its type refuses at byte 11"),
        (r#"{"line":{"secret":1}}"#, "missing field `name` at byte 8"),
        (
            r#"{"line":{"name":"secret","name":"x","count":1,"count":"secret"}}"#,
            "another type of JSON value than expected at byte 54",
        ),
        (r#"{"list":[],"secret":7341}"#, "a member that its type has no field for at byte 20"),
        (r#" "secret""#, "another type of JSON value than expected at byte 1"),
    ];
    for (text, says) in cases {
        let partial = whole(text);
        let error = partial.snapshot_as::<Strict>().unwrap_err();
        assert_eq!(error.to_string(), says, "{text}");
        let everything = format!("{error} {error:?}");
        assert!(!everything.contains("secret") && !everything.contains("7341"), "{everything}");
        assert!(std::error::Error::source(&error).is_none());
        // A list's elements fail alike.
        let list = whole(&format!("[{text}]"));
        let error = Elements::new("").unwrap().next::<Strict>(&list).unwrap().unwrap_err();
        assert_eq!(error.mismatch(), partial.value().unwrap().deserialize::<Strict>().unwrap_err().mismatch());
    }
    let mut partial = Partial::default();
    partial.push(br#"["secr"#).unwrap();
    let error = partial.value().unwrap().deserialize::<Vec<Value>>().unwrap_err();
    assert_eq!((error.mismatch(), error.offset()), (Mismatch::Unfinished, Some(1)));
}
