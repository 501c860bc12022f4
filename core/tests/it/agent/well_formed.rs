//! What makes a history well-formed, read from the body of a request. The fuzz target `agent` uses it, too.

use serde_json::Value;

/// Returns what is wrong with the history of a request for a chat completion.
pub(super) fn chat(body: &Value) -> Option<String> {
    let mut open: Vec<String> = Vec::new();
    let Some(messages) = body["messages"].as_array() else { return Some("no history".to_owned()) };
    for message in messages {
        let role = message["role"].as_str().unwrap_or_default();
        if !["system", "user", "assistant", "tool"].contains(&role) {
            return Some(format!("a message of nobody: {message}"));
        }
        if role == "tool" {
            if open.is_empty() || message["tool_call_id"] != open.remove(0) {
                return Some(format!("a result out of order: {message}"));
            }
            continue;
        }
        if !open.is_empty() {
            return Some(format!("calls without a result: {open:?}"));
        }
        if !message["function_call"].is_null() {
            return Some(format!("a call that nothing answers: {message}"));
        }
        for call in message["tool_calls"].as_array().into_iter().flatten() {
            let id = call["id"].as_str().unwrap_or_default();
            let name = call["function"]["name"].as_str().unwrap_or_default();
            if id.is_empty() || name.is_empty() || id.starts_with("srvtoolu_") || open.iter().any(|open| open == id) {
                return Some(format!("a call that cannot stand in a history: {call}"));
            }
            open.push(id.to_owned());
        }
        let content = &message["content"];
        let says_something = content.as_str().is_some_and(|text| !text.is_empty())
            || content.as_array().is_some_and(|parts| !parts.is_empty())
            || message["refusal"].is_string();
        if role == "assistant" && open.is_empty() && !says_something {
            return Some(format!("a message that says nothing: {message}"));
        }
    }
    (!open.is_empty()).then(|| format!("calls without a result: {open:?}"))
}

/// Returns what is wrong with the history of a request for a message.
pub(super) fn messages(body: &Value) -> Option<String> {
    let mut open: Vec<String> = Vec::new();
    let Some(messages) = body["messages"].as_array() else { return Some("no history".to_owned()) };
    for (place, message) in messages.iter().enumerate() {
        let Some(blocks) = message["content"].as_array() else {
            if open.is_empty() { continue } else { return Some(format!("calls without a result: {open:?}")) }
        };
        if blocks.is_empty() {
            return Some(format!("a message that says nothing: {message}"));
        }
        for block in blocks {
            match block["type"].as_str().unwrap_or_default() {
                "tool_result" if open.is_empty() || block["tool_use_id"] != open.remove(0) => {
                    return Some(format!("a result out of order: {block}"));
                }
                "tool_result" if block["is_error"] == true && block["content"] == "" => {
                    return Some(format!("a failure without words: {block}"));
                }
                "tool_result" => {}
                _ if message["role"] == "user" && !open.is_empty() => {
                    return Some(format!("calls without a result: {open:?}"));
                }
                "tool_use" => {
                    let id = block["id"].as_str().unwrap_or_default();
                    let bad = id.is_empty() || block["name"] == "" || id.starts_with("srvtoolu_");
                    if bad || open.iter().any(|open| open == id) || !block["input"].is_object() {
                        return Some(format!("a call that cannot stand in a history: {block}"));
                    }
                    open.push(id.to_owned());
                }
                "text" if block["text"].as_str().is_some_and(|text| text.trim().is_empty()) => {
                    return Some("an empty text".to_owned());
                }
                "server_tool_use"
                    if open.is_empty() && messages.get(place + 1).is_some_and(|it| it["role"] == "user") =>
                {
                    let ends = |it: &Value| it["tool_use_id"].is_string() && it["tool_use_id"] == block["id"];
                    let waits = blocks.iter().any(|it| it["type"] == "tool_use");
                    if !waits && !blocks.iter().any(ends) {
                        return Some(format!("a search without its result: {block}"));
                    }
                }
                _ => {}
            }
        }
        if message["role"] == "user" && !open.is_empty() {
            return Some(format!("calls without a result: {open:?}"));
        }
        if message["role"] == "assistant" && blocks.last().is_some_and(|block| block["type"] == "thinking") {
            return Some(format!("a message that ends in what was thought: {message}"));
        }
    }
    (!open.is_empty()).then(|| format!("calls without a result: {open:?}"))
}

/// Returns what is wrong with the history of a request for a response.
pub(super) fn responses(body: &Value) -> Option<String> {
    let (mut open, mut thought) = (Vec::<String>::new(), false);
    let Some(items) = body["input"].as_array() else { return Some("no history".to_owned()) };
    for item in items {
        let kind = item["type"].as_str().unwrap_or_default();
        // The model's own items may follow, also those of kinds that are not known; the caller's may not.
        if thought && (kind == "function_call_output" || kind == "message" && item["role"] == "user") {
            return Some("what was thought without what followed it".to_owned());
        }
        thought = kind == "reasoning";
        match kind {
            "function_call_output" if open.is_empty() || item["call_id"] != open.remove(0) => {
                return Some(format!("a result out of order: {item}"));
            }
            "message" if item["role"] == "user" && !open.is_empty() => {
                return Some(format!("calls without a result: {open:?}"));
            }
            "custom_tool_call" if item["call_id"].is_string() => {
                return Some(format!("a call that nothing answers: {item}"));
            }
            "function_call" => {
                let id = item["call_id"].as_str().unwrap_or_default();
                let bad = id.is_empty() || item["name"] == "" || id.starts_with("srvtoolu_");
                if bad || open.iter().any(|open| open == id) {
                    return Some(format!("a call that cannot stand in a history: {item}"));
                }
                open.push(id.to_owned());
            }
            _ => {}
        }
    }
    (!open.is_empty() || thought).then(|| format!("calls without a result: {open:?}"))
}
