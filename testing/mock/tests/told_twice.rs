//! Streamed and whole, a scenario gives the same answer; and it comes out as its entry says.
//!
//! The joiner here is written for the tests alone, from the descriptions of the wire, so that the scenarios are not
//! checked by the code that made them.

use requesty_mock::{Ask, Outcome, Response, Scenario, scenarios};
use serde_json::{Map, Value, json};

/// Scenarios in which a byte sent cannot be told by `serde_json`, or is not the one in the whole answer.
const UNLIKE: [&str; 3] = ["mock/surrogate-pair", "mock/lone-surrogate", "mock/bad-byte"];

#[test]
fn streamed_adds_up_to_whole() {
    let mut checked = 0;
    for scenario in scenarios() {
        let good = matches!(scenario.outcome(), Outcome::Complete | Outcome::Stopped | Outcome::RetryThenOk);
        if !good || UNLIKE.contains(&scenario.name()) {
            continue;
        }
        // A sequence's success is its last script.
        let streamed = play(scenario, true, 9).body();
        if streamed.starts_with(b"{") {
            continue;
        }
        let whole: Value = serde_json::from_slice(&play(scenario, false, 9).body()).unwrap();
        let joined = join(&events(&streamed));
        let choices = whole["choices"].as_array().unwrap();
        assert_eq!(joined.choices.len(), choices.len(), "{}", scenario.name());
        for (choice, told) in joined.choices.iter().zip(choices) {
            compare(scenario.name(), choice, told);
        }
        assert_eq!(joined.usage, some(&whole["usage"]), "{}", scenario.name());
        for name in ["citations", "search_results", "grounding_metadata"] {
            assert_eq!(joined.root.get(name), whole.get(name), "{}: {name}", scenario.name());
        }
        checked += 1;
    }
    assert!(checked > 100, "{checked}");
}

#[test]
fn scenarios_come_out_as_their_entries_say() {
    for scenario in scenarios() {
        let name = scenario.name();
        let reply = play(scenario, true, 0);
        let body = reply.body();
        let joined = join(&events(&body));
        let finished = joined.choices.iter().any(|choice| choice.finish.is_some());
        let held = !matches!(scenario.outcome(), Outcome::HttpError | Outcome::RetryThenOk);
        assert!(!held || (200..300).contains(&reply.status), "{name}");
        match scenario.outcome() {
            Outcome::Complete | Outcome::Stopped => assert!(finished || body.starts_with(b"{"), "{name}"),
            Outcome::Truncated | Outcome::Stall => assert!(!finished && joined.errors == 0, "{name}"),
            Outcome::InBandError => assert!(joined.errors > 0 || body.starts_with(b"{\"error\""), "{name}"),
            Outcome::HttpError => assert!(reply.status >= 300, "{name}"),
            Outcome::Transport => assert!(body.is_empty(), "{name}"),
            Outcome::RetryThenOk => {
                assert!(!finished, "{name}");
                let last = join(&events(&play(scenario, true, 9).body()));
                assert!(last.choices[0].finish.is_some(), "{name}");
            }
            _ => {}
        }
    }
}

#[test]
fn odd_bytes_are_where_they_should_be() {
    let body = |name: &str| {
        let scenario = requesty_mock::find(name).unwrap();
        play(scenario, true, 0).body()
    };
    let joined = join(&events(&body("mock/bad-byte")));
    assert_eq!(joined.choices[0].text("content"), "good \u{fffd} good");
    let pair = String::from_utf8(body("mock/surrogate-pair")).unwrap();
    assert!(pair.contains(r#""Hello \ud83c""#) && pair.contains(r#""\udf0d!""#));
    assert!(String::from_utf8(body("mock/cr")).unwrap().find('\n').is_none());
    assert!(body("mock/bom").starts_with(b"\xef\xbb\xbfdata: "));
    assert!(body("mock/done-no-newline").ends_with(b"\n\ndata: [DONE]"));
    assert!(body("mock/unfinished-event").ends_with(b"}\n") && !body("mock/unfinished-event").ends_with(b"\n\n"));
    assert!(body("mock/big-chunk").len() > 200_000);
    assert_eq!(events(&body("mock/many-chunks")).len(), 12_000 + 3);
}

#[test]
fn structured_output_fits_the_schema() {
    let mut body = json!({"model": "mock/structured", "messages": [{"role": "user", "content": "Go."}]});
    body["response_format"] = json!({"type": "json_schema", "json_schema": {"name": "x", "schema": {
        "type": "object", "required": ["city", "sunny", "days"], "$defs": {"day": {"type": "integer", "minimum": 3}},
        "properties": {"city": {"enum": ["Rome", "Oslo"]}, "sunny": {"type": "boolean"}, "skip": {"type": "string"},
            "days": {"type": "array", "items": {"$ref": "#/$defs/day"}}}}}});
    let reply = requesty_mock::find("mock/structured").unwrap().script(&Ask::from_body(body)).response(false, 0);
    let whole: Value = serde_json::from_slice(&reply.body()).unwrap();
    let content: Value = serde_json::from_str(whole["choices"][0]["message"]["content"].as_str().unwrap()).unwrap();
    assert_eq!(content, json!({"city": "Rome", "sunny": true, "days": [3]}));
}

fn play(scenario: &Scenario, stream: bool, nth: usize) -> Response {
    scenario.script(&Ask::new(scenario.name(), stream)).response(stream, nth)
}

/// Splits a body into events: name and data. An event without a blank line counts at the end.
fn events(body: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(body);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text).replace("\r\n", "\n").replace('\r', "\n");
    let mut events = Vec::new();
    for block in text.split("\n\n") {
        let (mut name, mut data) = (String::new(), Vec::new());
        for line in block.split('\n') {
            let (field, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match field {
                "event" => value.clone_into(&mut name),
                "data" => data.push(value),
                _ => {}
            }
        }
        if !data.is_empty() {
            events.push((name, data.join("\n")));
        }
    }
    events
}

#[derive(Debug, Default)]
struct Joined {
    choices: Vec<Choice>,
    usage: Option<Value>,
    root: Map<String, Value>,
    errors: usize,
}

#[derive(Debug, Default)]
struct Choice {
    /// Members that are texts or lists, joined.
    members: Map<String, Value>,
    calls: Vec<Call>,
    finish: Option<String>,
}

#[derive(Debug, Default, PartialEq)]
struct Call {
    index: Option<u64>,
    id: String,
    name: String,
    arguments: String,
    extra: Value,
}

impl Choice {
    fn text(&self, name: &str) -> &str {
        self.members.get(name).and_then(Value::as_str).unwrap_or("")
    }
}

fn some(value: &Value) -> Option<Value> {
    let there = value.as_object().is_some_and(|members| !members.is_empty());
    there.then(|| value.clone())
}

fn join(events: &[(String, String)]) -> Joined {
    let mut joined = Joined::default();
    for (name, data) in events {
        if data.trim() == "[DONE]" {
            break;
        }
        let Ok(chunk) = serde_json::from_str::<Value>(data) else { continue };
        let choices = chunk["choices"].as_array().map_or(&[][..], Vec::as_slice);
        let told = !chunk["error"].is_null() || chunk["type"] == "error" || chunk["object"] == "error";
        let inside = choices.iter().any(|choice| !choice["error"].is_null());
        joined.errors += usize::from(name == "error" || told || inside);
        joined.usage = some(&chunk["usage"]).or(joined.usage);
        for (name, value) in chunk.as_object().into_iter().flatten() {
            joined.root.insert(name.clone(), value.clone());
        }
        for choice in choices {
            let at = usize::try_from(choice["index"].as_u64().unwrap_or(0)).unwrap();
            assert!(at < 8);
            joined.choices.resize_with(joined.choices.len().max(at + 1), Choice::default);
            let into = &mut joined.choices[at];
            let finish = choice["finish_reason"].as_str().filter(|reason| !reason.is_empty());
            into.finish = finish.map(str::to_owned).or(into.finish.take());
            for (name, value) in choice["delta"].as_object().into_iter().flatten() {
                if name == "tool_calls" {
                    value.as_array().into_iter().flatten().for_each(|fragment| add_call(&mut into.calls, fragment));
                } else {
                    merge(into.members.entry(name.clone()).or_insert(Value::Null), value);
                }
            }
        }
    }
    joined
}

/// Joins texts and lists; objects member by member.
fn merge(into: &mut Value, value: &Value) {
    match (into, value) {
        (Value::String(text), Value::String(more)) => text.push_str(more),
        (Value::Array(items), Value::Array(more)) => items.extend(more.iter().cloned()),
        (Value::Object(members), Value::Object(more)) => {
            for (name, value) in more {
                merge(members.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
        (_, Value::Null) => {}
        (into, value) => *into = value.clone(),
    }
}

fn add_call(calls: &mut Vec<Call>, fragment: &Value) {
    let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
    let (id, name) = (text(&fragment["id"]), text(&fragment["function"]["name"]));
    let index = match &fragment["index"] {
        Value::String(digits) => digits.parse().ok(),
        number => number.as_f64().map(|number| number as u64),
    };
    let known = (!id.is_empty()).then(|| calls.iter().position(|call| call.id == id)).flatten();
    let same_index = index.and_then(|index| calls.iter().rposition(|call| call.index == Some(index)));
    let at = known.or_else(|| match same_index {
        Some(at) => {
            let call = &calls[at];
            let whole = serde_json::from_str::<Value>(&call.arguments).is_ok();
            let another = !id.is_empty() && !call.id.is_empty() && !name.is_empty() && (name != call.name || whole);
            (!another).then_some(at)
        }
        None if index.is_none() && id.is_empty() && name.is_empty() => calls.len().checked_sub(1),
        None => None,
    });
    let at = at.unwrap_or_else(|| {
        calls.push(Call { index, ..Call::default() });
        calls.len() - 1
    });
    let call = &mut calls[at];
    if call.id.is_empty() {
        call.id = id;
    }
    if call.name != name {
        call.name.push_str(&name);
    }
    match &fragment["function"]["arguments"] {
        Value::String(more) => call.arguments.push_str(more),
        Value::Null => {}
        value => call.arguments.push_str(&value.to_string()),
    }
    if !fragment["extra_content"].is_null() {
        call.extra = fragment["extra_content"].clone();
    }
}

fn compare(name: &str, joined: &Choice, told: &Value) {
    let message = &told["message"];
    assert_eq!(joined.finish.as_deref(), told["finish_reason"].as_str(), "{name}");
    let members = [
        "content",
        "reasoning",
        "reasoning_content",
        "reasoning_signature",
        "reasoning_details",
        "refusal",
        "annotations",
        "web_search",
        "images",
        "function_call",
    ];
    for member in members {
        let value = joined.members.get(member).unwrap_or(&Value::Null);
        assert_eq!(value, &message[member], "{name}: {member}");
    }
    let calls = message["tool_calls"].as_array().map_or(&[][..], Vec::as_slice);
    assert_eq!(joined.calls.len(), calls.len(), "{name}");
    for (call, told) in joined.calls.iter().zip(calls) {
        let arguments = match &told["function"]["arguments"] {
            Value::String(text) => text.clone(),
            value => value.to_string(),
        };
        let told_name = told["function"]["name"].as_str().unwrap();
        assert_eq!((call.id.as_str(), call.name.as_str()), (told["id"].as_str().unwrap_or(""), told_name), "{name}");
        assert_eq!((&call.arguments, &call.extra), (&arguments, &told["extra_content"]), "{name}");
    }
}
