//! Asks a question and prints the answer as it comes, with what it took.
//!
//! ```text
//! cargo run -p requesty-ureq --example blocking_chat -- Why is the sky blue?
//! ```

mod support;

use std::io::{self, Write};

use requesty_ureq::chat::Request;
use support::Failure;

fn main() -> Result<(), Failure> {
    let (client, router, model) = support::setup("openai/gpt-4o-mini", "mock/text")?;
    let question = support::words_or("What is an LLM gateway?");
    let request = Request::user(&question).model(model);

    let mut stream = client.stream(&router.chat_stream(&request)?)?;
    while let Some(chunk) = stream.next_item()? {
        print!("{}", chunk.text());
        io::stdout().flush()?;
    }
    println!();

    // The stream has added itself up: text, tool calls, usage and cost.
    let completion = stream.finish()?;
    let tokens = completion.usage.as_ref().and_then(|usage| usage.total_tokens);
    eprintln!("{} tokens of {}", tokens.unwrap_or_default(), completion.model.as_deref().unwrap_or("a model"));
    if let Some(cost) = completion.cost() {
        eprintln!("cost: ${cost}");
    }
    Ok(())
}
