//! Responses, OpenAI's newer shape: what is sent, and what is refused before it is.

use requesty_core::Error;
use requesty_core::chat::{FilePart, ImagePart, ReasoningEffort, Requesty, ResponseFormat, Role, Tool, ToolChoice};
use requesty_core::responses::{Input, InputContent, InputItem, InputPart, Request};
use serde_json::json;

use crate::support::responses::{body, output, sent, whole_call};
use crate::support::router;

#[track_caller]
fn refusal(request: &Request<'_>) -> String {
    let whole = router().responses(request).unwrap_err();
    let streamed = router().responses_stream(request).unwrap_err();
    assert!(matches!(whole, Error::Build(_)));
    assert_eq!(whole.to_string(), streamed.to_string());
    whole.to_string()
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
        format!("{:?} {:?}", streamed.reply(), whole_call().reply()),
        "ResponseEvents { offered: None, accepts: Finished, without_template: false } WholeResponse { offered: None, accepts: Finished }"
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
        .end_user("u")
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
    assert_eq!(sent(&Request::new(items.to_vec()))["input"], expected);
    assert_eq!(sent(&Request::new("text".to_owned()))["input"], "text");
    assert_eq!(Input::from("x"), Input::Text("x".into()));
    let text = "x".to_owned();
    assert_eq!(InputContent::from("x"), InputContent::Text(text.clone()));
    assert_eq!(InputContent::from(&text), InputContent::from(text.clone()));
    assert_eq!(InputPart::from(text.clone()), InputPart::Text(text));
    let url = "https://example.com/a.png";
    assert_eq!(InputPart::image_url(url), ImagePart::from_url(url).into());
    #[cfg(feature = "base64")]
    assert_eq!(InputPart::image("image/png", b"abc").unwrap(), InputPart::image_url("data:image/png;base64,YWJj"));
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
