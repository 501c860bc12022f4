//! The calls that the cases make.

use std::time::Duration;

use requesty_core::chat::{Chunks, Message, Request, ResponseFormat, Tool, WholeCompletion};
use requesty_core::{ApiKey, BuildError, Call, Error, Limits, Policy, Reply, Router, Timeouts};
use requesty_mock::Script;
use serde_json::json;

use crate::Case;

/// The key of every call.
pub const KEY: &str = "parity-key-7";

/// Creates the router whose calls go to a mock at `base_url`.
///
/// # Errors
/// [`Error::Build`] where the URL is not one.
pub fn router(base_url: &str) -> Result<Router, Error> {
    Ok(Router::new(ApiKey::new(KEY)?).with_inference_base(base_url)?)
}

/// Returns what a mock must be told to play beside its own scenarios: the model's name, and the script.
pub fn scripts() -> Vec<(&'static str, Script)> {
    let busy = r#"{"error":{"message":"Too many requests","type":"rate_limit_error","param":null,"code":429}}"#;
    vec![("parity/429-int-code", Script::text(429, "application/json", busy))]
}

/// Makes the call of a case that is streamed.
///
/// # Errors
/// [`Error::Build`] where the request is refused before it is sent.
pub fn stream_call(router: &Router, case: &Case) -> Result<Call<Chunks>, Error> {
    asked(case, |request| Ok(set(router.chat_stream(request)?, case)))
}

/// Makes the call of a case that is not streamed.
///
/// # Errors
/// [`Error::Build`] where the request is refused before it is sent.
pub fn whole_call(router: &Router, case: &Case) -> Result<Call<WholeCompletion>, Error> {
    asked(case, |request| Ok(set(router.chat(request)?, case)))
}

/// Gives `make` the request that fits the scenario.
fn asked<T>(case: &Case, make: impl FnOnce(&Request<'_>) -> Result<T, Error>) -> Result<T, Error> {
    let text = |name: &str| json!({"type": "object", "properties": {name: {"type": "string"}}, "required": [name]});
    let is = |family: &str| case.scenario.starts_with(family);
    let messages = [Message::user("What is an LLM gateway?")];
    let mut request = Request::new(&messages).model(case.scenario);
    let functions = ["get_weather", "get_time"].map(|name| Tool::function(name).parameters(&text("city")));
    let functions = functions.into_iter().collect::<Result<Vec<Tool>, _>>().map_err(unwritable)?;
    let search = [Tool::web_search()];
    if is("mock/tool") || is("mock/function-call") {
        request = request.tools(&functions);
    } else if is("mock/citations") || is("mock/srvtoolu") {
        request = request.tools(&search);
    } else if is("mock/structured") {
        request = request.response_format(ResponseFormat::json_schema("answer", &text("answer")).map_err(unwritable)?);
    } else if case.scenario == "mock/choices" {
        request = request.n(2);
    } else if is("mock/logprobs") {
        request = request.logprobs(true);
    }
    make(&request)
}

/// Sets what the scenario needs: how often to try, how long to wait, how much to read.
fn set<R: Reply>(call: Call<R>, case: &Case) -> Call<R> {
    /// Long enough for a busy machine, and short enough to wait for.
    const SHORT: Duration = Duration::from_millis(300);
    const LONG: Duration = Duration::from_secs(20);
    let timeouts = Timeouts::default().with_connect(LONG).with_first_byte(LONG);
    let timeouts = timeouts.with_idle_bytes(LONG).with_idle_progress(LONG);
    let policy = Policy::new().with_base(Duration::from_millis(10)).with_cap(Duration::from_millis(20));
    let call = call.with_policy(if case.retries() { policy } else { Policy::none() });
    let call = match case.scenario {
        "mock/endless" => call.with_limits(Limits::default().with_total(1_000)),
        "mock/big-300" => call.with_limits(Limits::default().with_event(100_000)),
        _ => call,
    };
    call.with_timeouts(match case.scenario {
        "mock/stall-before-head" => timeouts.with_first_byte(SHORT),
        name if name.starts_with("mock/stall") => timeouts.with_idle_bytes(SHORT),
        name if name.starts_with("mock/keepalive-") || name.contains("-data-forever") => {
            // The answer of the dialects comes at once.
            timeouts.with_idle_progress(if name.ends_with("dialects") { LONG } else { SHORT })
        }
        _ => timeouts,
    })
}

fn unwritable(_: serde_json::Error) -> Error {
    BuildError::new("a schema cannot be written as JSON").into()
}
