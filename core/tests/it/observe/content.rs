//! The content of calls, for observers that ask for it: the cases that OpenTelemetry's conventions for generative AI show, rebuilt as
//! requests and replies of each family.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use requesty_core::observe::{CallInfo, Observe, Observer, Observers, Report};
use requesty_core::reply::Observed;
use requesty_core::{ApiKey, Call, Dialect, End, Error, Reply, Router, Step};
use serde_json::{Value, json};

use super::parameters::info;
use crate::support::head;

const KEY: &str = "rqsty-sk-test-0123456789";

/// The limits, in bytes.
const LONGEST: usize = 64 * 1024;
const LONGEST_TEXT: usize = 16 * 1024;

fn read(text: Option<String>) -> Value {
    let text = text.expect("there is content");
    assert!(text.len() <= LONGEST, "{} bytes", text.len());
    serde_json::from_str(&text).unwrap()
}

fn chat(body: Value) -> CallInfo {
    info("chat/completions", &body.to_string())
}

fn router() -> Router {
    Router::new(ApiKey::new(KEY).unwrap())
}

/// Asks for the answer when the call is over.
#[derive(Clone, Default)]
struct Asks(Arc<Mutex<Option<Option<String>>>>);

impl Observer for Asks {
    fn end(&mut self, report: &Report<'_>) {
        assert!(!format!("{report:?}").contains("secret"), "{report:?}");
        *self.0.lock().unwrap() = Some(report.output_messages());
    }
}

/// Plays a body, and returns the content of the answer. The call is dropped where the body does not end.
fn answered<R: Reply>(call: &Call<R>, media: &str, body: &str, end: Option<End>) -> Option<String> {
    let asks = Asks::default();
    let made = asks.clone();
    let observe: Observe = Arc::new(move |_: &CallInfo| Box::new(made.clone()));
    let mut machine = Observed::new(call.open(head(200, media), Duration::ZERO));
    machine.observe(Observers::new(call, &[observe], Duration::ZERO));
    machine.push(body.as_bytes(), Duration::ZERO);
    let ended = end.is_some();
    if let Some(end) = end {
        machine.end(end);
    }
    let last: Result<Step, Error> = loop {
        match machine.advance() {
            Ok(Step::Ready) => {}
            last => break last,
        }
    };
    if ended {
        machine.over(Duration::ZERO, last.as_ref().err());
    }
    drop(machine);
    asks.0.lock().unwrap().take().expect("it ended")
}

fn chat_answer(choices: Value) -> Value {
    let call = router().chat_raw(r#"{"model":"m","messages":[]}"#).unwrap();
    let body = json!({"id": "c-1", "choices": choices}).to_string();
    read(answered(&call, "application/json", &body, Some(End::Clean)))
}

#[test]
fn a_simple_chat() {
    let messages = json!([
        {"role": "system", "content": "You are a helpful bot"},
        {"role": "user", "content": [{"type": "text", "text": "Tell me a joke"}], "name": "secret"},
    ]);
    let call = chat(json!({"model": "m", "messages": messages}));
    let expected = json!([
        {"role": "system", "parts": [{"type": "text", "content": "You are a helpful bot"}]},
        {"role": "user", "name": "secret", "parts": [{"type": "text", "content": "Tell me a joke"}]},
    ]);
    assert_eq!(read(call.input_messages()), expected);
    assert_eq!((call.system_instructions(), call.tool_definitions()), (None, None));
    assert!(!format!("{call:?}").contains("secret"), "nobody asked: {call:?}");

    let choices =
        json!([{"index": 0, "message": {"role": "assistant", "content": "secret \"fun\"\n"}, "finish_reason": "stop"}]);
    let expected = json!([
        {"role": "assistant", "parts": [{"type": "text", "content": "secret \"fun\"\n"}], "finish_reason": "stop"},
    ]);
    assert_eq!(chat_answer(choices), expected);
}

#[test]
fn several_choices_and_reasoning() {
    let answer = |text: &str| json!({"role": "assistant", "content": text, "reasoning_content": "Hm."});
    let choices = json!([
        {"index": 0, "message": answer("One"), "finish_reason": "stop"},
        {"index": 1, "message": answer("Two"), "finish_reason": "length"},
    ]);
    let part = |kind: &str, text: &str| json!({"type": kind, "content": text});
    let expected = json!([
        {"role": "assistant", "parts": [part("reasoning", "Hm."), part("text", "One")], "finish_reason": "stop"},
        {"role": "assistant", "parts": [part("reasoning", "Hm."), part("text", "Two")], "finish_reason": "length"},
    ]);
    assert_eq!(chat_answer(choices), expected);
}

/// The same round trip in each family comes out the same.
#[test]
fn a_tool_call_and_its_response() {
    let question = "Weather in Paris?";
    let arguments = r#"{"location":"Paris","id":123456789012345678901234567890}"#;
    let schema = json!({"type": "object", "properties": {"location": {"type": "string"}}, "required": ["location"]});
    let tool = json!({"name": "get_weather", "description": "Get the weather", "parameters": schema});
    let chat = json!({
        "messages": [
            {"role": "user", "content": question},
            {"role": "assistant", "content": null, "tool_calls": [
                {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": arguments}},
            ]},
            {"role": "tool", "tool_call_id": "call_1", "content": "rainy, 57°F"},
        ],
        "tools": [{"type": "function", "function": tool}],
    });
    let responses = json!({
        "input": [
            {"role": "user", "content": [{"type": "input_text", "text": question}]},
            {"type": "function_call", "call_id": "call_1", "name": "get_weather", "arguments": arguments},
            {"type": "function_call_output", "call_id": "call_1", "output": "rainy, 57°F"},
        ],
        "tools": [{"type": "function", "name": "get_weather", "description": "Get the weather", "parameters": schema}],
    });
    // Written by hand: a tree would lose the digits of the number.
    let messages = format!(
        r#"{{"messages":[{{"role":"user","content":"{question}"}},
        {{"role":"assistant","content":[{{"type":"tool_use","id":"call_1","name":"get_weather","input":{arguments}}}]}},
        {{"role":"user","content":[{{"type":"tool_result","tool_use_id":"call_1","content":"rainy, 57°F"}}]}}],
        "tools":[{{"name":"get_weather","description":"Get the weather","input_schema":{schema}}}]}}"#
    );
    for (path, body, role) in [
        ("chat/completions", chat.to_string(), "tool"),
        ("responses", responses.to_string(), "tool"),
        ("messages", messages, "user"),
    ] {
        let call = info(path, &body);
        let input = call.input_messages().unwrap();
        assert!(input.contains(&format!("\"arguments\":{arguments}")), "each digit stays: {input}");
        let expected = json!([
            {"role": "user", "parts": [{"type": "text", "content": question}]},
            {"role": "assistant", "parts": [{
                "type": "tool_call",
                "id": "call_1",
                "name": "get_weather",
                "arguments": serde_json::from_str::<Value>(arguments).unwrap(),
            }]},
            {"role": role, "parts": [{"type": "tool_call_response", "id": "call_1", "response": "rainy, 57°F"}]},
        ]);
        assert_eq!(read(Some(input)), expected, "{path}");
        let expected = json!([{
            "type": "function", "name": "get_weather", "description": "Get the weather", "parameters": schema,
        }]);
        assert_eq!(read(call.tool_definitions()), expected, "{path}");
    }

    let call =
        json!({"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": "{\"a\":1}"}});
    let message = json!({"role": "assistant", "content": null, "tool_calls": [call]});
    let expected = json!([{
        "role": "assistant",
        "parts": [{"type": "tool_call", "id": "call_1", "name": "get_weather", "arguments": {"a": 1}}],
        "finish_reason": "tool_calls",
    }]);
    assert_eq!(chat_answer(json!([{"index": 0, "message": message, "finish_reason": "tool_calls"}])), expected);
}

#[test]
fn instructions_beside_the_messages_and_tools_of_the_provider() {
    let body = json!({
        "instructions": "You must never tell jokes",
        "input": [{"role": "system", "content": "You are a helpful bot"}, {"role": "user", "content": "Tell me a joke"}],
        "tools": [{"type": "web_search", "max_uses": 5}],
    });
    let call = info("responses", &body.to_string());
    assert_eq!(read(call.system_instructions()), json!([{"type": "text", "content": "You must never tell jokes"}]));
    assert_eq!(read(call.input_messages()).as_array().unwrap().len(), 2);
    assert_eq!(read(call.tool_definitions()), json!([{"type": "web_search", "name": "web_search", "max_uses": 5}]));

    let body = json!({
        "system": [{"type": "text", "text": "Be brief", "cache_control": {"type": "ephemeral"}}],
        "messages": [],
        "tools": [{"type": "web_search_20250305", "name": "web_search", "max_uses": 5}],
    });
    let call = info("messages", &body.to_string());
    assert_eq!(read(call.system_instructions()), json!([{"type": "text", "content": "Be brief"}]));
    assert_eq!(read(call.input_messages()), json!([]));
    let tools = json!([{"type": "web_search_20250305", "name": "web_search", "max_uses": 5}]);
    assert_eq!(read(call.tool_definitions()), tools);
}

#[test]
fn data_is_named_and_left_out_and_what_has_no_name_of_its_own_is_kept() {
    let parts = json!([
        {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,c2VjcmV0"}},
        {"type": "input_image", "image_url": "data:image/gif;base64,c2VjcmV0"},
        {"type": "image", "source": {"type": "base64", "media_type": "image/jpeg", "data": "c2VjcmV0"}},
        {"type": "input_audio", "input_audio": {"data": "c2VjcmV0", "format": "wav"}},
        {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,c2VjcmV0"}},
        {"type": "input_file", "file_id": "file-1"},
        {"type": "search_result", "source": "https://example.com/otel", "citations": {"enabled": true}},
        {"type": "redacted_thinking", "data": "EmwK"},
        {"type": "thinking", "thinking": "Hm.", "signature": "sig"},
    ]);
    let blob =
        |modality: &str, media: &str| json!({"type": "blob", "modality": modality, "mime_type": media, "content": ""});
    let expected = json!([
        {"type": "uri", "modality": "image", "uri": "https://example.com/a.png"},
        blob("image", "image/png"),
        blob("image", "image/gif"),
        blob("image", "image/jpeg"),
        {"type": "blob", "modality": "audio", "content": ""},
        blob("document", "application/pdf"),
        {"type": "file", "modality": "document", "file_id": "file-1"},
        {"type": "generic", "generic_type": "search_result", "source": "https://example.com/otel",
            "citations": {"enabled": true}},
        {"type": "generic", "generic_type": "redacted_thinking", "data": "EmwK"},
        {"type": "reasoning", "content": "Hm."},
    ]);
    let call = chat(json!({"messages": [{"role": "user", "content": parts}]}));
    assert_eq!(read(call.input_messages()), json!([{"role": "user", "parts": expected}]));
}

#[test]
fn answers_of_messages_and_responses() {
    let messages = json!({
        "id": "m-1", "type": "message", "role": "assistant", "stop_reason": "tool_use",
        "content": [
            {"type": "thinking", "thinking": "Hm.", "signature": "sig"},
            {"type": "text", "text": "Let me look."},
            {"type": "tool_use", "id": "call_1", "name": "look", "input": {"at": 1}},
        ],
    });
    let responses = json!({
        "id": "r-1", "object": "response", "status": "completed",
        "output": [
            {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "Hm."}]},
            {"type": "message", "id": "m_1", "role": "assistant", "status": "completed",
                "content": [{"type": "output_text", "text": "Let me look.", "annotations": []}]},
            {"type": "function_call", "id": "f_1", "call_id": "call_1", "name": "look", "arguments": "{\"at\":1}",
                "status": "completed"},
        ],
    });
    let parts = json!([
        {"type": "reasoning", "content": "Hm."},
        {"type": "text", "content": "Let me look."},
        {"type": "tool_call", "id": "call_1", "name": "look", "arguments": {"at": 1}},
    ]);
    let call = router().messages_raw(r#"{"model":"m","messages":[],"max_tokens":1}"#).unwrap();
    let read_message = read(answered(&call, "application/json", &messages.to_string(), Some(End::Clean)));
    assert_eq!(read_message, json!([{"role": "assistant", "parts": parts, "finish_reason": "tool_use"}]));
    let call = router().responses_raw(r#"{"model":"m","input":"Hi"}"#).unwrap();
    let read_response = read(answered(&call, "application/json", &responses.to_string(), Some(End::Clean)));
    assert_eq!(read_response[0]["parts"], parts);
    assert_eq!(read_response.as_array().unwrap().len(), 1);
}

#[test]
fn a_stream_has_the_content_that_came() {
    let call = router().chat_stream_raw(r#"{"model":"m","messages":[],"stream":true}"#).unwrap();
    let text = |text: &str| {
        format!("data: {{\"id\":\"c\",\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n")
    };
    let begun = text("Hel") + &text("lo");
    let done = format!(
        "{begun}data: {{\"choices\":[{{\"index\":0,\"delta\":{{}},\"finish_reason\":\"stop\"}}]}}\n\ndata: [DONE]\n\n"
    );
    let parts = json!([{"type": "text", "content": "Hello"}]);
    let whole = json!([{"role": "assistant", "parts": parts, "finish_reason": "stop"}]);
    assert_eq!(read(answered(&call, "text/event-stream", &done, Some(End::Clean))), whole);
    let relayed = call.clone().relaying();
    assert_eq!(read(answered(&relayed, "text/event-stream", &done, Some(End::Clean))), whole);
    let partial = json!([{"role": "assistant", "parts": parts}]);
    assert_eq!(read(answered(&call, "text/event-stream", &begun, Some(End::Clean))), partial, "truncated");
    assert_eq!(read(answered(&call, "text/event-stream", &begun, None)), partial, "dropped");
    assert_eq!(answered(&call, "text/event-stream", ": nothing\n\n", None), None);
}

#[test]
fn calls_other_than_chats_have_no_content() {
    for (path, body) in [("embeddings", r#"{"input":"Hi"}"#), ("images/generations", r#"{"prompt":"Hi"}"#)] {
        let call = info(path, body);
        assert_eq!((call.input_messages(), call.system_instructions(), call.tool_definitions()), (None, None, None));
    }
    for body in ["{}", "[]", r#"{"messages":null}"#] {
        assert_eq!(info("chat/completions", body).input_messages(), None, "{body}");
    }
    let text = info("responses", r#"{"input":"Hi"}"#).input_messages();
    assert_eq!(read(text), json!([{"role": "user", "parts": [{"type": "text", "content": "Hi"}]}]));
}

#[test]
fn the_key_is_in_none_of_it() {
    let escaped: String = KEY.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    let arguments = format!(r#"{{"{escaped}":"{escaped}","n":[1,"{KEY}"]}}"#);
    let body = format!(
        r#"{{"messages":[{{"role":"user","name":"{escaped}","content":"a\n{escaped} b"}},
        {{"role":"assistant","tool_calls":[{{"id":"{KEY}","function":{{"name":"{KEY}","arguments":{}}}}}]}},
        {{"role":"user","content":[{{"type":"{KEY}","{KEY}":"{escaped}"}},{{"type":"image_url","image_url":{{"url":"https://e.com/{KEY}"}}}}]}}],
        "tools":[{{"type":"function","function":{{"name":"{KEY}","description":"{KEY}","parameters":{{"{KEY}":1}}}}}}],
        "system":"{KEY}"}}"#,
        json!(arguments)
    );
    let call = info("chat/completions", &body);
    let all = [call.input_messages(), call.tool_definitions(), call.system_instructions()].map(Option::unwrap);
    for text in &all {
        assert!(!text.contains("test-0123") && !text.contains("0073"), "{text}");
        serde_json::from_str::<Value>(text).unwrap();
    }
    assert_eq!(serde_json::from_str::<Value>(&all[0]).unwrap()[0]["parts"][0]["content"], "a\n[key] b");

    let message = json!({"role": "assistant", "content": format!("your key is {KEY}")});
    let answer = chat_answer(json!([{"index": 0, "message": message, "finish_reason": "stop"}]));
    assert_eq!(answer[0]["parts"][0]["content"], "your key is [key]");
}

#[test]
fn a_text_is_at_most_16_kib_long() {
    let text = |length: usize| {
        let call = chat(json!({"messages": [{"role": "user", "content": "é".repeat(length / 2)}]}));
        read(call.input_messages())[0]["parts"][0]["content"].as_str().unwrap().to_owned()
    };
    assert_eq!(text(LONGEST_TEXT), "é".repeat(LONGEST_TEXT / 2));
    assert_eq!(text(LONGEST_TEXT + 2), "é".repeat(LONGEST_TEXT / 2) + "…");

    // An object that is cut is no object any more.
    let arguments = |length: usize| {
        let arguments = json!({"a": "b".repeat(length - r#"{"a":""}"#.len())}).to_string();
        assert_eq!(arguments.len(), length);
        let call = json!({"id": "c", "function": {"name": "f", "arguments": arguments}});
        let call = chat(json!({"messages": [{"role": "assistant", "tool_calls": [call]}]}));
        read(call.input_messages())[0]["parts"][0]["arguments"].clone()
    };
    assert!(arguments(LONGEST_TEXT).is_object());
    assert!(arguments(LONGEST_TEXT + 1).as_str().unwrap().ends_with('…'));
}

#[test]
fn an_attribute_is_at_most_64_kib_long_and_the_oldest_parts_are_left_out() {
    let input = |texts: &[usize], split: usize| {
        let parts: Vec<Value> =
            texts.iter().map(|&length| json!({"type": "text", "text": "a".repeat(length)})).collect();
        let (old, new) = parts.split_at(split);
        chat(json!({"messages": [{"role": "user", "content": old}, {"role": "user", "content": new}]}))
            .input_messages()
            .unwrap()
    };
    let kept = |json: &str| {
        let messages: Vec<Value> = serde_json::from_str(json).unwrap();
        messages.iter().map(|message| message["parts"].as_array().unwrap().len()).collect::<Vec<_>>()
    };
    let four = [16_340, 16_340, 16_340, 16_340];
    let spare = LONGEST - input(&four, 2).len();
    let full = [16_340 + spare, 16_340, 16_340, 16_340];
    assert!(full[0] <= LONGEST_TEXT);
    for split in [1, 2, 3] {
        let json = input(&full, split);
        assert_eq!((json.len(), kept(&json)), (LONGEST, vec![split, 4 - split]));
    }
    let over = [full[0] + 1, 16_340, 16_340, 16_340];
    assert_eq!(kept(&input(&over, 1)), [3], "a message without parts is left out");
    assert_eq!(kept(&input(&over, 2)), [1, 2]);
    assert_eq!(kept(&input(&over, 3)), [2, 1]);
    // Nothing before a message that is kept in part is kept, however short it is.
    let small = [10, LONGEST_TEXT, 16_340, 16_340, 16_340];
    assert_eq!(kept(&input(&small, 1)), [3]);
}

/// An answer that was streamed is shown as a whole reply would be; a list of models is no answer.
#[test]
fn a_streamed_answer_is_the_json_of_a_whole_one() {
    use crate::support::{messages, responses};
    let text = messages::texts(&["Hel", "lo"], "end_turn");
    let mut machine = messages::stream_call().open(head(200, "text/event-stream"), Duration::ZERO);
    machine.push(text.as_bytes(), Duration::ZERO);
    while let Ok(Step::Ready) = machine.advance() {}
    let whole = read(machine.dialect().answer());
    assert_eq!(whole["content"], json!([{"type": "text", "text": "Hello"}]));

    let mut machine = responses::stream_call().open(head(200, "text/event-stream"), Duration::ZERO);
    let deltas = ["Hel", "lo"].map(|text| json!({"type": "response.output_text.delta", "delta": text}).to_string());
    machine.push(responses::events(&deltas).as_bytes(), Duration::ZERO);
    while let Ok(Step::Ready) = machine.advance() {}
    let whole = read(machine.dialect().answer());
    assert_eq!(whole["output"][0]["content"][0]["text"], "Hello");

    let models = router().models().unwrap();
    let mut machine = models.open(head(200, "application/json"), Duration::ZERO);
    machine.push(br#"{"data":[{"id":"m"}]}"#, Duration::ZERO);
    machine.end(End::Clean);
    while let Ok(Step::Ready) = machine.advance() {}
    assert_eq!(machine.dialect().answer(), None);
}
