//! Streams of responses as they are documented.

use serde_json::{Value, json};

/// The sequence that OpenAI documents for a text, with what the router adds: the cost.
pub fn text() -> Vec<String> {
    let message = |status: &str, content: Value| json!({"id": "msg_1", "type": "message", "status": status, "role": "assistant", "content": content});
    let part = |text: &str| json!({"type": "output_text", "text": text, "annotations": []});
    let whole = "Hello, 世界 \u{1F600}!";
    let response = |status: &str, output: Value, usage: Value| {
        json!({"id": "rqsty-cmpl-1", "object": "response", "created_at": 1_783_184_646, "status": status, "error": null,
               "incomplete_details": null, "model": "gpt-4.1", "output": output, "usage": usage})
    };
    let usage = json!({"input_tokens": 9, "input_tokens_details": {"cached_tokens": 0}, "output_tokens": 4,
                       "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 13, "cost": 0.000_052});
    let at = |mut event: Value| {
        event["item_id"] = json!("msg_1");
        event["output_index"] = json!(0);
        event["content_index"] = json!(0);
        event.to_string()
    };
    let mut all = vec![
        json!({"type": "response.created", "response": response("in_progress", json!([]), json!(null))}).to_string(),
        json!({"type": "response.in_progress", "response": response("in_progress", json!([]), json!(null))})
            .to_string(),
        json!({"type": "response.output_item.added", "output_index": 0, "item": message("in_progress", json!([]))})
            .to_string(),
        at(json!({"type": "response.content_part.added", "part": part("")})),
    ];
    all.extend(
        ["Hello", ", ", "世", "界 "].map(|delta| at(json!({"type": "response.output_text.delta", "delta": delta}))),
    );
    // A character cut between two events.
    let raw = |delta: &str| {
        let delta = format!(r#""delta":"{delta}""#);
        at(json!({"type": "response.output_text.delta", "delta": ""})).replace(r#""delta":"""#, &delta)
    };
    all.extend([raw("\\ud83d"), raw("\\ude00!")]);
    all.extend([
        at(json!({"type": "response.output_text.done", "text": whole})),
        at(json!({"type": "response.content_part.done", "part": part(whole)})),
        json!({"type": "response.output_item.done", "output_index": 0, "item": message("completed", json!([part(whole)]))})
            .to_string(),
        json!({"type": "response.completed",
               "response": response("completed", json!([message("completed", json!([part(whole)]))]), usage)})
        .to_string(),
    ]);
    all
}

/// What was thought, then two calls whose arguments come in turns.
pub fn calls() -> Vec<String> {
    let reasoning = json!({"id": "rs_1", "type": "reasoning", "encrypted_content": "gAAA",
                           "summary": [{"type": "summary_text", "text": "First A. "}, {"type": "summary_text", "text": "Then B."}]});
    let call = |n: u8, status: &str, arguments: &str| {
        json!({"id": format!("fc_{n}"), "type": "function_call", "status": status, "call_id": format!("call_{n}"),
               "name": "weather", "arguments": arguments})
    };
    let (rome, oslo) = (r#"{"city":"Rome"}"#, r#"{"city":"Oslo"}"#);
    let summary = |index: u8, delta: &str| {
        json!({"type": "response.reasoning_summary_text.delta", "item_id": "rs_1", "output_index": 0, "summary_index": index,
               "delta": delta})
    };
    let arguments = |n: u8, delta: &str| json!({"type": "response.function_call_arguments.delta", "item_id": format!("fc_{n}"), "output_index": n, "delta": delta});
    let item = |kind: &str, index: u8, item: &Value| json!({"type": format!("response.output_item.{kind}"), "output_index": index, "item": item});
    let all = [
        json!({"type": "response.created", "response": {"id": "r", "model": "m", "status": "in_progress", "output": []}}),
        item("added", 0, &json!({"id": "rs_1", "type": "reasoning", "summary": []})),
        json!({"type": "response.reasoning_summary_part.added", "output_index": 0, "summary_index": 0,
               "part": {"type": "summary_text", "text": ""}}),
        summary(0, "First "),
        summary(0, "A. "),
        json!({"type": "response.reasoning_summary_text.done", "output_index": 0, "summary_index": 0, "text": "First A. "}),
        json!({"type": "response.reasoning_summary_part.done", "output_index": 0, "summary_index": 0,
               "part": {"type": "summary_text", "text": "First A. "}}),
        summary(1, "Then B."),
        item("done", 0, &reasoning),
        item("added", 1, &call(1, "in_progress", "")),
        item("added", 2, &call(2, "in_progress", "")),
        arguments(1, r#"{"city""#),
        arguments(2, r#"{"city":"Os"#),
        arguments(1, r#":"Rome"}"#),
        arguments(2, r#"lo"}"#),
        json!({"type": "response.function_call_arguments.done", "output_index": 1, "arguments": rome}),
        json!({"type": "response.function_call_arguments.done", "output_index": 2, "arguments": oslo}),
        item("done", 1, &call(1, "completed", rome)),
        item("done", 2, &call(2, "completed", oslo)),
        json!({"type": "response.completed", "response": {"id": "r", "model": "m", "status": "completed",
               "output": [reasoning, call(1, "completed", rome), call(2, "completed", oslo)], "usage": {"cost": 0.1}}}),
    ];
    all.iter().map(ToString::to_string).collect()
}

/// A web search, whose sources come one by one, and a refusal.
pub fn search() -> Vec<String> {
    let citation = json!({"type": "url_citation", "url": "https://a", "title": "A", "start_index": 0, "end_index": 3});
    let search = json!({"id": "ws_1", "type": "web_search_call", "status": "completed"});
    let message = json!({"id": "msg_1", "type": "message", "status": "completed", "role": "assistant", "content": [
        {"type": "output_text", "text": "Old.", "annotations": [citation]}, {"type": "refusal", "refusal": "No more."}]});
    let all = [
        json!({"type": "response.created", "response": {"id": "r", "status": "in_progress"}}),
        json!({"type": "response.output_item.added", "output_index": 0, "item": {"id": "ws_1", "type": "web_search_call"}}),
        json!({"type": "response.web_search_call.searching", "output_index": 0, "item_id": "ws_1"}),
        json!({"type": "response.output_item.done", "output_index": 0, "item": search}),
        json!({"type": "response.output_text.delta", "output_index": 1, "content_index": 0, "delta": "Old."}),
        json!({"type": "response.output_text.annotation.added", "output_index": 1, "content_index": 0,
               "annotation_index": 0, "annotation": citation}),
        json!({"type": "response.refusal.delta", "output_index": 1, "content_index": 1, "delta": "No "}),
        json!({"type": "response.refusal.delta", "output_index": 1, "content_index": 1, "delta": "more."}),
        json!({"type": "response.refusal.done", "output_index": 1, "content_index": 1, "refusal": "No more."}),
        json!({"type": "response.output_item.done", "output_index": 1, "item": message}),
        json!({"type": "response.completed", "response": {"id": "r", "status": "completed", "output": [search, message]}}),
    ];
    all.iter().map(ToString::to_string).collect()
}
