//! Prints an answer as it comes and has the whole of it at the end, like the Python sample of the router's pages.
//!
//! That sample appends each delta to a list and joins the list. Nothing is collected by hand here: the stream adds
//! itself up, tool calls and usage included, and ends with an error if the answer is not whole.
//!
//! ```text
//! cargo run -p requesty-ureq --example blocking_openai_streaming -- Write a short story about a robot.
//! ```

mod support;

use std::io::{self, Write};

use requesty_ureq::chat::{Message, Request};
use support::Failure;

fn main() -> Result<(), Failure> {
    let (client, router, model) = support::setup("openai/gpt-4", "mock/text")?;
    let messages = [
        Message::system("You are a helpful assistant."),
        Message::user(support::words_or("Write a short story about a robot.")),
    ];
    let request = Request::new(&messages).model(model);

    let mut stream = client.stream(&router.chat_stream(&request)?)?;
    while let Some(chunk) = stream.next_item()? {
        print!("{}", chunk.text());
        io::stdout().flush()?;
    }
    let complete_response = stream.finish()?;
    println!("\n\nComplete response length: {} characters", complete_response.text().chars().count());
    Ok(())
}
