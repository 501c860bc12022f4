//! An error that the router or the provider behind it reported.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::ErrorKind;
use crate::head::Head;

/// An error that the router, or the provider behind it, reported.
///
/// The same type stands for an HTTP error status, an error inside a stream and an error under a status 200. One
/// classifier reads all three; it never fails and never hides the status.
pub struct ApiError {
    pub(crate) head: Arc<Head>,
    pub(crate) status: Option<StatusCode>,
    pub(crate) kind: ErrorKind,
    pub(crate) code: Option<String>,
    pub(crate) error_type: Option<String>,
    pub(crate) status_name: Option<String>,
    pub(crate) param: Option<String>,
    pub(crate) origin: Option<String>,
    pub(crate) message: Option<String>,
    /// The wait that the body asks for.
    pub(crate) wait: Option<Duration>,
    pub(crate) body: Bytes,
    /// Scheme, host and path of the request.
    pub(crate) target: Arc<str>,
    pub(crate) in_stream: bool,
}

impl ApiError {
    /// Returns the HTTP status of an error reply, or the status that an error event inside a stream names.
    pub fn status(&self) -> Option<StatusCode> {
        self.status
    }

    /// Returns the head of the reply that the error came in.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Returns the HTTP status of the reply, which is 200 for an error inside a stream.
    pub fn http_status(&self) -> StatusCode {
        self.head.status()
    }

    /// Returns the kind of error.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Returns `code`, which some providers give as a number and some as a string.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// Returns `type`; `None` for Requesty's own errors, which have no `type`.
    pub fn error_type(&self) -> Option<&str> {
        self.error_type.as_deref()
    }

    /// Returns `status` if it is a word, such as Google's `RESOURCE_EXHAUSTED`.
    pub fn status_name(&self) -> Option<&str> {
        self.status_name.as_deref()
    }

    /// Returns `param`: the name of the request field that the error is about.
    pub fn param(&self) -> Option<&str> {
        self.param.as_deref()
    }

    /// Returns who reported the error: `router` or `provider`.
    pub fn origin(&self) -> Option<&str> {
        self.origin.as_deref()
    }

    /// Returns the message, at most 4 KiB, with the key removed and control characters escaped. If the body has no
    /// message, returns the first 300 bytes of its text, or the title of an HTML page.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// Returns the request id of the server: `x-request-id`, else `fly-request-id`.
    pub fn request_id(&self) -> Option<&str> {
        self.head.request_id()
    }

    /// Returns the headers of the reply.
    pub fn headers(&self) -> &HeaderMap {
        self.head.headers()
    }

    /// Returns the body, up to [`Limits::error_body`](crate::Limits::error_body). The key is removed if the server
    /// echoed it.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Returns whether the error came inside a stream, after a successful head.
    pub fn is_in_stream(&self) -> bool {
        self.in_stream
    }

    /// Returns whether asking again may help, by [`ErrorKind::is_retryable`].
    pub fn is_retryable(&self) -> bool {
        self.kind.is_retryable()
    }

    /// Returns how long the server asks to wait: by the headers of an error reply, else by the body. In the body it is
    /// `retryDelay`, `retry_after`, `retry_after_ms` or `retry_after_seconds`, or a sentence such as "try again in
    /// 1m2.5s". `now` is used only if the header is a date.
    pub fn retry_after(&self, now: SystemTime) -> Option<Duration> {
        // Inside a stream the headers belong to a successful reply.
        let headers = (!self.in_stream).then(|| crate::head::retry_after(self.headers(), now));
        headers.flatten().or(self.wait)
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
        if let Some(id) = self.request_id() {
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
        f.field("type", &shown(&self.error_type))
            .field("status_name", &shown(&self.status_name))
            .field("param", &shown(&self.param));
        f.field("origin", &shown(&self.origin)).field("message", &shown(&self.message));
        f.field("request_id", &self.request_id().map(brief));
        f.field("in_stream", &self.in_stream).field("body_len", &self.body.len()).finish_non_exhaustive()
    }
}

impl std::error::Error for ApiError {}

/// Writes where a call went when the server there does not know the path, and what may be wrong with the URL.
pub(super) fn asked(f: &mut fmt::Formatter<'_>, target: &str) -> fmt::Result {
    write!(f, "; asked {target}")?;
    // Every path except that of feedback has `/v1/`.
    if target.contains("/v1/") || target.contains("/feedback/") {
        Ok(())
    } else {
        f.write_str(": does the base URL end in /v1?")
    }
}

/// Returns the part of a server's text that is shown.
pub(super) fn brief(text: &str) -> &str {
    /// In bytes. Long enough for any sentence; some servers send a whole page.
    const SHOWN: usize = 300;
    let end = (0..=SHOWN.min(text.len())).rev().find(|&at| text.is_char_boundary(at));
    end.and_then(|end| text.get(..end)).unwrap_or_default()
}
