//! Runs tools within bounds, waits for an approval with the conversation kept as JSON, and goes on from there.
//!
//! ```text
//! cargo run -p requesty-ureq --example blocking_agent -- What is the weather in Paris and in Tokyo?
//! ```

mod support;

use requesty_ureq::agent::{Action, BadCalls, Bounds, Conversation, Loop, RunnableCall, Tools};
use requesty_ureq::chat::{Message, Request};
use support::Failure;

fn main() -> Result<(), Failure> {
    let (client, router, model) = support::setup("openai/gpt-4o-mini", "mock/agent")?;
    let question = support::words_or("What is the weather in Paris and in Tokyo?");
    let mut kept = serde_json::to_string(&Conversation::from([Message::user(question)]))?;
    loop {
        let mut agent = agent(&model, serde_json::from_str(&kept)?)?;
        client.run(&router, &mut agent, get_weather, |_| {})?;
        match agent.next() {
            // Another process may decide on this, another day.
            Action::Approve(calls) => {
                for call in calls {
                    eprintln!("approved: {}({})", call.name(), call.arguments_json());
                    agent.approve(call.id())?;
                }
                kept = serde_json::to_string(agent.conversation())?;
            }
            Action::Done(answer) => {
                println!("{}", answer.text());
                let spending = agent.conversation().spending();
                eprintln!("{} tokens in {} answers, ${}", spending.tokens(), spending.replies, spending.cost);
                return Ok(());
            }
            Action::Stopped(stop) => return Err(stop.into()),
            _ => return Err("an action that this example does not know".into()),
        }
    }
}

fn agent(model: &str, conversation: Conversation<Message>) -> Result<Loop<Message>, Failure> {
    let city = serde_json::json!({"type": "object", "properties": {"location": {"type": "string"}}});
    let tools = Tools::new().function("get_weather", "Tells the weather in a city.", &city)?;
    let agent = Loop::new(conversation, tools, Request::new(&[]).model(model));
    let agent = agent.with_bounds(Bounds::default().turns(8).tokens(20_000)).with_bad_calls(BadCalls::Answer);
    Ok(agent.with_approval(|call| call.arguments_json().contains("Tokyo")))
}

fn get_weather(_: &RunnableCall) -> Result<String, String> {
    Ok("It is 18 °C and clear.".to_owned())
}
