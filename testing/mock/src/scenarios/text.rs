//! Plain text, and the shapes in which usage comes with it.

use serde_json::{Value, json};

use super::{Outcome, Scenario, ms};
use crate::answer::{Answer, CREATED, Choice, GATEWAY};
use crate::ask::Ask;
use crate::script::Script;

pub(super) fn table() -> Vec<Scenario> {
    use Outcome::{Complete, Stopped};
    vec![
        Scenario::new("mock/text", "Text in word-size deltas 5 ms apart, with usage and cost.", Complete, lively),
        Scenario::new("mock/requesty", "Role and cumulative usage on every chunk, as recorded.", Complete, requesty),
        Scenario::new("mock/one-chunk", "Content, finish reason and usage in one chunk.", Complete, one_chunk),
        Scenario::new("mock/paced-N", "The text with N ms before each token.", Complete, |ask| {
            Answer::gateway(ask).pace(ms(ask.number().unwrap_or(20).min(60_000))).script()
        }),
        Scenario::new("mock/echo", "Says the last user message back.", Complete, |ask| {
            Answer::text(ask, &ask.last_user_text()).script()
        }),
        Scenario::new("mock/length", "Stops in mid-sentence for `length`.", Stopped, |ask| {
            Answer::text(ask, "An LLM gateway is a service that sits between").finish("length").script()
        }),
        Scenario::new("mock/content-filter", "Stops for `content_filter`.", Stopped, |ask| {
            Answer::text(ask, "I can tell you that").finish("content_filter").script()
        }),
        Scenario::new("mock/choices", "Two choices that take turns (n=2).", Complete, |ask| {
            let second = "A gateway is one door to many models. It counts, caches and retries.";
            Answer::of(ask, vec![Choice::text(GATEWAY), Choice::text(second)]).script()
        }),
        Scenario::new("mock/literal-escape", "Text that holds a backslash and an n, not a newline.", Complete, |ask| {
            Answer::text(ask, r#"In C: printf("a\nb"); prints two lines, and "\\n" is three characters."#).script()
        }),
        Scenario::new("mock/empty-text", "A finished answer without any text.", Complete, |ask| {
            Answer::new(ask, json!({"role": "assistant", "content": ""}), vec![json!({"content": ""})], "stop").script()
        }),
        Scenario::new("mock/caching", "Usage with cache reads, cache writes and reasoning tokens.", Complete, |ask| {
            let usage = json!({
                "prompt_tokens": 3010, "completion_tokens": 50, "total_tokens": 3060, "cost": 0.0123,
                "prompt_tokens_details": {"cached_tokens": 0, "caching_tokens": 2755,
                    "caching_token_details": {"caching_5m_tokens": 2755, "caching_1h_tokens": 0}},
                "completion_tokens_details": {"reasoning_tokens": 127},
            });
            Answer::gateway(ask).usage(usage).script()
        }),
        Scenario::new("mock/usage-empty-delta", "The usage chunk has a choice with an empty delta.", Complete, |ask| {
            usage_last(ask, |chunk| chunk["choices"] = json!([{"index": 0, "delta": {}}]))
        }),
        Scenario::new("mock/usage-no-choices", "The usage chunk has no `choices` at all.", Complete, |ask| {
            usage_last(ask, |chunk| {
                if let Some(members) = chunk.as_object_mut() {
                    members.remove("choices");
                }
            })
        }),
        Scenario::new("mock/usage-on-finish", "Usage rides on the finish chunk.", Complete, |ask| {
            let answer = Answer::gateway(ask);
            let mut chunks = answer.delta_chunks();
            chunks.extend(answer.finish_chunks());
            if let Some(last) = chunks.last_mut() {
                last["usage"] = answer.usage.clone();
            }
            answer.script_with(&chunks)
        }),
        Scenario::new("mock/usage-first", "The usage chunk comes before any delta.", Complete, |ask| {
            let answer = Answer::gateway(ask);
            let mut chunks = vec![answer.usage_chunk()];
            chunks.extend(answer.delta_chunks());
            chunks.extend(answer.finish_chunks());
            answer.script_with(&chunks)
        }),
        Scenario::new("mock/usage-then-empty", "Usage, then a later chunk with `usage: {}`.", Complete, |ask| {
            let answer = Answer::gateway(ask);
            let mut chunks = answer.delta_chunks();
            chunks.extend(answer.finish_chunks());
            chunks.push(answer.usage_chunk());
            let mut empty = answer.chunk(json!([]));
            empty["usage"] = json!({});
            chunks.push(empty);
            answer.script_with(&chunks)
        }),
    ]
}

/// The text at a pace that looks alive.
pub(super) fn lively(ask: &Ask) -> Script {
    Answer::gateway(ask).pace(ms(5)).script()
}

/// Sends the usage chunk after a change, whether or not the request asks for usage.
fn usage_last(ask: &Ask, change: fn(&mut Value)) -> Script {
    let answer = Answer::gateway(ask);
    let mut chunks = answer.delta_chunks();
    chunks.extend(answer.finish_chunks());
    let mut usage = answer.usage_chunk();
    change(&mut usage);
    chunks.push(usage);
    answer.script_with(&chunks)
}

/// The recorded shape: role and running usage everywhere, a total that is not the sum, no `finish_reason` key until the
/// last chunk, which has content too.
fn requesty(ask: &Ask) -> Script {
    const HIDDEN: u64 = 1233;
    let names = ["*   Nigel\n*   ", "Bill", "\n*   ", "Pelly", " Can"];
    let count = names.len() as u64;
    let usage = |done: u64| json!({"completion_tokens": done, "prompt_tokens": 11, "total_tokens": 11 + done + HIDDEN});
    let message = json!({"role": "assistant", "content": names.concat()});
    let answer = Answer::new(ask, message, Vec::new(), "stop").usage(usage(count));
    let chunks: Vec<Value> = (1u64..)
        .zip(names)
        .map(|(done, name)| {
            let mut choice = json!({"delta": {"content": name, "role": "assistant"}, "index": 0});
            if done == count {
                choice["finish_reason"] = json!("stop");
            }
            let mut chunk = answer.chunk(json!([choice]));
            chunk["usage"] = usage(done);
            chunk
        })
        .collect();
    answer.script_with(&chunks)
}

fn one_chunk(ask: &Ask) -> Script {
    let answer = Answer::gateway(ask);
    let mut chunk = answer.delta(json!({"role": "assistant", "content": GATEWAY}));
    chunk["choices"][0]["finish_reason"] = json!("stop");
    chunk["usage"] = answer.usage.clone();
    chunk["created"] = json!(CREATED);
    answer.script_with(&[chunk])
}
