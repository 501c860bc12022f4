//! Asks a question in Anthropic's shape and prints the answer as it comes, then what it took.
//!
//! ```text
//! cargo run --example messages -- Why is the sky blue?
//! ```

mod support;

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use requesty_hyper::requesty_core::messages::{Message, Request, Usage};
use support::Setup;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    support::end(run().await)
}

async fn run() -> Result<(), Box<dyn Error>> {
    let question = support::words().unwrap_or_else(|| "What is an LLM gateway?".to_owned());
    let Setup { client, router, model, .. } = &support::setup("anthropic/claude-sonnet-4-20250514", "mock/text")?;
    let history = [Message::user(question)];
    let request = Request::new(&history, 1024).model(model.as_str()).system("Answer in one paragraph.");

    let mut stream = client.stream(&router.messages_stream(&request)?).await?;
    let mut out = io::stdout();
    while let Some(event) = stream.next_item().await? {
        out.write_all(event.text().as_bytes())?;
        out.flush()?;
    }
    println!();

    // The stream came to its end, so this is the whole answer.
    let reply = stream.finish().await?;
    let usage = reply.usage.as_ref();
    let tokens = |count: Option<u64>| count.map_or("?".to_owned(), |count| count.to_string());
    let (input, output) = (usage.and_then(Usage::all_input_tokens), usage.and_then(|usage| usage.output_tokens));
    let model = reply.model.as_deref().unwrap_or("a model that was not named");
    let cost = reply.cost().map_or("unknown".to_owned(), |cost| format!("${cost}"));
    eprintln!("{model}: {} + {} tokens, cost {cost}", tokens(input), tokens(output));
    Ok(())
}
