//! Asks a question at the responses endpoint and prints the answer as it comes, what was thought among it.
//!
//! `responses [question]`

mod support;

use std::io::{self, Write};
use std::process::ExitCode;

use requesty_ureq::{Client, chat, responses};
use support::{Failure, run, target};

fn main() -> ExitCode {
    run(example)
}

fn example() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let question = if words.is_empty() { "What is an LLM gateway?".to_owned() } else { words.join(" ") };

    let target = target("openai-responses/o4-mini", "mock/reasoning")?;
    let request = responses::Request::new(&question)
        .model(&target.model)
        .reasoning_effort(chat::ReasoningEffort::LOW)
        .reasoning_summary("auto");
    let mut stream = Client::new().stream(&target.router.responses_stream(&request)?)?;
    let mut out = io::stdout();
    while let Some(event) = stream.next_item()? {
        eprint!("{}", event.reasoning());
        out.write_all(event.text().as_bytes())?;
        out.flush()?;
    }
    println!();

    let response = stream.finish()?;
    // A limit or a filter may have cut it, which is no error of the stream.
    response.whole_text()?;
    let cost = response.cost().map_or("unknown".to_owned(), |cost| format!("${cost}"));
    eprintln!("{}: cost {cost}", response.model.as_deref().unwrap_or("a model that was not named"));
    Ok(())
}
