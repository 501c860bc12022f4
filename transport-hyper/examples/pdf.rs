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
        None => FilePart::from_bytes("hello.pdf", &hello())?,
    };
    let Setup { client, router, model, .. } = &support::setup("openai/gpt-4o", "mock/pdf")?;
    let messages = [Message::user([Part::text("What does this document say?"), file.into()])];
    let request = Request::new(&messages).model(model.as_str());

    let completion = client.send(&router.chat(&request)?).await?;
    println!("{}", completion.text());
    Ok(())
}

/// Writes a page with one line of text: a header, five objects, and the table that says where each begins.
fn hello() -> Vec<u8> {
    let text = "BT /F1 24 Tf 60 720 Td (Hello from a small PDF.) Tj ET";
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut pdf = "%PDF-1.4\n".to_owned();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (number, object) in (1..).zip(&objects) {
        table.push_str(&format!("{:010} 00000 n \n", pdf.len()));
        pdf.push_str(&format!("{number} 0 obj\n{object}\nendobj\n"));
    }
    let start = pdf.len();
    let size = objects.len() + 1;
    pdf.push_str(&format!("{table}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"));
    pdf.into_bytes()
}
