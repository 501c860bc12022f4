//! What the examples share: where they send their calls, what they were asked, and how they fail.

#![allow(dead_code, reason = "each example uses a part of it")]

pub(crate) mod files;

use std::error::Error;
use std::{env, fmt};

use requesty_hyper::{ApiKey, Client, Router, router_from_env};

/// Returns a client, where it calls, and the model that it asks for: `model` of the router, `mock_model` of the mock, and of
/// either `REQUESTY_MODEL` if that is set.
pub(crate) fn setup(model: &str, mock_model: &str) -> Result<(Client, Router, String), Failure> {
    let (client, router) = connect()?;
    let default = if has_key() { model } else { mock_model };
    Ok((client, router, env::var("REQUESTY_MODEL").unwrap_or_else(|_| default.to_owned())))
}

/// Reads `REQUESTY_API_KEY` and `REQUESTY_BASE_URL`; without a key, starts a mock of the router in this process.
pub(crate) fn connect() -> Result<(Client, Router), Failure> {
    let client = Client::new();
    if has_key() {
        return Ok((client, router_from_env()?));
    }
    // It runs until the process ends.
    let mock = Box::leak(Box::new(requesty_mock::Mock::start()?));
    let router = Router::new(ApiKey::new("rqsty-sk-mock")?).with_inference_base(&mock.base_url())?;
    let router = router.with_management_base(&mock.root_url())?.with_feedback_base(&mock.root_url())?;
    eprintln!("REQUESTY_API_KEY is not set: a mock of the router in this process answers.");
    Ok((client, router))
}

fn has_key() -> bool {
    env::var_os("REQUESTY_API_KEY").is_some()
}

/// Returns the words of the command line as one text, or else `default`.
pub(crate) fn words_or(default: &str) -> String {
    let words: Vec<String> = env::args().skip(1).collect();
    if words.is_empty() { default.to_owned() } else { words.join(" ") }
}

/// Any error. Where `main` returns it, its message is printed, and not the fields of the error.
pub(crate) struct Failure(Box<dyn Error>);

impl<E: Into<Box<dyn Error>>> From<E> for Failure {
    fn from(error: E) -> Self {
        Failure(error.into())
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}
