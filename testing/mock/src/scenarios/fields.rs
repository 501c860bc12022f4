//! Fields that are missing, null, or of another type; text with odd escapes.

use serde_json::{Value, json};

use super::{Outcome, Scenario};
use crate::answer::Answer;
use crate::ask::Ask;
use crate::script::{DONE, Script};

pub(super) fn table() -> Vec<Scenario> {
    let good = |name: &str, about: &str, make| Scenario::new(name, about, Outcome::Complete, make);
    vec![
        good("mock/surrogate-pair", "An escaped surrogate pair cut between two deltas.", |ask| {
            escaped(ask, &[r"Hello \ud83c", r"\udf0d!"], r"Hello \ud83c\udf0d!")
        }),
        good("mock/lone-surrogate", "An escaped high surrogate whose other half never comes.", |ask| {
            escaped(ask, &[r"a\ud83d", "x"], r"a\ud83dx")
        }),
        good("mock/finish-empty", "`finish_reason` is \"\" on each chunk but the last.", |ask| {
            each_choice(ask, |choice| set_default(choice, "finish_reason", json!("")))
        }),
        good("mock/finish-null", "`finish_reason`, `logprobs` and `usage` are null until they are set.", |ask| {
            each(ask, |chunk| {
                set_default(chunk, "usage", Value::Null);
                if let Some(choice) = chunk["choices"].get_mut(0) {
                    set_default(choice, "finish_reason", Value::Null);
                    set_default(choice, "logprobs", Value::Null);
                }
            })
        }),
        good("mock/finish-unknown", "An unknown finish reason.", |ask| {
            Answer::gateway(ask).finish("eos_token").script()
        }),
        good("mock/null-ids", "`id`, `created`, `model` and `object` are null.", |ask| {
            each(ask, |chunk| ["id", "created", "model", "object"].iter().for_each(|key| chunk[*key] = Value::Null))
        }),
        good("mock/no-ids", "No `id`, `created`, `model` or `object`.", |ask| {
            each(ask, |chunk| ["id", "created", "model", "object"].iter().for_each(|key| remove(chunk, key)))
        }),
        good("mock/no-choice-index", "Choices without `index`.", |ask| {
            each_choice(ask, |choice| remove(choice, "index"))
        }),
        good("mock/null-delta", "Chunks whose delta is null, missing or full of nulls.", |ask| {
            let answer = Answer::gateway(ask);
            let mut chunks = answer.chunks();
            let nulls = json!({"content": null, "role": null, "tool_calls": null, "reasoning_content": null});
            chunks.insert(1, answer.delta(Value::Null));
            chunks.insert(2, answer.chunk(json!([{"index": 0}])));
            chunks.insert(3, answer.delta(nulls));
            chunks.insert(4, answer.chunk(Value::Null));
            answer.script_with(&chunks)
        }),
        good("mock/role-empty", "`role` is \"\" on each delta.", |ask| {
            each_choice(ask, |choice| {
                if choice["delta"].is_object() {
                    choice["delta"]["role"] = json!("");
                }
            })
        }),
        good("mock/error-null", "`error` is null on every chunk, which is no error.", |ask| {
            each(ask, |chunk| chunk["error"] = Value::Null)
        }),
        good("mock/usage-empty", "`usage` is {}.", |ask| with_usage(ask, json!({}))),
        good("mock/usage-null", "`usage` is null.", |ask| with_usage(ask, Value::Null)),
        good("mock/usage-no-total", "`usage` without `total_tokens`.", |ask| {
            with_usage(ask, json!({"prompt_tokens": 11, "completion_tokens": 7}))
        }),
        good("mock/usage-null-details", "Details, and what is in them, are null.", |ask| {
            let details = json!({"cached_tokens": null, "caching_tokens": null});
            with_usage(
                ask,
                json!({"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18,
                    "prompt_tokens_details": details, "completion_tokens_details": null}),
            )
        }),
        good("mock/usage-floats", "Token counts as floats and text.", |ask| {
            with_usage(ask, json!({"prompt_tokens": 11.0, "completion_tokens": "7", "total_tokens": 18.5}))
        }),
        good("mock/cost-string", "`cost` as text.", |ask| {
            with_usage(
                ask,
                json!({"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18, "cost": "0.000123"}),
            )
        }),
        good("mock/created-float", "`created` as a float.", |ask| {
            each(ask, |chunk| chunk["created"] = json!(1_752_192_130.5))
        }),
        good("mock/created-millis", "`created` in milliseconds.", |ask| {
            each(ask, |chunk| chunk["created"] = json!(1_752_978_879_176_u64))
        }),
        good("mock/unknown-fields", "Unknown fields at every level.", |ask| each(ask, |chunk| add_unknown(chunk, 0))),
        good("mock/bad-event", "An event that is no JSON between good ones.", |ask| {
            let answer = Answer::gateway(ask);
            let chunks = answer.chunks();
            let script = Script::sse().events(&chunks[..2]).send("data: {\"choices\":[{\"delta\":\n\n");
            answer.streamed_as(script.events(&chunks[2..]).send(DONE))
        }),
        good("mock/odd-event", "An event that is JSON but no chunk: a number, a list, a text.", |ask| {
            let answer = Answer::gateway(ask);
            let chunks = answer.chunks();
            let script = Script::sse().events(&chunks[..2]).send("data: 7\n\ndata: []\n\ndata: \"hello\"\n\n");
            answer.streamed_as(script.events(&chunks[2..]).send(DONE))
        }),
    ]
}

fn set_default(object: &mut Value, key: &str, value: Value) {
    if let Some(members) = object.as_object_mut() {
        members.entry(key).or_insert(value);
    }
}

fn remove(object: &mut Value, key: &str) {
    if let Some(members) = object.as_object_mut() {
        members.remove(key);
    }
}

/// Changes every chunk, and the whole body in the same way.
fn each(ask: &Ask, change: fn(&mut Value)) -> Script {
    let answer = Answer::gateway(ask);
    let mut chunks = answer.chunks();
    chunks.iter_mut().for_each(change);
    let mut whole = answer.whole();
    change(&mut whole);
    Script::by_mode(answer.script_with(&chunks), Script::json(200, &whole))
}

/// Changes every choice of every chunk, and of the whole body.
fn each_choice(ask: &Ask, change: fn(&mut Value)) -> Script {
    let answer = Answer::gateway(ask);
    let mut chunks = answer.chunks();
    let mut whole = answer.whole();
    for body in chunks.iter_mut().chain([&mut whole]) {
        if let Some(choices) = body["choices"].as_array_mut() {
            choices.iter_mut().for_each(change);
        }
    }
    Script::by_mode(answer.script_with(&chunks), Script::json(200, &whole))
}

/// Sends this usage in a chunk after the finish reason, asked for or not.
fn with_usage(ask: &Ask, usage: Value) -> Script {
    let answer = Answer::gateway(ask);
    let mut chunks = answer.delta_chunks();
    chunks.extend(answer.finish_chunks());
    let mut last = answer.chunk(json!([]));
    last["usage"] = usage.clone();
    chunks.push(last);
    let mut whole = answer.whole();
    whole["usage"] = usage;
    Script::by_mode(answer.script_with(&chunks), Script::json(200, &whole))
}

/// Sends text with escapes as given, which no JSON serializer would write.
fn escaped(ask: &Ask, deltas: &[&str], whole: &str) -> Script {
    const MARK: &str = "PUT-HERE";
    let answer = Answer::text(ask, MARK);
    let chunks = answer.chunks();
    let mut script = Script::sse();
    for delta in deltas {
        script = script.send(format!("data: {}\n\n", chunks[0].to_string().replace(MARK, delta)));
    }
    let whole = answer.whole().to_string().replace(MARK, whole);
    Script::by_mode(script.events(&chunks[1..]).done(), Script::text(200, "application/json", whole))
}

/// Adds an unknown member to every object.
fn add_unknown(value: &mut Value, depth: u32) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(|member| add_unknown(member, depth + 1));
            members.insert("x_future".to_owned(), json!({"depth": depth, "list": [1, null, "two"]}));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| add_unknown(item, depth + 1)),
        _ => {}
    }
}
