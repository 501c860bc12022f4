//! The endpoint of responses, whole and streamed.
//!
//! | model | answer |
//! |---|---|
//! | `mock/incomplete` | a text that a limit cut |
//! | `mock/failed` | a response that failed |
//! | `mock/reasoning` | what was thought, and then a text |
//! | `mock/agent`, `mock/agent-…` | turn after turn, as in chat completions |
//! | any other, with functions and without results | a call of each function |
//! | any other, with a web search, or `mock/citations` | a text with its source |
//! | any other | a text |

use http::Method;
use serde_json::{Value, json};

use super::Question;
use crate::answer::{CREATED, GATEWAY};
use crate::ask::{Ask, list};
use crate::reply::Scripted;
use crate::scenarios::agent::{self, End, Turn};
use crate::script::{Ending, Script};

/// Answers a question of this family.
pub(super) fn answer(question: &Question<'_>, complaints: &mut Vec<String>) -> Option<Script> {
    if question.method != Method::POST || question.segments() != ["v1", "responses"] {
        return None;
    }
    check(question.body, complaints);
    if let Some(turns) = question.body["model"].as_str().and_then(agent::turns) {
        return Some(Script::sequence(turns.iter().map(|turn| agent_turn(question.body, turn))));
    }
    let told = Told::of(question.body);
    Some(if question.stream() { told.streamed() } else { Script::json(200, &told.response()) })
}

/// Makes an answer of what a test scripted.
pub(crate) fn scripted(ask: &Ask, scripted: &Scripted) -> Script {
    let mut told = Told::of(ask.body());
    let texts = [message(&scripted.text(), json!([]))].into_iter().filter(|_| !scripted.pieces.is_empty());
    let calls = scripted.numbered_calls().map(|(id, name, arguments)| {
        json!({
            "id": format!("fc_{id}"), "type": "function_call", "status": "completed", "call_id": id, "name": name,
            "arguments": arguments.to_string(),
        })
    });
    told.output = texts.chain(calls).collect();
    (told.status, told.error, told.incomplete_details) = match scripted.finish_reason() {
        "stop" | "tool_calls" => ("completed", Value::Null, Value::Null),
        "length" => ("incomplete", Value::Null, json!({"reason": "max_output_tokens"})),
        other => ("incomplete", Value::Null, json!({"reason": other})),
    };
    scripted.count(&mut told.usage, ["input_tokens", "output_tokens"]);
    told.pieces = Some(scripted.pieces.clone());
    Script::by_mode(told.streamed(), Script::json(200, &told.response()))
}

/// Tells a turn of an agent's model.
fn agent_turn(body: &Value, turn: &Turn) -> Script {
    let mut output = Vec::new();
    if turn.searches {
        output.push(json!({"id": "ws_1", "type": "web_search_call", "status": "completed"}));
    }
    if !turn.text.is_empty() {
        output.push(message(turn.text, json!([])));
    }
    if turn.end == End::Refusal {
        let content = json!([{"type": "refusal", "refusal": agent::REFUSAL}]);
        output.push(
            json!({"id": "msg_1", "type": "message", "status": "completed", "role": "assistant", "content": content}),
        );
    }
    for (number, [id, name, arguments]) in (1_u64..).zip(&turn.calls) {
        output.push(json!({
            "id": format!("fc_{number}"), "type": "function_call", "status": "completed", "call_id": id, "name": name,
            "arguments": arguments,
        }));
    }
    let mut told = Told { output, usage: turn.usage("input_tokens", "output_tokens"), ..Told::of(body) };
    if turn.end == End::Length {
        told.status = "incomplete";
        told.incomplete_details = json!({"reason": "max_output_tokens"});
    }
    let whole = Script::json(200, &told.response());
    match turn.end {
        // All but the end of the last item, and that of the response.
        End::Broken => Script::by_mode(told.streamed_to(3).ending(Ending::Cut), Script::close_before_head()),
        _ => Script::by_mode(told.streamed(), whole),
    }
}

fn check(body: &Value, complaints: &mut Vec<String>) {
    let mut complain = |wrong: bool, what: String| {
        if wrong {
            complaints.push(what);
        }
    };
    complain(!body.is_object(), "body: must be an object".to_owned());
    // Members of chat completions, which this endpoint has other names for.
    for (wrong, right) in [
        ("messages", "input"),
        ("response_format", "text.format"),
        ("max_tokens", "max_output_tokens"),
        ("reasoning_effort", "reasoning.effort"),
        ("stream_options", "nothing: usage always comes"),
    ] {
        complain(!body[wrong].is_null(), format!("{wrong}: is {right} here"));
    }
    let input = &body["input"];
    let typed = |item: &Value| item["type"].is_string() || item["role"].is_string();
    let items = !list(input).is_empty() && list(input).iter().all(typed);
    let without = body["previous_response_id"].is_string() || body["requesty"]["prompt_id"].is_string();
    let said = items || input.as_str().is_some_and(|text| !text.is_empty());
    complain(!said && !without, "input: must be a text or items".to_owned());
    for (at, item) in list(input).iter().enumerate() {
        let call = item["type"] == "function_call_output";
        complain(call && !item["call_id"].is_string(), format!("input[{at}].call_id: must be a string"));
        complain(call && !item["output"].is_string(), format!("input[{at}].output: must be a string"));
        for part in list(&item["content"]) {
            let odd = matches!(part["type"].as_str(), None | Some("text" | "image_url"));
            complain(odd, format!("input[{at}].content: has a part of another endpoint"));
        }
    }
    for (at, tool) in list(&body["tools"]).iter().enumerate() {
        complain(!tool["type"].is_string(), format!("tools[{at}].type: must be a string"));
        complain(!tool["function"].is_null(), format!("tools[{at}].function: tools are flat here"));
        let unnamed = tool["type"] == "function" && !tool["name"].is_string();
        complain(unnamed, format!("tools[{at}].name: must be a string"));
    }
    complain(body["tools"] == json!([]), "tools: must not be empty".to_owned());
    let format = &body["text"]["format"];
    complain(!format.is_null() && !format["type"].is_string(), "text.format.type: must be a string".to_owned());
    complain(
        !format["json_schema"].is_null(),
        "text.format.json_schema: the schema is beside the type here".to_owned(),
    );
    for (name, fits) in [
        ("model", Value::is_string as fn(&Value) -> bool),
        ("instructions", Value::is_string),
        ("max_output_tokens", Value::is_u64),
        ("temperature", Value::is_number),
        ("top_p", Value::is_number),
        ("parallel_tool_calls", Value::is_boolean),
        ("reasoning", Value::is_object),
        ("text", Value::is_object),
        ("include", Value::is_array),
        ("metadata", Value::is_object),
        ("store", Value::is_boolean),
        ("stream", Value::is_boolean),
        ("truncation", Value::is_string),
        ("user", Value::is_string),
        ("previous_response_id", Value::is_string),
        ("requesty", Value::is_object),
    ] {
        complain(!body[name].is_null() && !fits(&body[name]), format!("{name}: is of another type"));
    }
}

/// A response that can be sent in both ways: whole and as events.
struct Told {
    id: String,
    model: String,
    status: &'static str,
    output: Vec<Value>,
    error: Value,
    incomplete_details: Value,
    usage: Value,
    /// How the text is cut; at its spaces where it is `None`.
    pieces: Option<Vec<String>>,
}

impl Told {
    fn of(body: &Value) -> Self {
        let asked = body["model"].as_str().unwrap_or("openai/gpt-4o-mini");
        let output = output(body, asked);
        let (input, said) =
            (body["input"].to_string().len() as u64 / 4 + 1, json!(output).to_string().len() as u64 / 4);
        // Prices of a small model, in millionths of a cent per token, so that the sum stays exact.
        let cost = (input * 15 + said * 60) as f64 / 1e8;
        let mut told = Told {
            id: format!("rqsty-cmpl-00000000-0000-4000-8000-{:012x}", body.to_string().len()),
            // Requesty reports the model without the provider it was asked for with.
            model: asked.rsplit('/').next().unwrap_or_default().to_owned(),
            status: "completed",
            output,
            error: Value::Null,
            incomplete_details: Value::Null,
            usage: json!({
                "input_tokens": input, "input_tokens_details": {"cached_tokens": 0}, "output_tokens": said,
                "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": input + said, "cost": cost,
            }),
            pieces: None,
        };
        match asked {
            "mock/incomplete" => {
                told.status = "incomplete";
                told.incomplete_details = json!({"reason": "max_output_tokens"});
            }
            "mock/failed" => {
                told.status = "failed";
                told.error = json!({"code": "server_error", "message": "The model failed."});
            }
            _ => {}
        }
        told
    }

    fn response(&self) -> Value {
        self.so_far(self.status, &self.output)
    }

    fn so_far(&self, status: &str, output: &[Value]) -> Value {
        let usage = if status == "in_progress" { &Value::Null } else { &self.usage };
        let error = if status == "in_progress" { &Value::Null } else { &self.error };
        json!({
            "id": self.id, "object": "response", "created_at": CREATED, "model": self.model, "status": status,
            "output": output, "error": error, "incomplete_details": self.incomplete_details, "usage": usage,
        })
    }

    fn streamed(&self) -> Script {
        self.streamed_to(0)
    }

    /// Tells all events but the last ones.
    fn streamed_to(&self, last: usize) -> Script {
        let begun = self.so_far("in_progress", &[]);
        let mut events = vec![
            json!({"type": "response.created", "response": begun}),
            json!({"type": "response.in_progress", "response": begun}),
        ];
        for (index, item) in (0..).zip(&self.output) {
            stream_item(index, item, self.pieces.as_deref(), &mut events);
        }
        events.push(json!({"type": format!("response.{}", self.status), "response": self.response()}));
        events.truncate(events.len().saturating_sub(last));
        let numbered = (0..).zip(events).map(|(number, mut event): (u64, Value)| {
            event["sequence_number"] = json!(number);
            format!("event: {}\ndata: {event}\n\n", event["type"].as_str().unwrap_or_default())
        });
        numbered.fold(Script::sse(), |script, event| script.send(event))
    }
}

/// Sends an item piece by piece.
fn stream_item(index: u64, item: &Value, pieces: Option<&[String]>, events: &mut Vec<Value>) {
    let mut tell = |kind: &str, members: Value| {
        let mut event = json!({"type": format!("response.{kind}"), "output_index": index});
        if let (Some(event), Value::Object(members)) = (event.as_object_mut(), members) {
            event.extend(members);
        }
        events.push(event);
    };
    let id = &item["id"];
    let mut begun = item.clone();
    for name in ["content", "summary", "arguments"] {
        if let Some(member) = begun.get_mut(name) {
            *member = if member.is_array() { json!([]) } else { json!("") };
        }
    }
    if begun.get("status").is_some() {
        begun["status"] = json!("in_progress");
    }
    tell("output_item.added", json!({"item": begun}));
    for (at, part) in (0_u64..).zip(list(&item["content"])) {
        let place = |mut members: Value| {
            members["item_id"] = id.clone();
            members["content_index"] = json!(at);
            members
        };
        let text = part["text"].as_str().unwrap_or_default();
        tell("content_part.added", place(json!({"part": {"type": "output_text", "text": "", "annotations": []}})));
        let words = || text.split_inclusive(' ').map(str::to_owned).collect();
        for word in pieces.map_or_else(words, <[String]>::to_vec) {
            tell("output_text.delta", place(json!({"delta": word})));
        }
        for (number, annotation) in (0_u64..).zip(list(&part["annotations"])) {
            let members = place(json!({"annotation_index": number, "annotation": annotation}));
            tell("output_text.annotation.added", members);
        }
        tell("output_text.done", place(json!({"text": text})));
        tell("content_part.done", place(json!({"part": part})));
    }
    for (at, part) in (0_u64..).zip(list(&item["summary"])) {
        let text = part["text"].as_str().unwrap_or_default();
        for word in text.split_inclusive(' ') {
            tell("reasoning_summary_text.delta", json!({"item_id": id, "summary_index": at, "delta": word}));
        }
        tell("reasoning_summary_text.done", json!({"item_id": id, "summary_index": at, "text": text}));
    }
    if let Some(arguments) = item["arguments"].as_str() {
        for piece in arguments.split_inclusive(':') {
            tell("function_call_arguments.delta", json!({"item_id": id, "delta": piece}));
        }
        tell("function_call_arguments.done", json!({"item_id": id, "arguments": arguments}));
    }
    tell("output_item.done", json!({"item": item}));
}

fn output(body: &Value, model: &str) -> Vec<Value> {
    let tools = list(&body["tools"]);
    let functions: Vec<&Value> = tools.iter().filter(|tool| tool["type"] == "function").collect();
    let answered = list(&body["input"]).iter().any(|item| item["type"] == "function_call_output");
    if !functions.is_empty() && !answered && body["tool_choice"] != "none" {
        return (1..).zip(functions).map(|(number, function): (u64, &Value)| call(number, function)).collect();
    }
    let results: Vec<&str> = list(&body["input"]).iter().filter_map(|item| item["output"].as_str()).collect();
    if !results.is_empty() {
        return vec![message(&format!("It is {}.", results.join(" and ")), json!([]))];
    }
    match model {
        "mock/citations" => search(),
        _ if tools.iter().any(|tool| tool["type"].as_str().is_some_and(|kind| kind.starts_with("web_search"))) => {
            search()
        }
        "mock/reasoning" => {
            let summary = json!([{"type": "summary_text", "text": "They ask about gateways."}]);
            let mut thought = json!({"id": "rs_1", "type": "reasoning", "summary": summary});
            if list(&body["include"]).iter().any(|what| what == "reasoning.encrypted_content") {
                thought["encrypted_content"] = json!("gAAAAABmb2NrZWQ=");
            }
            vec![thought, message(GATEWAY, json!([]))]
        }
        "mock/failed" => Vec::new(),
        "mock/incomplete" => {
            let mut message = message("An LLM gateway is", json!([]));
            message["status"] = json!("incomplete");
            vec![message]
        }
        _ if !body["text"]["format"].is_null() && body["text"]["format"]["type"] != "text" => {
            vec![message(r#"{"answer":"a gateway"}"#, json!([]))]
        }
        _ => vec![message(GATEWAY, json!([]))],
    }
}

fn message(text: &str, annotations: Value) -> Value {
    let content = json!([{"type": "output_text", "text": text, "annotations": annotations}]);
    json!({"id": "msg_1", "type": "message", "status": "completed", "role": "assistant", "content": content})
}

/// A search that the provider ran, and a text with its source.
fn search() -> Vec<Value> {
    let text = "Rust 1.0 came out in 2015.";
    let source = json!([{"type": "url_citation", "url": "https://blog.rust-lang.org/2015/05/15/Rust-1.0.html",
                         "title": "Announcing Rust 1.0", "start_index": 0, "end_index": text.len()}]);
    vec![json!({"id": "ws_1", "type": "web_search_call", "status": "completed"}), message(text, source)]
}

/// A call of a function, with something for each of its parameters that must be given.
fn call(number: u64, function: &Value) -> Value {
    let required = list(&function["parameters"]["required"]).iter().filter_map(Value::as_str);
    let arguments: serde_json::Map<String, Value> = required
        .map(|name| {
            let value = match function["parameters"]["properties"][name]["type"].as_str() {
                Some("integer" | "number") => json!(7),
                Some("boolean") => json!(true),
                _ => json!("Rome"),
            };
            (name.to_owned(), value)
        })
        .collect();
    json!({
        "id": format!("fc_{number}"), "type": "function_call", "status": "completed", "call_id": format!("call_{number}"),
        "name": function["name"], "arguments": Value::Object(arguments).to_string(),
    })
}
