//! One description of an answer, and what it is in each family; and what makes a history well-formed there.

use requesty_core::agent::{Action, Entry, Loop, RunnableCall, Stop, Tools};
use requesty_core::{chat, messages, responses};
use serde_json::{Value, json};

use super::well_formed;

/// An answer, described alike for every family.
#[derive(Clone, Debug, Default)]
pub(super) struct Spec {
    pub(super) text: String,
    pub(super) calls: Vec<SpecCall>,
    /// A limit ended the answer.
    pub(super) early: bool,
    /// There is a call of a kind that is not the caller's to run, or that cannot be answered.
    pub(super) odd: bool,
    pub(super) cost: Option<&'static str>,
    pub(super) tokens: Option<u64>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct SpecCall {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) arguments: String,
}

pub(super) fn text(text: &str) -> Spec {
    Spec { text: text.to_owned(), ..Spec::default() }
}

pub(super) fn calls<const N: usize>(calls: [(&str, &str, &str); N]) -> Spec {
    let calls = calls.map(|(id, name, arguments)| SpecCall {
        id: id.to_owned(),
        name: name.to_owned(),
        arguments: arguments.to_owned(),
    });
    Spec { calls: calls.into(), ..Spec::default() }
}

/// What to do next, without a borrow.
#[derive(Debug, PartialEq)]
pub(super) enum Next {
    Send(Value),
    Call(Vec<RunnableCall>),
    Approve(Vec<RunnableCall>),
    Done(String),
    Stopped(Stop),
}

pub(super) fn next<F: Family>(agent: &Loop<F>) -> Next {
    match agent.next() {
        Action::Send(request) => {
            let body: Value = serde_json::from_str(&F::body(&request)).unwrap();
            if let Some(wrong) = F::wrong(&body) {
                panic!("{wrong}: {body:#}");
            }
            Next::Send(body)
        }
        Action::Call(calls) => Next::Call(calls),
        Action::Approve(calls) => Next::Approve(calls),
        Action::Done(answer) => Next::Done(F::text(answer)),
        Action::Stopped(stop) => Next::Stopped(stop),
        other => panic!("an unknown action: {other:?}"),
    }
}

pub(super) fn tools<F: Entry>() -> Tools<F> {
    let schema = json!({"type": "object"});
    Tools::new().function("f", "Does it.", &schema).unwrap().function("g", "Does it, too.", &schema).unwrap()
}

pub(super) trait Family: Entry {
    fn settings() -> Self::Request<'static>;
    fn body(request: &Self::Request<'_>) -> String;
    fn answer(spec: &Spec) -> Self::Answer;
    /// Returns what is wrong with the history of a request.
    fn wrong(body: &Value) -> Option<String>;
}

impl Family for chat::Message {
    fn settings() -> chat::Request<'static> {
        chat::Request::new(&[]).model("a/b")
    }

    fn body(request: &chat::Request<'_>) -> String {
        String::from_utf8(request.whole_body().unwrap().to_vec()).unwrap()
    }

    fn answer(spec: &Spec) -> chat::Completion {
        let call = |call: &SpecCall| {
            json!({"id": call.id, "type": "function",
                "function": {"name": call.name, "arguments": call.arguments}, "signature": "s"})
        };
        let mut message = json!({"role": "assistant", "content": spec.text, "unknown": 1});
        if !spec.calls.is_empty() {
            message["tool_calls"] = spec.calls.iter().map(call).collect();
        }
        if spec.odd {
            message["function_call"] = json!({"name": "f", "arguments": "{}"});
        }
        let reason = if spec.early { "length" } else { "stop" };
        let answer = json!({"choices": [{"index": 0, "message": message, "finish_reason": reason}], "usage": usage(
            spec, "prompt_tokens", "completion_tokens",
        )});
        serde_json::from_str(&answer.to_string()).unwrap()
    }

    fn wrong(body: &Value) -> Option<String> {
        well_formed::chat(body)
    }
}

impl Family for messages::Message {
    fn settings() -> messages::Request<'static> {
        messages::Request::new(&[], 1024).model("a/b")
    }

    fn body(request: &messages::Request<'_>) -> String {
        String::from_utf8(request.whole_body().unwrap().to_vec()).unwrap()
    }

    fn answer(spec: &Spec) -> messages::AssistantMessage {
        let mut content = vec![json!({"type": "thinking", "thinking": "hm", "signature": "s"})];
        content.push(json!({"type": "text", "text": spec.text}));
        if spec.odd {
            content.push(json!({"type": "server_tool_use", "id": "srvtoolu_9", "name": "web_search", "input": {}}));
            content.push(json!({"type": "web_search_tool_result", "tool_use_id": "srvtoolu_9", "content": []}));
        }
        for call in &spec.calls {
            // An input that was cut is a text here, as the reader of a stream makes it.
            let input: Value = serde_json::from_str(&call.arguments).unwrap_or(json!(call.arguments));
            content.push(json!({"type": "tool_use", "id": call.id, "name": call.name, "input": input, "unknown": 1}));
        }
        let reason = if spec.early { "max_tokens" } else { "end_turn" };
        let answer = json!({"role": "assistant", "content": content, "stop_reason": reason, "usage": usage(
            spec, "input_tokens", "output_tokens",
        )});
        serde_json::from_str(&answer.to_string()).unwrap()
    }

    fn wrong(body: &Value) -> Option<String> {
        well_formed::messages(body)
    }
}

impl Family for responses::InputItem {
    fn settings() -> responses::Request<'static> {
        responses::Request::new("").model("a/b")
    }

    fn body(request: &responses::Request<'_>) -> String {
        String::from_utf8(request.whole_body().unwrap().to_vec()).unwrap()
    }

    fn answer(spec: &Spec) -> responses::Response {
        let mut output = Vec::new();
        if spec.odd {
            output.push(json!({"type": "web_search_call", "id": "ws_1", "status": "completed"}));
            output.push(json!({"type": "custom_tool_call", "call_id": "c9", "name": "f", "input": "x"}));
        }
        for call in &spec.calls {
            output.push(json!({"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "s"}));
            output.push(json!({"type": "function_call", "call_id": call.id, "name": call.name,
                "arguments": call.arguments, "status": "completed", "unknown": 1}));
        }
        if !spec.text.is_empty() {
            let content = json!([{"type": "output_text", "text": spec.text, "annotations": []}]);
            output.push(json!({"type": "message", "role": "assistant", "content": content}));
        }
        let mut answer = json!({"status": "completed", "output": output, "usage": usage(
            spec, "input_tokens", "output_tokens",
        )});
        if spec.early {
            answer["status"] = json!("incomplete");
            answer["incomplete_details"] = json!({"reason": "max_output_tokens"});
        }
        serde_json::from_str(&answer.to_string()).unwrap()
    }

    fn wrong(body: &Value) -> Option<String> {
        well_formed::responses(body)
    }
}

fn usage(spec: &Spec, input: &str, output: &str) -> Value {
    let mut usage = json!({});
    if let Some(tokens) = spec.tokens {
        usage[input] = json!(tokens - 1);
        usage[output] = json!(1);
    }
    if let Some(cost) = spec.cost {
        usage["cost"] = json!(cost);
    }
    usage
}

/// Runs a test over every family.
macro_rules! every_family {
    ($($name:ident),+ $(,)?) => {
        mod chat_completions { $(#[test] fn $name() { super::$name::<requesty_core::chat::Message>(); })+ }
        mod messages { $(#[test] fn $name() { super::$name::<requesty_core::messages::Message>(); })+ }
        mod responses { $(#[test] fn $name() { super::$name::<requesty_core::responses::InputItem>(); })+ }
    };
}

pub(super) use every_family;
