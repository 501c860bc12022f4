//! Both transports against gateways and servers of models that others wrote, started by hand with `testing/servers/`.

use std::time::{Duration, Instant};

use crate::foreign_servers::{Both, Outcome, call};
use requesty_core::chat::{Message, Request, Tool};
use requesty_core::{ApiKey, Call, Error, ErrorKind, Policy, Router};
use requesty_hyper::Options;

fn base(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| panic!("{variable} is the base URL, with its /v1"))
}

fn router(base: &str, key: &str) -> Router {
    Router::new(ApiKey::new(key).unwrap()).with_policy(Policy::none()).with_inference_base(base).unwrap()
}

fn error((name, outcome): (&'static str, Outcome)) -> (Option<u16>, Option<ErrorKind>) {
    let incomplete = outcome.expect_err(name);
    eprintln!("{name}: {incomplete}");
    (incomplete.error().status().map(|status| status.as_u16()), incomplete.error().kind())
}

/// The models are those of `testing/servers/litellm.yaml`.
#[test]
#[ignore = "needs LiteLLM's proxy at REQUESTY_LITELLM"]
fn litellm_streams_and_its_errors_are_read() {
    let base = base("REQUESTY_LITELLM");
    let key = ApiKey::new("sk-litellm-test").unwrap();
    let both = Both::new(&Options::new());
    let ask = |model: &str| both.send(&call(&base, model).with_key(&key).unwrap());
    for (name, outcome) in ask("mock-one") {
        let completion = outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(completion.text(), "Hello from behind the proxy, in several words.", "{name}");
        assert!(completion.clean_end());
    }
    let messages = [Message::user("Hi")];
    let whole = router(&base, "sk-litellm-test").chat(&Request::new(&messages).model("mock-one")).unwrap();
    let reply = both.ureq.send(&whole).unwrap();
    assert_eq!(both.block_on(both.hyper.send(&whole)).unwrap().text(), reply.text());
    assert!(reply.usage.is_some());
    for (model, status, kind) in [
        ("mock-limited", 429, ErrorKind::RateLimited),
        ("mock-broken", 500, ErrorKind::Server),
        ("mock-context", 400, ErrorKind::ContextLength),
        ("mock-dead", 500, ErrorKind::Server),
        ("no-such-model", 400, ErrorKind::InvalidRequest),
    ] {
        for outcome in ask(model) {
            assert_eq!(error(outcome), (Some(status), Some(kind)), "{model}");
        }
    }
    for outcome in both.send(&call(&base, "mock-one")) {
        // Without a database it cannot say more of an unknown key.
        assert_eq!(error(outcome).0, Some(400));
    }
}

/// A call to the one model that the server has; it makes so many tokens.
fn ask_llama(base: &str, tokens: u32) -> Call<requesty_core::chat::Chunks> {
    let messages = [Message::user("Once upon a time")];
    let request = Request::new(&messages).model("tiny").max_tokens(tokens);
    router(base, "none").chat_stream(&request).unwrap()
}

#[test]
#[ignore = "needs llama.cpp's server at REQUESTY_LLAMA"]
fn llama_streams_whole_answers() {
    let base = base("REQUESTY_LLAMA");
    let both = Both::new(&Options::new());
    for (name, outcome) in both.send(&ask_llama(&base, 40)) {
        let completion = outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(completion.finish_reason().map(|reason| reason.as_str()), Some("length"), "{name}");
        assert!(completion.text().starts_with("Once upon a time there was a router"), "{name}: {}", completion.text());
        assert!(completion.reasoning().is_some_and(|reasoning| reasoning.contains("Let me see")), "{name}");
        assert_eq!(completion.usage.and_then(|usage| usage.completion_tokens), Some(40));
    }
    let head = both.ureq.open(&ask_llama(&base, 5)).unwrap();
    assert_eq!(head.head().media_type().as_deref(), Some("text/event-stream"));
    let tools = [Tool::function("get_weather").description("Tells the weather.")];
    let messages = [Message::user("What is the weather?")];
    let request = Request::new(&messages).model("tiny").max_tokens(40).tools(&tools);
    let call = router(&base, "none").chat_stream(&request).unwrap();
    for (name, outcome) in both.send(&call) {
        let completion = outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
        let [call] = &completion.tool_calls().collect::<Vec<_>>()[..] else { panic!("{name}: one call") };
        assert_eq!(call.name(), "get_weather");
        assert_eq!(call.arguments::<serde_json::Value>().unwrap(), serde_json::json!({}));
    }
    // A stream that is left is one that the server stops.
    let start = Instant::now();
    let mut stream = both.ureq.stream(&ask_llama(&base, 4000)).unwrap();
    stream.next_item().unwrap();
    drop(stream);
    for (name, outcome) in both.send(&ask_llama(&base, 5)) {
        outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    assert!(start.elapsed() < Duration::from_secs(10));
}

/// Ends the server: it is the last of its tests.
#[test]
#[ignore = "needs llama.cpp's server at REQUESTY_LLAMA, and its process in REQUESTY_LLAMA_PID"]
fn llama_that_is_killed_is_a_cut_answer() {
    let base = base("REQUESTY_LLAMA");
    let pid = std::env::var("REQUESTY_LLAMA_PID").unwrap();
    let both = Both::new(&Options::new());
    let mut blocking = both.ureq.stream(&ask_llama(&base, 4000)).unwrap();
    let mut waiting = both.block_on(both.hyper.stream(&ask_llama(&base, 4000))).unwrap();
    for _ in 0..5 {
        blocking.next_item().unwrap();
        both.block_on(waiting.next_item()).unwrap();
    }
    assert!(std::process::Command::new("kill").args(["-9", &pid]).status().unwrap().success());
    let ends = [blocking.finish(), both.block_on(waiting.finish())];
    for end in ends {
        let incomplete = end.unwrap_err();
        eprintln!("{incomplete}");
        assert!(matches!(incomplete.error(), Error::Truncated(cut) if cut.is_cut()), "{incomplete}");
        assert!(!incomplete.partial().choices.is_empty());
    }
    for outcome in both.send(&ask_llama(&base, 5)) {
        let (name, outcome) = outcome;
        let incomplete = outcome.unwrap_err();
        assert!(incomplete.error().is_retryable(), "{name}: {incomplete}");
    }
}
