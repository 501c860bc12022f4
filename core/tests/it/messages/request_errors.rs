//! What is wrong with a request for a message is found before it is sent, and the error says what to do.

use requesty_core::Error;
use requesty_core::messages::{Block, Message, Request, Source, Thinking, Tool, ToolChoice, ToolResult};
use serde_json::json;

use crate::support::messages::play_whole;
use crate::support::router;

fn refused(request: &Request<'_>, says: &str) {
    let error = request.whole_body().unwrap_err();
    assert!(error.to_string().contains(says), "{error}");
    assert_eq!(request.stream_body().unwrap_err(), error);
    for call in [router().messages(request).map(drop), router().messages_stream(request).map(drop)] {
        assert!(matches!(call, Err(Error::Build(build)) if build == error));
    }
}

#[track_caller]
fn taken(request: &Request<'_>) {
    if let Err(error) = request.whole_body() {
        panic!("{error}");
    }
}

fn function(name: &str) -> Tool {
    Tool::function(name).input_schema(&json!({"type": "object"})).unwrap()
}

#[test]
fn what_the_api_requires() {
    let history = [Message::user("hi")];
    let request = || Request::new(&history, 1).model("m");
    taken(&request());
    refused(&Request::new(&history, 1), "no model is named");
    refused(&request().model(" "), "no model is named");
    taken(&Request::new(&history, 1).extra("model", "m"));
    refused(&Request::new(&history, 0).model("m"), "`max_tokens` is 0");
    taken(&Request::new(&history, 0).model("m").extra("max_tokens", &1));
    refused(&Request::new(&[], 1).model("m"), "no messages");
    taken(&Request::new(&[], 1).model("m").extra("messages", &json!([])));
    refused(&request().extra("stream", &true), "`stream` is set by the kind of call");
    for number in [f64::NAN, f64::INFINITY] {
        refused(&request().temperature(number), "`temperature` is not a finite number");
        refused(&request().top_p(number), "`top_p` is not a finite number");
    }
}

#[test]
fn what_cannot_be_written() {
    struct Broken;
    impl serde::Serialize for Broken {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("secret"))
        }
    }
    let history = [Message::user("hi")];
    let request = Request::new(&history, 1).model("m").extra("a", &Broken).extra("b", &Broken);
    refused(&request, "the value of `a` cannot be written as JSON");
    assert!(serde_json::to_string(&request).is_err());
    let history = [Message::user(Block::Other("{".into()))];
    refused(&Request::new(&history, 1).model("m"), "is not JSON");
    assert!(Block::raw(&Broken).is_err() && Tool::raw(&Broken).is_err() && Source::raw(&Broken).is_err());
    assert!(ToolChoice::raw(&Broken).is_err() && Tool::function("f").input_schema(&Broken).is_err());
    assert!(Block::text("x").with_extra("y", &Broken).is_err() && Tool::web_search().with_extra("y", &Broken).is_err());
    assert!(Message::user("x").with_extra("y", &Broken).is_err());
}

#[test]
fn turns_of_user_and_model_only() {
    let system: Message = serde_json::from_str(r#"{"role":"system","content":"x"}"#).unwrap();
    let history = [Message::user("hi"), system.clone()];
    refused(&Request::new(&history, 1).model("m"), "message 1 is of neither the user nor the assistant");
    let history = [system.with_extra("role", "user").unwrap(), Message::assistant("x")];
    taken(&Request::new(&history, 1).model("m"));
}

#[test]
fn tools_are_whole_and_their_results_have_ids() {
    let cut = r#"{"stop_reason":"max_tokens","content":[{"type":"tool_use","id":"t","name":"f","input":"{\"a\":"}]}"#;
    for kind in ["tool_use", "server_tool_use"] {
        let cut = play_whole(200, &cut.replace("tool_use", kind)).unwrap().into_message();
        let history = [cut];
        refused(&Request::new(&history, 1).model("m"), "message 0 holds a tool use whose input was cut");
        let [Message { content, .. }] = &history;
        let mended = content.blocks()[0].clone().with_extra("input", &json!({})).unwrap();
        taken(&Request::new(&[Message::assistant(mended)], 1).model("m"));
    }
    let history = [Message::user([Block::text("x"), Block::tool_result("", "x")])];
    refused(&Request::new(&history, 1).model("m"), "message 0 holds the result of a tool without the id of its use");
    let mended = Block::from(ToolResult::default()).with_extra("tool_use_id", "t").unwrap();
    let history = [Message::user(mended)];
    taken(&Request::new(&history, 1).model("m"));
}

#[test]
fn tools_have_names_and_schemas() {
    let history = [Message::user("hi")];
    let request = |tools: &[Tool], says: &str| {
        let request = Request::new(&history, 1).model("m").tools(tools);
        if says.is_empty() { taken(&request) } else { refused(&request, says) }
    };
    request(&[], "");
    assert!(
        !String::from_utf8_lossy(&Request::new(&history, 1).model("m").tools(&[]).whole_body().unwrap())
            .contains("tools")
    );
    request(&[function("a"), function("b"), Tool::web_search()], "");
    request(&[Tool::function("a")], "the tool `a` has no input_schema");
    request(&[Tool::function("a").with_extra("input_schema", &json!({})).unwrap()], "");
    request(&[function(" ")], "a tool has an empty name");
    request(&[function("").with_extra("name", "n").unwrap()], "");
    request(&[function("a"), Tool::web_search(), function("a")], "two tools have the name `a`");
    let unnamed = || Tool::raw(&json!({"type": "x"})).unwrap();
    request(&[unnamed(), unnamed()], "");
    request(&[Tool::web_search().description("x")], "a tool has `description`");
    request(&[Tool::web_search().input_schema(&1).unwrap()], "a tool has `input_schema`");
    request(&[function("a").max_uses(1)], "a tool has `max_uses`");
    request(&[unnamed().max_uses(1)], "a tool has `max_uses`");
}

#[test]
fn the_choice_is_among_the_tools() {
    let history = [Message::user("hi")];
    let tools = [function("a")];
    let request = || Request::new(&history, 1).model("m");
    taken(&request().tools(&tools).tool_choice(ToolChoice::tool("a")));
    taken(&request().tools(&tools).tool_choice(ToolChoice::any()));
    taken(&request().tool_choice(ToolChoice::auto()));
    refused(&request().tools(&tools).tool_choice(ToolChoice::tool("b")), "the tool choice names `b`");
    refused(&request().tool_choice(ToolChoice::any()), "the tool choice is `any`, but there are no tools");
    taken(&request().extra("tools", &json!([])).tool_choice(ToolChoice::any()));
    taken(&request().tool_choice(ToolChoice::any()).extra("tool_choice", &json!({"type": "auto"})));
}

#[test]
fn thinking_leaves_room_for_the_answer() {
    let history = [Message::user("hi")];
    let request = |max: u32, budget: u32| Request::new(&history, max).model("m").thinking(Thinking::enabled(budget));
    taken(&request(1025, 1024));
    refused(&request(1024, 1024), "the budget of `thinking`, 1024, must be below `max_tokens`, 1024");
    refused(&request(1024, 2048), "2048");
    taken(&request(1024, 2048).extra("max_tokens", &4096));
    taken(&request(1024, 2048).extra("thinking", &json!({"type": "adaptive"})));
    taken(&Request::new(&history, 1).model("m").thinking(Thinking::disabled()));
}

#[test]
#[cfg(feature = "base64")]
fn files_have_bytes_and_addresses() {
    let says = |result: Result<Block, requesty_core::BuildError>, says: &str| {
        let error = result.unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
    };
    says(Block::image("image/png", b""), "is empty");
    says(Block::image("", b"x"), "the media type is empty");
    says(Block::pdf(b"x"), "not a PDF");
    says(Block::pdf(b""), "not a PDF");
    for url in ["iVBORw0K", "ftp://a.example", "data:image/png,x", "data:;base64,x", "data:image/png;base64,", ""] {
        says(Block::image_url(url), "neither http(s)://");
        says(Block::document_url(url), "neither http(s)://");
    }
    let text = Source::raw(&json!({"type": "text", "media_type": "text/plain", "data": "x"})).unwrap();
    let blocks = [
        Block::from(requesty_core::messages::DocumentBlock::new(text.clone())),
        Block::from(requesty_core::messages::ImageBlock::new(text)),
    ];
    for (block, kind) in blocks.iter().zip(["document", "image"]) {
        let json = serde_json::to_value(block).unwrap();
        assert_eq!((&json["type"], &json["source"]["type"]), (&json!(kind), &json!("text")));
    }
}
