//! Lets the model call a function, answers the call, and prints what the model makes of it. An answer that was cut or refused
//! is an error.

mod support;

use requesty_ureq::agent::{Action, Conversation, Loop, RunnableCall, StreamEvent, Tools};
use requesty_ureq::{Client, chat};

fn main() -> std::process::ExitCode {
    support::run(example)
}

fn example() -> Result<(), support::Failure> {
    let target = support::target("openai/gpt-4o", "mock/tool")?;
    let city = serde_json::json!({"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]});
    let tools = Tools::new().function("get_weather", "Tells the weather in a city.", &city)?;
    let conversation = Conversation::from([chat::Message::user("What is the weather in Paris?")]);
    let settings = chat::Request::new(&[]).model(target.model);
    let mut agent = Loop::new(conversation, tools, settings);
    let show = |event: StreamEvent<'_>| match event {
        StreamEvent::Text { delta, .. } => print!("{delta}"),
        StreamEvent::Finished(_) => println!(),
        _ => {}
    };
    Client::new().run(&target.router, &mut agent, get_weather, show)?;
    match agent.next() {
        Action::Stopped(stop) => Err(stop.into()),
        _ => Ok(()),
    }
}

fn get_weather(call: &RunnableCall) -> Result<String, String> {
    #[derive(serde::Deserialize)]
    struct Weather {
        city: String,
    }
    let Weather { city } = call.arguments_as().map_err(|error| error.to_string())?;
    Ok(format!("It is 18 °C and sunny in {city}."))
}
