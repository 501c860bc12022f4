//! The endpoint of embeddings.
//!
//! A vector is made of the words of its text, each of which turns it into a direction of its own: the same text has the same
//! vector, and texts with words in common are close to each other.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use serde_json::{Value, json};

use super::Question;
use crate::ask::list;
use crate::script::Script;

/// Answers a question of this family.
pub(super) fn answer(question: &Question<'_>, complaints: &mut Vec<String>) -> Option<Script> {
    if question.method != Method::POST || question.segments() != ["v1", "embeddings"] {
        return None;
    }
    let body = question.body;
    check(body, complaints);
    let model = body["model"].as_str().unwrap_or_default();
    if !model.contains("embedding") && !model.starts_with("mock/") {
        return Some(Script::error(404, "router", "Provider and/or model not supported"));
    }
    let usual = if model.ends_with("large") { 3072 } else { 1536 };
    let dimensions = body["dimensions"].as_u64().and_then(|count| usize::try_from(count).ok()).unwrap_or(usual);
    let texts = texts(&body["input"]);
    let data: Vec<Value> = (0..)
        .zip(&texts)
        .map(|(index, words): (u64, &Vec<String>)| {
            let vector = vector(words, dimensions);
            let embedding = if body["encoding_format"] == "base64" { encoded(&vector) } else { json!(vector) };
            json!({"object": "embedding", "index": index, "embedding": embedding})
        })
        .collect();
    let tokens: usize = texts.iter().map(Vec::len).sum();
    let usage = json!({"prompt_tokens": tokens, "total_tokens": tokens});
    Some(Script::json(200, &json!({"object": "list", "data": data, "model": model, "usage": usage})))
}

fn check(body: &Value, complaints: &mut Vec<String>) {
    let mut complain = |wrong: bool, what: &str| {
        if wrong {
            complaints.push(what.to_owned());
        }
    };
    complain(!body.is_object(), "body: must be an object");
    complain(!body["model"].is_string(), "model: must be a string");
    let input = &body["input"];
    let (items, numbers) = (list(input), |items: &[Value]| items.iter().all(Value::is_u64));
    let lists = items.iter().all(|item| item.as_array().is_some_and(|tokens| !tokens.is_empty() && numbers(tokens)));
    let strings = items.iter().all(|item| item.as_str().is_some_and(|text| !text.is_empty()));
    let filled = !items.is_empty() && (strings || lists || numbers(items));
    complain(
        !filled && input.as_str().is_none_or(str::is_empty),
        "input: must be a text, texts, tokens or lists of tokens, and nothing of it empty",
    );
    let format = &body["encoding_format"];
    complain(!format.is_null() && format != "float" && format != "base64", "encoding_format: must be float or base64");
    let dimensions = &body["dimensions"];
    complain(
        !dimensions.is_null() && dimensions.as_u64().is_none_or(|count| count == 0),
        "dimensions: must be positive",
    );
    complain(!body["user"].is_null() && !body["user"].is_string(), "user: must be a string");
}

/// Returns the words, or the tokens, of each input.
fn texts(input: &Value) -> Vec<Vec<String>> {
    let words = |text: &str| {
        let words = text.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(str::to_lowercase).collect()
    };
    let tokens = |tokens: &[Value]| tokens.iter().map(ToString::to_string).collect::<Vec<_>>();
    match input {
        Value::String(text) => vec![words(text)],
        Value::Array(items) if items.iter().all(Value::is_u64) => vec![tokens(items)],
        items => list(items).iter().map(|item| item.as_str().map_or_else(|| tokens(list(item)), words)).collect(),
    }
}

/// Returns the sum of the words' directions, at length 1.
fn vector(words: &[String], dimensions: usize) -> Vec<f32> {
    let mut vector = vec![0.0_f64; dimensions];
    for word in words {
        let mut state = word
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        for number in &mut vector {
            // xorshift64: any spread will do, as long as it is always the same.
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            *number += (state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0;
        }
    }
    let length = vector.iter().map(|number| number * number).sum::<f64>().sqrt().max(f64::MIN_POSITIVE);
    vector.iter().map(|number| (number / length) as f32).collect()
}

fn encoded(vector: &[f32]) -> Value {
    json!(STANDARD.encode(vector.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<u8>>()))
}
