//! Tool calls, and the ways their deltas go wrong.

use serde_json::{Value, json};

use super::{Outcome, Scenario};
use crate::answer::Answer;
use crate::ask::{Ask, list};
use crate::schema;
use crate::script::{Ending, Script};

pub(super) fn table() -> Vec<Scenario> {
    use Outcome::{Complete, Stopped, Truncated};
    let odd = |name: &str, about: &str, make| Scenario::new(name, about, Complete, make);
    vec![
        odd("mock/tools", "Two parallel calls of the tools offered, then text from their results.", parallel),
        odd("mock/tool", "One call, then text from its result.", |ask| {
            let call = Call::first(ask);
            call.tell(ask, vec![call.opens(0), call.args(0, 0, 2), call.args(0, 1, 2)])
        }),
        odd("mock/tool-signature", "A call with reasoning whose signature must come back.", signature),
        odd("mock/tool-extra-content", "A thought signature on a trailing delta without an index.", extra_content),
        odd("mock/tool-no-index", "No `index` on any fragment.", |ask| {
            let call = Call::first(ask);
            let bare = |part| json!({"function": {"arguments": call.part(part, 2)}});
            let opens = json!({"id": call.id, "type": "function", "function": {"name": call.name, "arguments": ""}});
            call.tell(ask, vec![opens, bare(0), bare(1)])
        }),
        odd("mock/tool-repeated-ids", "Id, type and name repeated on every fragment.", |ask| {
            let call = Call::first(ask);
            let repeat = |part| {
                json!({"index": 0, "id": call.id, "type": "function",
                    "function": {"name": call.name, "arguments": call.part(part, 3)}})
            };
            call.tell(ask, vec![repeat(0), repeat(1), repeat(2)])
        }),
        odd("mock/tool-fresh-ids", "A fresh id and no name on every later fragment: one call.", |ask| {
            let call = Call::first(ask);
            let fresh = |part: usize| {
                json!({"index": 0, "id": format!("call_fresh_{part}"), "type": "function",
                    "function": {"name": null, "arguments": call.part(part, 2)}})
            };
            call.tell(ask, vec![call.opens(0), fresh(0), fresh(1)])
        }),
        odd("mock/tool-same-index", "Calls of two tools with their own ids, both at index 0.", |ask| {
            let [first, mut second] = Call::two(ask);
            if ask.tools().is_empty() {
                second.name = "get_time".to_owned();
            }
            same_index(ask, &first, &second)
        }),
        odd("mock/tool-same-index-same-name", "Two calls of one tool, both at index 0.", |ask| {
            let [first, second] = Call::two(ask);
            same_index(ask, &first, &Call { name: first.name.clone(), arguments: second.arguments, ..second })
        }),
        odd("mock/tool-split-name", "The name comes in two pieces.", |ask| {
            let call = Call::first(ask);
            let (front, back) = call.name.split_at(call.name.len().min(3));
            let opens = json!({"index": 0, "id": call.id, "type": "function", "function": {"name": front}});
            let rest = json!({"index": 0, "function": {"name": back, "arguments": ""}});
            call.tell(ask, vec![opens, rest, call.args(0, 0, 1)])
        }),
        odd("mock/tool-no-id", "No id, or a null or empty one, on every fragment.", |ask| {
            let call = Call::first(ask);
            let opens = json!({"index": 0, "id": null, "type": "function", "function": {"name": call.name}});
            let empty = json!({"index": 0, "id": "", "function": {"arguments": call.part(0, 2)}});
            let mut message = message(&[&call]);
            message["tool_calls"][0]["id"] = Value::Null;
            told(ask, message, deltas(vec![opens, empty, call.args(0, 1, 2)]), "tool_calls")
        }),
        odd("mock/tool-args-first", "Arguments begin before id and name come.", |ask| {
            let call = Call::first(ask);
            let late = json!({"index": 0, "id": call.id, "type": "function",
                "function": {"name": call.name, "arguments": call.part(1, 2)}});
            call.tell(ask, vec![call.args(0, 0, 2), late])
        }),
        odd("mock/tool-empty-args", "A call whose arguments are the empty string.", |ask| {
            let call = Call { arguments: String::new(), ..Call::first(ask) };
            call.tell(ask, vec![call.opens(0)])
        }),
        odd("mock/tool-object-args", "Arguments as an object, not as text.", |ask| {
            let call = Call::first(ask);
            let object: Value = serde_json::from_str(&call.arguments).unwrap_or_default();
            let entry = json!({"index": 0, "id": call.id, "type": "function",
                "function": {"name": call.name, "arguments": object}});
            let mut message = message(&[&call]);
            message["tool_calls"][0]["function"]["arguments"] = object;
            told(ask, message, deltas(vec![entry]), "tool_calls")
        }),
        odd("mock/tool-index-1", "The first index is 1.", |ask| {
            let call = Call::first(ask);
            call.tell(ask, vec![call.opens(1), call.args(1, 0, 2), call.args(1, 1, 2)])
        }),
        odd("mock/tool-huge-index", "The index is 4294967295.", |ask| {
            let call = Call::first(ask);
            let huge = u64::from(u32::MAX);
            call.tell(ask, vec![call.opens(huge), call.args(huge, 0, 2), call.args(huge, 1, 2)])
        }),
        odd("mock/tool-odd-index", "The index comes as a float, then as text.", |ask| {
            let call = Call::first(ask);
            let mut fragments = vec![call.opens(0), call.args(0, 0, 2), call.args(0, 1, 2)];
            fragments[1]["index"] = json!(0.0);
            fragments[2]["index"] = json!("0");
            call.tell(ask, fragments)
        }),
        odd("mock/tool-one-chunk", "Text, reasoning and a call in one chunk.", |ask| {
            let call = Call::first(ask);
            let entry = json!({"index": 0, "id": call.id, "type": "function",
                "function": {"name": call.name, "arguments": call.arguments}});
            let mut message = message(&[&call]);
            message["content"] = json!("Let me look.");
            message["reasoning_content"] = json!("A tool can tell.");
            let delta = json!({"content": "Let me look.", "reasoning_content": "A tool can tell.",
                "tool_calls": [entry]});
            told(ask, message, vec![delta], "tool_calls")
        }),
        odd("mock/tool-two-at-finish", "Two whole calls in the chunk with the finish reason.", at_finish),
        odd("mock/tool-twice-in-chunk", "Two entries of index 0 in one chunk, to be joined.", |ask| {
            let call = Call::first(ask);
            let delta = json!({"tool_calls": [call.opens(0), call.args(0, 0, 1)]});
            told(ask, message(&[&call]), vec![delta], "tool_calls")
        }),
        odd("mock/tool-stop", "A call, but the finish reason is `stop`.", |ask| {
            let call = Call::first(ask);
            told(ask, message(&[&call]), deltas(vec![call.opens(0), call.args(0, 0, 1)]), "stop")
        }),
        odd("mock/function-call", "The legacy `function_call`.", |ask| {
            let call = Call::first(ask);
            let message = json!({"role": "assistant", "content": null,
                "function_call": {"name": call.name, "arguments": call.arguments}});
            let deltas = vec![
                json!({"function_call": {"name": call.name, "arguments": ""}}),
                json!({"function_call": {"arguments": call.part(0, 2)}}),
                json!({"function_call": {"arguments": call.part(1, 2)}}),
            ];
            told(ask, message, deltas, "function_call")
        }),
        odd("mock/srvtoolu", "A search the server ran itself leaks as a tool call next to the text.", |ask| {
            let call = Call {
                id: "srvtoolu_01".to_owned(),
                name: "web_search".to_owned(),
                arguments: r#"{"query":"llm gateway"}"#.to_owned(),
            };
            let mut message = message(&[&call]);
            message["content"] = json!("A gateway routes requests.");
            let mut told_deltas = deltas(vec![call.opens(0), call.args(0, 0, 1)]);
            told_deltas.push(json!({"content": "A gateway routes requests."}));
            Answer::new(ask, message, told_deltas, "tool_calls").script()
        }),
        Scenario::new("mock/tool-length-cut", "Arguments cut off by `length`.", Stopped, |ask| {
            let call = Call::first(ask);
            let cut = Call { arguments: call.part(0, 2), ..call.clone() };
            told(ask, message(&[&cut]), deltas(vec![call.opens(0), call.args(0, 0, 2)]), "length")
        }),
        Scenario::new("mock/tool-eof-cut", "Arguments cut off by the end of the stream.", Truncated, |ask| {
            let call = Call::first(ask);
            let answer =
                Answer::new(ask, message(&[&call]), deltas(vec![call.opens(0), call.args(0, 0, 2)]), "tool_calls");
            let whole = answer.whole().to_string();
            let cut = Script::text(200, "application/json", whole[..whole.len() / 2].to_owned()).ending(Ending::Cut);
            Script::by_mode(Script::sse().events(&answer.delta_chunks()), cut)
        }),
    ]
}

/// A call the model makes.
#[derive(Debug, Clone)]
struct Call {
    id: String,
    name: String,
    arguments: String,
}

impl Call {
    /// Makes a call of the first tool offered.
    fn first(ask: &Ask) -> Self {
        let [first, _] = Self::two(ask);
        first
    }

    /// Makes calls of the first two tools offered, or two of the only one; without any, of `get_weather`.
    fn two(ask: &Ask) -> [Self; 2] {
        let tools = ask.tools();
        let make = |at: usize, city: &str| {
            let (name, parameters) = match tools.get(at).or(tools.first()) {
                Some((name, parameters)) => ((*name).to_owned(), schema::example(parameters)),
                None => ("get_weather".to_owned(), json!({"city": ""})),
            };
            let mut arguments = if parameters.is_object() { parameters } else { json!({}) };
            if arguments["city"].is_string() {
                arguments["city"] = json!(city);
            } else if let Some(members) = arguments.as_object_mut() {
                members.retain(|_, value| !value.is_null());
            }
            Self { id: format!("toolu_0{}", at + 1), name, arguments: arguments.to_string() }
        };
        [make(0, "Rome"), make(1, "Oslo")]
    }

    /// Returns the fragment that opens the call: id and name, arguments yet empty.
    fn opens(&self, index: u64) -> Value {
        json!({"index": index, "id": self.id, "type": "function", "function": {"name": self.name, "arguments": ""}})
    }

    /// Returns one of `of` pieces of the arguments, as a fragment.
    fn args(&self, index: u64, piece: usize, of: usize) -> Value {
        json!({"index": index, "function": {"arguments": self.part(piece, of)}})
    }

    /// Returns one of `of` pieces of the arguments.
    fn part(&self, piece: usize, of: usize) -> String {
        let letters: Vec<char> = self.arguments.chars().collect();
        let bound = |at: usize| letters.len() * at / of;
        letters[bound(piece)..bound(piece + 1)].iter().collect()
    }

    fn tell(&self, ask: &Ask, fragments: Vec<Value>) -> Script {
        tell(ask, &[self], fragments)
    }
}

/// Returns the message that holds whole calls.
fn message(calls: &[&Call]) -> Value {
    let entry = |call: &&Call| json!({"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}});
    json!({"role": "assistant", "content": null, "tool_calls": calls.iter().map(entry).collect::<Vec<Value>>()})
}

/// Returns a delta for each fragment.
fn deltas(fragments: Vec<Value>) -> Vec<Value> {
    fragments.into_iter().map(|fragment| json!({"tool_calls": [fragment]})).collect()
}

fn tell(ask: &Ask, calls: &[&Call], fragments: Vec<Value>) -> Script {
    told(ask, message(calls), deltas(fragments), "tool_calls")
}

/// Calls tools, or uses their results once the conversation holds them.
fn told(ask: &Ask, message: Value, deltas: Vec<Value>, finish: &str) -> Script {
    match results(ask) {
        Some(text) => Answer::text(ask, &text).script(),
        None => Answer::new(ask, message, deltas, finish).script(),
    }
}

fn results(ask: &Ask) -> Option<String> {
    let results = ask.tool_results();
    let told: Vec<String> = results.iter().map(|(name, content)| format!("{name} says: {content}.")).collect();
    (!told.is_empty()).then(|| format!("I asked the tools. {}", told.join(" ")))
}

/// Two calls whose fragments take turns.
pub(super) fn parallel(ask: &Ask) -> Script {
    let [first, second] = Call::two(ask);
    let mut fragments = vec![first.opens(0), second.opens(1)];
    for piece in 0..3 {
        fragments.push(first.args(0, piece, 3));
        fragments.push(second.args(1, piece, 3));
    }
    tell(ask, &[&first, &second], fragments)
}

/// Whole calls, each in a chunk of its own, that share an index and differ by id.
fn same_index(ask: &Ask, first: &Call, second: &Call) -> Script {
    let whole = |call: &Call| {
        let mut entry = call.opens(0);
        entry["function"]["arguments"] = json!(call.arguments);
        entry
    };
    tell(ask, &[first, second], vec![whole(first), whole(second)])
}

fn at_finish(ask: &Ask) -> Script {
    if results(ask).is_some() {
        return told(ask, Value::Null, Vec::new(), "stop");
    }
    let [first, second] = Call::two(ask);
    let answer = Answer::new(ask, message(&[&first, &second]), Vec::new(), "tool_calls");
    let entry = |index: u64, call: &Call| {
        let mut entry = call.opens(index);
        entry["function"]["arguments"] = json!(call.arguments);
        entry
    };
    let mut chunk = answer.delta(json!({"role": "assistant", "tool_calls": [entry(0, &first), entry(1, &second)]}));
    chunk["choices"][0]["finish_reason"] = json!("tool_calls");
    chunk["usage"] = answer.usage.clone();
    answer.script_with(&[chunk])
}

const SIGNATURE: &str = "c2lnbmF0dXJlIGZvciB0ZXN0cw==";

/// Refuses tool results whose call comes back without the signature it was sent with.
fn signature(ask: &Ask) -> Script {
    let call = Call::first(ask);
    if results(ask).is_some() {
        let signed = ask.messages().iter().any(|message| message["reasoning_signature"] == SIGNATURE);
        if !signed {
            return Script::error(400, "provider", "Function call is missing a thought_signature");
        }
    }
    let mut message = message(&[&call]);
    message["reasoning_content"] = json!("Let me check the weather.");
    message["reasoning_signature"] = json!(SIGNATURE);
    let deltas = vec![
        json!({"reasoning_content": "Let me check "}),
        json!({"reasoning_content": "the weather."}),
        json!({"tool_calls": [call.opens(0)], "reasoning_signature": SIGNATURE}),
        json!({"tool_calls": [call.args(0, 0, 1)]}),
    ];
    told(ask, message, deltas, "tool_calls")
}

/// Refuses tool results whose call comes back without its `extra_content`.
fn extra_content(ask: &Ask) -> Script {
    let call = Call::first(ask);
    let extra = json!({"google": {"thought_signature": SIGNATURE}});
    if results(ask).is_some() {
        let mut calls = ask.messages().iter().flat_map(|message| list(&message["tool_calls"]));
        if !calls.any(|call| call["extra_content"] == extra) {
            return Script::error(400, "provider", "Function call is missing a thought_signature");
        }
    }
    let mut message = message(&[&call]);
    message["tool_calls"][0]["extra_content"] = extra.clone();
    let fragments = vec![call.opens(0), call.args(0, 0, 1), json!({"extra_content": extra})];
    told(ask, message, deltas(fragments), "tool_calls")
}
