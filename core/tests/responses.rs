//! Responses, OpenAI's newer shape. What is sent, what is read, and what goes wrong.

mod support;

use std::time::Duration;

use requesty_core::chat::{
    FilePart, ImagePart, ReasoningEffort, Requesty, ResponseFormat, Role, Tool, ToolChoice, Unfinished,
};
use requesty_core::responses::{
    Answer, Input, InputContent, InputItem, InputPart, OutputItem, OutputPart, Request, Response, Status, Usage,
};
use requesty_core::{Call, Dialect, End, Error, ErrorKind, Incomplete, Step};
use serde_json::{Value, json};
use support::{cut, head, router};

/// The reply that the router documents, with the usage of a recorded one.
const SAMPLE: &str = concat!(
    r#"{"id":"rqsty-cmpl-1ce8","object":"response","created_at":1783184646,"model":"glm-5","status":"completed","#,
    r#""output":[{"type":"message","id":"msg_1","status":"completed","role":"assistant","#,
    r#""content":[{"type":"output_text","text":"hi","annotations":[]}]}],"#,
    r#""incomplete_details":null,"error":null,"#,
    r#""usage":{"input_tokens":508,"input_tokens_details":{"cached_tokens":256},"output_tokens":68,"#,
    r#""output_tokens_details":{"reasoning_tokens":27},"total_tokens":576,"cost":0.0005208}}"#,
);

fn body(request: &Request<'_>) -> String {
    String::from_utf8(request.whole_body().unwrap().to_vec()).unwrap()
}

fn sent(request: &Request<'_>) -> Value {
    serde_json::from_str(&body(request)).unwrap()
}

#[track_caller]
fn refusal(request: &Request<'_>) -> String {
    let whole = router().responses(request).unwrap_err();
    let streamed = router().responses_stream(request).unwrap_err();
    assert!(matches!(whole, Error::Build(_)));
    assert_eq!(whole.to_string(), streamed.to_string());
    whole.to_string()
}

fn call() -> Call<Answer> {
    router().responses(&Request::new("hi").model("openai/gpt-4.1")).unwrap()
}

fn read_as(call: &Call<Answer>, status: u16, body: &str, end: End) -> Result<Response, Incomplete<Response>> {
    let mut machine = call.open(head(status, "application/json"), Duration::ZERO);
    for piece in body.as_bytes().chunks(9) {
        if machine.advance().is_ok() {
            machine.push(piece, Duration::ZERO);
        }
    }
    machine.end(end);
    let last = machine.advance();
    machine.item();
    machine.owned();
    let summary = machine.dialect().summary();
    let total = machine.total();
    assert_eq!(matches!(last, Ok(Step::Done)), total.is_ok());
    assert_eq!(summary, total.as_ref().unwrap_or_else(Incomplete::partial).summary());
    total
}

fn read(body: &str) -> Result<Response, Incomplete<Response>> {
    read_as(&call(), 200, body, End::Clean)
}

fn output(items: &str) -> Response {
    read(&format!(r#"{{"status":"completed","output":{items}}}"#)).unwrap()
}

#[test]
fn requests_are_written_as_documented() {
    let schema = json!({"type": "object"});
    let format = ResponseFormat::json_schema("response", &schema).unwrap().strict(true);
    let request = Request::new("Say hi")
        .model("openai-responses/gpt-4.1")
        .text_format(format)
        .requesty(Requesty::new().trace_id("exec-1"));
    let call = router().responses(&request).unwrap();
    let http = call.request();
    assert_eq!(http.method(), "POST");
    assert_eq!(http.uri(), "https://router.requesty.ai/v1/responses");
    assert_eq!(
        (&http.headers()["accept"], &http.headers()["content-type"]),
        (&"application/json".parse().unwrap(), &"application/json".parse().unwrap())
    );
    assert_eq!(http.headers()["authorization"], "Bearer rqsty-sk-test");
    assert_eq!(
        http.body(),
        concat!(
            r#"{"model":"openai-responses/gpt-4.1","input":"Say hi","#,
            r#""text":{"format":{"type":"json_schema","name":"response","strict":true,"schema":{"type":"object"}}},"#,
            r#""requesty":{"trace_id":"exec-1"}}"#,
        )
    );
    assert_eq!(call.model(), Some("openai-responses/gpt-4.1"));
    let keyed = call.with_x_api_key().unwrap().request();
    assert_eq!(keyed.headers()["x-api-key"], "rqsty-sk-test");
    assert!(!keyed.headers().contains_key("authorization"));

    let streamed = router().responses_stream(&Request::new("Say hi").model("m")).unwrap();
    assert_eq!(streamed.request().uri(), "https://router.requesty.ai/v1/responses");
    assert_eq!(streamed.request().headers()["accept"], "text/event-stream");
    assert_eq!(streamed.request().body(), r#"{"model":"m","input":"Say hi","stream":true}"#);
    assert_eq!(streamed.request().body(), &Request::new("Say hi").model("m").stream_body().unwrap());
    assert_eq!(streamed.model(), Some("m"));
    assert_eq!(
        format!("{:?} {:?}", streamed.reply(), self::call().reply()),
        "Events { offered: None } Answer { offered: None }"
    );
}

#[test]
fn every_member_has_its_place() {
    let tools = [
        Tool::function("now")
            .description("Tells the time.")
            .parameters(&json!({"type": "object"}))
            .unwrap()
            .strict(true),
        Tool::web_search().search_context_size("low"),
        Tool::raw(&json!({"type": "web_search_preview"})).unwrap(),
    ];
    let request = Request::new("x")
        .model("m")
        .instructions("be brief")
        .max_output_tokens(64)
        .temperature(0.5)
        .top_p(1.0)
        .tools(&tools)
        .tool_choice(ToolChoice::function("now"))
        .parallel_tool_calls(false)
        .reasoning_effort(ReasoningEffort::HIGH)
        .reasoning_summary("auto")
        .text_format(ResponseFormat::JsonObject)
        .include("reasoning.encrypted_content")
        .include("file_search_call.results")
        .metadata(&json!({"a": "b"}))
        .store(false)
        .truncation("auto")
        .user("u")
        .previous_response_id("resp_1")
        .requesty(Requesty::new().auto_cache(true))
        .extra("service_tier", "flex");
    assert_eq!(
        body(&request),
        concat!(
            r#"{"model":"m","input":"x","instructions":"be brief","max_output_tokens":64,"temperature":0.5,"top_p":1,"#,
            r#""tools":[{"type":"function","name":"now","description":"Tells the time.","parameters":{"type":"object"},"#,
            r#""strict":true},{"type":"web_search","search_context_size":"low"},{"type":"web_search_preview"}],"#,
            r#""tool_choice":{"type":"function","name":"now"},"parallel_tool_calls":false,"#,
            r#""reasoning":{"effort":"high","summary":"auto"},"text":{"format":{"type":"json_object"}},"#,
            r#""include":["reasoning.encrypted_content","file_search_call.results"],"metadata":{"a":"b"},"store":false,"#,
            r#""truncation":"auto","user":"u","previous_response_id":"resp_1","requesty":{"auto_cache":true},"#,
            r#""service_tier":"flex"}"#,
        )
    );
    assert_eq!(serde_json::to_string(&request).unwrap(), body(&request));
    assert_eq!(sent(&Request::new("x").reasoning_summary("auto"))["reasoning"], json!({"summary": "auto"}));
    assert_eq!(sent(&Request::new("x").reasoning_effort("low"))["reasoning"], json!({"effort": "low"}));
    assert_eq!(body(&Request::new("x").tools(&[])), r#"{"input":"x"}"#);
    // A member set by hand replaces the field.
    assert_eq!(body(&Request::new("x").extra("input", "y")), r#"{"input":"y"}"#);
}

#[test]
fn choices_of_tools_are_those_of_this_endpoint() {
    let tools = [Tool::function("f")];
    let with = |choice: ToolChoice| sent(&Request::new("x").tools(&tools).tool_choice(choice))["tool_choice"].clone();
    assert_eq!(with(ToolChoice::Auto), "auto");
    assert_eq!(with(ToolChoice::None), "none");
    assert_eq!(with(ToolChoice::Required), "required");
    assert_eq!(with(ToolChoice::function("f")), json!({"type": "function", "name": "f"}));
    assert_eq!(with(ToolChoice::raw(&json!({"type": "web_search"})).unwrap()), json!({"type": "web_search"}));
    let schema = ResponseFormat::json_schema("n", &json!({})).unwrap().description("what for");
    let flat = sent(&Request::new("x").text_format(schema))["text"].clone();
    assert_eq!(flat, json!({"format": {"type": "json_schema", "name": "n", "description": "what for", "schema": {}}}));
    let raw = ResponseFormat::raw(&json!({"type": "grammar"})).unwrap();
    assert_eq!(sent(&Request::new("x").text_format(raw))["text"], json!({"format": {"type": "grammar"}}));
    let flat = Tool::function("f").with_extra("defer_loading", &true).unwrap();
    let tool = sent(&Request::new("x").tools(std::slice::from_ref(&flat)))["tools"][0].clone();
    assert_eq!(tool, json!({"type": "function", "name": "f", "defer_loading": true}));
}

#[test]
fn every_form_of_input_is_sent() {
    let file = FilePart::from_url("a.pdf", "data:application/pdf;base64,JVBERi0=").unwrap();
    let mut image = ImagePart::from_url("https://example.com/a.png");
    image.detail = Some("low".to_owned());
    let items = [
        InputItem::system("s"),
        InputItem::developer("d".to_owned()),
        InputItem::user([
            InputPart::text("What is this?"),
            image.into(),
            file.into(),
            FilePart::from_url("b.pdf", "https://example.com/b.pdf").unwrap().into(),
            InputPart::raw(&json!({"type": "input_image", "file_id": "file_1"})).unwrap(),
        ]),
        InputItem::assistant("a cat"),
        InputItem::message(Role::User, vec![InputPart::text("really?")]),
        InputItem::function_call_output("call_1", "12:07"),
        InputItem::raw(&json!({"type": "item_reference", "id": "msg_1"})).unwrap(),
    ];
    let expected = json!([
        {"type": "message", "role": "system", "content": "s"},
        {"type": "message", "role": "developer", "content": "d"},
        {"type": "message", "role": "user", "content": [
            {"type": "input_text", "text": "What is this?"},
            {"type": "input_image", "image_url": "https://example.com/a.png", "detail": "low"},
            {"type": "input_file", "filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERi0="},
            {"type": "input_file", "file_url": "https://example.com/b.pdf"},
            {"type": "input_image", "file_id": "file_1"},
        ]},
        {"type": "message", "role": "assistant", "content": "a cat"},
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "really?"}]},
        {"type": "function_call_output", "call_id": "call_1", "output": "12:07"},
        {"type": "item_reference", "id": "msg_1"},
    ]);
    assert_eq!(sent(&Request::new(&items))["input"], expected);
    assert_eq!(sent(&Request::new(&items[..]))["input"], expected);
    assert_eq!(sent(&Request::new(&items.to_vec()))["input"], expected);
    assert_eq!(sent(&Request::new(&"text".to_owned()))["input"], "text");
    assert_eq!(Input::from("x"), Input::Text("x"));
    assert_eq!(InputContent::from("x"), InputContent::Text("x".to_owned()));
}

/// The body is written once, at its size, whatever is large in it.
#[test]
fn what_is_large_is_counted_before_it_is_written() {
    let long = "x".repeat(100_000);
    let url = format!("https://example.com/{long}");
    let tools = [Tool::function("f").description(long.clone())];
    let call = format!(r#"[{{"type":"function_call","name":"f","arguments":"{long}"}}]"#);
    let other = format!(r#"[{{"type":"x","y":"{long}"}}]"#);
    let reasoning = format!(r#"[{{"type":"reasoning","summary":[{{"text":"{long}"}}]}}]"#);
    let encrypted = format!(r#"[{{"type":"reasoning","encrypted_content":"{long}"}}]"#);
    let said = format!(r#"[{{"type":"message","content":[{{"type":"output_text","text":"{long}"}}]}}]"#);
    let refused =
        format!(r#"[{{"type":"message","content":[{{"type":"refusal","refusal":"{long}"}},{{"type":"x"}}]}}]"#);
    let odd = format!(r#"[{{"type":"message","content":[{{"type":"x","y":"{long}"}}]}}]"#);
    let mut items = vec![
        InputItem::user(long.as_str()),
        InputItem::user([InputPart::text(long.clone()), ImagePart::from_url(url.clone()).into()]),
        InputItem::user([FilePart::from_url("x", url).unwrap().into(), InputPart::raw(&long).unwrap()]),
        InputItem::function_call_output("c", long.clone()),
        InputItem::raw(&long).unwrap(),
    ];
    for json in [call, other, reasoning, encrypted, said, refused, odd] {
        items.extend(output(&json).into_input());
    }
    for item in items {
        let items = [item];
        let body = Request::new(&items).instructions("i").whole_body().unwrap();
        assert!(body.len() > 100_000);
        let spare = bytes::BytesMut::from(body).capacity();
        assert!(spare < 300_000, "{spare}: {:.200}", format!("{items:?}"));
    }
    for request in [
        Request::new(&long),
        Request::new("x").instructions(long.clone()),
        Request::new("x").metadata(&long),
        Request::new("x").extra("a_longer_name", &long),
        Request::new("x").tools(&tools),
    ] {
        let spare = bytes::BytesMut::from(request.whole_body().unwrap()).capacity();
        assert!(spare < 102_000, "{spare}");
    }
}

#[test]
fn mistakes_are_found_before_anything_is_sent() {
    let none: [InputItem; 0] = [];
    let no_input = "there is no input: give a text or an item, or set the prompt_id of the requesty options";
    assert_eq!(refusal(&Request::new("")), no_input);
    assert_eq!(refusal(&Request::new(&none)), no_input);
    assert!(Request::new("").previous_response_id("r").whole_body().is_ok());
    assert!(Request::new("").requesty(Requesty::new().prompt_id("p:1")).whole_body().is_ok());
    assert_eq!(refusal(&Request::new("").requesty(Requesty::new().tag("t"))), no_input);
    assert!(Request::new("").extra("input", "x").whole_body().is_ok());

    let items = [InputItem::user("x"), InputItem::function_call_output("", "12")];
    let unnamed = "item 1 is the result of a call without the id of the call: set call_id";
    assert_eq!(refusal(&Request::new(&items)), unnamed);
    let empty = "a model is named by an empty text: name one, or set none for the router's default";
    assert_eq!(refusal(&Request::new("x").model(" ")), empty);
    let infinite = "`temperature` is not a finite number: JSON has no other";
    assert_eq!(refusal(&Request::new("x").temperature(f64::NAN)), infinite);
    assert_eq!(refusal(&Request::new("x").top_p(f64::INFINITY)), infinite.replace("temperature", "top_p"));
    let stream = "`stream` is set by the kind of call: remove it from the extra members";
    assert_eq!(refusal(&Request::new("x").extra("stream", &true)), stream);

    let unwritable = std::collections::BTreeMap::from([((1, 2), 3)]);
    let request = Request::new("x").metadata(&unwritable).extra("second", &unwritable);
    assert_eq!(refusal(&request), "the value of `metadata` cannot be written as JSON");
    assert!(serde_json::to_string(&request).unwrap_err().to_string().contains("`metadata`"));
    let request = Request::new("x").requesty(Requesty::new().extra("k", &unwritable));
    assert_eq!(refusal(&request), "`k` of the requesty options cannot be written as JSON");
    let items = [InputItem::Raw("{".to_owned())];
    let raw = "the request cannot be written as JSON: a raw part, item, schema or choice in it is not JSON";
    assert_eq!(refusal(&Request::new(&items)), raw);
}

#[test]
fn mistakes_with_tools_are_found_before_anything_is_sent() {
    let (twice, blank) = ([Tool::function("f"), Tool::function("f")], [Tool::function(" ")]);
    assert_eq!(refusal(&Request::new("x").tools(&twice)), "two tools have the name `f`: rename one");
    assert!(refusal(&Request::new("x").tools(&blank)).contains("empty name"));
    let tools = [Tool::function("f"), Tool::function("e"), Tool::web_search(), Tool::web_search()];
    let request = Request::new("x").tools(&tools);
    assert!(request.whole_body().is_ok());
    let missing = "the tool choice names `g`, which is not among the tools: add it";
    assert_eq!(refusal(&request.clone().tool_choice(ToolChoice::function("g"))), missing);
    assert_eq!(refusal(&Request::new("x").tool_choice(ToolChoice::function("g"))), missing);
    assert!(request.clone().tool_choice(ToolChoice::function("e")).whole_body().is_ok());
    assert!(request.clone().tool_choice(ToolChoice::Required).whole_body().is_ok());
    let none = "the tool choice is `required`, but there are no tools: add some";
    assert_eq!(refusal(&Request::new("x").tool_choice(ToolChoice::Required)), none);
    assert!(Request::new("x").tool_choice(ToolChoice::Auto).whole_body().is_ok());
    let by_hand = Request::new("x").extra("tools", &json!([{"type": "function", "name": "g"}, 7]));
    assert!(by_hand.clone().tool_choice(ToolChoice::function("g")).whole_body().is_ok());
    assert!(by_hand.clone().tool_choice(ToolChoice::Required).whole_body().is_ok());
    assert_eq!(refusal(&by_hand.tool_choice(ToolChoice::function("f"))), missing.replace("`g`", "`f`"));
    assert!(Request::new("x").extra("tool_choice", "required").tool_choice(ToolChoice::Required).whole_body().is_ok());
}

#[test]
fn the_documented_reply_is_read_and_can_be_passed_on() {
    let response = read(SAMPLE).unwrap();
    assert_eq!((response.id.as_deref(), response.model.as_deref()), (Some("rqsty-cmpl-1ce8"), Some("glm-5")));
    assert_eq!((response.created_at, &response.status), (Some(1_783_184_646), &Some(Status::Completed)));
    assert_eq!((response.text(), response.whole_text().unwrap()), ("hi".into(), "hi".into()));
    assert_eq!((response.reasoning(), response.refusal()), ("".into(), "".into()));
    assert_eq!((response.error.is_none(), response.stop_reason()), (true, None));
    assert_eq!(response.extra.get("object"), Some(r#""response""#));
    let OutputItem::Message(message) = &response.output[0] else { panic!() };
    assert_eq!((message.id.as_deref(), &message.status), (Some("msg_1"), &Some(Status::Completed)));
    assert_eq!(message.extra.get("role"), Some(r#""assistant""#));
    let usage = response.usage.as_ref().unwrap();
    assert_eq!((usage.input_tokens, usage.output_tokens, usage.total_tokens), (Some(508), Some(68), Some(576)));
    assert_eq!((usage.cached_tokens, usage.reasoning_tokens, usage.caching_tokens), (Some(256), Some(27), None));
    assert_eq!(response.cost().unwrap().to_string(), "0.0005208");
    let summary = response.summary();
    assert_eq!((summary.id.as_deref(), summary.model.as_deref()), (Some("rqsty-cmpl-1ce8"), Some("glm-5")));
    assert_eq!((summary.input_tokens, summary.output_tokens, summary.cost), (Some(508), Some(68), response.cost()));
    assert_eq!(summary.finish_reasons, ["completed"]);

    let passed_on = serde_json::to_value(&response).unwrap();
    assert_eq!(passed_on, serde_json::from_str::<Value>(SAMPLE).unwrap());
    assert_eq!(serde_json::from_str::<Response>(SAMPLE).unwrap(), response);
    assert_eq!(serde_json::to_string(&Response::default()).unwrap(), "{}");
}

#[test]
fn usage_is_read_from_anything() {
    let json = concat!(
        r#"{"input_tokens":"5","input_tokens_details":{"cached_tokens":1,"caching_tokens":2,"x":3},"output_tokens":7.0,"#,
        r#""output_tokens_details":{"reasoning_tokens":4,"y":5},"total_tokens":12,"cost":"0.10","z":[1.50]}"#,
    );
    let usage: Usage = serde_json::from_str(json).unwrap();
    assert_eq!((usage.input_tokens, usage.output_tokens, usage.total_tokens), (Some(5), Some(7), Some(12)));
    assert_eq!((usage.cached_tokens, usage.caching_tokens, usage.reasoning_tokens), (Some(1), Some(2), Some(4)));
    assert_eq!((usage.input_details.get("x"), usage.output_details.get("y")), (Some("3"), Some("5")));
    assert_eq!((usage.cost.unwrap().to_string().as_str(), usage.extra.get("z")), ("0.1", Some("[1.50]")));
    let again: Usage = serde_json::from_str(&serde_json::to_string(&usage).unwrap()).unwrap();
    assert_eq!(again, usage);
    let empty: Usage = serde_json::from_str(r#"{"input_tokens_details":{},"output_tokens_details":null}"#).unwrap();
    assert_eq!((serde_json::to_string(&empty).unwrap().as_str(), empty), ("{}", Usage::default()));
    let odd: Usage = serde_json::from_str(r#"{"cost":"free","input_tokens":-1,"input_tokens_details":7}"#).unwrap();
    assert_eq!((odd.cost, odd.input_tokens, odd.extra.len()), (None, None, 3));
    assert!(serde_json::from_str::<Usage>("[]").is_err());
}

#[test]
fn every_item_of_an_output_is_read_and_goes_back_as_it_came() {
    let items = json!([
        {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "Think. "}],
         "content": [{"type": "reasoning_text", "text": "Hard.", "x": 1}], "encrypted_content": "gAAA+/=", "status": null},
        {"type": "reasoning", "id": "rs_2", "summary": [], "encrypted_content": null},
        {"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {"type": "search", "query": "q"}},
        {"type": "message", "id": "msg_1", "status": "completed", "role": "assistant", "phase": "final", "content": [
            {"type": "output_text", "text": "Rome ", "logprobs": [], "annotations": [
                {"type": "url_citation", "url": "https://a", "title": "A", "start_index": 0, "end_index": 4, "k": [1]},
                {"type": "url_citation", "url": "https://a", "title": "A", "start_index": 0, "end_index": 4},
                {"type": "file_citation", "file_id": "f", "index": 7, "title": null}]},
            {"type": "refusal", "refusal": "No.", "x": {}},
            {"type": "output_audio", "data": "AAA"},
            {"type": "output_text", "text": "is old.", "annotations": null}]},
        {"type": "message", "content": []},
        {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "now", "arguments": "{\"a\":1}",
         "status": "completed", "y": 2},
        {"type": "function_call", "call_id": "call_2", "name": "then", "arguments": null},
        {"type": "function_call", "call_id": "call_3", "name": "", "arguments": ""},
    ]);
    let response = output(&items.to_string());
    assert_eq!(response.output.len(), 8);
    assert_eq!(response.reasoning(), "Think. Hard.");
    assert_eq!((response.text(), response.refusal()), ("Rome is old.".into(), "No.".into()));
    let kinds: Vec<_> = response.output.iter().map(|item| item.kind().unwrap()).collect();
    assert_eq!(kinds[..4], ["reasoning", "reasoning", "web_search_call", "message"]);
    assert_eq!(kinds[5], "function_call");
    let OutputItem::Reasoning(reasoning) = &response.output[0] else { panic!() };
    assert_eq!((reasoning.id.as_deref(), &reasoning.status), (Some("rs_1"), &None));
    assert_eq!(reasoning.encrypted_content.as_deref(), Some("gAAA+/="));
    assert_eq!(
        (reasoning.summary[0].kind.as_deref(), reasoning.content[0].extra.get("x")),
        (Some("summary_text"), Some("1"))
    );
    let OutputItem::Message(message) = &response.output[3] else { panic!() };
    assert_eq!((message.content[1].text(), message.content[1].refusal()), ("", "No."));
    assert_eq!((message.content[0].text(), message.content[0].refusal()), ("Rome ", ""));
    assert!(matches!(&message.content[2], OutputPart::Other(json) if json.contains("output_audio")));
    let annotation = response.annotations().next().unwrap();
    assert_eq!((annotation.kind.as_deref(), annotation.extra.get("k")), (Some("url_citation"), Some("[1]")));
    assert_eq!((annotation.start_index, annotation.end_index), (Some(0), Some(4)));
    assert_eq!(response.annotations().count(), 3);
    let citations = response.citations();
    assert_eq!(citations.len(), 1, "each once, and only what names a source");
    assert_eq!((citations[0].url.as_deref(), citations[0].title.as_deref()), (Some("https://a"), Some("A")));
    assert_eq!((citations[0].start_index, citations[0].end_index), (Some(0), Some(4)));

    assert_eq!(serde_json::to_value(&response.output).unwrap(), items);
    let history: Vec<InputItem> = response.into_input().collect();
    assert_eq!(sent(&Request::new(&history))["input"], items);
    let item: OutputItem = serde_json::from_value(items[0].clone()).unwrap();
    assert_eq!(InputItem::from(item.clone()), InputItem::Output(item));
    assert!(serde_json::from_str::<OutputItem>("7").is_err());
}

#[test]
fn odd_members_cost_nothing_but_themselves() {
    let items = json!([
        7, "x", null, {}, {"type": null}, {"type": 7},
        {"type": "message", "id": 5, "status": {}, "content": "plain"},
        {"type": "message", "content": [3, {"type": "output_text"}, {"type": "refusal", "refusal": 4}, {"type": 1}]},
        {"type": "message", "content": [{"type": "output_text", "text": "t", "annotations": [1, {"url": 2}]}]},
        {"type": "message", "content": [{"type": "output_text", "text": "u", "annotations": {}}]},
        {"type": "reasoning", "summary": "s", "content": [{"text": "r"}, 7], "encrypted_content": 1},
        {"type": "function_call", "call_id": 1, "name": [], "arguments": "{}"},
    ]);
    let response = output(&items.to_string());
    assert_eq!((response.text(), response.reasoning()), ("tu".into(), "r".into()));
    assert_eq!(serde_json::to_value(&response.output).unwrap(), items);
    assert_eq!(response.output[3].kind(), None);
    assert_eq!(response.annotations().count(), 1);
    assert_eq!(response.unfinished_calls().count(), 1);

    let odd = r#"{"id":7,"model":null,"created_at":"12","status":1,"output":{},"error":null,"usage":"x","incomplete_details":[]}"#;
    let response = read(odd).unwrap();
    assert_eq!((response.id.as_deref(), response.created_at, response.usage.is_none()), (None, Some(12), true));
    let passed_on = serde_json::to_value(&response).unwrap();
    assert_eq!(passed_on, serde_json::from_str::<Value>(&odd.replace(r#""12""#, "12")).unwrap());
}

#[test]
fn status_is_open() {
    for word in ["completed", "incomplete", "in_progress", "queued", "failed", "cancelled", "paused"] {
        let status = Status::from(word);
        assert_eq!((status.as_str(), status.to_string().as_str()), (word, word));
        assert_eq!(matches!(status, Status::Other(_)), word == "paused");
        assert_eq!(status.is_open(), matches!(word, "in_progress" | "queued"));
        assert_eq!(serde_json::to_value(&status).unwrap(), word);
    }
}

#[test]
fn a_response_that_is_not_whole_is_never_taken_for_one() {
    let text = r#""output":[{"type":"message","content":[{"type":"output_text","text":"half"}]}]"#;
    let early = |rest: &str| read(&format!("{{{text},{rest}}}")).unwrap().whole_text().unwrap_err();
    let limit = early(r#""status":"incomplete","incomplete_details":{"reason":"max_output_tokens","x":1}"#);
    assert_eq!((limit.status(), limit.reason()), (Some(&Status::Incomplete), Some("max_output_tokens")));
    assert_eq!(limit.to_string(), "the response was stopped early: max_output_tokens");
    assert_eq!(early(r#""status":"incomplete""#).to_string(), "the response was stopped early: incomplete");
    assert_eq!(early(r#""status":"cancelled""#).status(), Some(&Status::Cancelled));
    assert_eq!(early(r#""status":"queued""#).reason(), None);
    assert_eq!(early(r#""incomplete_details":{"reason":"content_filter"}"#).reason(), Some("content_filter"));
    let whole = read(&format!("{{{text}}}")).unwrap();
    assert_eq!(whole.whole_text().unwrap(), "half");

    let sample =
        format!(r#"{{{text},"status":"incomplete","incomplete_details":{{"reason":"max_output_tokens","x":1}}}}"#);
    let response = read(&sample).unwrap();
    assert_eq!((response.text(), response.stop_reason()), ("half".into(), Some("max_output_tokens")));
    assert_eq!(response.summary().finish_reasons, ["max_output_tokens"]);
    assert_eq!(serde_json::to_value(&response).unwrap(), serde_json::from_str::<Value>(&sample).unwrap());
    assert!(read(r#"{"status":"in_progress"}"#).unwrap().summary().finish_reasons.is_empty());
}

#[test]
fn calls_that_can_be_run_and_calls_that_cannot_are_told_apart() {
    let response = output(
        r#"[{"type":"function_call","call_id":"c1","name":"weather","arguments":" {\"city\":\"Rome\"} ","status":"completed"},
            {"type":"function_call","call_id":"c2","name":"now","arguments":""},
            {"type":"function_call","call_id":"srvtoolu_1","name":"web_search","arguments":"{}"},
            {"type":"function_call","call_id":"c3","name":"weather","arguments":"{\"city\":\"Ro"},
            {"type":"function_call","call_id":"c4","name":"weather","arguments":"{}","status":"incomplete"},
            {"type":"function_call","call_id":"c5","name":"weather","arguments":"{}","status":"in_progress"},
            {"type":"function_call","name":"","arguments":"{}"},
            {"type":"function_call","name":"object","arguments":{"a":1}}]"#,
    );
    let calls: Vec<_> = response.function_calls().collect();
    let told: Vec<_> = calls.iter().map(|call| (call.call_id(), call.name(), call.arguments_json())).collect();
    assert_eq!(told, [("c1", "weather", r#"{"city":"Rome"}"#), ("c2", "now", "{}"), ("", "object", r#"{"a":1}"#)]);
    assert_eq!(calls[0].arguments::<Value>().unwrap(), json!({"city": "Rome"}));
    let error = calls[0].arguments::<Vec<u8>>().unwrap_err();
    assert_eq!(error.raw(), r#" {"city":"Rome"} "#);
    assert_eq!(calls[0].output("18 °C"), InputItem::function_call_output("c1", "18 °C"));
    assert_eq!(calls[0].call().call_id.as_deref(), Some("c1"));
    assert!(format!("{:?}", calls[0]).starts_with("FinishedCall(FunctionCall {"));
    assert!(!calls[0].is_server_side());

    let unfinished: Vec<_> = response.unfinished_calls().collect();
    let why: Vec<_> = unfinished.iter().map(|call| call.why()).collect();
    assert_eq!(why, [Unfinished::InvalidArguments, Unfinished::Cut, Unfinished::Cut, Unfinished::NoName]);
    assert_eq!((unfinished[0].fragment(), unfinished[0].call().call_id.as_deref()), (r#"{"city":"Ro"#, Some("c3")));
    let said: Vec<_> = unfinished.iter().map(ToString::to_string).collect();
    assert_eq!(said[0], "the arguments of the function call are not JSON");
    assert_eq!(said[1], "the function call was cut: the response ended before it did");
    assert_eq!(said[3], "the function call names no function");
    assert_eq!(format!("{:?}", unfinished[0]), "UnfinishedCall { why: InvalidArguments, fragment_len: 11, .. }");
    assert!(std::error::Error::source(&unfinished[0]).is_none());
}

#[test]
fn what_was_not_offered_is_not_run() {
    let tools = [Tool::function("now")];
    let reply = r#"{"output":[{"type":"function_call","name":"now","arguments":"{}"},
                              {"type":"function_call","name":"rm","arguments":"{}"}]}"#;
    let names = |request: Request<'_>| {
        let response = read_as(&router().responses(&request).unwrap(), 200, reply, End::Clean).unwrap();
        response.function_calls().map(|call| call.name().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(Request::new("x").tools(&tools)), ["now"]);
    assert_eq!(names(Request::new("x")), ["now", "rm"]);
    assert_eq!(names(Request::new("x").extra("tools", &json!([{"type": "function", "name": "rm"}]))), ["rm"]);
    assert!(names(Request::new("x").extra("tools", &json!([]))).is_empty());
    assert!(names(Request::new("x").extra("tools", "none")).is_empty());
}

#[test]
fn a_failed_response_is_an_error() {
    let failed = |error: &str| {
        let body = format!(r#"{{"id":"r1","status":"failed","output":[],"error":{error},"usage":{{"cost":1}}}}"#);
        read(&body).unwrap_err().into_parts()
    };
    let (_, error) = failed(r#"{"code":"server_error","message":"It broke."}"#);
    let Error::Api(api) = &error else { panic!("{error}") };
    assert_eq!((api.kind(), api.code(), api.message()), (ErrorKind::Server, Some("server_error"), Some("It broke.")));
    let (_, error) = failed(r#"{"code":"rate_limit_exceeded","message":"Slow down."}"#);
    assert_eq!(error.kind(), Some(ErrorKind::RateLimited));
    let (partial, error) = failed("null");
    assert_eq!(error.to_string(), "error reply: the response failed, and does not say why");
    assert!(!error.api().unwrap().is_in_stream());
    assert_eq!((partial.id.as_deref(), partial.cost().unwrap().to_string().as_str()), (Some("r1"), "1"));
    assert_eq!(partial.summary().finish_reasons, ["failed"]);
    let failed: Response =
        serde_json::from_str(r#"{"status":"failed","error":{"code":7,"message":"m","x":1}}"#).unwrap();
    let told = failed.error.as_ref().unwrap();
    assert_eq!((told.code.as_deref(), told.message.as_deref(), told.extra.get("x")), (Some("7"), Some("m"), Some("1")));
    assert_eq!(serde_json::to_string(told).unwrap(), r#"{"code":"7","message":"m","x":1}"#);
}

#[test]
fn errors_of_the_router_are_told_by_status_and_under_a_200() {
    let body = r#"{"error":{"origin":"router","message":"Invalid authorization token"}}"#;
    let error = read_as(&call(), 403, body, End::Clean).unwrap_err();
    assert_eq!((error.error().kind(), error.error().status().unwrap().as_u16()), (Some(ErrorKind::Forbidden), 403));
    let error = read(r#"{"error":{"message":"Too many requests","code":429}}"#).unwrap_err();
    assert_eq!(error.error().kind(), Some(ErrorKind::RateLimited));
    assert!(error.partial().output.is_empty() && error.partial().whole_text().is_err());
}

#[test]
fn what_is_no_response_is_an_error() {
    for body in ["{}", "7", "[]", "{", "", r#"{"choices":[]}"#, r#""text""#] {
        let error = read(body).unwrap_err();
        let Error::Decode(problem) = error.error() else { panic!("{}", error.error()) };
        assert_eq!(problem.to_string(), format!("cannot decode the response of {} bytes", body.len()));
        assert_eq!((problem.body(), problem.status().unwrap().as_u16()), (&body.as_bytes().to_vec().into(), 200));
        assert!(serde_json::from_str::<Response>(body).is_err());
    }
    assert!(read(r#"{"output":null}"#).is_ok() && read(r#"{"status":null}"#).is_ok());
}

#[test]
fn a_cut_reply_is_no_reply() {
    let error = read_as(&call(), 200, &SAMPLE[..100], cut()).unwrap_err();
    assert!(matches!(error.error(), Error::Truncated(error) if error.is_cut()));
    let machine = call().open(head(200, "application/json"), Duration::ZERO);
    assert!(format!("{:?}", machine.dialect()).starts_with("AnswerDecoder { outcome: Err("));
    assert!(matches!(machine.total().unwrap_err().error(), Error::Truncated(_)));
}
