//! Messages, in Anthropic's shape: `POST /v1/messages`.
//!
//! | model | answer |
//! |---|---|
//! | `mock/text`, and the models of Requesty's samples | a text; what fits, where tools are offered or thinking is asked for |
//! | `mock/tools` | two uses of the tools offered, then a text of their results |
//! | `mock/thinking` | what it thinks, with a signature, and then a text |
//! | `mock/search` | a web search that the provider runs, and a text that cites what it found |
//! | `mock/agent`, `mock/agent-…` | turn after turn, as in chat completions |
//! | `mock/cut-after-N` | the text, and a connection that breaks after N events |
//! | `mock/overloaded-after-N` | the text, and an error after N events |

mod check;

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use super::Question;
use crate::answer::GATEWAY;
use crate::ask::{Ask, list};
use crate::reply::Scripted;
use crate::scenarios::ALIASES;
use crate::scenarios::agent::{self, End, Turn};
use crate::script::{Ending, Script};

/// Answers a question of this family.
pub(super) fn answer(question: &Question<'_>, complaints: &mut Vec<String>) -> Option<Script> {
    if question.method != Method::POST || question.segments() != ["v1", "messages"] {
        return None;
    }
    check::request(question.body, complaints);
    let ask = Ask::from_body(question.body.clone());
    let model = ask.model();
    let count = usize::try_from(ask.number().unwrap_or(0)).unwrap_or(usize::MAX);
    let text = || Told::new(&ask, vec![json!({"type": "text", "text": GATEWAY})], "end_turn");
    if let Some(turns) = agent::turns(model) {
        return Some(Script::sequence(turns.iter().map(|turn| agent_turn(&ask, turn))));
    }
    let script = match model {
        "mock/tools" => tools(&ask).script(),
        "mock/thinking" => thinking(&ask).script(),
        "mock/search" => search(&ask).script(),
        _ if model == "mock/text" || ALIASES.contains(&model) => fitting(&ask).script(),
        _ if model.starts_with("mock/cut-after-") => text().after(count, |script| script.ending(Ending::Cut)),
        _ if model.starts_with("mock/overloaded-after-") => {
            let error = json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}});
            text().after(count, |script| named(script, &error))
        }
        _ => Script::error(404, "router", "Provider and/or model not supported"),
    };
    Some(script)
}

/// Makes an answer of what a test scripted.
pub(crate) fn scripted(ask: &Ask, scripted: &Scripted) -> Script {
    let texts = [json!({"type": "text", "text": scripted.text()})].into_iter().filter(|_| !scripted.pieces.is_empty());
    let calls = scripted
        .numbered_calls()
        .map(|(id, name, arguments)| json!({"type": "tool_use", "id": id, "name": name, "input": arguments}));
    let stop_reason = match scripted.finish_reason() {
        "stop" => "end_turn",
        "tool_calls" => "tool_use",
        "length" => "max_tokens",
        other => other,
    };
    let mut told = Told::new(ask, texts.chain(calls).collect(), stop_reason);
    scripted.count(&mut told.usage, ["input_tokens", "output_tokens"]);
    told.pieces = Some(scripted.pieces.clone());
    told.pace = Duration::ZERO;
    told.script()
}

/// Tells a turn of an agent's model.
fn agent_turn(ask: &Ask, turn: &Turn) -> Script {
    let mut content = Vec::new();
    if turn.searches {
        content.push(
            json!({"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "x"}}),
        );
        content.push(json!({"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []}));
    }
    if !turn.text.is_empty() {
        content.push(json!({"type": "text", "text": turn.text}));
    }
    for [id, name, arguments] in &turn.calls {
        // An input that was cut stays a text, so that its pieces can be streamed.
        let input: Value = serde_json::from_str(arguments).unwrap_or_else(|_| json!(arguments));
        content.push(json!({"type": "tool_use", "id": id, "name": name, "input": input}));
    }
    let stop_reason = match turn.end {
        End::Length => "max_tokens",
        End::Refusal => "refusal",
        _ if turn.calls.is_empty() => "end_turn",
        _ => "tool_use",
    };
    let mut told = Told::new(ask, content, stop_reason);
    told.usage = turn.usage("input_tokens", "output_tokens");
    match turn.end {
        End::Broken => {
            // All but the stop of the last block, the end with the usage, and the stop of the message.
            let whole = told.events().len().saturating_sub(3);
            Script::by_mode(told.after(whole, |script| script.ending(Ending::Cut)), Script::close_before_head())
        }
        _ => told.script(),
    }
}

/// Returns an answer that fits what is asked for.
fn fitting(ask: &Ask) -> Told {
    if ask.offers("web_search_20250305") {
        search(ask)
    } else if !functions(ask).is_empty() {
        tools(ask)
    } else if ask.body()["thinking"]["type"] == "enabled" {
        thinking(ask)
    } else {
        Told::new(ask, vec![json!({"type": "text", "text": GATEWAY})], "end_turn")
    }
}

fn thinking(ask: &Ask) -> Told {
    let content = vec![
        json!({"type": "thinking", "thinking": "They want a definition. One paragraph is enough.", "signature": "EqQBCkYIBxgC"}),
        json!({"type": "text", "text": GATEWAY}),
    ];
    Told::new(ask, content, "end_turn")
}

fn tools(ask: &Ask) -> Told {
    let last = ask.messages().last().map(|message| &message["content"]);
    let results: Vec<&Value> =
        last.map_or(&[][..], list).iter().filter(|block| block["type"] == "tool_result").collect();
    if !results.is_empty() {
        let said: Vec<&str> = results.iter().filter_map(|result| result["content"].as_str()).collect();
        let text = format!("The tools say: {}", said.join("; "));
        return Told::new(ask, vec![json!({"type": "text", "text": text})], "end_turn");
    }
    let functions = functions(ask);
    let name = functions.first().copied().unwrap_or("get_weather");
    let tool_use =
        |id: &str, city: &str| json!({"type": "tool_use", "id": id, "name": name, "input": {"location": city}});
    let content = vec![
        json!({"type": "text", "text": "I will look."}),
        tool_use("toolu_mock_1", "Paris"),
        tool_use("toolu_mock_2", "Tokyo"),
    ];
    Told::new(ask, content, "tool_use")
}

/// Returns the names of the functions that are offered.
fn functions(ask: &Ask) -> Vec<&str> {
    let tools = list(&ask.body()["tools"]).iter();
    tools.filter(|tool| tool["input_schema"].is_object()).filter_map(|tool| tool["name"].as_str()).collect()
}

fn search(ask: &Ask) -> Told {
    let cited = json!({
        "type": "web_search_result_location", "cited_text": "one address for many models", "url": "https://example.com/gateway",
        "title": "Gateways", "encrypted_index": "Eo8BCioI",
    });
    let found = json!([{
        "type": "web_search_result", "url": "https://example.com/gateway", "title": "Gateways",
        "encrypted_content": "EqgfCioI", "page_age": null,
    }]);
    let content = vec![
        json!({"type": "server_tool_use", "id": "srvtoolu_mock_1", "name": "web_search", "input": {"query": "LLM gateway"}}),
        json!({"type": "web_search_tool_result", "tool_use_id": "srvtoolu_mock_1", "content": found}),
        json!({"type": "text", "text": GATEWAY, "citations": [cited]}),
    ];
    let mut told = Told::new(ask, content, "end_turn");
    told.usage["server_tool_use"] = json!({"web_search_requests": 1});
    told
}

/// A message that can be sent in both ways: whole and as events.
struct Told {
    message: Value,
    content: Vec<Value>,
    stop_reason: String,
    usage: Value,
    /// How the text is cut; at its spaces where it is `None`.
    pieces: Option<Vec<String>>,
    pace: Duration,
}

impl Told {
    fn new(ask: &Ask, content: Vec<Value>, stop_reason: &str) -> Self {
        // Requesty reports the model without the provider it was asked for with.
        let model = ask.model().rsplit('/').next().unwrap_or_default();
        let message = json!({"id": "msg_mock_01", "type": "message", "role": "assistant", "model": model});
        let output = content.iter().map(|block| block.to_string().len() / 4).sum::<usize>();
        let usage = json!({
            "input_tokens": ask.prompt_tokens(), "output_tokens": output, "cost": 0.000_137,
            "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0,
        });
        let stop_reason = stop_reason.to_owned();
        Told { message, content, stop_reason, usage, pieces: None, pace: Duration::from_millis(2) }
    }

    /// Sends the message in the form that the request asks for.
    fn script(&self) -> Script {
        let events = self.events();
        let streamed = events.iter().fold(Script::sse(), |script, event| named(script.pause(self.pace), event));
        Script::by_mode(streamed, Script::json(200, &self.whole()))
    }

    /// Sends the first events of the message, and then something else.
    fn after(&self, count: usize, then: impl FnOnce(Script) -> Script) -> Script {
        then(self.events().iter().take(count).fold(Script::sse(), named))
    }

    fn whole(&self) -> Value {
        let mut whole = self.message.clone();
        whole["content"] = json!(self.content);
        whole["stop_reason"] = json!(self.stop_reason);
        whole["stop_sequence"] = Value::Null;
        whole["usage"] = self.usage.clone();
        whole
    }

    fn events(&self) -> Vec<Value> {
        let mut start = self.message.clone();
        start["content"] = json!([]);
        start["stop_reason"] = Value::Null;
        start["stop_sequence"] = Value::Null;
        start["usage"] = json!({"input_tokens": self.usage["input_tokens"], "output_tokens": 1});
        let mut events = vec![json!({"type": "message_start", "message": start}), json!({"type": "ping"})];
        for (index, block) in self.content.iter().enumerate() {
            let (start, deltas) = split(block, self.pieces.as_deref());
            events.push(json!({"type": "content_block_start", "index": index, "content_block": start}));
            let deltas = deltas.into_iter();
            events.extend(deltas.map(|delta| json!({"type": "content_block_delta", "index": index, "delta": delta})));
            events.push(json!({"type": "content_block_stop", "index": index}));
        }
        let end = json!({"stop_reason": self.stop_reason, "stop_sequence": null});
        events.push(json!({"type": "message_delta", "delta": end, "usage": self.usage}));
        events.push(json!({"type": "message_stop"}));
        events
    }
}

/// Returns how a block begins, and the deltas that add up to the rest of it.
fn split(block: &Value, pieces: Option<&[String]>) -> (Value, Vec<Value>) {
    let mut start = block.clone();
    let words =
        |text: &Value| text.as_str().unwrap_or_default().split_inclusive(' ').map(str::to_owned).collect::<Vec<_>>();
    let deltas: Vec<Value> = match block["type"].as_str() {
        Some("text") => {
            start["text"] = json!("");
            let texts = pieces.map_or_else(|| words(&block["text"]), <[String]>::to_vec);
            let texts = texts.into_iter().map(|text| json!({"type": "text_delta", "text": text}));
            let cited = list(&block["citations"]).iter();
            let cited = cited.map(|citation| json!({"type": "citations_delta", "citation": citation}));
            let deltas = texts.chain(cited).collect();
            if block.get("citations").is_some() {
                start["citations"] = json!([]);
            }
            deltas
        }
        Some("thinking") => {
            start["thinking"] = json!("");
            start["signature"] = json!("");
            let thoughts = words(&block["thinking"]).into_iter();
            let thoughts = thoughts.map(|thought| json!({"type": "thinking_delta", "thinking": thought}));
            thoughts.chain([json!({"type": "signature_delta", "signature": block["signature"]})]).collect()
        }
        Some("tool_use" | "server_tool_use") => {
            start["input"] = json!({});
            let input = block["input"].as_str().map_or_else(|| block["input"].to_string(), str::to_owned);
            let (front, back) = input.split_at(input.len() / 2);
            let pieces = ["", front, back].into_iter();
            pieces.map(|piece| json!({"type": "input_json_delta", "partial_json": piece})).collect()
        }
        _ => Vec::new(),
    };
    (start, deltas)
}

/// Adds an event that is named by its type.
fn named(script: Script, event: &Value) -> Script {
    let name = event["type"].as_str().unwrap_or_default();
    script.send(format!("event: {name}\ndata: {event}\n\n"))
}
