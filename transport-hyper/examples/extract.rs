//! Reads a PDF into a struct, and prints each field as it becomes final.
//!
//! ```text
//! cargo run --example extract -- invoice.pdf
//! ```

mod support;

use std::error::Error;
use std::process::ExitCode;

use requesty_hyper::chat::{FilePart, Message, Part, Request, ResponseFormat};
use requesty_hyper::json::partial::{Follow, PartialEvent};
use serde_json::json;
use support::Setup;

/// What to find in the document; `date` may be missing there.
#[derive(Debug, serde::Deserialize)]
#[allow(dead_code, reason = "it is printed as a whole")]
struct Document {
    title: String,
    date: Option<String>,
    amounts: Vec<f64>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    support::end(run().await)
}

async fn run() -> Result<(), Box<dyn Error>> {
    let pdf = std::env::args_os().nth(1).map_or_else(|| Ok(support::hello_pdf()), std::fs::read)?;
    let schema = json!({"type": "object", "required": ["title", "date", "amounts"], "additionalProperties": false,
        "properties": {"title": {"type": "string"}, "date": {"type": ["string", "null"], "format": "date"},
                       "amounts": {"type": "array", "items": {"type": "number"}}}});
    let Setup { client, router, model, .. } = &support::setup("openai/gpt-4o", "mock/structured")?;
    let messages = [Message::user([Part::text("Read this."), FilePart::from_bytes("document.pdf", &pdf)?.into()])];
    let format = ResponseFormat::json_schema("document", &schema)?.strict(true);
    let request = Request::new(&messages).model(model.as_str()).response_format(format);

    let mut stream = client.stream(&router.chat_stream(&request)?).await?;
    let mut answer = Follow::default();
    while let Some(chunk) = stream.next_item().await? {
        for written in chunk.written() {
            while let Some(event) = answer.next(written)? {
                if let PartialEvent::Value { path, value } = event {
                    println!("{path} is {}", value.raw().unwrap_or_default());
                }
            }
        }
    }
    let completion = stream.finish().await?;
    let document: Document = serde_json::from_str(&completion.whole_text()?)?;
    println!("{document:?}");
    eprintln!("cost: {:?} dollars", completion.cost());
    Ok(())
}
