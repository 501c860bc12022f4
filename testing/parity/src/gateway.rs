//! What a gateway is held to, whichever transport it is written with: it passes on what the mock sent, it ends the answer to
//! its client as the answer to it ended, and its numbers are those of a direct call.

use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use requesty_core::Error;
use requesty_core::observe::{Observer, Report, Summary, error_type};
use serde_json::{Value, json};

use crate::Case;

/// What was accounted for: the summary without its id, which differs for each request, and the class of the error.
pub type Numbers = (Summary, Option<String>);

/// Returns the numbers of an answer.
pub fn numbers(summary: &Summary, error: Option<&Error>) -> Numbers {
    let mut summary = summary.clone();
    summary.id = None;
    (summary, error.map(|error| format!("{} {:?}", error_type(error), error.kind())))
}

/// Keeps the numbers at the end of a call.
#[derive(Clone, Debug, Default)]
pub struct Ends(Arc<Mutex<Option<Numbers>>>);

impl Ends {
    /// Takes the numbers, which are there once a call has ended.
    pub fn take(&self) -> Option<Numbers> {
        self.0.lock().ok()?.take()
    }
}

impl Observer for Ends {
    fn end(&mut self, report: &Report<'_>) {
        if let Ok(mut kept) = self.0.lock() {
            *kept = Some(numbers(&report.summary, report.error));
        }
    }
}

/// What a direct call gave: its numbers, and its error if it failed before its first item.
pub type Direct = (Numbers, Option<Error>);

/// Checks that a gateway accounted for what a direct call gave, and for nothing if no answer began.
///
/// `bytes` and `ended` are what the gateway's client received, and the error that ended it.
///
/// # Errors
/// What differs, in words.
pub fn check_accounts(
    accounts: &[(String, Numbers)],
    token: &str,
    (direct, failed): Direct,
    bytes: &[u8],
    ended: Option<&Error>,
) -> Result<(), String> {
    if bytes.is_empty() {
        let status = ended.map_or(200, |error| error.status().map_or(0, |status| status.as_u16()));
        let wanted = failed.map_or(200, |error| error.gateway_status().as_u16());
        let wanted = if matches!(wanted, 401 | 403) { 502 } else { wanted };
        let fits = status == wanted && accounts.is_empty();
        return if fits { Ok(()) } else { Err(format!("nothing, {status}, for {wanted}: {ended:?}, {accounts:?}")) };
    }
    let fits = accounts == [(token.to_owned(), direct.clone())];
    if fits { Ok(()) } else { Err(format!("the gateway has {accounts:?}, a direct call {direct:?}")) }
}

/// Waits until a gateway accounted for an answer whose client left, for ten seconds at most.
///
/// # Errors
/// What it accounted for instead.
pub fn check_left(accounts: &Mutex<Vec<(String, Numbers)>>, token: &str) -> Result<(), String> {
    let begin = Instant::now();
    loop {
        let kept = accounts.lock().map_err(|error| error.to_string())?.clone();
        let fits = matches!(&*kept, [(of, (_, Some(end)))] if of == token && end.starts_with("cancelled"));
        if fits {
            return Ok(());
        }
        if begin.elapsed() > Duration::from_secs(10) {
            return Err(format!("the gateway has {kept:?}"));
        }
        thread::sleep(Duration::from_millis(5));
    }
}

/// Checks that the connection to the gateway's client ended as the one to the router did.
///
/// # Errors
/// How it ended.
pub fn check_end(case: &Case, ended: Option<&Error>) -> Result<(), String> {
    let is_broken = ["broken", "timeout", "too-large"].iter().any(|end| case.expect.starts_with(end));
    if ended.is_some() == is_broken { Ok(()) } else { Err(format!("the answer to the client ended with {ended:?}")) }
}

/// Paths and bodies of messages and responses, whole and streamed: good answers, tools, errors in the stream, cuts, and a model
/// that does not exist.
pub fn bodies() -> Vec<(&'static str, Value)> {
    let message = |model: &str| {
        let tool = json!({"name": "get_weather", "input_schema": {"type": "object", "properties": {}}});
        let tools = if model == "mock/tools" { json!([tool]) } else { json!([]) };
        json!({"model": model, "max_tokens": 2048, "tools": tools, "messages": [{"role": "user", "content": "Hi"}],
            "metadata": {"unknown": [1, 2.50]}})
    };
    let response = |model: &str| json!({"model": model, "input": "Hi", "metadata": {"unknown": "kept"}});
    let models = [
        "mock/text",
        "mock/tools",
        "mock/thinking",
        "mock/search",
        "mock/cut-after-3",
        "mock/overloaded-after-3",
        "no/model",
    ];
    let mut bodies: Vec<(&str, Value)> = models.iter().map(|model| ("messages", message(model))).collect();
    let models = ["mock/text", "mock/reasoning", "mock/citations", "mock/incomplete", "mock/failed"];
    bodies.extend(models.iter().map(|model| ("responses", response(model))));
    let modes = |(path, body): (&'static str, Value)| {
        [false, true].map(|streamed| {
            let mut body = body.clone();
            body["stream"] = streamed.into();
            (path, body)
        })
    };
    bodies.into_iter().flat_map(modes).collect()
}
