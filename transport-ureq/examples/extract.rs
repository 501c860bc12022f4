//! Reads a PDF into a struct, and prints each field as it becomes final.
//!
//! `extract [path of a PDF]`; without one, a page with two words on it is sent.

mod support;

use std::process::ExitCode;

use requesty_ureq::json::partial::{Follow, PartialEvent};
use requesty_ureq::{Client, chat};
use serde_json::json;
use support::{Failure, report, run, target};

/// What to find in the document; `date` may be missing there.
#[derive(Debug, serde::Deserialize)]
#[allow(dead_code, reason = "it is printed as a whole")]
struct Document {
    title: String,
    date: Option<String>,
    amounts: Vec<f64>,
}

fn main() -> ExitCode {
    run(example)
}

fn example() -> Result<(), Failure> {
    let pdf = std::env::args_os().nth(1).map_or_else(|| Ok(support::hello_pdf()), std::fs::read)?;
    let schema = json!({"type": "object", "required": ["title", "date", "amounts"], "additionalProperties": false,
        "properties": {"title": {"type": "string"}, "date": {"type": ["string", "null"], "format": "date"},
                       "amounts": {"type": "array", "items": {"type": "number"}}}});
    let target = target("openai/gpt-4o", "mock/structured")?;
    let parts = vec![chat::Part::text("Read this."), chat::FilePart::from_bytes("document.pdf", &pdf)?.into()];
    let messages = [chat::Message::user(parts)];
    let format = chat::ResponseFormat::json_schema("document", &schema)?.strict(true);
    let request = chat::Request::new(&messages).model(&target.model).response_format(format);

    let mut stream = Client::new().stream(&target.router.chat_stream(&request)?)?;
    let mut answer = Follow::default();
    while let Some(chunk) = stream.next_item()? {
        for written in chunk.written() {
            while let Some(event) = answer.next(written)? {
                if let PartialEvent::Value { path, value } = event {
                    println!("{path} is {}", value.raw().unwrap_or_default());
                }
            }
        }
    }
    let completion = stream.finish()?;
    let document: Document = serde_json::from_str(&completion.whole_text()?)?;
    println!("{document:?}");
    report(&completion);
    Ok(())
}
