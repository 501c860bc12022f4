//! One test per mistake that is found before a request is sent.

use requesty_core::chat::{
    Message, ReasoningEffort, Request, Requesty, ResponseFormat, Role, Thinking, Tool, ToolChoice,
};
use serde::{Serialize, Serializer};

const SECRET: &str = "the launch code is 0000";

fn history() -> [Message; 1] {
    [Message::user(SECRET)]
}

/// Both kinds of call refuse the request, with the same words and without quoting the prompt.
#[track_caller]
fn refused(request: &Request<'_>, why: &str) {
    let whole = request.whole_body().unwrap_err();
    let stream = request.stream_body().unwrap_err();
    assert_eq!(whole, stream);
    for shown in [whole.to_string(), format!("{whole:?}")] {
        assert!(shown.contains(why), "{shown}");
        assert!(!shown.contains(SECRET), "{shown}");
    }
}

struct Unwritable;

impl Serialize for Unwritable {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom(SECRET))
    }
}

#[test]
fn no_messages() {
    refused(&Request::new(&[]), "there are no messages");
    refused(&Request::new(&[]).requesty(Requesty::new().trace_id("t")), "there are no messages");
}

#[test]
fn tool_message_without_call() {
    let history = [Message::user(SECRET), Message::new(Role::Tool, SECRET)];
    refused(&Request::new(&history), "message 1 is a tool message without the id");
    refused(&Request::new(&[Message::tool("", SECRET)]), "message 0 is a tool message without the id");
    let history = [Message::new(Role::Tool, "x").with_extra("tool_call_id", "call_1").unwrap()];
    assert!(Request::new(&history).whole_body().is_ok());
}

#[test]
fn empty_model() {
    refused(&Request::new(history()).model(""), "a model is named by an empty text");
    refused(&Request::new(history()).model(" "), "a model is named by an empty text");
    refused(&Request::new(history()).models(["a/b", ""]), "a model is named by an empty text");
}

#[test]
fn choice_of_a_tool_that_is_not_offered() {
    let tools = [Tool::function("a")];
    let history = history();
    let request = Request::new(&history).tools(&tools);
    refused(&request.clone().tool_choice(ToolChoice::function("b")), "names `b`, which is not among the tools");
    assert!(request.clone().tool_choice(ToolChoice::function("a")).whole_body().is_ok());
    // Tools given as raw JSON count, and replace the others.
    let raw = serde_json::json!([{"type": "function", "function": {"name": "b"}}, {"name": "c"}]);
    let request = request.extra("tools", &raw);
    assert!(request.clone().tool_choice(ToolChoice::function("b")).whole_body().is_ok());
    assert!(request.clone().tool_choice(ToolChoice::function("c")).whole_body().is_ok());
    refused(&request.tool_choice(ToolChoice::function("a")), "names `a`");
}

#[test]
fn legacy_functions_are_offered_too() {
    let history = history();
    let request = Request::new(&history).functions(&serde_json::json!([{"name": "f"}]));
    assert!(request.tool_choice(ToolChoice::function("f")).whole_body().is_ok());
}

#[test]
fn required_without_tools() {
    refused(&Request::new(history()).tool_choice(ToolChoice::Required), "there are no tools");
    let tools = [Tool::web_search()];
    assert!(Request::new(history()).tools(&tools).tool_choice(ToolChoice::Required).whole_body().is_ok());
}

#[test]
fn two_tools_of_one_name() {
    let raw = Tool::raw(&serde_json::json!({"type": "function", "function": {"name": "a"}})).unwrap();
    let tools = [Tool::function("a"), Tool::function("b"), raw];
    refused(&Request::new(history()).tools(&tools), "two tools have the name `a`");
    let nameless = [Tool::web_search(), Tool::web_search()];
    assert!(Request::new(history()).tools(&nameless).whole_body().is_ok());
}

#[test]
fn tool_without_a_name() {
    refused(&Request::new(history()).tools(&[Tool::function("")]), "a tool has an empty name");
}

#[test]
fn setter_of_another_kind_of_tool() {
    refused(&Request::new(history()).tools(&[Tool::web_search().strict(true)]), "`strict`");
    refused(&Request::new(history()).tools(&[Tool::function("a").search_context_size("low")]), "`search_context_size`");
}

#[test]
fn raw_tool_that_is_no_object() {
    assert!(Tool::raw("web_search").is_err());
    assert!(Tool::raw(&Unwritable).is_err());
}

#[test]
fn top_logprobs_alone() {
    refused(&Request::new(history()).top_logprobs(3), "needs `logprobs`");
    refused(&Request::new(history()).top_logprobs(3).logprobs(false), "needs `logprobs`");
}

#[test]
fn no_answers() {
    refused(&Request::new(history()).n(0), "`n` is 0");
}

#[test]
fn budget_not_below_the_limit() {
    let history = history();
    let request = Request::new(&history).max_tokens(1024);
    refused(&request.clone().thinking(Thinking::enabled(1024)), "the budget of `thinking`, 1024, must be below");
    refused(&request.clone().reasoning_effort(ReasoningEffort::budget(2000)), "the budget of `reasoning_effort`, 2000");
    refused(&request.clone().reasoning_effort("4000000000000"), "the budget of `reasoning_effort`, 4000000000000");
    assert!(request.clone().thinking(Thinking::enabled(1023)).whole_body().is_ok());
    assert!(request.reasoning_effort(ReasoningEffort::MAX).whole_body().is_ok());
    assert!(Request::new(&history).thinking(Thinking::enabled(1024)).whole_body().is_ok());
}

#[test]
fn numbers_that_are_not_finite() {
    let history = history();
    let request = Request::new(&history);
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        refused(&request.clone().temperature(number), "`temperature` is not a finite number");
        refused(&request.clone().top_p(number), "`top_p` is not a finite number");
        refused(&request.clone().frequency_penalty(number), "`frequency_penalty` is not a finite number");
        refused(&request.clone().presence_penalty(number), "`presence_penalty` is not a finite number");
        refused(&request.clone().logit_bias("1", number), "`logit_bias` is not a finite number");
    }
}

#[test]
fn questions_are_not_streamed() {
    let history = history();
    let questions = serde_json::json!({"type": "questions", "questions": {}});
    let typed = Request::new(&history).response_format(ResponseFormat::raw(&questions).unwrap());
    let extra = Request::new(&history).extra("response_format", &questions);
    for request in [typed, extra] {
        assert!(request.whole_body().is_ok());
        let error = request.stream_body().unwrap_err().to_string();
        assert!(error.contains("`questions` are not streamed"), "{error}");
    }
}

#[test]
fn stream_set_by_hand() {
    refused(&Request::new(history()).extra("stream", &true), "`stream` is set by the kind of call");
    refused(&Request::new(history()).extra("stream", &false), "`stream` is set by the kind of call");
}

#[test]
fn values_that_cannot_be_written() {
    let history = history();
    let request = Request::new(&history);
    for (request, key) in [
        (request.clone().extra("mine", &Unwritable), "mine"),
        (request.clone().metadata(&Unwritable).extra("mine", &Unwritable), "metadata"),
        (request.clone().prediction(&Unwritable), "prediction"),
        (request.clone().audio(&Unwritable), "audio"),
        (request.clone().functions(&Unwritable), "functions"),
        (request.clone().function_call(&Unwritable), "function_call"),
        (request.clone().reasoning(&Unwritable), "reasoning"),
        (request.clone().requesty(Requesty::new().extra("dimension", &Unwritable)), "dimension"),
        (request.clone().requesty(Requesty::new().more("more", &Unwritable)), "more"),
        (request.clone().requesty(Requesty::new().prompt_variable("name", &Unwritable)), "name"),
    ] {
        refused(&request, &format!("`{key}`"));
        assert!(serde_json::to_string(&request).is_err());
    }
}

#[test]
fn raw_text_that_is_no_json() {
    let history = [Message::user([requesty_core::chat::Part::Other(SECRET.into())])];
    refused(&Request::new(&history), "cannot be written as JSON");
}
