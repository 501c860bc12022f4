//! Messages, in Anthropic's shape. What is sent, what is read, and what goes wrong.

use std::time::Duration;

use requesty_core::messages::{
    AssistantMessage, Block, CacheControl, Message, Request, StopReason, Thinking, Tool, ToolChoice,
};
use requesty_core::{Dialect, End, Error, ErrorKind, Limits, Step, http};
use serde_json::{Value, json};

use crate::support::messages::{MODEL, clean, end, events, play_whole, stream_call, whole_call};
use crate::support::{head, router};

/// The reply of the documentation.
const REPLY: &str = r#"{"id":"msg_01","type":"message","role":"assistant","content":[{"type":"text","text":"Hi"}],"model":"claude-sonnet-4-20250514","stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":10,"output_tokens":5,"cache_creation_input_tokens":0,"cache_read_input_tokens":0}}"#;

fn body(request: &Request<'_>) -> String {
    String::from_utf8(request.whole_body().unwrap().to_vec()).unwrap()
}

#[test]
fn messages_are_asked_for_as_documented() {
    let history = [Message::user("Hello")];
    let request = Request::new(&history, 1024).model("anthropic/claude-sonnet-4-20250514");
    let call = router().messages(&request).unwrap();
    let sent = call.request();
    assert_eq!((sent.method(), sent.uri().to_string().as_str()), (&http::Method::POST, URL));
    assert_eq!(
        sent.body(),
        r#"{"model":"anthropic/claude-sonnet-4-20250514","max_tokens":1024,"messages":[{"role":"user","content":"Hello"}]}"#
    );
    assert_eq!(sent.headers()["authorization"], "Bearer rqsty-sk-test");
    assert_eq!(sent.headers()["content-type"], "application/json");
    assert_eq!(sent.headers()["accept"], "application/json");
    assert_eq!(call.model(), Some(MODEL));
}

const URL: &str = "https://router.requesty.ai/v1/messages";

#[test]
fn streams_are_asked_for_with_one_member_more() {
    let history = [Message::user("Hello")];
    let request = Request::new(&history, 1024).model("policy/mine").temperature(0.5);
    let call = router().messages_stream(&request).unwrap();
    let sent = call.request();
    assert_eq!(sent.uri(), URL);
    assert_eq!(
        sent.body(),
        r#"{"model":"policy/mine","max_tokens":1024,"messages":[{"role":"user","content":"Hello"}],"temperature":0.5,"stream":true}"#
    );
    assert_eq!(sent.body(), &request.stream_body().unwrap());
    assert_eq!(sent.headers()["accept"], "text/event-stream");
    assert_eq!(call.model(), Some("policy/mine"));
}

#[test]
fn the_key_goes_in_either_header() {
    let call = whole_call().with_x_api_key().unwrap().with_header("anthropic-version", "2023-06-01").unwrap();
    let sent = call.request();
    assert_eq!(sent.headers()["x-api-key"], "rqsty-sk-test");
    assert_eq!(sent.headers()["anthropic-version"], "2023-06-01");
    assert!(!sent.headers().contains_key("authorization"));
}

#[test]
fn every_member_of_a_request_has_its_name() {
    let history = [Message::user("Hello"), Message::assistant("Hi").with_extra("x", &1).unwrap()];
    let schema = json!({"type": "object"});
    let tools = [
        Tool::function("now").description("d").input_schema(&schema).unwrap().cache_control(CacheControl::ephemeral()),
        Tool::web_search().max_uses(5).with_extra("allowed_domains", &["a.example"]).unwrap(),
        Tool::web_search().with_extra("name", "other_search").unwrap(),
        Tool::raw(&json!({"type": "bash_20250124", "name": "bash"})).unwrap(),
    ];
    let request = Request::new(&history, 2048)
        .model("m")
        .system([Block::text("s").cache_control(CacheControl::ephemeral_for("1h"))])
        .temperature(1.0)
        .top_p(0.25)
        .top_k(3)
        .stop_sequence("a")
        .stop_sequence("b")
        .tools(&tools)
        .tool_choice(ToolChoice::auto())
        .thinking(Thinking::enabled(1024))
        .extra("metadata", &json!({"user_id": "u"}));
    assert_eq!(
        body(&request),
        concat!(
            r#"{"model":"m","max_tokens":2048,"messages":[{"role":"user","content":"Hello"},"#,
            r#"{"role":"assistant","content":"Hi","x":1}],"#,
            r#""system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral","ttl":"1h"}}],"#,
            r#""temperature":1,"top_p":0.25,"top_k":3,"stop_sequences":["a","b"],"#,
            r#""tools":[{"name":"now","description":"d","input_schema":{"type":"object"},"#,
            r#""cache_control":{"type":"ephemeral"}},"#,
            r#"{"type":"web_search_20250305","name":"web_search","max_uses":5,"allowed_domains":["a.example"]},"#,
            r#"{"type":"web_search_20250305","name":"other_search"},"#,
            r#"{"name":"bash","type":"bash_20250124"}],"#,
            r#""tool_choice":{"type":"auto"},"thinking":{"type":"enabled","budget_tokens":1024},"#,
            r#""metadata":{"user_id":"u"}}"#,
        )
    );
    assert_eq!(serde_json::to_string(&request).unwrap(), body(&request));
    let replaced = Request::new(&history[..1], 1).model("m").extra("model", "n").extra("max_tokens", &2);
    assert_eq!(
        serde_json::from_str::<Value>(&body(&replaced)).unwrap(),
        json!({"model": "n", "max_tokens": 2, "messages": [{"role": "user", "content": "Hello"}]})
    );
}

#[test]
fn tools_are_chosen_in_anthropics_words() {
    for (choice, json) in [
        (ToolChoice::auto(), json!({"type": "auto"})),
        (ToolChoice::any().disable_parallel_tool_use(true), json!({"type": "any", "disable_parallel_tool_use": true})),
        (ToolChoice::none(), json!({"type": "none"})),
        (ToolChoice::tool("f"), json!({"type": "tool", "name": "f"})),
        (ToolChoice::raw(&json!({"type": "new"})).unwrap(), json!({"type": "new"})),
    ] {
        assert_eq!(serde_json::to_value(&choice).unwrap(), json);
    }
    assert_eq!(Tool::function("f").name(), "f");
    assert_eq!(Tool::raw(&json!({"name": "g"})).unwrap().name(), "g");
    assert_eq!(Tool::raw(&json!({"type": "x"})).unwrap().name(), "");
    assert!(Tool::raw(&7).is_err());
}

/// Each block of the documentation, as it is sent and as it is read.
#[test]
#[cfg(feature = "base64")]
fn blocks_are_sent_as_documented() {
    let pdf = b"%PDF-1.7 x";
    let blocks = [
        (Block::text("t"), "text", r#"{"type":"text","text":"t"}"#),
        (
            Block::image("image/png", b"png").unwrap(),
            "image",
            r#"{"type":"image","source":{"type":"base64","media_type":"image/png","data":"cG5n"}}"#,
        ),
        (
            Block::image_url("https://a.example/i.png").unwrap(),
            "image",
            r#"{"type":"image","source":{"type":"url","url":"https://a.example/i.png"}}"#,
        ),
        (
            Block::pdf(pdf).unwrap(),
            "document",
            r#"{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBERi0xLjcgeA=="}}"#,
        ),
        (
            Block::document_url("http://a.example/d.pdf").unwrap().with_extra("title", "D").unwrap(),
            "document",
            r#"{"type":"document","source":{"type":"url","url":"http://a.example/d.pdf"},"title":"D"}"#,
        ),
        (
            Block::ToolUse(requesty_core::messages::ToolUse::new("toolu_1", "f", r#"{"a":1.0}"#)),
            "tool_use",
            r#"{"type":"tool_use","id":"toolu_1","name":"f","input":{"a":1.0}}"#,
        ),
        (
            Block::ServerToolUse(requesty_core::messages::ToolUse::new("srvtoolu_1", "web_search", "{}")),
            "server_tool_use",
            r#"{"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{}}"#,
        ),
        (
            Block::tool_result("toolu_1", "18 °C"),
            "tool_result",
            r#"{"type":"tool_result","tool_use_id":"toolu_1","content":"18 °C"}"#,
        ),
        (
            requesty_core::messages::ToolResult::new("toolu_1", [Block::text("no")]).failed().into(),
            "tool_result",
            r#"{"type":"tool_result","tool_use_id":"toolu_1","content":[{"type":"text","text":"no"}],"is_error":true}"#,
        ),
        (
            Block::raw(&json!({"type": "search_result", "x": null})).unwrap(),
            "search_result",
            r#"{"type":"search_result","x":null}"#,
        ),
    ];
    for (block, kind, sent) in blocks {
        assert_eq!(serde_json::to_string(&block).unwrap(), sent);
        assert_eq!(block.kind().as_deref(), Some(kind));
        let message: Message = serde_json::from_str(&format!(r#"{{"role":"user","content":[{sent}]}}"#)).unwrap();
        assert_eq!(message, Message::user(block.clone()), "{sent}");
        let marked = block.cache_control(CacheControl::ephemeral());
        let json = serde_json::to_value(&marked).unwrap();
        assert_eq!((&json["cache_control"], &json["type"]), (&json!({"type": "ephemeral"}), &json!(kind)), "{sent}");
        let json = serde_json::to_string(&marked).unwrap();
        let message: Message = serde_json::from_str(&format!(r#"{{"role":"user","content":[{json}]}}"#)).unwrap();
        assert_eq!(message.content.blocks(), [marked]);
    }
    assert_eq!(Block::raw(&json!({})).unwrap().kind(), None);
    assert!(Block::raw("text").is_err());
}

#[test]
fn a_reply_is_read_and_passed_on_as_documented() {
    let reply = play_whole(200, REPLY).unwrap();
    assert_eq!((reply.id.as_deref(), reply.model.as_deref()), (Some("msg_01"), Some("claude-sonnet-4-20250514")));
    assert_eq!((&*reply.text(), reply.role.as_str()), ("Hi", "assistant"));
    assert_eq!((&reply.stop_reason, &reply.stop_sequence), (&Some(StopReason::EndTurn), &None));
    let usage = reply.usage.as_ref().unwrap();
    assert_eq!((usage.input_tokens, usage.output_tokens), (Some(10), Some(5)));
    assert_eq!((usage.cache_creation_input_tokens, usage.cache_read_input_tokens), (Some(0), Some(0)));
    assert_eq!((reply.cost(), reply.extra.len(), usage.extra.len(), reply.clean_end()), (None, 0, 0, true));
    let value: Value = serde_json::from_str(REPLY).unwrap();
    assert_eq!(serde_json::to_value(&reply).unwrap(), value);
    assert_eq!(serde_json::from_str::<AssistantMessage>(REPLY).unwrap(), reply);
    assert_eq!(
        serde_json::to_string(&reply.message()).unwrap(),
        r#"{"role":"assistant","content":[{"type":"text","text":"Hi"}]}"#
    );
    assert_eq!(reply.message(), reply.into_message());
}

#[test]
fn usage_has_its_cost_and_keeps_the_rest() {
    let json = r#"{"input_tokens":1,"output_tokens":2,"cache_creation_input_tokens":30,"cache_read_input_tokens":400,"cost":0.000000123456789012345678,"cache_creation":{"ephemeral_1h_input_tokens":30},"service_tier":"standard"}"#;
    let reply: AssistantMessage = serde_json::from_str(&format!(r#"{{"content":[],"usage":{json}}}"#)).unwrap();
    let usage = reply.usage.as_ref().unwrap();
    assert_eq!(reply.cost().unwrap().to_string(), "0.000000123456789012345678");
    assert_eq!(usage.extra.get("cache_creation"), Some(r#"{"ephemeral_1h_input_tokens":30}"#));
    assert_eq!(serde_json::to_string(usage).unwrap(), json);
    assert_eq!(usage.all_input_tokens(), Some(431));
    let summary = reply.summary();
    assert_eq!((summary.input_tokens, summary.output_tokens), (Some(431), Some(2)));
    assert_eq!(summary.cost, reply.cost());
    for (json, cost) in [(r#"{"cost":"0.5"}"#, "0.5"), (r#"{"total_cost":0.25}"#, "0.25")] {
        let usage: requesty_core::messages::Usage = serde_json::from_str(json).unwrap();
        assert_eq!((usage.cost.unwrap().to_string().as_str(), usage.all_input_tokens()), (cost, None));
    }
}

#[test]
fn logs_and_metrics_learn_what_the_answer_says_of_itself() {
    let sum = |summary: requesty_core::observe::Summary| {
        (summary.id, summary.model, summary.finish_reasons, summary.input_tokens, summary.output_tokens)
    };
    let whole = play_whole(200, REPLY).unwrap();
    let expected = (
        Some("msg_01".to_owned()),
        Some("claude-sonnet-4-20250514".to_owned()),
        vec!["end_turn".to_owned()],
        Some(10),
        Some(5),
    );
    assert_eq!(sum(whole.summary()), expected);
    let mut machine = whole_call().open(head(200, "application/json"), Duration::ZERO);
    machine.push(REPLY.as_bytes(), Duration::ZERO);
    machine.end(End::Clean);
    assert_eq!(machine.advance().unwrap(), Step::Done);
    assert_eq!(sum(machine.dialect().summary()), expected);
    let mut machine = stream_call().open(head(200, "text/event-stream"), Duration::ZERO);
    machine.push(events([crate::support::messages::START, &end("end_turn")]).as_bytes(), Duration::ZERO);
    assert_eq!(machine.advance().unwrap(), Step::Ready);
    assert_eq!(machine.dialect().summary().finish_reasons, Vec::<String>::new());
    assert_eq!(machine.advance().unwrap(), Step::Ready);
    let summary = machine.dialect().summary();
    assert_eq!(
        (summary.finish_reasons.as_slice(), summary.output_tokens),
        (["end_turn".to_owned()].as_slice(), Some(15))
    );
    assert_eq!(machine.dialect().so_far().id.as_deref(), Some("msg_1"));
}

#[test]
fn errors_are_read_in_both_shapes() {
    let anthropic = |kind: &str| format!(r#"{{"type":"error","error":{{"type":"{kind}","message":"m"}}}}"#);
    let cases = [
        (400, r#"{"error":{"type":"invalid_request_error","message":"m"}}"#.to_owned(), ErrorKind::InvalidRequest),
        (401, anthropic("authentication_error"), ErrorKind::Unauthorized),
        (403, r#"{"error":{"origin":"router","message":"m"}}"#.to_owned(), ErrorKind::Forbidden),
        (429, anthropic("rate_limit_error"), ErrorKind::RateLimited),
        (500, anthropic("api_error"), ErrorKind::Server),
        (529, anthropic("overloaded_error"), ErrorKind::Overloaded),
        // Some servers say so under a 200.
        (200, anthropic("overloaded_error"), ErrorKind::Overloaded),
        (200, anthropic("not_found_error"), ErrorKind::NotFound),
    ];
    for (status, body, kind) in cases {
        let incomplete = play_whole(status, &body).unwrap_err();
        let error = incomplete.error().api().unwrap();
        assert_eq!((error.kind(), error.message()), (kind, Some("m")), "{body}");
        assert_eq!(incomplete.partial(), &AssistantMessage::default());
        assert!(!incomplete.partial().clean_end());
        let mut machine = stream_call().open(head(status, "application/json"), Duration::ZERO);
        machine.push(body.as_bytes(), Duration::ZERO);
        assert_eq!(machine.advance().unwrap(), Step::NeedBytes);
        machine.end(End::Clean);
        assert_eq!(machine.advance().unwrap_err().kind(), Some(kind), "{body}");
    }
}

#[test]
fn what_is_no_message_is_an_error() {
    for body in ["{}", r#"{"choices":[{"message":{"content":"x"}}]}"#, "7", "{", "[]", ""] {
        let incomplete = play_whole(200, body).unwrap_err();
        let Error::Decode(error) = incomplete.error() else { panic!("{body}: {:?}", incomplete.error()) };
        assert!(error.to_string().contains("the message"), "{error}");
        assert_eq!((&error.body()[..], error.status().unwrap().as_u16()), (body.as_bytes(), 200));
    }
    let no_content = play_whole(200, "{}").unwrap_err();
    let Error::Decode(error) = no_content.error() else { panic!() };
    assert_eq!(error.at(), None);
    let not_json = play_whole(200, r#"{"content":}"#).unwrap_err();
    let Error::Decode(error) = not_json.error() else { panic!() };
    assert_eq!(error.at(), Some(11));
    let error = serde_json::from_str::<AssistantMessage>("{}").unwrap_err().to_string();
    assert!(error.contains("not a message with content"), "{error}");
    assert!(serde_json::from_str::<AssistantMessage>("7").is_err());
    let error = serde_json::from_str::<Message>(r#"{"content":"x"}"#).unwrap_err().to_string();
    assert!(error.contains("not a message"), "{error}");
    assert!(serde_json::from_str::<requesty_core::messages::Usage>("7").is_err());
    // A reply that a transport loses on the way.
    let mut machine = whole_call().open(head(200, "application/json"), Duration::ZERO);
    machine.push(b"{", Duration::ZERO);
    machine.end(crate::support::cut());
    assert!(matches!(machine.total().unwrap_err().error(), Error::Truncated(_)));
    let machine = whole_call().open(head(200, "application/json"), Duration::ZERO);
    assert!(matches!(machine.total().unwrap_err().error(), Error::Truncated(_)));
    // A converter's word for a failure.
    let failed = play_whole(200, r#"{"content":"half","stop_reason":"error"}"#).unwrap_err();
    assert!(failed.error().api().is_some() && failed.partial().text() == "half");
}

#[test]
fn a_whole_reply_has_the_limits_of_a_stream() {
    let uses = |count: usize| {
        let uses: Vec<Value> =
            (0..count).map(|n| json!({"type": "tool_use", "id": n.to_string(), "name": "f", "input": {}})).collect();
        json!({"content": uses, "stop_reason": "tool_use"}).to_string()
    };
    assert_eq!(play_whole(200, &uses(128)).unwrap().tool_uses().count(), 128);
    let incomplete = play_whole(200, &uses(129)).unwrap_err();
    assert!(matches!(incomplete.error(), Error::TooLarge(_)));
    assert_eq!(incomplete.partial().content.len(), 128);
    let mut machine =
        whole_call().with_limits(Limits::default().with_total(100)).open(head(200, "application/json"), Duration::ZERO);
    machine.push(json!({"content": "x".repeat(100)}).to_string().as_bytes(), Duration::ZERO);
    machine.end(End::Clean);
    assert!(matches!(machine.total().unwrap_err().error(), Error::TooLarge(_)));
}

#[test]
fn a_whole_reply_to_a_stream_is_the_answer() {
    let json = json!({
        "id": "msg_01", "type": "message", "role": "assistant", "model": "m",
        "content": [
            {"type": "thinking", "thinking": "Hm", "signature": "s"},
            {"type": "text", "text": "One "},
            {"type": "tool_use", "id": "t", "name": "f", "input": {"a": 1}},
            {"type": "text", "text": "two"},
            {"type": "other", "text": "three", "thinking": "four"},
        ],
        "stop_reason": "tool_use", "usage": {"output_tokens": 3},
    })
    .to_string();
    let played = clean(&json);
    assert_eq!((played.names(), played.joined(0).as_str()), (vec!["message"], "One two"));
    assert_eq!((played.joined(1).as_str(), played.joined(3).as_str()), ("Hm", ""));
    assert!(played.reply().clean_end());
    assert_eq!(played.total.unwrap(), play_whole(200, &json).unwrap());

    let mut machine = stream_call().open(head(200, "application/json"), Duration::ZERO);
    machine.push(json.as_bytes(), Duration::ZERO);
    assert_eq!(machine.advance().unwrap(), Step::NeedBytes);
    machine.end(End::Clean);
    assert_eq!(machine.advance().unwrap(), Step::Ready);
    let event = machine.item();
    assert_eq!((event.stop_reason(), event.usage().unwrap().output_tokens), (Some(StopReason::ToolUse), Some(3)));
    assert_eq!((event.raw(), event.raw_name(), event.position()), (json.as_bytes(), &b""[..], None));
    assert!(matches!(clean("{\"id\":1}").error(), Some(Error::Decode(_))));
}
