//! Lets the model call a function: streams its calls, answers them, and streams what it makes of the results.
//!
//! ```text
//! cargo run --example tools -- What is the weather in Paris and in Tokyo?
//! ```

mod support;

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use requesty_hyper::chat::{Completion, FinishedCall, Message, Request, Tool};
use serde_json::{Value, json};
use support::Setup;

/// A model that keeps calling is stopped: each round costs money.
const ROUNDS: usize = 5;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    support::end(run().await)
}

async fn run() -> Result<(), Box<dyn Error>> {
    let setup = support::setup("openai/gpt-4o-mini", "mock/tools")?;
    let question = support::words().unwrap_or_else(|| "What is the weather in Paris and in Tokyo?".to_owned());
    let tools = [Tool::function("get_weather")
        .description("Returns the current weather of a city.")
        .parameters(&json!({
            "type": "object",
            "properties": {"location": {"type": "string", "description": "The city."}},
            "required": ["location"],
        }))?];

    let mut history = vec![Message::user(question)];
    for _ in 0..ROUNDS {
        let completion = ask(&setup, &history, &tools).await?;
        let results: Vec<Message> = completion.tool_calls().map(|call| run_tool(&call)).collect();
        if results.is_empty() {
            return Ok(());
        }
        // The calls go back as they came, and each result names the call that it answers.
        history.extend(completion.into_message());
        history.extend(results);
    }
    Err(format!("the model still calls functions after {ROUNDS} rounds").into())
}

/// Prints text as it comes, and returns the whole of it.
async fn ask(setup: &Setup, history: &[Message], tools: &[Tool]) -> Result<Completion, Box<dyn Error>> {
    let request = Request::new(history).model(setup.model.as_str()).tools(tools);
    let mut stream = setup.client.stream(&setup.router.chat_stream(&request)?).await?;
    let mut out = io::stdout();
    let mut written = false;
    while let Some(chunk) = stream.next_item().await? {
        written |= !chunk.text().is_empty();
        out.write_all(chunk.text().as_bytes())?;
        out.flush()?;
    }
    if written {
        println!();
    }
    Ok(stream.finish().await?)
}

/// Runs one call. What goes wrong is told to the model, which can do better.
fn run_tool(call: &FinishedCall<'_>) -> Message {
    eprintln!("{}({})", call.name(), call.arguments_json());
    let result = match call.arguments::<Value>() {
        Ok(arguments) => get_weather(arguments["location"].as_str().unwrap_or("nowhere")),
        Err(error) => format!("the arguments cannot be read: {error}"),
    };
    call.reply(result)
}

fn get_weather(location: &str) -> String {
    json!({"location": location, "temperature": 18, "unit": "celsius", "sky": "clear"}).to_string()
}
