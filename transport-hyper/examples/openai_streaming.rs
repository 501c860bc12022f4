//! Streams an answer, prints it as it comes, and has the complete response at the end: the counterpart of the Python
//! sample in the router's documentation that appends every delta to a list and joins the list.
//!
//! Nothing is collected by hand here. The stream adds itself up, tool calls and usage included, and says whether the
//! answer is whole.

mod support;

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use requesty_hyper::chat::{Message, Request};
use support::Setup;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    support::end(run().await)
}

async fn run() -> Result<(), Box<dyn Error>> {
    let Setup { client, router, model, .. } = &support::setup("openai/gpt-4", "mock/text")?;
    let messages = [
        Message::system("You are a helpful assistant."),
        Message::user(support::words().unwrap_or_else(|| "Write a short story about a robot.".to_owned())),
    ];
    let request = Request::new(&messages).model(model.as_str());
    let mut stream = client.stream(&router.chat_stream(&request)?).await?;

    let mut out = io::stdout();
    while let Some(chunk) = stream.next_item().await? {
        out.write_all(chunk.text().as_bytes())?;
        out.flush()?;
    }
    let complete_response = stream.finish().await?;
    println!("\n\nComplete response length: {} characters", complete_response.text().chars().count());
    Ok(())
}
