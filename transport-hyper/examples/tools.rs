//! Lets the model call a function, answers the calls, and prints what the model makes of them. An answer that was cut or
//! refused is an error.

mod support;

use requesty_hyper::agent::{Action, Conversation, Loop, RunnableCall, StreamEvent, Tools};
use requesty_hyper::chat;

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::process::ExitCode {
    support::end(run().await)
}

async fn run() -> Result<(), Box<dyn std::error::Error>> {
    let setup = support::setup("openai/gpt-4o-mini", "mock/tools")?;
    let question = support::words().unwrap_or_else(|| "What is the weather in Paris and in Tokyo?".to_owned());
    let city = serde_json::json!({"type": "object", "properties": {"location": {"type": "string"}}});
    let tools = Tools::new().function("get_weather", "Tells the weather in a city.", &city)?;
    let conversation = Conversation::from([chat::Message::user(question)]);
    let settings = chat::Request::new(&[]).model(setup.model.as_str());
    let mut agent = Loop::new(conversation, tools, settings);
    let show = |event: StreamEvent<'_>| match event {
        StreamEvent::Text { delta, .. } => print!("{delta}"),
        StreamEvent::Finished(_) => println!(),
        _ => {}
    };
    setup.client.run(&setup.router, &mut agent, get_weather, show).await?;
    match agent.next() {
        Action::Stopped(stop) => Err(stop.into()),
        _ => Ok(()),
    }
}

async fn get_weather(call: RunnableCall) -> Result<String, String> {
    let arguments: serde_json::Value = call.arguments_as().map_err(|error| error.to_string())?;
    let city = arguments["location"].as_str().ok_or("the arguments name no location")?;
    Ok(format!("It is 18 °C and clear in {city}."))
}
