//! Streams of messages as they are documented, and the replies that they add up to.

use requesty_core::messages::AssistantMessage;
use serde_json::{Value, json};

use super::messages::{START, STOP, block_start, block_stop, delta, end, text};

pub fn value(reply: &AssistantMessage) -> Value {
    serde_json::to_value(reply).unwrap()
}

pub fn text_events() -> Vec<String> {
    vec![
        START.to_owned(),
        block_start(0, r#"{"type":"text","text":""}"#),
        r#"{"type":"ping"}"#.to_owned(),
        text(0, "Hello"),
        text(0, "!"),
        block_stop(0),
        end("end_turn"),
        STOP.to_owned(),
    ]
}

pub fn thinking_events() -> Vec<String> {
    vec![
        START.to_owned(),
        block_start(0, r#"{"type":"thinking","thinking":"","signature":""}"#),
        delta(0, r#"{"type":"thinking_delta","thinking":"Let me "}"#),
        delta(0, r#"{"type":"thinking_delta","thinking":"see."}"#),
        delta(0, r#"{"type":"signature_delta","signature":"EqQBCg=="}"#),
        block_stop(0),
        block_start(1, r#"{"type":"redacted_thinking","data":"Emwx"}"#),
        block_stop(1),
        block_start(2, r#"{"type":"text","text":""}"#),
        text(2, "It is 4."),
        block_stop(2),
        end("end_turn"),
        STOP.to_owned(),
    ]
}

pub fn tool_events() -> Vec<String> {
    vec![
        START.to_owned(),
        block_start(0, r#"{"type":"text","text":""}"#),
        text(0, "Okay"),
        block_stop(0),
        block_start(1, r#"{"type":"tool_use","id":"toolu_1","name":"get_weather","input":{}}"#),
        delta(1, r#"{"type":"input_json_delta","partial_json":""}"#),
        delta(1, r#"{"type":"input_json_delta","partial_json":"{\"location\":"}"#),
        delta(1, r#"{"type":"input_json_delta","partial_json":" \"San"}"#),
        delta(1, r#"{"type":"input_json_delta","partial_json":" Francisco\"}"}"#),
        block_stop(1),
        block_start(2, r#"{"type":"tool_use","id":"toolu_2","name":"now","input":{}}"#),
        block_stop(2),
        end("tool_use"),
        STOP.to_owned(),
    ]
}

pub const FOUND: &str = r#"{"type":"web_search_tool_result","tool_use_id":"srvtoolu_1","content":[{"type":"web_search_result","url":"https://a.example","title":"A","encrypted_content":"Eo8","page_age":null}]}"#;

pub const CITED: &str = r#"{"type":"web_search_result_location","cited_text":"72°F","url":"https://a.example","title":null,"encrypted_index":"Eo9"}"#;

pub fn search_events() -> Vec<String> {
    vec![
        START.to_owned(),
        block_start(0, r#"{"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{}}"#),
        delta(0, r#"{"type":"input_json_delta","partial_json":"{\"query\":"}"#),
        delta(0, r#"{"type":"input_json_delta","partial_json":"\"weather\"}"}"#),
        block_stop(0),
        block_start(1, FOUND),
        block_stop(1),
        block_start(2, r#"{"type":"text","text":"","citations":[]}"#),
        delta(2, &format!(r#"{{"type":"citations_delta","citation":{CITED}}}"#)),
        text(2, "Warm."),
        delta(2, r#"{"type":"citations_delta","citation":{"type":"page_location","document_title":"D","n":1.0}}"#),
        block_stop(2),
        r#"{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"input_tokens":30,"cache_creation_input_tokens":0,"cache_read_input_tokens":7,"output_tokens":510,"server_tool_use":{"web_search_requests":1},"cost":0.0123}}"#.to_owned(),
        STOP.to_owned(),
    ]
}

/// The sequences of the documentation, and the whole replies that they are.
pub fn samples() -> Vec<(Vec<String>, Value)> {
    let message = |content: Value, reason: &str, usage: Value| {
        json!({
            "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-sonnet-4-20250514",
            "content": content, "stop_reason": reason, "stop_sequence": null, "usage": usage,
        })
    };
    let usage = || json!({"input_tokens": 25, "output_tokens": 15});
    let found: Value = serde_json::from_str(FOUND).unwrap();
    let cited: Value = serde_json::from_str(CITED).unwrap();
    vec![
        (text_events(), message(json!([{"type": "text", "text": "Hello!"}]), "end_turn", usage())),
        (
            thinking_events(),
            message(
                json!([
                    {"type": "thinking", "thinking": "Let me see.", "signature": "EqQBCg=="},
                    {"type": "redacted_thinking", "data": "Emwx"},
                    {"type": "text", "text": "It is 4."},
                ]),
                "end_turn",
                usage(),
            ),
        ),
        (
            tool_events(),
            message(
                json!([
                    {"type": "text", "text": "Okay"},
                    {"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {"location": "San Francisco"}},
                    {"type": "tool_use", "id": "toolu_2", "name": "now", "input": {}},
                ]),
                "tool_use",
                usage(),
            ),
        ),
        (
            search_events(),
            message(
                json!([
                    {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "weather"}},
                    found,
                    {"type": "text", "text": "Warm.", "citations": [
                        cited, {"type": "page_location", "document_title": "D", "n": 1.0},
                    ]},
                ]),
                "end_turn",
                json!({
                    "input_tokens": 30, "output_tokens": 510, "cache_creation_input_tokens": 0,
                    "cache_read_input_tokens": 7, "cost": 0.0123, "server_tool_use": {"web_search_requests": 1},
                }),
            ),
        ),
    ]
}
