//! Reads a PDF into a struct, and prints each field as it becomes final.
//!
//! ```text
//! cargo run -p requesty-hyper --example extract -- invoice.pdf
//! ```

mod support;

use std::{env, fs};

use requesty_hyper::chat::{FilePart, Message, Part, Request, ResponseFormat};
use requesty_hyper::json::partial::{Follow, PartialEvent};
use serde_json::json;
use support::Failure;

/// What to find in the document; `date` may be missing there.
#[derive(Debug, serde::Deserialize)]
#[allow(dead_code, reason = "it is printed as a whole")]
struct Document {
    title: String,
    date: Option<String>,
    amounts: Vec<f64>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let (client, router, model) = support::setup("openai/gpt-4o", "mock/structured")?;
    let pdf = env::args().nth(1).map_or_else(|| Ok(support::files::pdf()), fs::read)?;
    let schema = json!({
        "type": "object", "required": ["title", "date", "amounts"], "additionalProperties": false,
        "properties": {
            "title": {"type": "string"},
            "date": {"type": ["string", "null"], "format": "date"},
            "amounts": {"type": "array", "items": {"type": "number"}},
        },
    });
    let messages = [Message::user([Part::text("Read this."), FilePart::from_bytes("document.pdf", &pdf)?.into()])];
    let format = ResponseFormat::json_schema("document", &schema)?.strict(true);
    let request = Request::new(&messages).model(model).response_format(format);

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
    let document: Document = serde_json::from_str(&stream.finish().await?.whole_text()?)?;
    println!("{document:?}");
    Ok(())
}
