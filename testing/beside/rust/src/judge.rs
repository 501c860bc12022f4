//! The verdicts: few words, each with one meaning, which the README of this folder lists.

use serde_json::Value;

use crate::cases::{CALLS, COST, Rule, TEXT};

/// Judges what the driver printed, or `None` if it had to be stopped. In bold is what went wrong without an error.
pub fn judge(rule: Rule, seen: Option<&Value>) -> String {
    let verdict = seen.map_or("hangs", |seen| verdict(rule, seen));
    let silent = [
        "hangs",
        "text lost",
        "no error",
        "called complete",
        "offered",
        "phantom call",
        "call lost",
        "wrong arguments",
    ];
    if silent.contains(&verdict) { format!("**{verdict}**") } else { verdict.to_owned() }
}

fn verdict(rule: Rule, seen: &Value) -> &'static str {
    let (text, error) = (seen["text"].as_str().unwrap_or_default(), seen["error"].as_str());
    match (rule, error) {
        (Rule::Error { after, words }, Some(error)) if error.contains(words) => failed(text, after),
        (Rule::Error { .. }, Some(_)) => "error, its words lost",
        (Rule::Error { .. }, None) if ["", "error"].contains(&finish(seen)) => "no error",
        (Rule::Error { .. }, None) => "called complete",
        (Rule::Answers, _) if seen["one_answer"] == true => "n/a",
        (Rule::Text { before, .. }, Some(_)) => failed(text, before),
        (_, Some(_)) => "error",
        (Rule::Text { start, end, .. }, None) if text.starts_with(start) && text.ends_with(end) => "whole",
        (Rule::Cost | Rule::Future | Rule::Text { .. }, None) if text != TEXT.concat() => "text lost",
        (Rule::Text { .. }, None) => "whole",
        (Rule::Cost, None) if seen["cost"] == COST => "whole",
        (Rule::Cost, None) => "cost dropped",
        (Rule::Future, None) if seen["future"] == true => "kept",
        (Rule::Future, None) => "dropped",
        (Rule::NoCall, None) if seen["deltas_only"] == true => "deltas only",
        (Rule::NoCall, None) if calls(seen).next().is_some() => "offered",
        (Rule::NoCall, None) if seen["marked"] != 0 => "marked as cut",
        (Rule::NoCall, None) => "call lost",
        (Rule::Calls(count), None) => compared(seen, count),
        (Rule::Answers, None) => compared(seen, CALLS.len()),
    }
}

/// Compares the calls with the first `count` of those that the server sent.
fn compared(seen: &Value, count: usize) -> &'static str {
    let mut came: Vec<_> = calls(seen).collect();
    let mut sent: Vec<_> = CALLS[..count].iter().map(|call| (call.0.to_owned(), json(call.1))).collect();
    came.sort_by_key(|call| call.1.to_string());
    sent.sort_by_key(|call| call.1.to_string());
    match came.len() {
        _ if came == sent => "whole",
        more if more > count => "phantom call",
        _ if came.iter().all(|call| sent.contains(call)) => "call lost",
        _ => "wrong arguments",
    }
}

fn failed(text: &str, before: &str) -> &'static str {
    match before {
        "" => "error",
        before if text.starts_with(before) => "error, text kept",
        _ => "error, text lost",
    }
}

fn finish(seen: &Value) -> &str {
    seen["finish"].as_str().unwrap_or_default()
}

fn calls(seen: &Value) -> impl Iterator<Item = (String, Value)> {
    let calls = seen["calls"].as_array().into_iter().flatten();
    calls.map(|call| (call[0].as_str().unwrap_or_default().to_owned(), json(call[1].as_str().unwrap_or_default())))
}

/// Arguments that are not JSON are a text.
fn json(arguments: &str) -> Value {
    serde_json::from_str(arguments).unwrap_or_else(|_| Value::from(arguments))
}
