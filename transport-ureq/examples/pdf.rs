//! Sends a PDF and prints what the model says is in it.
//!
//! `pdf [path or https URL]`; without either, a page with two words on it is sent. A URL is fetched by the router.

mod support;

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use requesty_ureq::{Client, chat};
use support::{Failure, report, run, target};

fn main() -> ExitCode {
    run(example)
}

fn example() -> Result<(), Failure> {
    let file = match std::env::args_os().nth(1) {
        Some(url) if url.to_string_lossy().starts_with("https://") => {
            chat::FilePart::from_url("document.pdf", url.to_string_lossy().into_owned())?
        }
        Some(path) => {
            let path = Path::new(&path);
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
            let data = std::fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
            chat::FilePart::from_bytes(name, &data)?
        }
        None => chat::FilePart::from_bytes("hello.pdf", &support::hello_pdf())?,
    };

    let target = target("anthropic/claude-sonnet-4-5", "mock/pdf")?;
    let parts = vec![chat::Part::text("What does this document say?"), chat::Part::from(file)];
    let messages = [chat::Message::user(parts)];
    let request = chat::Request::new(&messages).model(&target.model);

    let mut stream = Client::new().stream(&target.router.chat_stream(&request)?)?;
    let mut out = std::io::stdout();
    while let Some(chunk) = stream.next_item()? {
        out.write_all(chunk.text().as_bytes())?;
        out.flush()?;
    }
    writeln!(out)?;
    report(&stream.finish()?);
    Ok(())
}
