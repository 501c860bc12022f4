//! What was spent: counted from the replies that a key was given.

use serde_json::{Map, Value, json};

use super::money::Money;
use super::{Management, Question, missing};
use crate::script::{Response, Script};

/// One request that a key was used for.
#[derive(Debug, Clone)]
pub(super) struct Use {
    /// The counter that it belongs to.
    counter: &'static str,
    key_id: String,
    model: String,
    cost: Money,
    input: u64,
    output: u64,
}

/// The counters of requests by their kind.
pub(super) const COUNTERS: [&str; 5] =
    ["completions_requests", "embedding_requests", "image_requests", "speech_requests", "transcription_requests"];

impl Use {
    /// Reads what a request cost from its reply, streamed or not.
    pub(super) fn of(counter: &'static str, key_id: &str, model: &str, reply: &Response) -> Self {
        let body = String::from_utf8_lossy(&reply.body()).into_owned();
        let tokens = |names: [&str; 2]| {
            let found = names.iter().find_map(|name| number(&body, name)?.parse().ok());
            found.unwrap_or(0)
        };
        Use {
            counter,
            key_id: key_id.to_owned(),
            model: model.to_owned(),
            cost: number(&body, "cost").and_then(Money::parse).unwrap_or(Money::MILL),
            input: tokens(["prompt_tokens", "input_tokens"]),
            output: tokens(["completion_tokens", "output_tokens"]),
        }
    }

    pub(super) fn cost(&self) -> Money {
        self.cost
    }

    fn value(&self, dimension: &str) -> Value {
        match dimension {
            "model_requested" | "model_used" => json!(self.model),
            "provider_used" => json!(self.model.split('/').next()),
            "is_byok" => json!(false),
            "api_key_id" => json!(self.key_id),
            "group_id" => json!("group-1"),
            _ => Value::Null,
        }
    }
}

/// Returns the number that stands last under a name.
fn number<'a>(body: &'a str, name: &str) -> Option<&'a str> {
    let name = format!("\"{name}\":");
    let rest = body.get(body.rfind(&name)? + name.len()..)?.trim_start();
    let end = rest.find(|char: char| !matches!(char, '0'..='9' | '.' | '-' | '+' | 'e' | 'E')).unwrap_or(rest.len());
    rest.get(..end).filter(|number| !number.is_empty())
}

/// Answers what one key used.
pub(super) fn of_key(state: &Management, question: &Question<'_>, id: &str, complaints: &mut Vec<String>) -> Script {
    const DIMENSIONS: &[&str] =
        &["user_id", "model_requested", "model_used", "provider_used", "is_byok", "origin_title"];
    match state.named(id, question.key()) {
        Some(key) => report(&key.uses.iter().collect::<Vec<_>>(), question, DIMENSIONS, complaints),
        None if id == "self" => report(&[], question, DIMENSIONS, complaints),
        None => missing("API key"),
    }
}

/// Answers what all keys used; those that are deleted are forgotten.
pub(super) fn of_organization(state: &Management, question: &Question<'_>, complaints: &mut Vec<String>) -> Script {
    const DIMENSIONS: &[&str] = &[
        "user_id",
        "model_requested",
        "model_used",
        "provider_used",
        "is_byok",
        "origin_title",
        "group_name",
        "group_id",
        "api_key_id",
    ];
    let uses: Vec<&Use> = state.keys.iter().flat_map(|key| &key.uses).collect();
    report(&uses, question, DIMENSIONS, complaints)
}

/// Reports uses as one period, whatever the resolution: they are all of this moment.
fn report(uses: &[&Use], question: &Question<'_>, dimensions: &[&str], complaints: &mut Vec<String>) -> Script {
    let values = |name: &'static str| question.query.iter().filter(move |pair| pair.0 == name).map(|pair| &*pair.1);
    let is_instant = |text: &str| text.len() >= 20 && text.contains('T');
    let start = values("start").next().unwrap_or_default();
    if !is_instant(start) {
        complaints.push("start: an RFC 3339 instant is required, in the query".to_owned());
    }
    if values("end").any(|end| !is_instant(end)) {
        complaints.push("end: not an RFC 3339 instant".to_owned());
    }
    if values("resolution").any(|resolution| !["hour", "day", "month"].contains(&resolution)) {
        complaints.push("resolution: not hour, day or month".to_owned());
    }
    let wanted: Vec<&str> = values("group_by").flat_map(|names| names.split(',')).collect();
    for name in wanted.iter().filter(|name| !dimensions.contains(name) && !name.starts_with("extra.")) {
        complaints.push(format!("group_by: {name} is not a dimension"));
    }
    let mut period = counters(uses, true);
    if !wanted.is_empty() {
        let mut groups: Vec<(Value, Vec<&Use>)> = Vec::new();
        for each in uses {
            let values: Map<String, Value> = wanted.iter().map(|name| ((*name).to_owned(), each.value(name))).collect();
            let values = Value::Object(values);
            match groups.iter_mut().find(|(known, _)| *known == values) {
                Some((_, uses)) => uses.push(*each),
                None => groups.push((values, vec![*each])),
            }
        }
        let rows = groups.into_iter().map(|(values, uses)| {
            let mut row = counters(&uses, false);
            row["group_by_values"] = values;
            row
        });
        period["grouped_data"] = rows.collect();
    }
    Script::json(200, &json!({"usage": {start: period}}))
}

/// Adds uses up; a row of a breakdown has fewer counters than a period.
fn counters(uses: &[&Use], all: bool) -> Value {
    let (mut spend, mut input, mut output) = (Money::default(), 0, 0);
    for each in uses {
        spend += each.cost;
        input += each.input;
        output += each.output;
    }
    let mut sum = json!({"total_requests": uses.len(), "spend": spend.string(), "total_tokens": input + output});
    if all {
        for counter in COUNTERS {
            sum[counter] = json!(uses.iter().filter(|each| each.counter == counter).count());
        }
        sum["input_tokens"] = json!(input);
        sum["output_tokens"] = json!(output);
    }
    sum
}
