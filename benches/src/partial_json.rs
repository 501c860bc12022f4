//! JSON that arrives in deltas, and who reads it with a snapshot after each.

use std::hint::black_box;

use jiter::{JsonValue, PartialMode};
use json_stream_parser::JsonStreamParser;
use requesty_core::json::partial::Partial;
use serde_json::Value;

use crate::random::Random;

/// The first argument of the process whose instructions are counted; the number of bytes follows.
pub const FLAG: &str = "--partial-json-region-of-interest";

/// One text, and how it is cut.
#[derive(Clone, Debug)]
pub struct Load {
    /// Its name in the report.
    pub name: &'static str,
    /// The whole text.
    pub text: String,
    /// How many deltas it comes in, all of one length; a text that is not ASCII would not be cut inside a character.
    pub deltas: usize,
}

impl Load {
    /// Returns the deltas.
    pub fn cut(&self) -> Vec<&str> {
        let length = self.text.len().div_ceil(self.deltas);
        self.text.as_bytes().chunks(length).map(|delta| std::str::from_utf8(delta).expect("ASCII")).collect()
    }
}

/// Objects such as an extraction fills in, in a list of about so many bytes; deltas of 25 bytes.
pub fn list(bytes: usize) -> Load {
    let mut random = Random::new(7);
    let mut text = String::from("{\"items\":[");
    let mut item = 0;
    while text.len() + 40 < bytes {
        if item > 0 {
            text.push(',');
        }
        let (count, cents) = (random.below(90) + 1, random.below(100));
        let word = ["screw", "washer", "bolt M4", "cable tie", "relay 24 V"][random.below(5)];
        text += &format!(
            "{{\"id\":{item},\"name\":\"{word}\",\"count\":{count},\"price\":{count}.{cents:02},\"in_stock\":{}}}",
            item % 3 != 0
        );
        item += 1;
    }
    text.push_str("]}");
    Load { name: "list", deltas: text.len().div_ceil(25), text }
}

/// A file of code as one string, with its line ends and quotes escaped.
pub fn code(bytes: usize) -> Load {
    let mut text = String::from("{\"path\":\"src/main.rs\",\"content\":\"");
    let mut line = 0;
    while text.len() + 80 < bytes {
        text +=
            &format!("    let line_{line} = read(\\\"line {line}\\\", &mut buffer)?;\\n\\tprintln!(line_{line});\\n");
        line += 1;
    }
    text.push_str("\"}");
    Load { name: "code", deltas: text.len().div_ceil(25), text }
}

/// One string without escapes.
pub fn plain(bytes: usize) -> Load {
    let text = format!("\"{}\"", "the quick brown fox jumps over the lazy dog, again. ".repeat(bytes / 52));
    Load { name: "string", deltas: 4_000, text }
}

/// Lists 120 deep.
pub fn deep(bytes: usize) -> Load {
    let one = format!("{}{}", "[".repeat(119), "]".repeat(119));
    let text = format!("[{}]", vec![one.as_str(); bytes / 240].join(","));
    Load { name: "deep", deltas: text.len().div_ceil(25), text }
}

/// Reads with a snapshot after each delta.
pub fn ours(deltas: &[&str]) -> Partial {
    let mut partial = Partial::default();
    for delta in deltas {
        partial.push_str(delta).expect("JSON");
        black_box(partial.value());
    }
    partial
}

/// The same with all events.
pub fn ours_with_events(deltas: &[&str]) -> Partial {
    let mut partial = Partial::default();
    for delta in deltas {
        partial.feed_str(delta);
        while let Some(event) = partial.next().expect("JSON") {
            black_box(event);
        }
        black_box(partial.value());
    }
    partial
}

/// The value that a reading of ours came to.
pub fn value_of(mut partial: Partial) -> Value {
    partial.finish().expect("JSON").to_value()
}

/// Reads with json-stream-parser, which keeps a value up to date.
pub fn json_stream_parser(deltas: &[&str]) -> Value {
    let mut parser = JsonStreamParser::new();
    for delta in deltas {
        delta.chars().for_each(|character| parser.add_char(character).expect("JSON"));
        black_box(parser.get_result());
    }
    parser.get_result().clone()
}

/// Reads the whole text anew after each delta, with jiter in its partial mode.
pub fn jiter(deltas: &[&str]) -> String {
    each_whole(deltas, |text| {
        let mode = PartialMode::TrailingStrings;
        black_box(JsonValue::parse_with_config(text.as_bytes(), false, mode).expect("JSON"));
    })
}

/// Reads the whole text anew after each delta, with serde_json, which gives nothing before the last.
pub fn serde_json_each(deltas: &[&str]) -> String {
    each_whole(deltas, |text| drop(black_box(serde_json::from_str::<Value>(text))))
}

fn each_whole(deltas: &[&str], read: impl Fn(&str)) -> String {
    let mut text = String::new();
    for delta in deltas {
        text.push_str(delta);
        read(&text);
    }
    text
}

/// Converts what jiter reads in a whole text.
pub fn jiter_value(text: &str) -> Value {
    let mode = PartialMode::TrailingStrings;
    convert(&JsonValue::parse_with_config(text.as_bytes(), false, mode).expect("JSON"))
}

fn convert(value: &JsonValue<'_>) -> Value {
    match value {
        JsonValue::Null => Value::Null,
        JsonValue::Bool(value) => Value::Bool(*value),
        JsonValue::Int(value) => (*value).into(),
        JsonValue::Float(value) => (*value).into(),
        JsonValue::Str(text) => Value::String(text.to_string()),
        JsonValue::Array(elements) => elements.iter().map(convert).collect(),
        JsonValue::Object(members) => members.iter().map(|(key, value)| (key.to_string(), convert(value))).collect(),
        #[allow(unreachable_patterns, reason = "there are more with other features")]
        _ => Value::Null,
    }
}

/// Reads a list of that many bytes once to warm up, and once in the region where instructions are counted.
///
/// # Panics
/// Panics where the argument is no number, or where something else comes out than has to.
pub fn count(arguments: &[String]) {
    let [bytes] = arguments else { panic!("a number of bytes") };
    let load = list(bytes.parse().expect("a number of bytes"));
    let deltas = load.cut();
    ours(&deltas);
    let read = partial_json_region_of_interest(&deltas);
    assert_eq!(value_of(read), serde_json::from_str::<Value>(&load.text).expect("JSON"));
    println!("{}", deltas.len());
}

/// A function of its own, and never inlined, so that callgrind finds it by its name.
#[inline(never)]
fn partial_json_region_of_interest(deltas: &[&str]) -> Partial {
    black_box(ours(deltas))
}
