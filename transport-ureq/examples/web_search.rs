//! Asks a question that needs the web, and prints the answer with its sources.
//!
//! `web_search [question]`

mod support;

use std::process::ExitCode;

use requesty_ureq::{Client, chat};
use support::{Failure, report, run, target};

fn main() -> ExitCode {
    run(example)
}

fn example() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let question = if words.is_empty() { "What is new in Rust?".to_owned() } else { words.join(" ") };

    let target = target("openai/gpt-4o", "mock/citations")?;
    let messages = [chat::Message::user(question)];
    let tools = [chat::Tool::web_search().search_context_size("low")];
    let request = chat::Request::new(&messages).model(&target.model).tools(&tools);
    let completion = Client::new().send(&target.router.chat(&request)?)?.into_inner();

    println!("{}", completion.text());
    for (at, citation) in completion.citations().iter().enumerate() {
        let title = citation.title.as_deref().unwrap_or("untitled");
        println!("[{}] {title}: {}", at + 1, citation.url.as_deref().unwrap_or("no address"));
    }
    report(&completion);
    Ok(())
}
