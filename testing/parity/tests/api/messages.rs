//! The endpoints of messages.

use requesty_core::messages::{Block, CacheControl, Message, Request, StopReason, Thinking, Tool, ToolChoice};
use requesty_core::{Error, ErrorKind};
use requesty_mock::{Ending, Script};
use serde_json::json;

use crate::support::endpoint;

const QUESTION: &str = "What is an LLM gateway?";

endpoint!(
    whole,
    |router| router.messages(&Request::new(&[Message::user(QUESTION)], 1024).model("mock/text")),
    |bench| {
        let history = [Message::user([
            Block::text(QUESTION).cache_control(CacheControl::ephemeral()),
            Block::image_url("https://example.com/a.png").unwrap(),
            Block::pdf(b"%PDF-1.7").unwrap(),
        ])];
        let request =
            Request::new(&history, 1024).model("mock/text").system("Be brief.").temperature(0.5).stop_sequence("END");
        let reply = bench.send(bench.router.messages(&request));
        assert!(reply.text().starts_with("An LLM gateway is a service"));
        assert_eq!((reply.id.as_deref(), reply.model.as_deref()), (Some("msg_mock_01"), Some("text")));
        assert_eq!(reply.stop_reason, Some(StopReason::EndTurn));
        assert_eq!(reply.cost().unwrap().to_string(), "0.000137");
        assert_eq!(reply.usage.as_ref().unwrap().cache_read_input_tokens, Some(0));
        let seen = bench.saw("POST /v1/messages");
        assert_eq!(seen.header("authorization"), Some("Bearer rqsty-sk-api"));
        assert_eq!(seen.json()["messages"][0]["content"][0]["cache_control"], json!({"type": "ephemeral"}));
    }
);

endpoint!(
    streamed,
    |router| router.messages_stream(&Request::new(&[Message::user(QUESTION)], 1024).model("mock/text")),
    |bench| {
        let history = [Message::user(QUESTION)];
        let request = Request::new(&history, 2048).model("mock/thinking").thinking(Thinking::enabled(1024));
        let (mut text, mut thinking, mut names) = (String::new(), String::new(), Vec::new());
        let streamed = bench.stream(bench.router.messages_stream(&request), |event| {
            text += event.text();
            thinking += event.thinking();
            names.push(event.name().into_owned());
        });
        let streamed = streamed.unwrap();
        assert_eq!((streamed.text(), streamed.thinking()), (text.as_str().into(), thinking.as_str().into()));
        assert!(thinking.starts_with("They want") && streamed.clean_end());
        assert_eq!((names[0].as_str(), names[1].as_str()), ("message_start", "content_block_start"));
        assert_eq!(names.last().map(String::as_str), Some("message_stop"));
        assert_eq!(bench.saw("POST /v1/messages").json()["stream"], true);
        // Whole, it is the same answer, and goes back as it came.
        let whole = bench.send(bench.router.messages(&request));
        assert_eq!(serde_json::to_value(&whole).unwrap(), serde_json::to_value(&streamed).unwrap());
        let history = [Message::user(QUESTION), streamed.into_message(), Message::user("And in French?")];
        bench.send(bench.router.messages(&Request::new(&history, 2048).model("mock/thinking")));
        let sent = bench.saw("POST /v1/messages").json();
        assert_eq!(sent["messages"][1]["content"][0]["signature"], "EqQBCkYIBxgC");
    }
);

endpoint!(
    x_api_key,
    |router| router
        .messages(&Request::new(&[Message::user(QUESTION)], 1024).model("mock/text"))?
        .with_x_api_key()
        .map_err(Error::from),
    |bench| {
        let history = [Message::user(QUESTION)];
        let request = Request::new(&history, 1024).model("anthropic/claude-sonnet-4-20250514");
        let call = bench.router.messages_stream(&request).unwrap().with_x_api_key().unwrap();
        let call = call.with_header("anthropic-version", "2023-06-01").unwrap();
        let reply = bench.send(Ok(call));
        assert_eq!(reply.model.as_deref(), Some("claude-sonnet-4-20250514"));
        let seen = bench.saw("POST /v1/messages");
        assert_eq!((seen.header("x-api-key"), seen.header("authorization")), (Some("rqsty-sk-api"), None));
        assert_eq!(seen.header("anthropic-version"), Some("2023-06-01"));
    }
);

endpoint!(tools, |router| router.messages(&Request::new(&[Message::user("x")], 64).model("mock/tools")), |bench| {
    let tools = [Tool::function("get_weather").input_schema(&json!({"type": "object"})).unwrap()];
    let mut history = vec![Message::user("What is the weather in Paris and in Tokyo?")];
    let request = |history: &[Message]| {
        bench.router.messages_stream(
            &Request::new(history, 512).model("mock/tools").tools(&tools).tool_choice(ToolChoice::any()),
        )
    };
    let mut inputs = String::new();
    let reply =
        bench.stream(request(&history), |event| inputs += event.input().map_or("", |input| input.json())).unwrap();
    assert_eq!(inputs, r#"{"location":"Paris"}{"location":"Tokyo"}"#);
    let results: Vec<Block> = reply.tool_uses().map(|tool_use| tool_use.result("18 °C").into()).collect();
    assert_eq!((results.len(), &reply.stop_reason), (2, &Some(StopReason::ToolUse)));
    history.extend([reply.into_message(), Message::user(results)]);
    let reply = bench.send(request(&history));
    assert_eq!(reply.text(), "The tools say: 18 °C; 18 °C");
    bench.saw("POST /v1/messages");
});

endpoint!(search, |router| router.messages(&Request::new(&[Message::user("x")], 64).model("mock/search")), |bench| {
    let tools = [Tool::web_search().max_uses(5)];
    let history = [Message::user(QUESTION)];
    let request = Request::new(&history, 512).model("mock/text").tools(&tools);
    let whole = bench.send(bench.router.messages(&request));
    let streamed = bench.send(bench.router.messages_stream(&request));
    for reply in [&whole, &streamed] {
        let citations = reply.citations();
        assert_eq!(citations.len(), 1);
        assert_eq!(citations[0].url.as_deref(), Some("https://example.com/gateway"));
        assert_eq!(reply.tool_uses().count(), 0);
    }
    assert_eq!(serde_json::to_value(&whole).unwrap(), serde_json::to_value(&streamed).unwrap());
    bench.saw("POST /v1/messages");
});

endpoint!(
    ends,
    |router| router.messages_stream(&Request::new(&[Message::user("x")], 64).model("mock/text")),
    |bench| {
        let history = [Message::user(QUESTION)];
        let call = |model: &str| bench.router.messages_stream(&Request::new(&history, 64).model(model));
        let cut = bench.stream(call("mock/cut-after-5"), |_| {}).unwrap_err();
        assert!(matches!(cut.error(), Error::Truncated(truncated) if truncated.is_cut()), "{}", cut.error());
        assert_eq!(cut.partial().text(), "An LLM ");
        let failed = bench.stream(call("mock/overloaded-after-5"), |_| {}).unwrap_err();
        assert_eq!((failed.error().kind(), failed.partial().text().as_ref()), (Some(ErrorKind::Overloaded), "An LLM "));
        bench.saw("POST /v1/messages");
        // Any other reply can be scripted.
        bench.mock.script("mock/silent", Script::sse().ending(Ending::End));
        let silent = bench.try_send(&call("mock/silent").unwrap()).unwrap_err();
        assert!(matches!(silent.error(), Error::Truncated(_)), "{}", silent.error());
    }
);

/// What the API refuses is refused by the mock, for those who look at its complaints.
#[test]
fn the_mock_complains() {
    let bench = crate::support::Bench::new(crate::support::Transport::Ureq);
    let complains = |body: serde_json::Value, of: &str| {
        let call = bench.router.post::<serde_json::Value>("messages", &body).unwrap();
        let error = bench.try_send(&call).unwrap_err();
        let error = error.error().api().unwrap();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(error.message().unwrap().contains(of), "{:?}", error.message());
    };
    let turn = json!([{"role": "user", "content": "x"}]);
    complains(json!({"model": "mock/text", "messages": turn}), "max_tokens");
    complains(json!({"max_tokens": 1, "messages": turn}), "model");
    complains(json!({"model": "mock/text", "max_tokens": 1, "messages": []}), "messages");
    complains(json!({"model": "mock/text", "max_tokens": 1, "messages": turn, "tools": []}), "tools");
    let with = |messages: serde_json::Value| json!({"model": "mock/text", "max_tokens": 1, "messages": messages});
    complains(with(json!([{"role": "system", "content": "x"}])), "role");
    complains(with(json!([{"role": "user", "content": [{"type": "image"}]}])), "not as documented");
    let used = json!({"role": "assistant", "content": [{"type": "tool_use", "id": "t", "name": "f", "input": {}}]});
    complains(with(json!([used, {"role": "user", "content": "x"}])), "no tool_result");
    complains(
        with(json!([{"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t"}]}])),
        "answers no tool_use",
    );
}
