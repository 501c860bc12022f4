//! Asks what is in a PDF file.
//!
//! ```text
//! cargo run --example pdf -- report.pdf
//! cargo run --example pdf -- https://example.com/document.pdf
//! ```

mod support;

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};

use requesty_hyper::chat::{FilePart, Message, Part, Request};
use support::Setup;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    support::end(run().await)
}

async fn run() -> Result<(), Box<dyn Error>> {
    let file = match env::args_os().nth(1) {
        // The router fetches it.
        Some(url) if url.to_string_lossy().starts_with("https://") => {
            FilePart::from_url("document.pdf", url.to_string_lossy().into_owned())?
        }
        Some(path) => {
            let data = fs::read(&path).map_err(|error| format!("{}: {error}", Path::new(&path).display()))?;
            let name = Path::new(&path).file_name().unwrap_or_default().to_string_lossy().into_owned();
            FilePart::from_bytes(name, &data)?
        }
        None => FilePart::from_bytes("hello.pdf", &support::hello_pdf())?,
    };
    let Setup { client, router, model, .. } = &support::setup("openai/gpt-4o", "mock/pdf")?;
    let messages = [Message::user([Part::text("What does this document say?"), file.into()])];
    let request = Request::new(&messages).model(model.as_str());

    let completion = client.send(&router.chat(&request)?).await?;
    println!("{}", completion.text());
    Ok(())
}
