//! Lets the model call a function, answers the call, and prints what the model makes of it.

mod support;

use std::process::ExitCode;

use requesty_ureq::{Client, chat};
use support::{Failure, report, run, target};

fn main() -> ExitCode {
    run(example)
}

fn example() -> Result<(), Failure> {
    let target = target("openai/gpt-4o", "mock/tool")?;
    let client = Client::new();
    let tools = [chat::Tool::function("get_weather").description("Tells the weather in a city.").parameters(
        &serde_json::json!({
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
        }),
    )?];
    let mut messages = vec![chat::Message::user("What is the weather in Paris?")];

    // A model that only ever calls functions must not keep this going.
    for _ in 0..5 {
        let request = chat::Request::new(&messages).model(&target.model).tools(&tools);
        let completion = client.stream(&target.router.chat_stream(&request)?)?.finish()?;
        let replies: Vec<_> = completion.tool_calls().map(|call| call.reply(answer(&call))).collect();
        if replies.is_empty() {
            println!("{}", completion.text());
            report(&completion);
            return Ok(());
        }
        // The model's own message goes first, as it came.
        messages.extend(completion.into_message());
        messages.extend(replies);
    }
    Err("the model called functions five times and gave no answer".into())
}

/// Runs one call. What is wrong with it, the model is told: it can try again.
fn answer(call: &chat::FinishedCall<'_>) -> String {
    eprintln!("{}({})", call.name(), call.arguments_json());
    match call.arguments::<WeatherIn>() {
        _ if call.name() != "get_weather" => format!("there is no function {}", call.name()),
        Ok(WeatherIn { city }) => format!("It is 18 °C and sunny in {city}."),
        Err(error) => error.to_string(),
    }
}

#[derive(serde::Deserialize)]
struct WeatherIn {
    city: String,
}
