//! Checks a request for a message against the documentation of Requesty, and of Anthropic for what that leaves open.

use serde_json::Value;

use crate::ask::list;

/// Checks a request; complains of what would be refused.
pub(super) fn request(body: &Value, complaints: &mut Vec<String>) {
    let mut complain = |wrong: bool, what: &str| {
        if wrong {
            complaints.push(what.to_owned());
        }
    };
    complain(body["model"].as_str().is_none_or(str::is_empty), "model: must be a string");
    complain(body["max_tokens"].as_u64().is_none_or(|tokens| tokens == 0), "max_tokens: is required, at least 1");
    complain(list(&body["messages"]).is_empty(), "messages: must be a list that is not empty");
    complain(!optional(body, "stream", Value::is_boolean), "stream: must be a boolean");
    let in_range = |value: &Value| value.as_f64().is_some_and(|number| (0.0..=2.0).contains(&number));
    complain(!optional(body, "temperature", in_range), "temperature: must be a number from 0 to 2");
    complain(!optional(body, "top_p", Value::is_number), "top_p: must be a number");
    complain(!optional(body, "top_k", Value::is_u64), "top_k: must be an integer");
    let texts = |value: &Value| value.as_array().is_some_and(|texts| texts.iter().all(Value::is_string));
    complain(!optional(body, "stop_sequences", texts), "stop_sequences: must be a list of strings");
    let system = |value: &Value| value.is_string() || !list(value).is_empty() && list(value).iter().all(is_text);
    complain(!optional(body, "system", system), "system: must be a string or a list of text blocks");
    let tools = |value: &Value| !list(value).is_empty() && list(value).iter().all(is_tool);
    complain(!optional(body, "tools", tools), "tools: each needs a name, and a function an input_schema");
    complain(!optional(body, "tool_choice", is_choice), "tool_choice: must be auto, any, none, or tool with a name");
    let thinking = |value: &Value| match value["type"].as_str() {
        Some("enabled") => {
            value["budget_tokens"].as_u64() < body["max_tokens"].as_u64() && value["budget_tokens"].is_u64()
        }
        kind => kind == Some("disabled"),
    };
    complain(!optional(body, "thinking", thinking), "thinking: must be disabled, or have a budget below max_tokens");
    turns(list(&body["messages"]), complaints);
}

fn turns(messages: &[Value], complaints: &mut Vec<String>) {
    // The tools that the turn before used, each of which this turn must answer.
    let mut used: Vec<&Value> = Vec::new();
    for (at, message) in messages.iter().enumerate() {
        let mut complain = |what: &str| complaints.push(format!("messages[{at}]: {what}"));
        if !matches!(message["role"].as_str(), Some("user" | "assistant")) {
            complain("role must be user or assistant");
        }
        let content = list(&message["content"]);
        if !message["content"].is_string() && content.is_empty() {
            complain("content must be a string or a list of blocks");
        }
        if let Some(block) = content.iter().find(|block| !is_block(block)) {
            complain(&format!("a block of the type {} is not as documented", block["type"]));
        }
        let results: Vec<&Value> =
            content.iter().filter(|block| block["type"] == "tool_result").map(|it| &it["tool_use_id"]).collect();
        if used.iter().any(|id| !results.contains(id)) {
            complain("a tool_use of the turn before has no tool_result");
        }
        if results.iter().any(|id| !used.contains(id)) {
            complain("a tool_result answers no tool_use of the turn before");
        }
        used = content.iter().filter(|block| block["type"] == "tool_use").map(|block| &block["id"]).collect();
    }
}

/// Returns whether a member is absent, or as it should be.
fn optional(body: &Value, name: &str, fits: impl Fn(&Value) -> bool) -> bool {
    body.get(name).is_none_or(fits)
}

fn is_text(block: &Value) -> bool {
    block["type"] == "text" && block["text"].is_string()
}

fn is_block(block: &Value) -> bool {
    let texts = |names: &[&str]| names.iter().all(|name| block[*name].is_string());
    let cached = optional(block, "cache_control", |mark| mark["type"] == "ephemeral");
    let source = || match block["source"]["type"].as_str() {
        Some("base64") => block["source"]["media_type"].is_string() && block["source"]["data"].is_string(),
        Some("url") => block["source"]["url"].is_string(),
        _ => false,
    };
    cached
        && match block["type"].as_str() {
            Some("text") => texts(&["text"]),
            Some("image" | "document") => source(),
            Some("tool_use" | "server_tool_use") => texts(&["id", "name"]) && block["input"].is_object(),
            Some("tool_result") => texts(&["tool_use_id"]),
            Some("thinking") => texts(&["thinking", "signature"]),
            Some("redacted_thinking") => texts(&["data"]),
            kind => kind.is_some(),
        }
}

fn is_tool(tool: &Value) -> bool {
    let function = tool.get("type").is_none() || tool["type"] == "custom";
    tool["name"].as_str().is_some_and(|name| !name.is_empty()) && (!function || tool["input_schema"].is_object())
}

fn is_choice(choice: &Value) -> bool {
    match choice["type"].as_str() {
        Some("auto" | "any" | "none") => true,
        Some("tool") => choice["name"].is_string(),
        _ => false,
    }
}
