//! Takes each step of a loop with tools by hand: sends, calls, and asks for an approval on the terminal.
//!
//! ```text
//! cargo run -p requesty-ureq --example blocking_agent_steps -- What is the weather in Paris and in Tokyo?
//! ```

mod support;

use std::io::{self, Write};

use requesty_ureq::agent::{Action, BadCalls, Conversation, Entry, Loop, RunnableCall, Tools};
use requesty_ureq::chat::{Message, Request};
use support::Failure;

fn main() -> Result<(), Failure> {
    let (client, router, model) = support::setup("openai/gpt-4o-mini", "mock/agent")?;
    let question = support::words_or("What is the weather in Paris and in Tokyo?");
    let city = serde_json::json!({"type": "object", "properties": {"location": {"type": "string"}}});
    let tools = Tools::new().function("get_weather", "Tells the weather in a city.", &city)?;
    let conversation = Conversation::from([Message::user(question)]);
    let agent = Loop::new(conversation, tools, Request::new(&[]).model(model)).with_bad_calls(BadCalls::Answer);
    let mut agent = agent.with_approval(|call| call.arguments_json().contains("Tokyo"));
    loop {
        match agent.next() {
            Action::Send(request) => match client.send(&Message::stream(&router, &request)?) {
                Ok(answer) => agent.answered(answer.into_inner())?,
                Err(incomplete) => agent.cut(incomplete)?,
            },
            Action::Call(calls) => {
                for call in calls {
                    agent.result(call.id(), format!("It is 18 °C and clear: {}.", call.arguments_json()))?;
                }
            }
            Action::Approve(calls) => {
                for call in calls {
                    match asks(&call)? {
                        true => agent.approve(call.id())?,
                        false => agent.refuse(call.id(), "The user does not want it.")?,
                    }
                }
            }
            Action::Done(answer) => {
                println!("{}", answer.text());
                return Ok(());
            }
            Action::Stopped(stop) => return Err(stop.into()),
            _ => return Err("an action that this example does not know".into()),
        }
    }
}

/// Asks on the terminal. Only `y` is a yes.
fn asks(call: &RunnableCall) -> io::Result<bool> {
    eprint!("{}({}) [y/n] ", call.name(), call.arguments_json());
    io::stderr().flush()?;
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(line.trim() == "y")
}
