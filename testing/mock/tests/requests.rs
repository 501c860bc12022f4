//! Routes, authorization, and what the mock says about wrong requests.

mod support;

use std::time::Duration;

use requesty_mock::{Mock, scenarios};
use serde_json::{Value, json};
use support::{Client, ask, headers, post};

const PATIENCE: Duration = Duration::from_secs(5);

#[test]
fn models_are_the_scenarios_and_need_no_key() {
    let router = Mock::start().unwrap();
    let mut client = Client::connect(router.addr());
    client.send_raw("GET", "/v1/models?x=1", &[("host".to_owned(), "mock".to_owned())], b"");
    let answer = client.receive(PATIENCE);
    assert_eq!(answer.status, 200);
    let list = answer.json();
    assert_eq!(list["object"], "list");
    let ids: Vec<&str> = list["data"].as_array().unwrap().iter().map(|model| model["id"].as_str().unwrap()).collect();
    for scenario in scenarios() {
        assert_eq!(ids.iter().filter(|id| **id == scenario.name()).count(), 1, "{}", scenario.name());
        assert!(scenario.about().len() < 100, "{}: one line", scenario.name());
    }
}

#[test]
fn keys_models_and_paths() {
    let router = Mock::start().unwrap();
    let with_key = |key: Option<&str>, path: &str, body: &Value| {
        let mut headers = headers(false);
        headers.retain(|(name, _)| name != "authorization");
        headers.extend(key.map(|key| ("authorization".to_owned(), key.to_owned())));
        let mut client = Client::connect(router.addr());
        client.send_raw("POST", path, &headers, body.to_string().as_bytes());
        let answer = client.receive(PATIENCE);
        assert!(answer.header("x-request-id").is_some() && answer.header("fly-request-id").is_some());
        (answer.status, answer.json()["error"]["message"].as_str().unwrap_or_default().to_owned())
    };
    let chat = "/v1/chat/completions";
    let body = ask("mock/requesty", false);
    assert_eq!(with_key(None, chat, &body), (401, "Unauthorized".to_owned()));
    assert_eq!(with_key(Some("Bearer "), chat, &body), (401, "Unauthorized".to_owned()));
    assert_eq!(with_key(Some("Bearer an-invalid-key"), chat, &body), (403, "Invalid authorization token".to_owned()));
    let unsupported = "Provider and/or model not supported".to_owned();
    assert_eq!(with_key(Some("Bearer k"), chat, &ask("mock/nope", false)), (404, unsupported.clone()));
    assert!(router.complaints().is_empty());
    assert_eq!(with_key(Some("Bearer k"), "/v1//chat/completions", &body), (404, unsupported));
    assert_eq!(router.complaints().len(), 1);
    assert_eq!(with_key(Some("Bearer k"), "/v1/chat/completions?x=1", &body).0, 200);
    // Without a model it is the default, and the models of the samples exist.
    assert_eq!(with_key(Some("Bearer k"), chat, &json!({"messages": body["messages"]})).0, 200);
    assert_eq!(with_key(Some("Bearer k"), chat, &ask("openai/gpt-4o-mini", false)).0, 200);
    assert_eq!(router.hits("openai/gpt-4o-mini"), 1);
}

/// A request with every documented field in it.
fn full() -> Value {
    json!({
        "model": "mock/one-chunk", "stream": true, "stream_options": {"include_usage": true},
        "messages": [
            {"role": "system", "content": [{"type": "text", "text": "Long.",
                "cache_control": {"type": "ephemeral", "ttl": "1h"}}]},
            {"role": "user", "content": [
                {"type": "text", "text": "Look."},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw=="}},
                {"type": "image_url", "image_url": {"url": "https://example.com/a.png", "mime_type": "image/png"}},
                {"type": "input_file", "filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERi0xLjQ=",
                    "mime_type": "application/pdf"},
                {"type": "input_file", "filename": "b.pdf", "file_data": "https://example.com/b.pdf"},
            ]},
            {"role": "assistant", "content": null, "reasoning_content": "Hm.", "reasoning_signature": "EqQB",
                "tool_calls": [{"id": "call_1", "type": "function",
                    "function": {"name": "get_weather", "arguments": "{\"city\":\"Rome\"}"}}]},
            {"role": "tool", "tool_call_id": "call_1", "content": "18C"},
        ],
        "max_tokens": 20_000, "temperature": 0.3, "top_p": 1, "top_k": 40, "seed": 7, "stop": ["END"], "user": "u",
        "frequency_penalty": 0.1, "presence_penalty": 0, "logit_bias": {"50256": -100}, "logprobs": true,
        "top_logprobs": 2,
        "tools": [
            {"type": "function", "function": {"name": "get_weather", "description": "…", "parameters": {"type": "object"}}},
            {"type": "web_search", "search_context_size": "low"},
        ],
        "tool_choice": {"type": "function", "function": {"name": "get_weather"}}, "parallel_tool_calls": true,
        "response_format": {"type": "json_schema", "json_schema": {"name": "x", "strict": true, "schema": {}}},
        "reasoning_effort": "10000", "include_reasoning": true,
        "thinking": {"type": "enabled", "budget_tokens": 1024}, "models": ["a/b"],
        "requesty": {"auto_cache": true, "tags": ["prod"], "user_id": "u_1", "trace_id": "t", "extra": {"a": 1},
            "prompt_id": "p:1", "prompt_variables": {"x": "y"}},
    })
}

#[test]
fn a_request_with_everything_is_right() {
    let router = Mock::start().unwrap();
    let answer = post(router.addr(), &full());
    assert_eq!(answer.status, 200, "{}", answer.text());
    let received = &router.requests()[0];
    assert_eq!((received.complaints.len(), received.notes.len()), (0, 0), "{received:?}");
    assert_eq!((received.method.as_str(), received.path.as_str()), ("POST", "/v1/chat/completions"));
    assert_eq!(received.json(), full());

    let mut unlisted = full();
    unlisted["provider_options"] = json!({"x": 1});
    unlisted["messages"][1]["content"][0]["x_extra"] = json!(1);
    assert_eq!(post(router.addr(), &unlisted).status, 200);
    assert_eq!(router.requests()[1].notes.len(), 2);
}

#[test]
fn wrong_requests_are_refused_and_put_on_record() {
    let router = Mock::start().unwrap();
    // Where something is put, what is put there, and the field that must be named.
    let wrong = [
        ("/messages", json!([]), "messages"),
        ("/messages", json!("hello"), "messages"),
        ("/messages/0/role", json!("robot"), "messages[0].role"),
        ("/messages/0/content", json!(null), "messages[0].content"),
        ("/messages/1/content/0/text", json!(7), "messages[1].content[0].text"),
        ("/messages/1/content/1/image_url", json!("https://example.com"), "messages[1].content[1].image_url"),
        ("/messages/1/content/3/file_data", json!("JVBERi0xLjQ="), "messages[1].content[3].file_data"),
        ("/messages/1/content/3/file_data", json!("data:application/pdf;base64,JVBE-_"), "file_data"),
        ("/messages/1/content/3/file_data", json!("data:application/pdf;base64,aGVsbG8="), "%PDF-"),
        ("/messages/1/content/3/filename", json!(""), "messages[1].content[3].filename"),
        ("/messages/1/content/3/type", json!("file"), "messages[1].content[3].type"),
        ("/messages/2/tool_calls", json!([]), "messages[2].tool_calls"),
        ("/messages/2/tool_calls/0/function/arguments", json!({"city": 1}), "function.arguments"),
        ("/messages/2/reasoning_signature", json!(null), "messages[2].reasoning_signature"),
        ("/messages/3/tool_call_id", json!(""), "messages[3].tool_call_id"),
        ("/messages/3/tool_call_id", json!("call_9"), "messages[3].tool_call_id"),
        ("/messages/3/content", json!(["18C"]), "messages[3].content"),
        ("/tools", json!([]), "tools"),
        ("/tools/0/function/name", json!(""), "tools[0].function.name"),
        ("/tools/1/search_context_size", json!("huge"), "tools[1].search_context_size"),
        ("/tool_choice", json!("any"), "tool_choice"),
        ("/tool_choice/function/name", json!("other"), "tool_choice.function.name"),
        ("/temperature", json!(null), "temperature"),
        ("/temperature", json!("warm"), "temperature"),
        ("/max_tokens", json!(1.5), "max_tokens"),
        ("/max_tokens", json!(10), "reasoning_effort"),
        ("/stop", json!([1]), "stop"),
        ("/stream", json!(false), "stream_options"),
        ("/stream_options/include_usage", json!("yes"), "stream_options.include_usage"),
        ("/response_format/json_schema/name", json!(""), "response_format.json_schema.name"),
        ("/reasoning_effort", json!(10_000), "reasoning_effort"),
        ("/thinking/type", json!("maybe"), "thinking.type"),
        ("/requesty/tags", json!("prod"), "requesty.tags"),
        ("/requesty/extra", json!(null), "requesty.extra"),
        ("/logit_bias/50256", json!(101), "logit_bias.50256"),
    ];
    for (at, (pointer, value, field)) in wrong.iter().enumerate() {
        let mut body = full();
        *body.pointer_mut(pointer).unwrap() = value.clone();
        let answer = post(router.addr(), &body);
        let message = answer.json()["error"]["message"].as_str().unwrap_or_default().to_owned();
        assert_eq!(answer.status, 400, "{pointer} {value}");
        assert!(message.contains(field), "{pointer}: {message}");
        assert!(router.requests()[at].complaints.iter().any(|complaint| complaint.contains(field)));
    }
}

#[test]
fn wrong_requests_are_answered_where_the_test_says_so() {
    let router = Mock::start().unwrap();
    let mut body = ask("mock/requesty", false);
    body["temperature"] = json!("warm");
    assert_eq!(post(router.addr(), &body).status, 400);
    router.accept_any_request();
    assert_eq!(post(router.addr(), &body).status, 200);
    assert!(router.requests().iter().all(|received| received.complaints.len() == 1), "{:?}", router.complaints());
}

#[test]
fn wrong_headers_and_bodies_are_refused() {
    let router = Mock::start().unwrap();
    let try_with = |name: &str, value: &str, stream: bool| {
        let mut headers = headers(stream);
        headers.retain(|(key, _)| key != name);
        headers.push((name.to_owned(), value.to_owned()));
        let mut client = Client::connect(router.addr());
        client.send_with(&ask("mock/one-chunk", stream), &headers);
        client.receive(PATIENCE).status
    };
    assert_eq!(try_with("content-type", "text/plain", true), 400);
    assert_eq!(try_with("content-type", "application/json; charset=utf-8", true), 200);
    assert_eq!(try_with("accept", "*/*", true), 400);
    assert_eq!(try_with("accept", "text/event-stream", false), 400);
    assert_eq!(try_with("accept-encoding", "gzip", true), 400);
    assert_eq!(try_with("accept-encoding", "gzip", false), 200);
    assert_eq!(try_with("accept-encoding", "identity", true), 200);

    for (body, field) in [("{\"model\":", "body"), ("[]", "body"), ("{\"seed\":1,\"messages\":[],\"seed\":2}", "seed")]
    {
        let mut client = Client::connect(router.addr());
        client.send_raw("POST", "/v1/chat/completions", &headers(false), body.as_bytes());
        let answer = client.receive(PATIENCE);
        assert_eq!(answer.status, 400);
        assert!(
            answer.json()["error"]["message"].as_str().unwrap().contains(&format!("{field}: ")),
            "{}",
            answer.text()
        );
    }
}

#[test]
fn models_of_the_samples_answer_what_fits() {
    let router = Mock::start().unwrap();
    let message = |body: &Value| post(router.addr(), body).json()["choices"][0]["message"].clone();
    let mut body = ask("anthropic/claude-sonnet-4-20250514", false);
    assert!(message(&body)["content"].as_str().unwrap().starts_with("An LLM gateway is"));
    body["tools"] = json!([{"type": "web_search"}]);
    assert_eq!(message(&body)["annotations"][0]["type"], "url_citation");
    body["messages"][0]["content"] = json!([{"type": "input_file", "filename": "a.pdf",
        "file_data": "data:application/pdf;base64,JVBERi0xLjQ="}]);
    assert_eq!(message(&body)["content"], "a.pdf is a PDF document of 8 bytes.");
    let mut body = ask("openai/gpt-4", false);
    body["response_format"] = json!({"type": "json_object"});
    let content: Value = serde_json::from_str(message(&body)["content"].as_str().unwrap()).unwrap();
    assert!(content.is_object());
    assert!(router.complaints().is_empty());
}
