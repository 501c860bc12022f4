//! Asks a question and prints the answer as it comes.
//!
//! ```text
//! cargo run --example chat -- Why is the sky blue?
//! echo Why is the sky blue? | cargo run --example chat -- --whole
//! ```

mod support;

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use requesty_hyper::chat::{Completion, Message, Request};
use support::Setup;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    support::end(run().await)
}

async fn run() -> Result<(), Box<dyn Error>> {
    let prompt = support::prompt()?;
    if prompt.is_empty() {
        return Err("give a question, as an argument or on standard input".into());
    }
    let Setup { client, router, model, .. } = &support::setup("openai/gpt-4o-mini", "mock/text")?;
    let messages = [Message::user(prompt)];
    let request = Request::new(&messages).model(model.as_str());

    if support::flag("--whole") {
        let completion = client.send(&router.chat(&request)?).await?;
        println!("{}", completion.text());
        report(&completion);
        return Ok(());
    }

    let mut stream = client.stream(&router.chat_stream(&request)?).await?;
    let mut out = io::stdout();
    while let Some(chunk) = stream.next_item().await? {
        out.write_all(chunk.text().as_bytes())?;
        out.flush()?;
    }
    println!();
    report(&stream.finish().await?);
    Ok(())
}

/// Writes model, tokens and cost to standard error.
fn report(completion: &Completion) {
    let model = completion.model.as_deref().unwrap_or("a model that was not named");
    let usage = completion.usage.as_ref();
    let tokens = |count: Option<u64>| count.map_or("?".to_owned(), |count| count.to_string());
    let prompt = tokens(usage.and_then(|usage| usage.prompt_tokens));
    let answer = tokens(usage.and_then(|usage| usage.completion_tokens));
    let cost = completion.cost().map_or("unknown".to_owned(), |cost| format!("${cost}"));
    eprintln!("{model}: {prompt} + {answer} tokens, cost {cost}");
}
