//! The endpoints beside chat completions, one file per family.
//!
//! Each looks at a [`Question`] and answers it with a [`Script`], or passes it on. What is wrong with a request by the
//! documentation goes on record as a complaint and is answered with 400, as for chat.

mod audio;
mod embeddings;
mod feedback;
mod form;
mod images;
mod manage;
mod mcp;
mod messages;
mod models;
mod responses;

use http::Method;
use serde_json::Value;

use crate::ask::Ask;
use crate::script::{Response, Script};
use crate::state::{Received, Shared};

pub(crate) use manage::{Management, afford, charge};
pub(crate) use messages::scripted as scripted_message;
pub(crate) use responses::scripted as scripted_response;

/// A request to one of the endpoints.
pub(crate) struct Question<'a> {
    pub(crate) method: &'a Method,
    /// The segments of the path, unescaped.
    pub(crate) path: Vec<String>,
    /// The pairs of the query, unescaped.
    pub(crate) query: Vec<(String, String)>,
    /// The body; the texts of a form as members; null where it is neither.
    pub(crate) body: &'a Value,
    pub(crate) received: &'a Received,
    pub(crate) shared: &'a Shared,
}

impl Question<'_> {
    /// Returns whether a stream is asked for.
    pub(crate) fn stream(&self) -> bool {
        self.body["stream"] == true
    }

    /// Returns the key, however it was sent.
    pub(crate) fn key(&self) -> &str {
        key(self.received)
    }

    /// Returns the path's segments as slices, to match on.
    pub(crate) fn segments(&self) -> Vec<&str> {
        self.path.iter().map(String::as_str).collect()
    }
}

/// The result of a request: the reply, and the complaints about the request.
pub(crate) struct Answered {
    pub(crate) reply: Response,
    pub(crate) complaints: Vec<String>,
}

/// Answers a request to one of the endpoints; `None` if the path is not one of them.
pub(crate) fn answer(method: &Method, uri: &http::Uri, received: &Received, shared: &Shared) -> Option<Answered> {
    let body: Value = serde_json::from_slice(&received.body).unwrap_or_else(|_| form::fields(received));
    let path = uri.path().split('/').filter(|segment| !segment.is_empty()).map(unescape).collect();
    let pairs = uri.query().into_iter().flat_map(|query| query.split('&'));
    let query = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, ""))).map(|(k, v)| (unescape(k), unescape(v)));
    let question = Question { method, path, query: query.collect(), body: &body, received, shared };
    let nth = body["model"].as_str().map_or(0, |model| shared.play(model));
    let mut complaints = Vec::new();
    // Anyone may list models.
    let mut allowed = match &*question.segments() {
        ["v1", "models"] => Ok(()),
        _ => authorize(question.key(), shared),
    };
    let paid = is_paid(method, &question.segments());
    if paid {
        allowed = allowed.and_then(|()| afford(question.key(), shared));
    }
    if let Err(refusal) = allowed {
        return Some(Answered { reply: refusal.response(false, nth), complaints });
    }
    let families = [
        models::answer,
        embeddings::answer,
        messages::answer,
        responses::answer,
        images::answer,
        audio::answer,
        mcp::answer,
        feedback::answer,
        manage::answer,
    ];
    let mut script = families.iter().find_map(|family| family(&question, &mut complaints))?;
    if !complaints.is_empty() {
        let message = format!("Request validation failed: {}", complaints.join("; "));
        script = Script::error(400, "router", &message);
    }
    let queued = if complaints.is_empty() { shared.queued() } else { None };
    if let Some(queued) = queued {
        let family = question.segments().get(1..).map(|path| path.join("/")).unwrap_or_default();
        script = queued.script(&family, &Ask::from_body(body.clone()));
    } else if let Some(scripted) = body["model"].as_str().and_then(|model| shared.scripted(model)) {
        script = scripted;
    }
    let reply = script.response(question.stream(), nth);
    if paid {
        let model = body["model"].as_str().unwrap_or_default();
        charge(question.key(), &question.segments(), model, &reply, shared);
    }
    Some(Answered { reply, complaints })
}

/// Returns whether a request to this path asks for an answer of a model, which costs.
fn is_paid(method: &Method, path: &[&str]) -> bool {
    method == Method::POST && matches!(path, ["v1", "embeddings" | "messages" | "responses" | "images" | "audio", ..])
}

/// Refuses a missing key with 401 and a bad one, or one that was deleted, with 403, as Requesty does.
pub(crate) fn authorize(key: &str, shared: &Shared) -> Result<(), Script> {
    if key.is_empty() {
        return Err(Script::error(401, "router", "Unauthorized"));
    }
    if key.contains("invalid") {
        return Err(Script::error(403, "router", "Invalid authorization token"));
    }
    manage::admit(key, shared)
}

/// Returns the key of a request: a bearer token, or `x-api-key`.
pub(crate) fn key(received: &Received) -> &str {
    let bearer = received.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
    bearer.or_else(|| received.header("x-api-key")).unwrap_or("").trim()
}

/// Undoes percent escapes; an invalid escape stays as it is.
fn unescape(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}
