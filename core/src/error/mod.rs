//! All errors, ordered by who can correct them.
//!
//! | variant | where the fault lies | what to do |
//! |---|---|---|
//! | [`Error::Build`] | in the request or the configuration | correct it: no byte was sent |
//! | [`Error::Api`] | reported by the router or the provider | see [`ApiError::kind`] |
//! | [`Error::Unexpected`] | the reply came from some other server | check the base URL, and any proxy or gateway on the way |
//! | [`Error::Decode`] | the reply is not of the type that the call asked for | look at [`DecodeError::body`] |
//! | [`Error::Truncated`], [`Error::Unfinished`] | the answer was cut | use the partial answer, or ask again |
//! | [`Error::TooLarge`] | in a limit of this crate | raise the option that the error names |
//! | [`Error::Timeout`], [`Error::Transport`] | in the network | ask again, if [`Error::is_retryable`] |
//! | [`Error::Cancelled`] | nowhere: the caller cancelled | nothing; the server may bill for what it had generated |
//!
//! No error shows a key, a prompt or an answer, neither in `Display` nor in `Debug`. The router's own error message is
//! shown, at most 4 KiB of it, with the key removed.

mod after_head;
mod api;
mod classify;
mod incomplete;
mod kind;
mod kinds;
mod table;
mod wait;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use http::StatusCode;

pub use after_head::AfterHead;
pub use api::ApiError;
pub(crate) use classify::{Reported, html_title, is_truthy, looks_like_error};
pub use incomplete::Incomplete;
pub use kind::ErrorKind;
pub use kinds::{Cause, DecodeError, NoFinishReason, TransportError, Truncated, Unexpected};

pub use crate::build_error::BuildError;
use crate::head::Head;
use crate::json::{DecimalError, conversions};
pub use crate::limits::{Limit, Phase, Timeout, TooLarge};

/// A failure of a call or a stream.
///
/// Cheap to clone: both the stream and its total return it.
#[derive(Clone)]
#[non_exhaustive]
pub enum Error {
    /// The request or the configuration cannot be sent.
    Build(BuildError),
    /// The router, or the provider behind it, reported an error: by HTTP status, inside a stream, or under a status
    /// 200.
    Api(Arc<ApiError>),
    /// The reply is not a reply of this API: an HTML page, an unknown media type, an unexpected encoding.
    Unexpected(Arc<Unexpected>),
    /// The reply cannot be read as the type that the call asked for.
    Decode(Arc<DecodeError>),
    /// The body ended, or was cut, before the answer was complete.
    Truncated(AfterHead<Truncated>),
    /// The server sent `[DONE]`, but no finish reason. Some gateways end a failed stream in this way.
    Unfinished(AfterHead<NoFinishReason>),
    /// The reply is a chat completion without any choice.
    NoChoices(AfterHead<()>),
    /// A limit in bytes, or on a count, was exceeded.
    TooLarge(AfterHead<TooLarge>),
    /// A time limit passed.
    Timeout(AfterHead<Timeout>),
    /// The connection failed.
    Transport(Arc<TransportError>),
    /// The caller cancelled the call through a cancel handle.
    Cancelled(AfterHead<()>),
}

impl Error {
    /// Returns whether sending the same request again may help.
    ///
    /// `false` for a request that the server may have acted on; a [`Policy`](crate::Policy) can opt in to those.
    pub fn is_retryable(&self) -> bool {
        match self {
            Error::Api(error) => error.is_retryable(),
            Error::Transport(error) => !error.request_maybe_processed(),
            Error::Timeout(timeout) => !timeout.request_maybe_processed(),
            _ => false,
        }
    }

    /// Returns whether the server may have acted on the request, and may bill for it.
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

    /// Returns the head of the reply; `None` if the call failed before the head came.
    pub fn head(&self) -> Option<&Head> {
        match self {
            Error::Api(error) => Some(error.head()),
            Error::Unexpected(reply) => Some(reply.head()),
            Error::Decode(error) => error.head(),
            Error::Truncated(failure) => failure.head(),
            Error::Unfinished(failure) => failure.head(),
            Error::NoChoices(failure) | Error::Cancelled(failure) => failure.head(),
            Error::TooLarge(failure) => failure.head(),
            Error::Timeout(failure) => failure.head(),
            Error::Build(_) | Error::Transport(_) => None,
        }
    }

    /// Adds the head of the failed reply, unless the error has a head.
    pub(crate) fn after(mut self, head: &Arc<Head>) -> Self {
        match &mut self {
            Error::Decode(error) if error.head.is_none() => Arc::make_mut(error).head = Some(head.clone()),
            Error::Truncated(failure) => failure.set_head(head),
            Error::Unfinished(failure) => failure.set_head(head),
            Error::NoChoices(failure) | Error::Cancelled(failure) => failure.set_head(head),
            Error::TooLarge(failure) => failure.set_head(head),
            Error::Timeout(failure) => failure.set_head(head),
            Error::Api(_) | Error::Unexpected(_) | Error::Decode(_) | Error::Build(_) | Error::Transport(_) => {}
        }
        self
    }

    /// Returns the HTTP status of the reply, or the status that an error inside a stream names; `None` if there was no
    /// reply.
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Error::Api(error) => error.status(),
            other => other.head().map(Head::status),
        }
    }

    /// Returns the status with which a gateway answers its own client, if this error came before the first byte of the
    /// answer.
    ///
    /// | error | status |
    /// |---|---|
    /// | [`Error::Api`] with a status from 400 on | that status |
    /// | [`Error::Api`] without one, or of a redirect | by its [kind](ErrorKind::gateway_status) |
    /// | [`Error::Build`] | 400 |
    /// | [`Error::Timeout`] | 504 |
    /// | [`Error::Cancelled`] | 499, as proxies log a client that left |
    /// | all others | 502 |
    ///
    /// 401 and 403 concern the key of the call. A gateway that uses a key of its own should answer its clients with 502
    /// instead.
    #[doc(alias("status_code", "IntoResponse"))]
    pub fn gateway_status(&self) -> StatusCode {
        match self {
            Error::Api(error) => {
                let own = error.status().filter(|status| status.is_client_error() || status.is_server_error());
                own.unwrap_or_else(|| error.kind().gateway_status())
            }
            Error::Build(_) => StatusCode::BAD_REQUEST,
            Error::Timeout(_) => StatusCode::GATEWAY_TIMEOUT,
            Error::Cancelled(_) => StatusCode::from_u16(499).unwrap_or(StatusCode::BAD_GATEWAY),
            _ => StatusCode::BAD_GATEWAY,
        }
    }

    /// Returns the kind of an [`Error::Api`]; `None` for other errors.
    pub fn kind(&self) -> Option<ErrorKind> {
        self.api().map(ApiError::kind)
    }

    /// Returns the error that the router or the provider reported; `None` for other errors.
    pub fn api(&self) -> Option<&ApiError> {
        match self {
            Error::Api(error) => Some(error),
            _ => None,
        }
    }

    /// Returns the request id of the server, which its support asks for.
    pub fn request_id(&self) -> Option<&str> {
        self.head().and_then(Head::request_id)
    }

    /// Returns how long the server asks to wait before the next attempt. `now` is used only if the header is a date.
    #[doc(alias = "rate limit")]
    pub fn retry_after(&self, now: SystemTime) -> Option<Duration> {
        self.api().and_then(|error| error.retry_after(now))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Build(error) => error.fmt(f),
            // An `ApiError` writes the request id itself.
            Error::Api(error) => return error.fmt(f),
            Error::Unexpected(error) => error.fmt(f),
            Error::Decode(error) => error.fmt(f),
            Error::Truncated(error) => error.fmt(f),
            Error::Unfinished(error) => error.fmt(f),
            Error::NoChoices(_) => f.write_str("the completion has no choices"),
            Error::TooLarge(error) => error.fmt(f),
            Error::Timeout(error) => error.fmt(f),
            Error::Transport(error) => error.fmt(f),
            Error::Cancelled(_) => f.write_str("the call was cancelled"),
        }?;
        self.request_id().map_or(Ok(()), |id| write!(f, "; request id {}", api::brief(id)))
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
            Error::Unfinished(_) => f.write_str("Unfinished"),
            Error::NoChoices(_) => f.write_str("NoChoices"),
            Error::TooLarge(error) => f.debug_tuple("TooLarge").field(error).finish(),
            Error::Timeout(error) => f.debug_tuple("Timeout").field(error).finish(),
            Error::Transport(error) => f.debug_tuple("Transport").field(error).finish(),
            Error::Cancelled(_) => f.write_str("Cancelled"),
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

conversions! {
    Error {
        error: BuildError => Build(error),
        error: DecimalError => Build(error.into()),
        error: ApiError => Api(Arc::new(error)),
        error: TooLarge => TooLarge(error.into()),
        error: Timeout => Timeout(error.into()),
        error: Truncated => Truncated(error.into()),
        error: TransportError => Transport(Arc::new(error)),
        error: DecodeError => Decode(Arc::new(error)),
        error: Unexpected => Unexpected(Arc::new(error)),
    }
}
