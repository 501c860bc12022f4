//! Lets the model call a function, answers the calls, and prints what the model makes of them.
//!
//! ```text
//! cargo run -p requesty-ureq --example blocking_tools -- What is the weather in Paris?
//! ```

mod support;

use requesty_ureq::agent::{Action, Conversation, Loop, RunnableCall, StreamEvent, Tools};
use requesty_ureq::chat::{Message, Request};
use support::Failure;

fn main() -> Result<(), Failure> {
    let (client, router, model) = support::setup("openai/gpt-4o-mini", "mock/tool")?;
    let question = support::words_or("What is the weather in Paris?");
    let location = serde_json::json!({"type": "string", "enum": ["Paris", "Tokyo"]});
    let city = serde_json::json!({"type": "object", "properties": {"location": location}});
    let tools = Tools::new().function("get_weather", "Tells the weather in a city.", &city)?;
    let conversation = Conversation::from([Message::user(question)]);
    let mut agent = Loop::new(conversation, tools, Request::new(&[]).model(model));
    let show = |event: StreamEvent<'_>| match event {
        StreamEvent::Text { delta, .. } => print!("{delta}"),
        StreamEvent::Finished(_) => println!(),
        _ => {}
    };
    client.run(&router, &mut agent, get_weather, show)?;
    match agent.next() {
        Action::Stopped(stop) => Err(stop.into()), // An answer that was cut or refused, too.
        _ => Ok(()),
    }
}

fn get_weather(call: &RunnableCall) -> Result<String, String> {
    let arguments: serde_json::Value = call.arguments_as().map_err(|error| error.to_string())?;
    let city = arguments["location"].as_str().ok_or("the arguments name no location")?;
    Ok(format!("It is 18 °C and clear in {city}"))
}
