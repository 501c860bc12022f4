//! Property: a message that is read and written is the same message, down to the spelling of numbers it knows nothing of.

use std::fmt;

use proptest::prelude::*;
use requesty_core::chat::{Message, Request};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn reading_and_writing_changes_nothing(json in message()) {
        let message: Message = serde_json::from_str(&json).unwrap();
        let written = serde_json::to_string(&message).unwrap();
        prop_assert!(same(&json, &written), "{json}\n{written}");
        prop_assert_eq!(unknown(&json), unknown(&written));
        // Once more: the second reading sees the same message.
        let again: Message = serde_json::from_str(&written).unwrap();
        prop_assert_eq!(&again, &message);
        prop_assert_eq!(serde_json::to_string(&again).unwrap(), written);
        // Nothing that can be received keeps a request from being written.
        let history = [Message::user("x"), message];
        prop_assert!(serde_json::to_string(&Request::new(&history)).is_ok());
    }
}

/// The members that no field is for, in order and as they stand.
fn unknown(json: &str) -> Vec<(String, String)> {
    let Members(members) = serde_json::from_str(json).unwrap();
    members
        .into_iter()
        .filter(|(key, _)| key.starts_with("x"))
        .map(|(key, value)| (key, value.get().to_owned()))
        .collect()
}

/// Compares two documents: objects by their members, strings by their text, all else by its spelling.
fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.trim(), b.trim());
    match (a.as_bytes()[0], b.as_bytes()[0]) {
        (b'{', b'{') => {
            let members = |json| {
                let Members(mut members) = serde_json::from_str(json).unwrap();
                members.sort_by(|(a, _), (b, _)| a.cmp(b));
                members
            };
            let (a, b) = (members(a), members(b));
            a.len() == b.len()
                && a.iter()
                    .zip(&b)
                    .all(|((key, value), (other, another))| key == other && same(value.get(), another.get()))
        }
        (b'[', b'[') => {
            let elements = |json| serde_json::from_str::<Vec<Box<RawValue>>>(json).unwrap();
            let (a, b) = (elements(a), elements(b));
            a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| same(a.get(), b.get()))
        }
        (b'"', b'"') => {
            let text = |json| serde_json::from_str::<String>(json).unwrap();
            text(a) == text(b)
        }
        _ => a == b,
    }
}

struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Members;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Members(pairs))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}

fn message() -> impl Strategy<Value = String> {
    object(vec![
        ("role", one_of(&[r#""assistant""#, r#""user""#, r#""tool""#, r#""critic""#, r#""""#])),
        ("content", prop_oneof![text(), list(part())].boxed()),
        ("name", text()),
        ("tool_call_id", text()),
        ("reasoning_content", text()),
        ("reasoning", text()),
        ("reasoning_signature", text()),
        ("tool_calls", list(tool_call())),
        ("function_call", function()),
        ("refusal", text()),
    ])
}

fn tool_call() -> BoxedStrategy<String> {
    object(vec![("id", text()), ("type", one_of(&[r#""function""#])), ("function", function())])
}

fn function() -> BoxedStrategy<String> {
    object(vec![("name", text()), ("arguments", prop_oneof![text(), value()].boxed())])
}

/// Mostly parts that fit their type, so that their rarer members are reached.
fn part() -> BoxedStrategy<String> {
    let kind = one_of(&[r#""text""#, r#""image_url""#, r#""input_file""#, r#""thinking""#]);
    let any = object(vec![("type", kind), ("text", text()), ("image_url", value()), ("filename", text())]);
    let text_part = typed("text", object(vec![("cache_control", cache())]), r#""text":"t""#);
    let image = object(vec![("mime_type", text()), ("detail", text())]);
    let image = image.prop_map(|image| image.replacen('{', r#"{"url":"u", "#, 1).replace(", }", "}"));
    let image = object(vec![("cache_control", cache()), ("image_url", image.boxed())]);
    let image_part = typed("image_url", image, r#""k":0"#);
    let file = object(vec![("mime_type", text()), ("cache_control", cache())]);
    let file_part = typed("input_file", file, r#""filename":"f","file_data":"d""#);
    prop_oneof![any, text_part, image_part, file_part, value()].boxed()
}

fn cache() -> BoxedStrategy<String> {
    object(vec![("type", one_of(&[r#""ephemeral""#])), ("ttl", one_of(&[r#""5m""#]))])
}

/// Puts the type and what that type cannot do without into an object.
fn typed(kind: &'static str, object: BoxedStrategy<String>, needed: &'static str) -> BoxedStrategy<String> {
    let merge =
        move |object: String| object.replacen('{', &format!(r#"{{"type":"{kind}",{needed}, "#), 1).replace(", }", "}");
    object.prop_map(merge).boxed()
}

/// An object with some of the known members (right, null, or anything) and some unknown ones, in any order.
fn object(known: Vec<(&'static str, BoxedStrategy<String>)>) -> BoxedStrategy<String> {
    let known: Vec<BoxedStrategy<Option<String>>> = known
        .into_iter()
        .map(|(key, right)| {
            let member = prop_oneof![6 => right, 1 => Just("null".to_owned()), 1 => value()]
                .prop_map(move |value| Some(format!(r#""{key}":{value}"#)));
            prop_oneof![1 => Just(None), 2 => member].boxed()
        })
        .collect();
    let unknown = proptest::collection::vec(value(), 0..4).prop_map(|values| {
        let keys = ["x", "x\\u0041", "x \\\"q\\\"", "xé"];
        keys.iter().zip(values).map(|(key, value)| Some(format!("\"{key}\" : {value}"))).collect::<Vec<_>>()
    });
    (known, unknown)
        .prop_map(|(known, unknown)| known.into_iter().chain(unknown).flatten().collect::<Vec<_>>())
        .prop_shuffle()
        .prop_map(|members| format!("{{{}}}", members.join(", ")))
        .boxed()
}

fn list(element: BoxedStrategy<String>) -> BoxedStrategy<String> {
    proptest::collection::vec(element, 0..3).prop_map(|elements| format!("[{}]", elements.join(","))).boxed()
}

fn text() -> BoxedStrategy<String> {
    one_of(&[
        r#""""#,
        r#""a""#,
        r#""caf\u00e9 \ud83c\udf0d""#,
        r#""\"\\\/\b\f\n\r\t""#,
        r#""{\"a\":1}""#,
        "\"日本 \u{7f}\"",
    ])
}

/// Any value, with spellings of numbers that only bytes preserve.
fn value() -> BoxedStrategy<String> {
    let leaf = one_of(&[
        "null",
        "true",
        "1.0e3",
        "-0",
        "0.10",
        "1E+2",
        "123456789012345678901234567890",
        "1e999",
        r#""x""#,
        r#""\u0041""#,
        "{}",
        "[]",
    ]);
    leaf.prop_recursive(3, 12, 3, |inner| {
        let object = proptest::collection::vec(inner.clone(), 0..3).prop_map(|values| {
            let members = values.iter().enumerate().map(|(key, value)| format!(r#""k{key}": {value}"#));
            format!("{{ {} }}", members.collect::<Vec<_>>().join(" , "))
        });
        prop_oneof![object, list(inner)]
    })
    .boxed()
}

fn one_of(values: &[&str]) -> BoxedStrategy<String> {
    proptest::sample::select(values.iter().map(|&value| value.to_owned()).collect::<Vec<_>>()).boxed()
}
