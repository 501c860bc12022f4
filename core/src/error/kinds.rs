//! The errors that no server reported: decoding, truncation and transport.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::StatusCode;

use super::api::{asked, brief};
use crate::head::Head;
use crate::limits::Phase;

/// The cause of an error. It is shared, because a stream and its total both hold the error.
pub type Cause = Arc<dyn std::error::Error + Send + Sync>;

/// A reply or an event that cannot be read as the type that the call asked for.
#[derive(Clone)]
pub struct DecodeError {
    pub(crate) what: Cow<'static, str>,
    pub(crate) at: Option<usize>,
    pub(crate) head: Option<Arc<Head>>,
    pub(crate) body: Bytes,
}

impl DecodeError {
    /// Creates the error. `what` names what cannot be read, such as `"an event"`; `at` is the offset in `body` where
    /// reading stopped, if it is known. `body` is copied.
    pub fn new(what: impl Into<Cow<'static, str>>, at: Option<usize>, body: &[u8]) -> Self {
        DecodeError { what: what.into(), at, head: None, body: Bytes::copy_from_slice(body) }
    }

    /// Creates an empty error.
    pub(crate) fn blank() -> Self {
        DecodeError { what: "".into(), at: None, head: None, body: Bytes::new() }
    }

    /// Returns the bytes that could not be read. They may hold the answer: neither `Display` nor `Debug` shows them.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Returns the byte offset in [`body`](Self::body) where reading stopped; `None` if it is not known.
    pub fn at(&self) -> Option<usize> {
        self.at
    }

    /// Returns the head of the reply.
    pub fn head(&self) -> Option<&Head> {
        self.head.as_deref()
    }

    /// Returns the HTTP status of the reply.
    pub fn status(&self) -> Option<StatusCode> {
        self.head().map(Head::status)
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot decode {} of {} bytes", self.what, self.body.len())?;
        self.at.map_or(Ok(()), |at| write!(f, ": stopped at byte {at}"))
    }
}

impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("DecodeError");
        f.field("what", &self.what).field("at", &self.at).field("status", &self.status());
        f.field("body_len", &self.body.len()).finish_non_exhaustive()
    }
}

/// There is no source: a JSON library quotes the value in its message.
impl std::error::Error for DecodeError {}

/// A body that ended before the answer was complete.
#[derive(Clone)]
pub struct Truncated {
    pub(crate) cause: Option<Cause>,
    pub(crate) unread: Option<Arc<DecodeError>>,
}

impl Truncated {
    /// Returns the first event of the stream that could not be read, if there was one. Some servers end a failed stream
    /// with a plain sentence, which is the [`body`](DecodeError::body) of that event. Neither `Display` nor `Debug`
    /// shows it, because it may also be a piece of the answer.
    pub fn unread(&self) -> Option<&DecodeError> {
        self.unread.as_deref()
    }

    /// Returns whether the connection broke. `false` if the server ended the body cleanly, but too early.
    pub fn is_cut(&self) -> bool {
        self.cause.is_some()
    }

    /// Returns the error that broke the connection.
    pub fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }
}

/// A stream that the server declared done, although its answer has no finish reason.
#[derive(Clone, Default)]
pub struct NoFinishReason {
    pub(crate) unread: Option<Arc<DecodeError>>,
}

impl NoFinishReason {
    /// Returns the first event of the stream that could not be read, as [`Truncated::unread`] does.
    pub fn unread(&self) -> Option<&DecodeError> {
        self.unread.as_deref()
    }
}

impl fmt::Display for NoFinishReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the stream was declared done, but the answer has no finish reason")
    }
}

impl fmt::Debug for NoFinishReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NoFinishReason")
    }
}

impl fmt::Display for Truncated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cause {
            Some(cause) => write!(f, "the connection was cut before the answer was complete: {}", Chain(&**cause)),
            None => f.write_str("the body ended before the answer was complete"),
        }
    }
}

impl fmt::Debug for Truncated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Truncated").field("cause", &self.cause).finish()
    }
}

/// A connection that failed.
#[derive(Clone)]
pub struct TransportError {
    phase: Phase,
    maybe_processed: bool,
    cause: Cause,
}

impl TransportError {
    /// Creates the error for a failure in `phase`.
    ///
    /// Set `maybe_processed` to `false` only if the server cannot have acted on the request.
    pub fn new(
        phase: Phase,
        maybe_processed: bool,
        cause: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        TransportError { phase, maybe_processed, cause: Arc::from(cause.into()) }
    }

    /// Returns the part of the call that failed.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Returns whether the server may have acted on the request.
    pub fn request_maybe_processed(&self) -> bool {
        self.maybe_processed
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the connection failed while {}: {}", self.phase, Chain(&*self.cause))
    }
}

impl fmt::Debug for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("TransportError");
        f.field("phase", &self.phase)
            .field("maybe_processed", &self.maybe_processed)
            .field("cause", &self.cause)
            .finish()
    }
}

impl std::error::Error for TransportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.cause)
    }
}

/// A reply that is not a reply of this API.
#[derive(Clone)]
pub struct Unexpected {
    pub(crate) head: Arc<Head>,
    pub(crate) content_type: Option<String>,
    /// The title of an HTML page, or the reason why the reply was not read.
    pub(crate) hint: Option<String>,
    /// Scheme, host and path of the request.
    pub(crate) target: Arc<str>,
    pub(crate) body: Bytes,
}

impl Unexpected {
    /// Returns the head of the reply.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Returns the HTTP status of the reply.
    pub fn status(&self) -> StatusCode {
        self.head.status()
    }

    /// Returns the `content-type` of the reply.
    pub fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }

    /// Returns the id that the server gave the request.
    pub fn request_id(&self) -> Option<&str> {
        self.head.request_id()
    }

    /// Returns the beginning of the body. It may be anything: neither `Display` nor `Debug` shows it.
    pub fn body(&self) -> &Bytes {
        &self.body
    }
}

impl fmt::Display for Unexpected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let content_type = self.content_type.as_deref().map_or("no content type", brief);
        write!(f, "unexpected reply: status {}, {content_type}", self.status().as_u16())?;
        if let Some(hint) = &self.hint {
            write!(f, ", {}", brief(hint))?;
        }
        asked(f, &self.target)
    }
}

impl fmt::Debug for Unexpected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("Unexpected");
        let shown = |text: &Option<String>| text.as_deref().map(|text| brief(text).to_owned());
        f.field("status", &self.status()).field("content_type", &shown(&self.content_type));
        f.field("hint", &shown(&self.hint)).field("request_id", &self.request_id().map(brief));
        f.field("body_len", &self.body.len()).finish_non_exhaustive()
    }
}

impl std::error::Error for Unexpected {}

/// Shows an error and all its causes in one line, each text once.
struct Chain<'a>(&'a dyn std::error::Error);

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = self.0.to_string();
        f.write_str(&shown)?;
        let mut next = self.0.source();
        while let Some(error) = next {
            let text = error.to_string();
            // Many libraries repeat the cause in their own message.
            if !shown.contains(&text) {
                write!(f, ": {text}")?;
            }
            shown = text;
            next = error.source();
        }
        Ok(())
    }
}
