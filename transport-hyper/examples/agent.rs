//! Runs a loop with bounds and an approval, keeps the conversation as JSON while it waits for one, and goes on from there.

mod support;

use requesty_hyper::agent::{Action, BadCalls, Bounds, Conversation, Loop, RunnableCall, StreamEvent, Tools};
use requesty_hyper::chat;

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::process::ExitCode {
    support::end(run().await)
}

async fn run() -> Result<(), Box<dyn std::error::Error>> {
    let setup = support::setup("openai/gpt-4o-mini", "mock/tools")?;
    let question = support::words().unwrap_or_else(|| "What is the weather in Paris and in Tokyo?".to_owned());
    let mut kept = serde_json::to_string(&Conversation::from([chat::Message::user(question)]))?;
    loop {
        let mut agent = agent(&setup.model, serde_json::from_str(&kept)?)?;
        setup.client.run(&setup.router, &mut agent, get_weather, show).await?;
        match agent.next() {
            // Another process may decide on this, another day.
            Action::Approve(calls) => {
                for call in calls {
                    eprintln!("approved: {}({})", call.name(), call.arguments_json());
                    agent.approve(call.id())?;
                }
            }
            Action::Stopped(stop) => return Err(stop.into()),
            _ => {
                let spending = agent.conversation().spending();
                eprintln!("{} tokens in {} answers, ${}", spending.tokens(), spending.replies, spending.cost);
                return Ok(());
            }
        }
        kept = serde_json::to_string(agent.conversation())?;
    }
}

fn agent(model: &str, conversation: Conversation<chat::Message>) -> Result<Loop<chat::Message>, serde_json::Error> {
    let city = serde_json::json!({"type": "object", "properties": {"location": {"type": "string"}}});
    let tools = Tools::new().function("get_weather", "Tells the weather in a city.", &city)?;
    let settings = chat::Request::new(&[]).model(model);
    let agent = Loop::new(conversation, tools, settings).with_bounds(Bounds::default().turns(8).tokens(20_000));
    Ok(agent.with_bad_calls(BadCalls::Answer).with_approval(|call| call.arguments_json().contains("Tokyo")))
}

fn show(event: StreamEvent<'_>) {
    match event {
        StreamEvent::Text { delta, .. } => print!("{delta}"),
        StreamEvent::Finished(_) => println!(),
        _ => {}
    }
}

async fn get_weather(call: RunnableCall) -> Result<String, String> {
    let arguments: serde_json::Value = call.arguments_as().map_err(|error| error.to_string())?;
    let city = arguments["location"].as_str().ok_or("the arguments name no location")?;
    Ok(format!("It is 18 °C and clear in {city}."))
}
