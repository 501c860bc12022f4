//! Asks what is in a PDF: a file that is sent, or a URL that the router fetches.
//!
//! ```text
//! cargo run -p requesty-ureq --example blocking_pdf -- report.pdf
//! cargo run -p requesty-ureq --example blocking_pdf -- https://example.com/document.pdf
//! ```

mod support;

use std::{env, fs};

use requesty_ureq::chat::{FilePart, Message, Part, Request};
use support::Failure;

fn main() -> Result<(), Failure> {
    let file = match env::args().nth(1) {
        Some(url) if url.starts_with("https://") => FilePart::from_url("document.pdf", url)?,
        Some(path) => FilePart::from_bytes("document.pdf", &fs::read(path)?)?,
        None => FilePart::from_bytes("hello.pdf", &support::files::pdf())?,
    };
    let (client, router, model) = support::setup("openai/gpt-4o", "mock/pdf")?;
    let messages = [Message::user([Part::text("What does this document say?"), file.into()])];
    let request = Request::new(&messages).model(model);

    let completion = client.send(&router.chat(&request)?)?;
    println!("{}", completion.whole_text()?);
    Ok(())
}
