//! Lets the model search the web, and prints what it cites.
//!
//! ```text
//! cargo run --example web_search -- What is new in Rust?
//! ```

mod support;

use std::error::Error;
use std::process::ExitCode;

use requesty_hyper::chat::{Message, Request, Tool};
use support::Setup;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    support::end(run().await)
}

async fn run() -> Result<(), Box<dyn Error>> {
    let question = support::words().unwrap_or_else(|| "What is new in the Rust language?".to_owned());
    let Setup { client, router, model, .. } = &support::setup("openai/gpt-4o-search-preview", "mock/citations")?;
    let messages = [Message::user(question)];
    let tools = [Tool::web_search()];
    let request = Request::new(&messages).model(model.as_str()).tools(&tools);

    let completion = client.send(&router.chat(&request)?).await?;
    println!("{}", completion.text());
    for (number, citation) in (1..).zip(completion.citations()) {
        let title = citation.title.as_deref().unwrap_or("untitled");
        println!("[{number}] {title}: {}", citation.url.as_deref().unwrap_or("no address"));
    }
    Ok(())
}
