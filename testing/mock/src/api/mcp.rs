//! The MCP gateway: a server of one tool, by the streamable HTTP transport.

use serde_json::{Value, json};

use super::Question;
use crate::script::{Script, event};

/// The one session there is.
const SESSION: &str = "mock-session";

/// Answers a question of this family.
pub(super) fn answer(question: &Question<'_>, complaints: &mut Vec<String>) -> Option<Script> {
    match (question.method.as_str(), &*question.segments()) {
        ("POST", ["v1", "mcp"]) => {
            check(question, complaints);
            Some(reply(question))
        }
        _ => None,
    }
}

fn check(question: &Question<'_>, complaints: &mut Vec<String>) {
    let accept = question.received.header("accept").unwrap_or_default();
    for media in ["application/json", "text/event-stream"] {
        if !accept.contains(media) {
            complaints.push(format!("accept: {media} is missing"));
        }
    }
    let message = question.body;
    if message["jsonrpc"] != "2.0" || !message["method"].is_string() {
        complaints.push("body: not a JSON-RPC 2.0 request".to_owned());
    }
    let session = question.received.header("mcp-session-id");
    if message["method"] != "initialize" && session != Some(SESSION) {
        complaints.push("mcp-session-id: not the one that initialize gave".to_owned());
    }
}

/// Answers `initialize` with JSON, `tools/list` with events, and a notification with nothing.
fn reply(question: &Question<'_>) -> Script {
    let id = &question.body["id"];
    let result = |result: Value| json!({"jsonrpc": "2.0", "id": id, "result": result});
    match question.body["method"].as_str().unwrap_or_default() {
        _ if id.is_null() => Script::new(202),
        "initialize" => {
            let server = json!({"name": "requesty-mock", "version": "1"});
            let result =
                result(json!({"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}, "serverInfo": server}));
            Script::json(200, &result).header("mcp-session-id", SESSION)
        }
        "tools/list" => {
            let progress = json!({"jsonrpc": "2.0", "method": "notifications/progress", "params": {"progress": 1}});
            let tool = json!({"name": "clock", "description": "Tells the time.", "inputSchema": {"type": "object"}});
            let message = |value: &Value| [b"event: message\n", &event(value)[..]].concat();
            Script::sse().send(message(&progress)).send(message(&result(json!({"tools": [tool]}))))
        }
        method => {
            let error = json!({"code": -32_601, "message": format!("no such method: {method}")});
            Script::json(200, &json!({"jsonrpc": "2.0", "id": id, "error": error}))
        }
    }
}
