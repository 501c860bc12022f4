//! Error statuses, the bodies they come with, and a redirect.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{Outcome, Scenario};
use crate::ask::Ask;
use crate::script::Script;

/// Requesty's own errors: status, origin, message.
const ERRORS: [(u16, &str, &str); 15] = [
    (400, "provider", "Bad request: messages.0.content is required"),
    (401, "router", "Unauthorized"),
    (402, "router", "Insufficient balance, top up at: https://app.requesty.ai/settings"),
    (403, "router", "Invalid authorization token"),
    (404, "router", "Provider and/or model not supported"),
    (408, "router", "Request timeout"),
    (409, "router", "Conflict"),
    (412, "router", "Reached monthly spend limit for API key"),
    (413, "router", "Payload too large"),
    (424, "router", "Invalid provider response format"),
    (429, "provider", "Too many requests"),
    (500, "router", "Internal server error"),
    (503, "router", "The provider timed out, please try again"),
    (504, "router", "Gateway timeout"),
    (529, "provider", "Overloaded"),
];

pub(super) fn table() -> Vec<Scenario> {
    let bad = |name: &str, about: &str, make| Scenario::new(name, about, Outcome::HttpError, make);
    let mut table: Vec<Scenario> = ERRORS
        .iter()
        .map(|(status, _, message)| {
            Scenario::new(format!("mock/status-{status}"), format!("{status}: {message}"), Outcome::HttpError, plain)
        })
        .collect();
    table.extend([
        bad("mock/status-502", "502: a problem with the provider's stream.", |_| {
            Script::error(502, "router", "There was a problem with the provider stream")
        }),
        bad("mock/status-502-text", "502 with the plain text `upstream is down`.", |_| {
            Script::text(502, "text/plain", "upstream is down")
        }),
        bad("mock/status-403-blocked", "403: the model is not approved.", |_| {
            Script::error(403, "router", "Provider blocked by policy")
        }),
        bad("mock/status-520", "520 with Cloudflare's JSON.", |_| {
            Script::json(520, &json!({"cloudflare_error": true, "status": 520, "title": "Error 520"}))
        }),
        bad("mock/error-int-code", "400 whose code is a number.", |_| {
            openai(400, json!(400), "list index out of range", "BadRequestError")
        }),
        bad("mock/error-string-code", "400 whose code is a text.", |_| {
            openai(400, json!("context_length_exceeded"), "maximum context length is 8192", "invalid_request_error")
        }),
        bad("mock/error-null-code", "500 whose code is null.", |_| {
            openai(500, Value::Null, "The server had an error", "server_error")
        }),
        bad("mock/error-anthropic", "Anthropic's shape, with an outer `type`.", |_| {
            let error = json!({"type": "invalid_request_error", "message": "max_tokens: required"});
            Script::json(400, &json!({"type": "error", "error": error}))
        }),
        bad("mock/error-array", "An array with the error in it.", |_| {
            let error = json!({"code": 400, "message": "API key not valid", "status": "INVALID_ARGUMENT"});
            Script::json(400, &json!([{"error": error}]))
        }),
        bad("mock/error-string", "An error that is a text.", |_| {
            Script::json(400, &json!({"error": "model is required"}))
        }),
        bad("mock/error-flat", "A message at the root.", |_| {
            Script::json(422, &json!({"message": "temperature out of range", "code": 422}))
        }),
        bad("mock/error-detail", "FastAPI's `detail` list.", |_| {
            Script::json(422, &json!({"detail": [{"loc": ["body", "model"], "msg": "field required"}]}))
        }),
        bad("mock/error-nested", "JSON inside the message.", |_| {
            let inner = json!({"error": {"code": 402, "message": "Insufficient credits"}}).to_string();
            Script::error(402, "provider", &inner)
        }),
        bad("mock/error-empty", "500 with an empty body.", |_| Script::new(500)),
        bad("mock/error-empty-object", "500 with `{}`.", |_| Script::json(500, &json!({}))),
        bad("mock/error-cut-json", "500 with JSON that ends too early.", |_| {
            Script::text(500, "application/json", "{\"error\":{\"message\":\"the rou")
        }),
        bad("mock/error-huge", "500 with a body of 2 MB.", |_| Script::text(500, "text/plain", "x".repeat(2_000_000))),
        bad("mock/error-sse", "429 whose body is an event stream.", |_| {
            let body = json!({"error": {"origin": "provider", "message": "Too many requests"}});
            Script::new(429).header("content-type", "text/event-stream").event(&body).done()
        }),
        bad("mock/insufficient-quota", "429 that no retry can mend.", |_| {
            openai(429, json!("insufficient_quota"), "You exceeded your current quota", "insufficient_quota")
        }),
        bad("mock/429-forever", "429 every time.", |_| {
            Script::error(429, "provider", "Too many requests").header("retry-after-ms", "10")
        }),
        bad("mock/rate-limits", "429 with rate limit headers.", |_| {
            Script::error(429, "provider", "Too many requests")
                .header("x-ratelimit-limit-requests", "60")
                .header("x-ratelimit-remaining-requests", "0")
                .header("x-ratelimit-reset-requests", "17ms")
                .header("x-ratelimit-reset-tokens", "6m0s")
        }),
        bad("mock/echo-key-raw", "403 that echoes the authorization header.", |ask| {
            Script::text(403, "text/plain", format!("bad header: {}", ask.authorization()))
        }),
        bad("mock/echo-key-json", "403 that echoes it in JSON, escaped.", |ask| {
            let escaped: String = ask.authorization().encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
            let body = format!("{{\"error\":{{\"origin\":\"router\",\"message\":\"bad header: {escaped}\"}}}}");
            Script::text(403, "application/json", body)
        }),
        bad("mock/echo-key-percent", "403 that echoes the key percent-encoded.", |ask| {
            let encoded: String = key(ask).bytes().map(|byte| format!("%{byte:02X}")).collect();
            Script::error(403, "router", &format!("bad url: /auth?key={encoded}"))
        }),
        bad("mock/echo-key-base64", "403 that echoes the key in base64.", |ask| {
            Script::error(403, "router", &format!("bad credentials: {}", STANDARD.encode(key(ask))))
        }),
        bad("mock/redirect", "307 to another path; whether it is followed is counted.", |_| {
            Script::new(307).header("location", crate::service::REDIRECTED)
        }),
    ]);
    table
}

fn plain(ask: &Ask) -> Script {
    let number = ask.number().unwrap_or(500);
    match ERRORS.iter().find(|(status, ..)| u64::from(*status) == number) {
        Some((status, origin, message)) => Script::error(*status, origin, message),
        None => Script::new(500),
    }
}

/// An error in OpenAI's shape.
fn openai(status: u16, code: Value, message: &str, kind: &str) -> Script {
    Script::json(status, &json!({"error": {"message": message, "type": kind, "param": null, "code": code}}))
}

fn key(ask: &Ask) -> &str {
    let value = ask.authorization();
    value.strip_prefix("Bearer ").unwrap_or(value)
}
