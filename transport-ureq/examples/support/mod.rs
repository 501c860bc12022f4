//! What the examples share: where they send their calls.

#![allow(dead_code, reason = "each example uses a part of it")]

use std::env;
use std::process::ExitCode;

use requesty_mock::Mock;
use requesty_ureq::{ApiKey, Router, chat, router_from_env};

/// Any failure of an example.
pub(crate) type Failure = Box<dyn std::error::Error>;

/// Where an example sends its calls, and the model it asks for.
pub(crate) struct Target {
    pub(crate) router: Router,
    pub(crate) model: String,
    /// Kept, because dropping it closes it.
    _mock: Option<Mock>,
}

/// Takes the router of the environment; without a key, starts a mock of it in this process.
///
/// `REQUESTY_MODEL` names the model; `model` and `mock_model` are what is asked for without it.
pub(crate) fn target(model: &str, mock_model: &str) -> Result<Target, Failure> {
    let named = env::var("REQUESTY_MODEL").ok().filter(|name| !name.is_empty());
    if env::var_os("REQUESTY_API_KEY").is_some() {
        let model = named.unwrap_or_else(|| model.to_owned());
        return Ok(Target { router: router_from_env()?, model, _mock: None });
    }
    let mock = Mock::start()?;
    eprintln!("REQUESTY_API_KEY is not set: a mock router in this process answers.");
    let router = Router::new(ApiKey::new("rqsty-sk-mock")?).with_inference_base(&mock.base_url())?;
    let router = router.with_management_base(&mock.root_url())?.with_feedback_base(&mock.root_url())?;
    Ok(Target { router, model: named.unwrap_or_else(|| mock_model.to_owned()), _mock: Some(mock) })
}

/// Says on stderr who answered, and what it cost.
pub(crate) fn report(completion: &chat::Completion) {
    let model = completion.model.as_deref().unwrap_or("a model that was not named");
    let usage = completion.usage.as_ref();
    let tokens = |count: Option<u64>| count.map_or("?".to_owned(), |count| count.to_string());
    let prompt = tokens(usage.and_then(|usage| usage.prompt_tokens));
    let answer = tokens(usage.and_then(|usage| usage.completion_tokens));
    let cost = completion.cost().map_or("unknown".to_owned(), |cost| format!("${cost}"));
    eprintln!("{model}: {prompt} + {answer} tokens, cost {cost}");
}

/// Runs an example; a failure is one line on stderr and an exit code.
pub(crate) fn run(example: impl FnOnce() -> Result<(), Failure>) -> ExitCode {
    match example() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", error.to_string().replace('\n', " "));
            ExitCode::FAILURE
        }
    }
}

/// Writes a PDF of one page, with the offsets of its objects in the table at its end.
pub(crate) fn hello_pdf() -> Vec<u8> {
    let text = "BT /F1 24 Tf 20 50 Td (Hello, router!) Tj ET";
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 240 120]/Contents 5 0 R/Resources<</Font<</F1 4 0 R>>>>>>".to_owned(),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_owned(),
        format!("<</Length {}>>stream\n{text}\nendstream", text.len()),
    ];
    let mut pdf = "%PDF-1.4\n".to_owned();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (at, object) in objects.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n \n", pdf.len()));
        pdf.push_str(&format!("{} 0 obj\n{object}\nendobj\n", at + 1));
    }
    let start = pdf.len();
    let trailer = format!("trailer<</Size {}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1);
    (pdf + &table + &trailer).into_bytes()
}
