//! Asks a question in Anthropic's shape and prints the answer while it comes, then what it took.
//!
//! `messages [question]`

mod support;

use std::io::Write as _;
use std::process::ExitCode;

use requesty_ureq::Client;
use requesty_ureq::requesty_core::messages::{Message, Request, Usage};
use support::{Failure, run, target};

fn main() -> ExitCode {
    run(example)
}

fn example() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let question = if words.is_empty() { "What is an LLM gateway?".to_owned() } else { words.join(" ") };

    let target = target("anthropic/claude-sonnet-4-20250514", "mock/text")?;
    let history = [Message::user(question)];
    let request = Request::new(&history, 1024).model(&target.model).system("Answer in one paragraph.");

    let mut stream = Client::new().stream(&target.router.messages_stream(&request)?)?;
    let mut out = std::io::stdout();
    while let Some(event) = stream.next_item()? {
        out.write_all(event.text().as_bytes())?;
        out.flush()?;
    }
    writeln!(out)?;

    // The stream came to its end, so this is the whole answer.
    let reply = stream.finish()?;
    let usage = reply.usage.as_ref();
    let tokens = |count: Option<u64>| count.map_or("?".to_owned(), |count| count.to_string());
    let (input, output) = (usage.and_then(Usage::all_input_tokens), usage.and_then(|usage| usage.output_tokens));
    let model = reply.model.as_deref().unwrap_or("a model that was not named");
    let cost = reply.cost().map_or("unknown".to_owned(), |cost| format!("${cost}"));
    eprintln!("{model}: {} + {} tokens, cost {cost}", tokens(input), tokens(output));
    Ok(())
}
