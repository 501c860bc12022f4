//! What the examples share: where they send their calls, and how they end.

#![allow(dead_code, reason = "each example uses a part of it")]

use std::env;
use std::error::Error;
use std::io::{self, Read};
use std::process::ExitCode;

use requesty_hyper::{ApiKey, Client, Router, router_from_env};
use requesty_mock::Mock;

/// A client and where it calls.
pub(crate) struct Setup {
    pub(crate) client: Client,
    pub(crate) router: Router,
    /// The model to ask for.
    pub(crate) model: String,
    /// Runs as long as this is kept.
    _mock: Option<Mock>,
}

/// Reads `REQUESTY_API_KEY`, `REQUESTY_BASE_URL` and `REQUESTY_MODEL`; without a key, starts a mock of the router in this
/// process.
pub(crate) fn setup(model: &str, mock_model: &str) -> Result<Setup, Box<dyn Error>> {
    let chosen = |default: &str| env::var("REQUESTY_MODEL").unwrap_or_else(|_| default.to_owned());
    let client = Client::new();
    if env::var_os("REQUESTY_API_KEY").is_some() {
        return Ok(Setup { client, router: router_from_env()?, model: chosen(model), _mock: None });
    }
    let mock = Mock::start()?;
    let router = Router::new(ApiKey::new("rqsty-sk-mock")?).with_inference_base(&mock.base_url())?;
    let router = router.with_management_base(&mock.root_url())?.with_feedback_base(&mock.root_url())?;
    let model = chosen(mock_model);
    eprintln!("REQUESTY_API_KEY is not set: a mock router in this process answers, as {model}.");
    Ok(Setup { client, router, model, _mock: Some(mock) })
}

/// Returns the words of the command line without flags, `None` where there are none.
pub(crate) fn words() -> Option<String> {
    let words: Vec<String> = env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// Returns the words of the command line, or else standard input.
pub(crate) fn prompt() -> io::Result<String> {
    if let Some(words) = words() {
        return Ok(words);
    }
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    Ok(text.trim().to_owned())
}

/// Returns whether a flag is on the command line.
pub(crate) fn flag(name: &str) -> bool {
    env::args().skip(1).any(|word| word == name)
}

/// Turns a failure into one line and an exit code.
pub(crate) fn end(result: Result<(), Box<dyn Error>>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Writes a PDF of one page with one line of text: a header, five objects, and the table that says where each begins.
pub(crate) fn hello_pdf() -> Vec<u8> {
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
