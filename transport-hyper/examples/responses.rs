//! Asks a question at the responses endpoint and prints what the model thinks and answers as it comes.
//!
//! ```text
//! cargo run -p requesty-hyper --example responses -- Why is the sky blue?
//! ```

mod support;

use std::io::{self, Write};

use requesty_hyper::chat::ReasoningEffort;
use requesty_hyper::responses::Request;
use support::Failure;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let (client, router, model) = support::setup("openai-responses/o4-mini", "mock/reasoning")?;
    let question = support::words_or("What is an LLM gateway?");
    let request = Request::new(&question).model(model).reasoning_effort(ReasoningEffort::LOW).reasoning_summary("auto");

    let mut stream = client.stream(&router.responses_stream(&request)?).await?;
    while let Some(event) = stream.next_item().await? {
        eprint!("{}", event.reasoning());
        print!("{}", event.text());
        io::stdout().flush()?;
    }
    println!();

    let response = stream.finish().await?;
    // A limit or a filter may have cut the text, which is no error of the stream.
    response.whole_text()?;
    if let Some(cost) = response.cost() {
        eprintln!("cost: ${cost}");
    }
    Ok(())
}
