//! Asks a question in Anthropic's shape and prints the answer as it comes, with what it took.
//!
//! ```text
//! cargo run -p requesty-ureq --example blocking_messages -- Why is the sky blue?
//! ```

mod support;

use std::io::{self, Write};

use requesty_ureq::messages::{Message, Request, Usage};
use support::Failure;

fn main() -> Result<(), Failure> {
    let (client, router, model) = support::setup("anthropic/claude-sonnet-4-20250514", "mock/text")?;
    let messages = [Message::user(support::words_or("What is an LLM gateway?"))];
    let request = Request::new(&messages, 1024).model(model).system("Answer in one paragraph.");

    let mut stream = client.stream(&router.messages_stream(&request)?)?;
    while let Some(event) = stream.next_item()? {
        print!("{}", event.text());
        io::stdout().flush()?;
    }
    println!();

    let reply = stream.finish()?;
    // The prompt counts in three parts here: read from a cache, written to it, and neither.
    let input = reply.usage.as_ref().and_then(Usage::all_input_tokens);
    eprintln!("{} tokens of input", input.unwrap_or_default());
    if let Some(cost) = reply.cost() {
        eprintln!("cost: ${cost}");
    }
    Ok(())
}
