//! Asks a question, and then says how good the answer was.
//!
//! `feedback up|down [question]`

mod support;

use std::process::ExitCode;

use requesty_ureq::feedback::{Feedback, Thumbs};
use requesty_ureq::{Client, chat};
use support::{Failure, report, run, target};

fn main() -> ExitCode {
    run(example)
}

fn example() -> Result<(), Failure> {
    let mut words = std::env::args().skip(1);
    let thumbs = match words.next().as_deref() {
        None | Some("up") => Thumbs::Up,
        Some("down") => Thumbs::Down,
        Some(_) => return Err("usage: feedback up|down [question]".into()),
    };
    let question = words.collect::<Vec<_>>().join(" ");
    let question = if question.is_empty() { "What is an LLM gateway?" } else { &question };

    let target = target("openai/gpt-4o-mini", "mock/text")?;
    let client = Client::new();
    let messages = [chat::Message::user(question)];
    let completion = client.send(&target.router.chat(&chat::Request::new(&messages).model(&target.model))?)?;
    println!("{}", completion.text());
    report(&completion);

    // A stream has the id on its first chunk already.
    let id = completion.id.as_deref().ok_or("the answer has no id to name it by")?;
    let feedback = Feedback::new().thumbs(thumbs).tags(["example"]);
    client.send(&target.router.feedback(id, &feedback)?)?;
    eprintln!("{id}: rated");
    Ok(())
}
