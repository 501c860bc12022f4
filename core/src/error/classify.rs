//! The one classifier: reads an HTTP error, an error inside a stream, and an error under a 200.
//!
//! It never fails and never hides the status. Whatever the body is (JSON of any shape, a list, a string, a page, nothing)
//! it becomes an [`ApiError`] with as much in it as can be read.

use bytes::Bytes;
use http::StatusCode;

use super::{ApiError, ErrorKind};
use crate::json::{self, Kind, Members};

/// Longest message that is made of a body without one.
const SNIPPET: usize = 300;

impl ApiError {
    /// Takes from `body` what can be found in it.
    pub(crate) fn read(&mut self, body: &[u8]) {
        let body = json::trim(json::unmarked(body));
        match json::kind(body) {
            Some(Kind::Object) => self.read_object(body),
            Some(Kind::Array) => {
                let first = json::elements(body).and_then(|elements| elements.first().copied());
                match first {
                    Some(first) => self.read_object(first),
                    None => self.message = snippet(body),
                }
            }
            Some(Kind::String) => self.message = json::string(body).or_else(|| snippet(body)),
            _ => self.message = snippet(body),
        }
    }

    fn read_object(&mut self, object: &[u8]) {
        let Ok(mut root) = Members::read(object) else {
            self.message = snippet(object);
            return;
        };
        let inner = root.raw("error").or_else(|| first_choice_error(&mut root));
        match inner.map(|inner| (inner, Members::read(inner))) {
            Some((_, Ok(mut inner))) => self.read_members(&mut inner),
            Some((inner, Err(_))) => {
                self.message = json::string(inner).or_else(|| json::lenient_uint(inner).map(|code| code.to_string()));
            }
            None => {}
        }
        self.read_members(&mut root);
        // Some gateways put the provider's whole reply, as a string, where the sentence belongs.
        if let Some(nested) = self.message.as_deref().filter(|message| message.trim_start().starts_with('{')) {
            let nested = nested.to_owned();
            if let Some(mut inner) =
                Members::read(json::trim(nested.as_bytes())).ok().and_then(|mut m| m.object("error"))
            {
                self.message = sentence(&mut inner).or(self.message.take());
            }
        }
    }

    /// Fills in what is not known yet.
    fn read_members(&mut self, members: &mut Members<'_>) {
        let code = members.text("code");
        let status = members.uint("status").or_else(|| members.uint("status_code"));
        let numeric = code.as_deref().and_then(|code| code.parse().ok());
        self.status = self.status.or_else(|| error_status(status)).or_else(|| error_status(numeric));
        self.code = self.code.take().or(code);
        self.error_type = self.error_type.take().or_else(|| members.string("type").filter(|kind| kind != "error"));
        self.param = self.param.take().or_else(|| members.string("param"));
        self.origin = self.origin.take().or_else(|| members.string("origin"));
        self.message = self.message.take().or_else(|| sentence(members));
    }

    /// Decides what kind of error it is, and keeps the body.
    pub(crate) fn finish(mut self, body: Bytes) -> Self {
        self.kind = classify(&self);
        self.body = body;
        self
    }
}

/// Returns whether a JSON object under a successful status is an error.
pub(crate) fn looks_like_error(data: &[u8]) -> bool {
    let data = json::trim(data);
    let element = if json::kind(data) == Some(Kind::Array) {
        json::elements(data).and_then(|elements| elements.first().copied())
    } else {
        None
    };
    let Ok(mut root) = Members::read(element.unwrap_or(data)) else { return false };
    root.raw("error").is_some_and(is_truthy)
        || root.raw("type") == Some(b"\"error\"")
        || root.raw("object") == Some(b"\"error\"")
        || first_choice_error(&mut root).is_some_and(is_truthy)
}

/// Returns whether the value of an `error` member says that there is one.
pub(crate) fn is_truthy(value: &[u8]) -> bool {
    !matches!(value, b"null" | b"false" | b"\"\"" | b"0")
}

fn first_choice_error<'a>(root: &mut Members<'a>) -> Option<&'a [u8]> {
    let choices = root.taken("choices", json::elements)?;
    choices.into_iter().find_map(|choice| Members::read(choice).ok()?.raw("error"))
}

/// Returns the sentence of an error object under any of the names in use.
fn sentence(members: &mut Members<'_>) -> Option<String> {
    let plain = ["message", "detail", "details", "msg", "error_description", "reason"];
    let found = plain.iter().find_map(|name| members.string(name).filter(|text| !text.is_empty()));
    found.or_else(|| plain.iter().find_map(|name| nested_sentence(members.raw(name)?)))
}

/// Returns the sentence of an object, or of the first one of a list, that stands where the sentence belongs.
fn nested_sentence(value: &[u8]) -> Option<String> {
    let first = json::elements(value).and_then(|list| list.first().copied()).unwrap_or(value);
    let plain = ["message", "msg", "detail"];
    json::string(first).or_else(|| {
        let mut members = Members::read(first).ok()?;
        plain.iter().find_map(|name| members.string(name))
    })
}

fn error_status(code: Option<u64>) -> Option<StatusCode> {
    let code = u16::try_from(code?).ok().filter(|code| (400..600).contains(code))?;
    StatusCode::from_u16(code).ok()
}

/// Makes a message of a body that is not JSON: the title of a page, or the beginning of a text.
fn snippet(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body.get(..body.len().min(4 * 1024)).unwrap_or(body)).into_owned();
    // A compressed body is no message; it shows at the beginning.
    let start = text.get(..text.char_indices().nth(64).map_or(text.len(), |(at, _)| at))?;
    if start.contains(|char: char| char == char::REPLACEMENT_CHARACTER || (char.is_control() && !char.is_whitespace()))
    {
        return None;
    }
    let text = if text.trim_start().starts_with('<') { html_title(&text)? } else { text };
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let end = (0..=SNIPPET.min(text.len())).rev().find(|&at| text.is_char_boundary(at))?;
    text.get(..end).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Returns the title of an HTML page.
pub(crate) fn html_title(page: &str) -> Option<String> {
    let lower = page.to_ascii_lowercase();
    let open = lower.find("<title")?;
    let start = open + lower.get(open..)?.find('>')? + 1;
    let end = start + lower.get(start..)?.find("</title")?;
    Some(page.get(start..end)?.trim().to_owned()).filter(|title| !title.is_empty())
}

fn classify(error: &ApiError) -> ErrorKind {
    let said = |words: &[&str]| {
        let texts = [&error.code, &error.error_type, &error.message];
        texts.into_iter().flatten().any(|text| {
            let text = text.to_ascii_lowercase();
            words.iter().any(|word| text.contains(word))
        })
    };
    let named = |names: &[&str]| {
        [&error.code, &error.error_type].into_iter().flatten().any(|text| names.contains(&text.as_str()))
    };
    let status = error.status.map(|status| status.as_u16());
    if matches!(status, Some(400 | 413 | 422) | None)
        && said(&["context_length", "context length", "context window", "prompt is too long", "maximum context"])
    {
        return ErrorKind::ContextLength;
    }
    if matches!(status, Some(400 | 403 | 422) | None) && said(&["content_policy", "content_filter", "content policy"]) {
        return ErrorKind::ContentPolicy;
    }
    if matches!(status, Some(429 | 403 | 400) | None)
        && named(&["insufficient_quota", "insufficient_credits", "quota_exceeded", "billing_hard_limit_reached"])
    {
        return ErrorKind::QuotaExceeded;
    }
    match status {
        Some(300..=399) => ErrorKind::Redirect,
        Some(400 | 405 | 406 | 415 | 422) => ErrorKind::InvalidRequest,
        Some(401) => ErrorKind::Unauthorized,
        Some(402) => ErrorKind::InsufficientBalance,
        Some(403) => ErrorKind::Forbidden,
        Some(404) => ErrorKind::NotFound,
        Some(408 | 504) => ErrorKind::TimedOut,
        Some(409) => ErrorKind::Conflict,
        Some(412) => ErrorKind::SpendLimit,
        Some(413) => ErrorKind::PayloadTooLarge,
        Some(424) => ErrorKind::ProviderResponse,
        Some(429) => ErrorKind::RateLimited,
        Some(502 | 503) => ErrorKind::Unavailable,
        Some(529) => ErrorKind::Overloaded,
        Some(500..=599) => ErrorKind::Server,
        Some(_) => ErrorKind::Other,
        None if named(&["rate_limit_error", "rate_limit_exceeded", "rate_limited"]) => ErrorKind::RateLimited,
        None if named(&["overloaded_error", "overloaded"]) => ErrorKind::Overloaded,
        None if named(&["invalid_request_error", "BadRequestError", "invalid_request"]) => ErrorKind::InvalidRequest,
        None if named(&["authentication_error"]) => ErrorKind::Unauthorized,
        None if named(&["permission_error"]) => ErrorKind::Forbidden,
        None if named(&["not_found_error"]) => ErrorKind::NotFound,
        None if named(&["timeout_error", "timeout"]) => ErrorKind::TimedOut,
        None if named(&["server_error", "api_error", "internal_error", "INTERNAL_SERVER_ERROR"]) => ErrorKind::Server,
        // The router's own errors have neither code nor type; these are its sentences.
        None if said(&["problem with the provider stream", "provider timed out", "provider is down"]) => {
            ErrorKind::Unavailable
        }
        None if said(&["too many requests"]) => ErrorKind::RateLimited,
        None if said(&["insufficient balance"]) => ErrorKind::InsufficientBalance,
        None if said(&["monthly spend limit"]) => ErrorKind::SpendLimit,
        None if said(&["invalid authorization token", "provider blocked by policy"]) => ErrorKind::Forbidden,
        None if said(&["invalid provider response", "provider response missing"]) => ErrorKind::ProviderResponse,
        None => ErrorKind::Other,
    }
}
