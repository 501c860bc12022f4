//! The streams, and the rule that judges what a client made of each.

use std::time::Duration;

use requesty_mock::{Ending, Script};
use serde_json::{Value, json};

/// What the good streams cost, in US dollars.
pub const COST: f64 = 0.00042;
/// The text of most streams, in its deltas.
pub const TEXT: [&str; 3] = ["one ", "two ", "three"];
/// Two calls, by name and arguments.
pub const CALLS: [(&str, &str); 2] = [("weather", r#"{"city":"Rome"}"#), ("weather", r#"{"city":"Oslo"}"#)];

/// A stream and its rule.
pub struct Case {
    /// The row of the table.
    pub title: &'static str,
    pub rule: Rule,
    pub script: fn() -> Script,
    /// The number of answers that the request asks for.
    pub n: u32,
}

/// What has to come out. The words are in `judge`.
#[derive(Clone, Copy)]
pub enum Rule {
    /// The text from `start` to `end`, and no error. If there is one, `before` came before its cause.
    Text { before: &'static str, start: &'static str, end: &'static str },
    /// The whole text and the cost.
    Cost,
    /// The whole text and the member `x_future`.
    Future,
    /// The first calls of `CALLS`, this many.
    Calls(usize),
    /// An error that holds these words, after this text.
    Error { after: &'static str, words: &'static str },
    /// One of `CALLS` in each of two answers.
    Answers,
    /// No call, as it was cut.
    NoCall,
}

/// Every stream, in the order of the table.
pub fn cases() -> Vec<Case> {
    let case = |title, rule, script| Case { title, rule, script, n: 1 };
    let whole = |before| Rule::Text { before, start: "one two three", end: "" };
    let bytes = Rule::Text { before: "", start: "Grüße, 🌍", end: "" };
    let odd = Rule::Text { before: "one ", start: "one t", end: "o three" };
    let error = |after, words| Rule::Error { after, words };
    vec![
        case("a good stream, with its cost in `usage`", Rule::Cost, || good().done()),
        case("a member that no version of the API has", Rule::Future, || {
            changed(|chunk| chunk["x_future"] = json!({"is": "kept"}))
        }),
        case("two calls whose deltas take turns", Rule::Calls(2), || calls([Some(0), Some(1)], true)),
        case("CR LF, one byte at a time", bytes, || {
            let chunks = [text("Grüße, "), text("🌍"), finish("stop"), usage()];
            let bytes: String = chunks.iter().map(|chunk| format!("data: {chunk}\r\n\r\n")).collect();
            (bytes + "data: [DONE]\r\n\r\n").bytes().fold(Script::sse(), |script, byte| script.send(vec![byte]))
        }),
        case("a byte order mark first", whole(""), || {
            let rest = [text("two "), text("three"), finish("stop"), usage()];
            events(Script::sse().send(format!("\u{feff}data: {}\n\n", text("one "))), &rest).done()
        }),
        case("`[DONE]`, and the connection stays open", whole("one two three"), || good().done().ending(Ending::Hold)),
        case("an event with empty data, to keep alive", whole("one "), || {
            let rest = [text("two "), text("three"), finish("stop"), usage()];
            events(events(Script::sse(), &[text("one ")]).send("data: \n\n"), &rest).done()
        }),
        case("a byte that is not UTF-8", odd, || {
            let odd = format!("data: {}\n\n", text("t?o ")).replace('?', "\u{1}").into_bytes();
            let odd: Vec<u8> = odd.into_iter().map(|byte| if byte == 1 { 0xff } else { byte }).collect();
            let script = events(Script::sse(), &[text("one ")]).send(odd).pause(PAUSE);
            events(script, &[text("three"), finish("stop"), usage()]).done()
        }),
        case("`id`, `created` and `model` are null", whole(""), || {
            changed(|chunk| ["id", "created", "model"].iter().for_each(|name| chunk[*name] = Value::Null))
        }),
        case("a clean end without a finish reason", error("one two three", ""), || {
            events(Script::sse(), &TEXT.map(text))
        }),
        case("the connection breaks", error("one two ", ""), || {
            events(Script::sse(), &[text("one "), text("two ")]).ending(Ending::Cut)
        }),
        case("an error object after two deltas", error("one two ", "upstream died"), || {
            failing(json!({"error": {"message": "upstream died", "type": "server_error", "code": 502}}))
        }),
        case("an error beside the finish reason `error`", error("one two ", "upstream died"), || {
            let mut chunk = finish("error");
            chunk["error"] = json!({"message": "upstream died", "code": 502});
            failing(chunk)
        }),
        case("an error as vLLM writes it", error("one two ", "upstream died"), || {
            failing(json!({"object": "error", "message": "upstream died", "type": "InternalServerError", "code": 500}))
        }),
        case("200 with an error in JSON, no stream", error("", "upstream died"), || {
            Script::json(200, &json!({"error": {"message": "upstream died", "type": "server_error", "code": 502}}))
        }),
        case("a call that `length` cuts", Rule::NoCall, || {
            let function = json!({"name": "weather", "arguments": ""});
            let opens = json!({"index": 0, "id": "call_1", "type": "function", "function": function});
            let part = json!({"index": 0, "function": {"arguments": r#"{"city":"Ro"#}});
            events(Script::sse(), &[tool(0, opens), tool(0, part), finish("length"), usage()]).done()
        }),
        case("arguments as an object", Rule::Calls(1), || {
            let function = json!({"name": "weather", "arguments": {"city": "Rome"}});
            let call = json!({"index": 0, "id": "call_1", "type": "function", "function": function});
            events(Script::sse(), &[tool(0, call), finish("tool_calls"), usage()]).done()
        }),
        case("two calls without an index", Rule::Calls(2), || calls([None, None], false)),
        case("two calls from index 1 on", Rule::Calls(2), || calls([Some(1), Some(2)], false)),
        Case {
            title: "two answers that take turns, a call in each",
            rule: Rule::Answers,
            n: 2,
            script: || {
                let mut chunks = Vec::new();
                for round in 0..3 {
                    for (choice, (name, arguments)) in (0_usize..).zip(CALLS) {
                        chunks.push(tool(choice, fragment(Some(0), choice, name, arguments, round)));
                    }
                }
                for choice in 0..2 {
                    chunks.push(chunk(json!([{"index": choice, "delta": {}, "finish_reason": "tool_calls"}])));
                }
                chunks.push(usage());
                events(Script::sse(), &chunks).done()
            },
        },
    ]
}

/// Between two events, so that a client sees them one after the other.
const PAUSE: Duration = Duration::from_millis(4);

fn events(script: Script, chunks: &[Value]) -> Script {
    chunks.iter().fold(script, |script, chunk| script.event(chunk).pause(PAUSE))
}

fn good() -> Script {
    changed_chunks(|_| ())
}

fn changed(change: fn(&mut Value)) -> Script {
    changed_chunks(change).done()
}

fn changed_chunks(change: fn(&mut Value)) -> Script {
    let mut chunks: Vec<Value> = TEXT.map(text).into_iter().chain([finish("stop"), usage()]).collect();
    chunks.iter_mut().for_each(change);
    events(Script::sse(), &chunks)
}

fn failing(error: Value) -> Script {
    events(Script::sse(), &[text("one "), text("two "), error]).done()
}

/// Two calls with an id each, under these indexes; their deltas take turns or come one call after the other.
fn calls(indexes: [Option<u64>; 2], in_turns: bool) -> Script {
    let of_call = |call: usize, round: usize| {
        let (name, arguments) = CALLS[call];
        tool(0, fragment(indexes[call], call, name, arguments, round))
    };
    let order = if in_turns {
        [(0, 0), (1, 0), (0, 1), (1, 1), (0, 2), (1, 2)]
    } else {
        [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]
    };
    let mut chunks: Vec<Value> = order.iter().map(|(call, round)| of_call(*call, *round)).collect();
    chunks.extend([finish("tool_calls"), usage()]);
    events(Script::sse(), &chunks).done()
}

/// The opening of a call in round 0, and a half of its arguments in rounds 1 and 2.
fn fragment(index: Option<u64>, call: usize, name: &str, arguments: &str, round: usize) -> Value {
    let (front, back) = arguments.split_at(arguments.len() / 2);
    let mut fragment = match round {
        0 => json!({"id": format!("call_{call}"), "type": "function", "function": {"name": name, "arguments": ""}}),
        1 => json!({"function": {"arguments": front}}),
        _ => json!({"function": {"arguments": back}}),
    };
    if let Some(index) = index {
        fragment["index"] = json!(index);
    }
    fragment
}

fn text(text: &str) -> Value {
    chunk(json!([{"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": null}]))
}

fn tool(choice: usize, fragment: Value) -> Value {
    let delta = json!({"role": "assistant", "content": null, "tool_calls": [fragment]});
    chunk(json!([{"index": choice, "delta": delta, "finish_reason": null}]))
}

fn finish(reason: &str) -> Value {
    chunk(json!([{"index": 0, "delta": {}, "finish_reason": reason}]))
}

fn usage() -> Value {
    let mut chunk = chunk(json!([]));
    chunk["usage"] = json!({"prompt_tokens": 10, "completion_tokens": 3, "total_tokens": 13, "cost": COST});
    chunk
}

fn chunk(choices: Value) -> Value {
    let created = 1_752_192_130;
    json!({"id": "gen-1", "object": "chat.completion.chunk", "created": created, "model": "mock", "choices": choices})
}
