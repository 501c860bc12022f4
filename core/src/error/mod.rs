//! Everything that can go wrong, in one place and by blame.
//!
//! | variant | whose fault | what to do |
//! |---|---|---|
//! | [`Error::Build`] | the caller's | mend the request or the configuration: nothing was sent |
//! | [`Error::Api`] | said by the router or the provider | see [`ApiError::kind`] |
//! | [`Error::Unexpected`] | something answered that is not the API | check the base URL and what stands in between |
//! | [`Error::Decode`] | the reply is not of the type that was asked for | look at [`DecodeError::body`] |
//! | [`Error::Truncated`], [`Error::Unfinished`] | the answer was cut | use the partial, or ask again |
//! | [`Error::TooLarge`] | a limit of this crate | raise the option that the error names |
//! | [`Error::Timeout`], [`Error::Transport`] | the network | ask again, if [`Error::is_retryable`] |
//! | [`Error::Cancelled`] | the caller's wish | nothing; the server may bill for what it had made |
//!
//! No error shows a key, a prompt or an answer, neither in `Display` nor in `Debug`. What the router said in its own
//! error message is shown, shortened and with the key taken out.

mod api;
mod classify;
mod incomplete;
mod kinds;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use http::StatusCode;

pub use api::{ApiError, ErrorKind};
pub(crate) use classify::{html_title, is_truthy, looks_like_error};
pub use incomplete::Incomplete;
pub use kinds::{Cause, DecodeError, TransportError, Truncated, Unexpected};

pub use crate::build_error::BuildError;
use crate::json::DecimalError;
pub use crate::limits::{Limit, Phase, Timeout, TooLarge};

/// What went wrong with a call or a stream.
///
/// Cheap to clone: a stream gives it once, and the total of the stream holds it too.
#[derive(Clone)]
#[non_exhaustive]
pub enum Error {
    /// The request or the configuration is not one that can be sent.
    Build(BuildError),
    /// The router, or the provider behind it, reported an error: by HTTP status, inside a stream, or under a 200.
    Api(Arc<ApiError>),
    /// The reply is not one of this API: an HTML page, an unknown media type, an unexpected encoding.
    Unexpected(Arc<Unexpected>),
    /// The reply is JSON, or should be, but not of the type that was asked for.
    Decode(Arc<DecodeError>),
    /// The body ended, or was cut, before the answer was complete.
    Truncated(Truncated),
    /// The server said `[DONE]`, but no finish reason came: gateways end streams that failed this way.
    Unfinished,
    /// The reply is a chat completion without any choice.
    NoChoices,
    /// Something is larger than a limit allows.
    TooLarge(TooLarge),
    /// A time limit passed.
    Timeout(Timeout),
    /// The connection failed.
    Transport(Arc<TransportError>),
    /// The caller cancelled the call, from elsewhere than where it is made.
    Cancelled,
}

impl Error {
    /// Returns whether sending the same request again may help.
    ///
    /// What may have been processed already is not retryable here; see [`Policy`](crate::Policy) for opting in.
    pub fn is_retryable(&self) -> bool {
        match self {
            Error::Api(error) => error.is_retryable(),
            Error::Transport(error) => !error.request_maybe_processed(),
            Error::Timeout(timeout) => !timeout.request_maybe_processed(),
            _ => false,
        }
    }

    /// Returns whether the server may have acted on the request, and billed for it.
    pub fn request_maybe_processed(&self) -> bool {
        match self {
            Error::Build(_) => false,
            Error::Transport(error) => error.request_maybe_processed(),
            Error::Timeout(timeout) => timeout.request_maybe_processed(),
            _ => true,
        }
    }

    /// Returns whether a time limit passed.
    pub fn is_timeout(&self) -> bool {
        matches!(self, Error::Timeout(_))
    }

    /// Returns the HTTP status of the reply, or of the error that came inside a stream, where there was one.
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Error::Api(error) => error.status(),
            Error::Unexpected(reply) => Some(reply.status()),
            Error::Decode(error) => error.status(),
            _ => None,
        }
    }

    /// Returns the kind of an [`Error::Api`].
    pub fn kind(&self) -> Option<ErrorKind> {
        self.api().map(ApiError::kind)
    }

    /// Returns what the router or the provider reported, if that is what went wrong.
    pub fn api(&self) -> Option<&ApiError> {
        match self {
            Error::Api(error) => Some(error),
            _ => None,
        }
    }

    /// Returns the id that the server gave the request, for its support.
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Error::Api(error) => error.request_id(),
            Error::Unexpected(reply) => reply.request_id(),
            _ => None,
        }
    }

    /// Returns how long the server asked to wait before the next attempt; `now` is only read against a date.
    pub fn retry_after(&self, now: SystemTime) -> Option<Duration> {
        self.api().and_then(|error| error.retry_after(now))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Build(error) => error.fmt(f),
            Error::Api(error) => error.fmt(f),
            Error::Unexpected(error) => error.fmt(f),
            Error::Decode(error) => error.fmt(f),
            Error::Truncated(error) => error.fmt(f),
            Error::Unfinished => f.write_str("the stream was declared done, but the answer has no finish reason"),
            Error::NoChoices => f.write_str("the completion has no choices"),
            Error::TooLarge(error) => error.fmt(f),
            Error::Timeout(error) => error.fmt(f),
            Error::Transport(error) => error.fmt(f),
            Error::Cancelled => f.write_str("the call was cancelled"),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Build(error) => f.debug_tuple("Build").field(error).finish(),
            Error::Api(error) => f.debug_tuple("Api").field(error).finish(),
            Error::Unexpected(error) => f.debug_tuple("Unexpected").field(error).finish(),
            Error::Decode(error) => f.debug_tuple("Decode").field(error).finish(),
            Error::Truncated(error) => f.debug_tuple("Truncated").field(error).finish(),
            Error::Unfinished => f.write_str("Unfinished"),
            Error::NoChoices => f.write_str("NoChoices"),
            Error::TooLarge(error) => f.debug_tuple("TooLarge").field(error).finish(),
            Error::Timeout(error) => f.debug_tuple("Timeout").field(error).finish(),
            Error::Transport(error) => f.debug_tuple("Transport").field(error).finish(),
            Error::Cancelled => f.write_str("Cancelled"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Truncated(error) => error.source(),
            Error::Transport(error) => error.source(),
            _ => None,
        }
    }
}

impl From<BuildError> for Error {
    fn from(error: BuildError) -> Self {
        Error::Build(error)
    }
}

impl From<DecimalError> for Error {
    fn from(error: DecimalError) -> Self {
        Error::Build(error.into())
    }
}

impl From<ApiError> for Error {
    fn from(error: ApiError) -> Self {
        Error::Api(Arc::new(error))
    }
}

impl From<TooLarge> for Error {
    fn from(error: TooLarge) -> Self {
        Error::TooLarge(error)
    }
}

impl From<Timeout> for Error {
    fn from(error: Timeout) -> Self {
        Error::Timeout(error)
    }
}

impl From<TransportError> for Error {
    fn from(error: TransportError) -> Self {
        Error::Transport(Arc::new(error))
    }
}

impl From<DecodeError> for Error {
    fn from(error: DecodeError) -> Self {
        Error::Decode(Arc::new(error))
    }
}

impl From<Unexpected> for Error {
    fn from(error: Unexpected) -> Self {
        Error::Unexpected(Arc::new(error))
    }
}
