//! A total that is not whole: what arrived, and the error that ended it.

use std::fmt;
use std::time::{Duration, SystemTime};

use http::StatusCode;

use super::{ApiError, Error, ErrorKind};
use crate::head::Head;

/// The incomplete part of an answer, with the error that ended it.
///
/// Its methods answer as those of the [`Error`] that it holds. Neither `Display` nor `Debug` shows the partial answer.
#[derive(Clone)]
#[doc(alias("partial", "truncated"))]
pub struct Incomplete<T> {
    inner: Box<(T, Error)>,
}

impl<T> Incomplete<T> {
    /// Creates it from what arrived and from the error that ended it.
    pub fn new(partial: T, error: Error) -> Self {
        Incomplete { inner: Box::new((partial, error)) }
    }

    /// Returns what arrived before the end.
    pub fn partial(&self) -> &T {
        &self.inner.0
    }

    /// Returns why the answer is not complete.
    pub fn error(&self) -> &Error {
        &self.inner.1
    }

    /// Returns the partial answer and the error.
    pub fn into_parts(self) -> (T, Error) {
        *self.inner
    }

    /// Keeps the error and converts the partial answer.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Incomplete<U> {
        let (partial, error) = self.into_parts();
        Incomplete::new(f(partial), error)
    }

    /// Adds the head of the failed reply to the error, unless the error has a head.
    pub(crate) fn after(mut self, head: &std::sync::Arc<Head>) -> Self {
        let error = &mut self.inner.1;
        *error = std::mem::replace(error, Error::Cancelled(().into())).after(head);
        self
    }

    /// Returns [`Error::is_retryable`] of the error.
    pub fn is_retryable(&self) -> bool {
        self.error().is_retryable()
    }

    /// Returns [`Error::request_maybe_processed`] of the error.
    pub fn request_maybe_processed(&self) -> bool {
        self.error().request_maybe_processed()
    }

    /// Returns [`Error::is_timeout`] of the error.
    pub fn is_timeout(&self) -> bool {
        self.error().is_timeout()
    }

    /// Returns [`Error::head`] of the error.
    pub fn head(&self) -> Option<&Head> {
        self.error().head()
    }

    /// Returns [`Error::status`] of the error.
    pub fn status(&self) -> Option<StatusCode> {
        self.error().status()
    }

    /// Returns [`Error::gateway_status`] of the error.
    pub fn gateway_status(&self) -> StatusCode {
        self.error().gateway_status()
    }

    /// Returns [`Error::kind`] of the error.
    pub fn kind(&self) -> Option<ErrorKind> {
        self.error().kind()
    }

    /// Returns [`Error::api`] of the error.
    pub fn api(&self) -> Option<&ApiError> {
        self.error().api()
    }

    /// Returns [`Error::request_id`] of the error.
    pub fn request_id(&self) -> Option<&str> {
        self.error().request_id()
    }

    /// Returns [`Error::retry_after`] of the error.
    pub fn retry_after(&self, now: SystemTime) -> Option<Duration> {
        self.error().retry_after(now)
    }
}

impl<T> fmt::Display for Incomplete<T> {
    /// Writes the error alone: its text already says that the answer is not complete.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error().fmt(f)
    }
}

impl<T> fmt::Debug for Incomplete<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Incomplete").field("error", self.error()).finish_non_exhaustive()
    }
}

impl<T> std::error::Error for Incomplete<T> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error().source()
    }
}

impl<T> From<Incomplete<T>> for Error {
    /// Drops the partial answer and keeps the error.
    fn from(incomplete: Incomplete<T>) -> Self {
        incomplete.into_parts().1
    }
}
