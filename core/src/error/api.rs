//! An error that the router or the provider behind it reported.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

/// What kind of error was reported, by status, code and wording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// 400, 405, 415, 422: the request is not one the server takes. Mend it.
    InvalidRequest,
    /// The prompt does not fit into the model's context. Shorten it.
    ContextLength,
    /// The request or the answer was refused for what it says.
    ContentPolicy,
    /// 401: no key was sent.
    Unauthorized,
    /// 402: the balance is used up. Top it up.
    InsufficientBalance,
    /// 403: the key is wrong, restricted, or not allowed to do this.
    Forbidden,
    /// 404: no such model, or no such path. Check the model's name and the base URL.
    NotFound,
    /// 409: the resource is in use.
    Conflict,
    /// 412: the key's monthly limit is reached. Raise it.
    SpendLimit,
    /// 413: the request is too large.
    PayloadTooLarge,
    /// 424: the provider's answer was unusable. Ask again.
    ProviderResponse,
    /// 429: too many requests at once. Wait.
    RateLimited,
    /// A quota is used up: 429 by status, but waiting a second does not help.
    QuotaExceeded,
    /// 529: the provider is overloaded. Wait.
    Overloaded,
    /// 502, 503: the provider is down or timed out. Ask again.
    Unavailable,
    /// 408, 504: something in between timed out.
    TimedOut,
    /// 3xx: a redirect, which is never followed with a key. Check the base URL.
    Redirect,
    /// 500 and other 5xx.
    Server,
    /// Anything else.
    Other,
}

/// An error that the router, or the provider behind it, reported.
///
/// One type for an HTTP error status, an error inside a stream and an error under a 200: they are read by the same
/// classifier, which never fails and never hides the status.
pub struct ApiError {
    pub(crate) http_status: Option<StatusCode>,
    pub(crate) status: Option<StatusCode>,
    pub(crate) kind: ErrorKind,
    pub(crate) code: Option<String>,
    pub(crate) error_type: Option<String>,
    pub(crate) param: Option<String>,
    pub(crate) origin: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) request_id: Option<String>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// Scheme, host and path of the request.
    pub(crate) target: Arc<str>,
    pub(crate) in_stream: bool,
}

impl ApiError {
    /// Returns the status: the HTTP status of an error reply, or the one that an error inside a stream names.
    pub fn status(&self) -> Option<StatusCode> {
        self.status
    }

    /// Returns the HTTP status of the reply, which is 200 for an error inside a stream.
    pub fn http_status(&self) -> Option<StatusCode> {
        self.http_status
    }

    /// Returns the kind of error.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Returns `code`, which some providers give as a number and some as a string.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// Returns `type`; Requesty's own errors have none.
    pub fn error_type(&self) -> Option<&str> {
        self.error_type.as_deref()
    }

    /// Returns the field that the error is about.
    pub fn param(&self) -> Option<&str> {
        self.param.as_deref()
    }

    /// Returns who reported the error: `router` or `provider`.
    pub fn origin(&self) -> Option<&str> {
        self.origin.as_deref()
    }

    /// Returns the message; where the body has none, what could be made of it: the text, or the title of a page.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// Returns the id that the server gave the request: `x-request-id`, else `fly-request-id`.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// Returns the headers of the reply.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the body, up to the limit for error bodies, with the key taken out should the server echo it.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Returns whether the error came inside a stream, after a successful head.
    pub fn is_in_stream(&self) -> bool {
        self.in_stream
    }

    /// Returns whether asking again may help: 424, 429, 502, 503 and 529, unless a quota or the balance is used up.
    pub fn is_retryable(&self) -> bool {
        use ErrorKind::{Overloaded, ProviderResponse, RateLimited, Unavailable};
        matches!(self.kind, ProviderResponse | RateLimited | Unavailable | Overloaded)
    }

    /// Returns how long the server asked to wait; `now` is only read against a date.
    pub fn retry_after(&self, now: SystemTime) -> Option<Duration> {
        crate::head::retry_after(&self.headers, now)
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.in_stream { "error inside the stream" } else { "error reply" })?;
        if let Some(status) = self.status {
            write!(f, " {}", status.as_u16())?;
        }
        if let Some(code) = &self.code {
            write!(f, " ({})", brief(code))?;
        }
        match (&self.message, self.status.and_then(|status| status.canonical_reason())) {
            (Some(message), _) => write!(f, ": {}", brief(message))?,
            (None, Some(reason)) => write!(f, ": {reason}")?,
            (None, None) => {}
        }
        if let Some(param) = &self.param {
            write!(f, "; about {}", brief(param))?;
        }
        if matches!(self.kind, ErrorKind::NotFound | ErrorKind::Redirect) && !self.in_stream {
            asked(f, &self.target)?;
        }
        if let Some(id) = &self.request_id {
            write!(f, "; request id {}", brief(id))?;
        }
        Ok(())
    }
}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("ApiError");
        let shown = |text: &Option<String>| text.as_deref().map(|text| brief(text).to_owned());
        f.field("status", &self.status).field("kind", &self.kind).field("code", &shown(&self.code));
        f.field("type", &shown(&self.error_type)).field("param", &shown(&self.param));
        f.field("origin", &shown(&self.origin)).field("message", &shown(&self.message));
        f.field("request_id", &shown(&self.request_id));
        f.field("in_stream", &self.in_stream).field("body_len", &self.body.len()).finish_non_exhaustive()
    }
}

impl std::error::Error for ApiError {}

/// Tells where a call went to that nobody there knows, and what may be wrong with that.
pub(super) fn asked(f: &mut fmt::Formatter<'_>, target: &str) -> fmt::Result {
    write!(f, "; asked {target}")?;
    // Every path but that of feedback has it.
    if target.contains("/v1/") || target.contains("/feedback/") {
        Ok(())
    } else {
        f.write_str(": does the base URL end in /v1?")
    }
}

/// Returns as much of a server's text as is shown.
pub(super) fn brief(text: &str) -> &str {
    /// Long enough for any sentence; some servers send a whole page.
    const SHOWN: usize = 300;
    let end = (0..=SHOWN.min(text.len())).rev().find(|&at| text.is_char_boundary(at));
    end.and_then(|end| text.get(..end)).unwrap_or_default()
}
