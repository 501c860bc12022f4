//! The loop over both clients and in every family: what the server receives, and what is run.

mod bounds;
mod continuing;
mod turns;
#[path = "../../../../../../core/tests/it/agent/well_formed.rs"]
mod well_formed;

use std::cell::RefCell;

use requesty_core::agent::{Action, Bounds, Conversation, Entry, Loop, RunnableCall, StreamEvent, Tools};
use requesty_core::{Error, Router, chat, messages, responses};
use requesty_mock::Mock;
use serde_json::{Value, json};

use super::{Client, Transport, each, router};

/// What differs between the families.
trait Family: Entry {
    const PATH: &str;
    fn settings(model: &str) -> Self::Request<'static>;
    /// Returns what is wrong with the history of a request.
    fn wrong(body: &Value) -> Option<String>;
    /// Returns the id and the text of each result in a request, in order.
    fn sent_results(body: &Value) -> Vec<(String, String)>;
    /// Returns the id of each call in a request, in order.
    fn sent_calls(body: &Value) -> Vec<String>;
    /// Returns the text of what the model said last, and whether a request ends with it.
    fn last_said(body: &Value) -> (String, bool);
}

impl Family for chat::Message {
    const PATH: &str = "/v1/chat/completions";

    fn settings(model: &str) -> chat::Request<'static> {
        chat::Request::new(&[]).model(model.to_owned())
    }

    fn wrong(body: &Value) -> Option<String> {
        well_formed::chat(body)
    }

    fn sent_results(body: &Value) -> Vec<(String, String)> {
        let results = list(&body["messages"]).iter().filter(|message| message["role"] == "tool");
        results.map(|result| (text(&result["tool_call_id"]), text(&result["content"]))).collect()
    }

    fn sent_calls(body: &Value) -> Vec<String> {
        list(&body["messages"]).iter().flat_map(|it| list(&it["tool_calls"])).map(|call| text(&call["id"])).collect()
    }

    fn last_said(body: &Value) -> (String, bool) {
        last_said_of(list(&body["messages"]))
    }
}

impl Family for messages::Message {
    const PATH: &str = "/v1/messages";

    fn settings(model: &str) -> messages::Request<'static> {
        messages::Request::new(&[], 1024).model(model.to_owned())
    }

    fn wrong(body: &Value) -> Option<String> {
        well_formed::messages(body)
    }

    fn sent_results(body: &Value) -> Vec<(String, String)> {
        let results = blocks(body).filter(|block| block["type"] == "tool_result");
        results.map(|result| (text(&result["tool_use_id"]), text(&result["content"]))).collect()
    }

    fn sent_calls(body: &Value) -> Vec<String> {
        blocks(body).filter(|block| block["type"] == "tool_use").map(|block| text(&block["id"])).collect()
    }

    fn last_said(body: &Value) -> (String, bool) {
        last_said_of(list(&body["messages"]))
    }
}

impl Family for responses::InputItem {
    const PATH: &str = "/v1/responses";

    fn settings(model: &str) -> responses::Request<'static> {
        responses::Request::new("").model(model.to_owned())
    }

    fn wrong(body: &Value) -> Option<String> {
        well_formed::responses(body)
    }

    fn sent_results(body: &Value) -> Vec<(String, String)> {
        let results = list(&body["input"]).iter().filter(|item| item["type"] == "function_call_output");
        results.map(|result| (text(&result["call_id"]), text(&result["output"]))).collect()
    }

    fn sent_calls(body: &Value) -> Vec<String> {
        let calls = list(&body["input"]).iter().filter(|item| item["type"] == "function_call");
        calls.map(|call| text(&call["call_id"])).collect()
    }

    fn last_said(body: &Value) -> (String, bool) {
        last_said_of(list(&body["input"]))
    }
}

/// Runs a test in each family over each transport.
macro_rules! every_family {
    ($($name:ident),+ $(,)?) => {
        mod chat_completions { $(#[test] fn $name() { super::each(super::$name::<requesty_core::chat::Message>); })+ }
        mod messages { $(#[test] fn $name() { super::each(super::$name::<requesty_core::messages::Message>); })+ }
        mod responses { $(#[test] fn $name() { super::each(super::$name::<requesty_core::responses::InputItem>); })+ }
    };
}

use every_family;

/// A client, a server, and what the tools were asked for.
struct Stage {
    client: Client,
    mock: Mock,
    router: Router,
    ran: RefCell<Vec<String>>,
}

impl Stage {
    fn new(transport: Transport) -> Stage {
        let mock = Mock::start().unwrap();
        let router = router(&mock);
        Stage { client: Client::new(transport), mock, router, ran: RefCell::default() }
    }

    /// Runs a loop as far as it goes, and returns the text that was shown.
    fn run<F: Family>(&self, agent: &mut Loop<F>) -> Result<String, Error> {
        let mut shown = String::new();
        let mut show = |event: StreamEvent<'_>| {
            if let StreamEvent::Text { delta, .. } = event {
                shown += delta;
            }
        };
        match &self.client {
            Client::Hyper(client, runtime) => {
                let tools = async |call: RunnableCall| self.tool(&call);
                runtime.block_on(client.run(&self.router, agent, tools, &mut show))?;
            }
            Client::Ureq(client) => client.run(&self.router, agent, |call| self.tool(call), &mut show)?,
        }
        Ok(shown)
    }

    /// Runs a tool: `get_time` always fails.
    fn tool(&self, call: &RunnableCall) -> Result<String, String> {
        self.ran.borrow_mut().push(format!("{} {}", call.id(), call.name()));
        match call.name() {
            "get_weather" => {
                let arguments: Value = call.arguments_as().map_err(|error| error.to_string())?;
                Ok(format!("18 °C in {}", text(&arguments["location"])))
            }
            "get_time" => Err("the clock stands still".to_owned()),
            name => panic!("{name} is not to be run"),
        }
    }

    /// Returns the bodies of all requests, each of which must be well-formed and of the family.
    fn sent<F: Family>(&self) -> Vec<Value> {
        assert_eq!(self.mock.complaints(), [""; 0]);
        let sent = self.mock.requests().into_iter().map(|request| {
            assert_eq!(request.path, F::PATH);
            let body = request.json();
            assert_eq!(F::wrong(&body), None, "{body:#}");
            body
        });
        sent.collect()
    }
}

fn agent<F: Family>(model: &str) -> Loop<F> {
    restored(Conversation::from([F::user_text("Hello".to_owned())]), model)
}

fn restored<F: Family>(conversation: Conversation<F>, model: &str) -> Loop<F> {
    let schema = json!({"type": "object"});
    let tools = ["get_weather", "get_time", "send_mail"]
        .into_iter()
        .fold(Tools::new(), |tools, name| tools.function(name, "Does it.", &schema).unwrap());
    Loop::new(conversation, tools, F::settings(model)).with_approval(|call| call.name() == "send_mail")
}

fn stop<F: Family>(agent: &Loop<F>) -> requesty_core::agent::Stop {
    match agent.next() {
        Action::Stopped(stop) => stop,
        other => panic!("not stopped: {other:?}"),
    }
}

/// Says something more, and sends one request: whatever a loop stopped for, its history can be sent.
fn goes_on<F: Family>(stage: &Stage, agent: Loop<F>, model: &str) {
    let mut conversation = agent.into_conversation();
    conversation.push(F::user_text("And now?".to_owned()));
    conversation.reset_used();
    let before = stage.mock.requests().len();
    stage.run(&mut restored(conversation, model).with_bounds(Bounds::default().turns(1))).unwrap();
    assert_eq!(stage.sent::<F>().len(), before + 1);
}

fn last_said_of(history: &[Value]) -> (String, bool) {
    let last = history.iter().rfind(|entry| entry["role"] == "assistant").cloned().unwrap_or_default();
    let said = last["content"].as_str().or(last["content"][0]["text"].as_str());
    (said.unwrap_or_default().to_owned(), history.last() == Some(&last))
}

fn blocks(body: &Value) -> impl Iterator<Item = &Value> {
    list(&body["messages"]).iter().flat_map(|message| list(&message["content"]))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
