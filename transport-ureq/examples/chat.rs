//! Asks a question and prints the answer while it comes.
//!
//! `chat [--whole] [question]`; without a question, it is read from stdin. `--whole` asks for the answer in one piece.

mod support;

use std::io::{Read as _, Write as _};
use std::process::ExitCode;

use requesty_ureq::{Client, chat};
use support::{Failure, report, run, target};

fn main() -> ExitCode {
    run(example)
}

fn example() -> Result<(), Failure> {
    let (options, words): (Vec<_>, Vec<_>) = std::env::args().skip(1).partition(|word| word.starts_with("--"));
    if let Some(unknown) = options.iter().find(|option| *option != "--whole") {
        return Err(format!("unknown option {unknown}; usage: chat [--whole] [question]").into());
    }
    let mut question = words.join(" ");
    if question.is_empty() {
        std::io::stdin().read_to_string(&mut question)?;
    }

    let target = target("openai/gpt-4o-mini", "mock/text")?;
    let messages = [chat::Message::user(question.trim())];
    let request = chat::Request::new(&messages).model(&target.model);
    let client = Client::new();
    let completion = if options.is_empty() {
        print_stream(&client, &target.router, &request)?
    } else {
        let received = client.send(&target.router.chat(&request)?)?;
        println!("{}", received.text());
        received.into_inner()
    };
    report(&completion);
    Ok(())
}

fn print_stream(
    client: &Client,
    router: &requesty_ureq::Router,
    request: &chat::Request<'_>,
) -> Result<chat::Completion, Failure> {
    let mut stream = client.stream(&router.chat_stream(request)?)?;
    let mut out = std::io::stdout();
    while let Some(chunk) = stream.next_item()? {
        out.write_all(chunk.text().as_bytes())?;
        out.flush()?;
    }
    writeln!(out)?;
    Ok(stream.finish()?)
}
