//! Requests as exact JSON: the samples of the router's documentation and of its own client.

use requesty_core::chat::{
    CacheControl, FilePart, Message, Part, ReasoningEffort, Request, Requesty, ResponseFormat, Thinking, Tool,
    ToolCall, ToolChoice,
};
use serde_json::value::RawValue;

fn raw(json: &str) -> Box<RawValue> {
    RawValue::from_string(json.to_owned()).unwrap()
}

#[track_caller]
fn whole(request: &Request<'_>, json: &str) {
    assert_eq!(request.whole_body().unwrap(), json.as_bytes());
    assert_eq!(serde_json::to_string(request).unwrap(), json);
}

#[track_caller]
fn stream(request: &Request<'_>, json: &str) {
    assert_eq!(std::str::from_utf8(&request.stream_body().unwrap()).unwrap(), json);
}

#[test]
fn minimal() {
    let history = [Message::user("Hello, world!")];
    whole(&Request::new(&history), r#"{"messages":[{"role":"user","content":"Hello, world!"}]}"#);
    // Empty lists are left out: providers refuse `tools: []`.
    let empty = Request::new(&history).tools(&[]).models(Vec::<String>::new()).modalities(Vec::<String>::new());
    whole(&empty, r#"{"messages":[{"role":"user","content":"Hello, world!"}]}"#);
}

/// A member that stands twice in an object is read differently by every server.
#[test]
fn the_later_bias_of_a_token_counts() {
    let history = [Message::user("x")];
    let biased = Request::new(&history).logit_bias("7", 1.0).logit_bias("8", 2.0).logit_bias("7", -0.5);
    whole(&biased, r#"{"messages":[{"role":"user","content":"x"}],"logit_bias":{"7":-0.5,"8":2}}"#);
}

#[test]
fn axios_and_requests_basic() {
    let history = [Message::user("Hello, world!")];
    whole(
        &Request::new(&history).model("openai/gpt-4o"),
        r#"{"model":"openai/gpt-4o","messages":[{"role":"user","content":"Hello, world!"}]}"#,
    );
}

#[test]
fn axios_and_requests_streaming() {
    let history = [Message::user("Write a short story about AI")];
    stream(
        &Request::new(&history).model("openai/gpt-4o"),
        concat!(
            r#"{"model":"openai/gpt-4o","messages":[{"role":"user","content":"Write a short story about AI"}],"#,
            r#""stream":true,"stream_options":{"include_usage":true}}"#,
        ),
    );
}

#[test]
fn openai_streaming() {
    let history = [Message::user("Write a poem about the stars.")];
    stream(
        &Request::new(&history).model("openai/gpt-4"),
        concat!(
            r#"{"model":"openai/gpt-4","messages":[{"role":"user","content":"Write a poem about the stars."}],"#,
            r#""stream":true,"stream_options":{"include_usage":true}}"#,
        ),
    );
}

#[test]
fn reference_curl() {
    let history = [Message::user("<string>").with_name("<string>")];
    let tools = [Tool::function("<string>").description("<string>").parameters(&serde_json::json!({})).unwrap()];
    let request = Request::new(&history)
        .model("openai/gpt-4o-mini")
        .max_tokens(123)
        .temperature(123.0)
        .top_p(123.0)
        .tools(&tools)
        .tool_choice(ToolChoice::raw("<string>").unwrap())
        .response_format(ResponseFormat::raw(&serde_json::json!({})).unwrap());
    let head = concat!(
        r#"{"model":"openai/gpt-4o-mini","messages":[{"role":"user","content":"<string>","name":"<string>"}],"#,
        r#""max_tokens":123,"temperature":123,"top_p":123,"#,
    );
    let tail = concat!(
        r#""tools":[{"type":"function","function":{"name":"<string>","description":"<string>","parameters":{}}}],"#,
        r#""tool_choice":"<string>","response_format":{}}"#,
    );
    whole(&request, &format!("{head}{tail}"));
    stream(&request, &format!(r#"{head}"stream":true,"stream_options":{{"include_usage":true}},{tail}"#));
    // The sample sends no stream options; a provider that refuses them is served by replacing ours.
    stream(
        &request.extra("stream_options", &()),
        &format!(r#"{head}"stream":true,{},"stream_options":null}}"#, &tail[..tail.len() - 1]),
    );
}

#[test]
fn everything_at_once() {
    let history = [Message::system("You are helpful."), Message::user("Hello")];
    let parameters = raw(r#"{"type":"object","properties":{"city":{"type":"string"}}}"#);
    let tools = [Tool::function("get_weather").description("…").parameters(&parameters).unwrap()];
    let request = Request::new(&history)
        .model("anthropic/claude-sonnet-4-5")
        .max_tokens(1024)
        .temperature(0.3)
        .tools(&tools)
        .tool_choice(ToolChoice::Auto)
        .reasoning_effort(ReasoningEffort::HIGH)
        .requesty(
            Requesty::new()
                .auto_cache(true)
                .tag("prod")
                .user_id("u_1")
                .trace_id("session_9")
                .extra("feature", "code-review"),
        );
    stream(
        &request,
        concat!(
            r#"{"model":"anthropic/claude-sonnet-4-5","messages":[{"role":"system","content":"You are helpful."},"#,
            r#"{"role":"user","content":"Hello"}],"max_tokens":1024,"temperature":0.3,"stream":true,"#,
            r#""stream_options":{"include_usage":true},"tools":[{"type":"function","function":{"name":"get_weather","#,
            r#""description":"…","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}],"#,
            r#""tool_choice":"auto","reasoning_effort":"high","requesty":{"auto_cache":true,"tags":["prod"],"#,
            r#""user_id":"u_1","trace_id":"session_9","extra":{"feature":"code-review"}}}"#,
        ),
    );
}

#[test]
fn every_field_in_its_order() {
    let history = [Message::user("Hi")];
    let tools = [Tool::web_search()];
    let request = Request::new(&history)
        .requesty(Requesty::new().prompt_id("greeting:2").prompt_variable("name", "Ada").more("future", &1))
        .models(["a/b", "c/d"])
        .reasoning(&raw(r#"{"effort":"low"}"#))
        .thinking(Thinking::enabled(1024))
        .include_reasoning(true)
        .reasoning_effort("minimal")
        .response_format(ResponseFormat::JsonObject)
        .function_call("auto")
        .functions(&raw(r#"[{"name":"f"}]"#))
        .parallel_tool_calls(false)
        .tool_choice(ToolChoice::Required)
        .tools(&tools)
        .end_user("u")
        .audio(&raw(r#"{"voice":"x"}"#))
        .modalities(["text"])
        .prediction(&raw(r#"{"type":"content","content":"x"}"#))
        .service_tier("flex")
        .metadata(&raw(r#"{"k":"v"}"#))
        .store(false)
        .n(2)
        .top_logprobs(3)
        .logprobs(true)
        .logit_bias("50256", -100.0)
        .logit_bias("1", 0.5)
        .stop("\n")
        .stop("END")
        .seed(-7)
        .presence_penalty(-0.5)
        .frequency_penalty(1.0)
        .top_k(40)
        .top_p(0.9)
        .temperature(0.0)
        .max_completion_tokens(4096)
        .max_tokens(2048)
        .model("p/m")
        .extra("zeta", &1)
        .extra("alpha", &());
    whole(
        &request,
        concat!(
            r#"{"model":"p/m","messages":[{"role":"user","content":"Hi"}],"max_tokens":2048,"#,
            r#""max_completion_tokens":4096,"temperature":0,"top_p":0.9,"top_k":40,"frequency_penalty":1,"#,
            r#""presence_penalty":-0.5,"seed":-7,"stop":["\n","END"],"logit_bias":{"50256":-100,"1":0.5},"#,
            r#""logprobs":true,"top_logprobs":3,"n":2,"store":false,"metadata":{"k":"v"},"service_tier":"flex","#,
            r#""prediction":{"type":"content","content":"x"},"modalities":["text"],"audio":{"voice":"x"},"user":"u","#,
            r#""tools":[{"type":"web_search"}],"tool_choice":"required","parallel_tool_calls":false,"#,
            r#""functions":[{"name":"f"}],"function_call":"auto","response_format":{"type":"json_object"},"#,
            r#""reasoning_effort":"minimal","include_reasoning":true,"thinking":{"type":"enabled","budget_tokens":1024},"#,
            r#""reasoning":{"effort":"low"},"models":["a/b","c/d"],"requesty":{"prompt_id":"greeting:2","#,
            r#""prompt_variables":{"name":"Ada"},"future":1},"zeta":1,"alpha":null}"#,
        ),
    );
}

#[test]
fn tool_turn() {
    let mut call = Message::assistant_calls([ToolCall::new("call_1", "get_weather", r#"{"city":"Rome"}"#)]);
    call.reasoning = Some("Let me check the weather…".into());
    call.reasoning_signature = Some("EqQB…".into());
    let answer = call.tool_calls[0].finished().unwrap().reply("18C");
    let history = [call, answer];
    whole(
        &Request::new(&history),
        concat!(
            r#"{"messages":[{"role":"assistant","content":null,"reasoning_content":"Let me check the weather…","#,
            r#""reasoning_signature":"EqQB…","tool_calls":[{"id":"call_1","type":"function","function":"#,
            r#"{"name":"get_weather","arguments":"{\"city\":\"Rome\"}"}}]},"#,
            r#"{"role":"tool","content":"18C","tool_call_id":"call_1"}]}"#,
        ),
    );
}

#[test]
fn content_parts() {
    let history = [Message::user([
        Part::text("…"),
        Part::image_url("data:image/png;base64,AAAA"),
        Part::image_url("https://example.com/a.png").mime_type("image/png").detail("low"),
        FilePart::from_url("a.pdf", "https://example.com/a.pdf").unwrap().mime_type("application/pdf").into(),
        Part::text("long prefix").cache_control(CacheControl::ephemeral_for("1h")),
        Part::text("x").cache_control(CacheControl::ephemeral()).with_extra("k", &1).unwrap(),
        Part::raw(&raw(r#"{"type":"input_audio","input_audio":{"data":"AA","format":"wav"}}"#)).unwrap(),
    ])];
    whole(
        &Request::new(&history),
        concat!(
            r#"{"messages":[{"role":"user","content":[{"type":"text","text":"…"},"#,
            r#"{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},"#,
            r#"{"type":"image_url","image_url":{"url":"https://example.com/a.png","mime_type":"image/png","detail":"low"}},"#,
            r#"{"type":"input_file","filename":"a.pdf","file_data":"https://example.com/a.pdf","#,
            r#""mime_type":"application/pdf"},"#,
            r#"{"type":"text","text":"long prefix","cache_control":{"type":"ephemeral","ttl":"1h"}},"#,
            r#"{"type":"text","text":"x","cache_control":{"type":"ephemeral"},"k":1},"#,
            r#"{"type":"input_audio","input_audio":{"data":"AA","format":"wav"}}]}]}"#,
        ),
    );
}

#[test]
#[cfg(feature = "base64")]
fn pdf_from_bytes() {
    let history = [Message::user([FilePart::from_bytes("a.pdf", b"%PDF-1").unwrap().into()])];
    whole(
        &Request::new(&history),
        concat!(
            r#"{"messages":[{"role":"user","content":[{"type":"input_file","filename":"a.pdf","#,
            r#""file_data":"data:application/pdf;base64,JVBERi0x","mime_type":"application/pdf"}]}]}"#,
        ),
    );
}

#[test]
fn web_search() {
    let history = [Message::user("News?")];
    let tools = [Tool::web_search().search_context_size("low")];
    whole(
        &Request::new(&history).tools(&tools),
        concat!(
            r#"{"messages":[{"role":"user","content":"News?"}],"#,
            r#""tools":[{"type":"web_search","search_context_size":"low"}]}"#,
        ),
    );
}

#[test]
fn structured_outputs() {
    let history = [Message::user("x")];
    let format = ResponseFormat::json_schema("x", &raw(r#"{"type":"object"}"#)).unwrap().strict(true);
    whole(
        &Request::new(&history).response_format(format.description("d")),
        concat!(
            r#"{"messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_schema","json_schema":"#,
            r#"{"name":"x","description":"d","strict":true,"schema":{"type":"object"}}}}"#,
        ),
    );
    whole(
        &Request::new(&history).response_format(ResponseFormat::Text),
        r#"{"messages":[{"role":"user","content":"x"}],"response_format":{"type":"text"}}"#,
    );
    let questions = ResponseFormat::raw(&raw(r#"{"type":"questions","questions":{"q":"?"}}"#)).unwrap();
    whole(
        &Request::new(&history).model("typesafe/jev-latest").response_format(questions),
        concat!(
            r#"{"model":"typesafe/jev-latest","messages":[{"role":"user","content":"x"}],"#,
            r#""response_format":{"type":"questions","questions":{"q":"?"}}}"#,
        ),
    );
}

#[test]
fn reasoning() {
    let history = [Message::user("x")];
    let head = r#"{"messages":[{"role":"user","content":"x"}],"#;
    let request = Request::new(&history);
    whole(
        &request.clone().reasoning_effort(ReasoningEffort::budget(10_000)),
        &format!(r#"{head}"reasoning_effort":"10000"}}"#),
    );
    for (effort, name) in [
        (ReasoningEffort::NONE, "none"),
        (ReasoningEffort::MIN, "min"),
        (ReasoningEffort::LOW, "low"),
        (ReasoningEffort::MEDIUM, "medium"),
        (ReasoningEffort::HIGH, "high"),
        (ReasoningEffort::MAX, "max"),
    ] {
        whole(&request.clone().reasoning_effort(effort), &format!(r#"{head}"reasoning_effort":"{name}"}}"#));
    }
    whole(&request.clone().thinking(Thinking::disabled()), &format!(r#"{head}"thinking":{{"type":"disabled"}}}}"#));
    let adaptive = Thinking::raw(&raw(r#"{"type":"adaptive"}"#)).unwrap();
    whole(&request.thinking(adaptive), &format!(r#"{head}"thinking":{{"type":"adaptive"}}}}"#));
}

#[test]
fn tools_of_every_kind() {
    let history = [Message::user("x")];
    let server_side = raw(r#"{"type":"bash_20250124","name":"bash"}"#);
    let tools = [
        Tool::function("a").strict(true).cache_control(CacheControl::ephemeral()),
        Tool::raw(&server_side).unwrap().with_extra("max_uses", &5).unwrap(),
    ];
    whole(
        &Request::new(&history).tools(&tools).tool_choice(ToolChoice::function("a")),
        concat!(
            r#"{"messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"a","#,
            r#""strict":true},"cache_control":{"type":"ephemeral"}},"#,
            r#"{"type":"bash_20250124","name":"bash","max_uses":5}],"#,
            r#""tool_choice":{"type":"function","function":{"name":"a"}}}"#,
        ),
    );
}

#[test]
fn extra_members_replace_fields() {
    let history = [Message::user("x")];
    whole(
        &Request::new(&history).temperature(0.5).extra("temperature", &raw("5.0e-1")).extra("messages", &raw("[1]")),
        r#"{"temperature":5.0e-1,"messages":[1]}"#,
    );
}

#[test]
fn prompt_of_the_library_needs_no_messages() {
    whole(
        &Request::new(&[]).requesty(Requesty::new().prompt_id("greeting:2")),
        r#"{"messages":[],"requesty":{"prompt_id":"greeting:2"}}"#,
    );
}

/// Whole numbers stay whole, and what no integer holds exactly stays a float.
#[test]
fn spelling_of_numbers() {
    let history = [Message::user("x")];
    for (number, spelling) in [(1.0, "1"), (-2.0, "-2"), (0.1, "0.1"), (9_007_199_254_740_992.0, "9007199254740992.0")]
    {
        let json = serde_json::to_string(&Request::new(&history).temperature(number)).unwrap();
        assert!(json.ends_with(&format!(r#""temperature":{spelling}}}"#)), "{json}");
    }
}

/// The documented samples of a PDF, by its content and by its address.
#[test]
fn documented_pdf_samples() {
    let sample = |file: FilePart| {
        let messages = [Message::user([Part::text("Summarize this PDF"), file.into()])];
        let body = Request::new(&messages).model("anthropic/claude-sonnet-4-20250514").whole_body().unwrap();
        String::from_utf8(body.to_vec()).unwrap()
    };
    let wanted = |data: &str| {
        format!(
            r#"{{"model":"anthropic/claude-sonnet-4-20250514","messages":[{{"role":"user","content":[{{"type":"text","text":"Summarize this PDF"}},{{"type":"input_file","filename":"document.pdf","file_data":"{data}"}}]}}]}}"#
        )
    };
    let url = "https://example.com/document.pdf";
    assert_eq!(sample(FilePart::from_url("document.pdf", url).unwrap()), wanted(url));
    let data = "data:application/pdf;base64,JVBERi0xLjQK";
    let mut file = FilePart::from_url("document.pdf", data).unwrap();
    assert_eq!(file.mime_type.take().as_deref(), Some("application/pdf"), "said besides, and left out of the sample");
    assert_eq!(sample(file), wanted(data));
}
