//! A total that is not whole: what arrived, and why there is no more.

use std::fmt;
use std::time::{Duration, SystemTime};

use http::StatusCode;

use super::{ApiError, Error, ErrorKind};
use crate::head::Head;

/// An answer that is not complete, with the reason.
///
/// It answers like the [`Error`] that it holds. Neither `Display` nor `Debug` shows the partial answer.
#[derive(Clone)]
#[doc(alias("partial", "truncated"))]
pub struct Incomplete<T> {
    inner: Box<(T, Error)>,
}

impl<T> Incomplete<T> {
    /// Pairs what arrived with the reason why there is no more.
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

    /// Takes the two apart.
    pub fn into_parts(self) -> (T, Error) {
        *self.inner
    }

    /// Keeps the reason and changes what arrived.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Incomplete<U> {
        let (partial, error) = self.into_parts();
        Incomplete::new(f(partial), error)
    }

    /// Returns the error with the head of the reply that failed, unless it has one.
    pub(crate) fn after(mut self, head: &std::sync::Arc<Head>) -> Self {
        let error = &mut self.inner.1;
        *error = std::mem::replace(error, Error::Cancelled(().into())).after(head);
        self
    }

    /// As [`Error::is_retryable`].
    pub fn is_retryable(&self) -> bool {
        self.error().is_retryable()
    }

    /// As [`Error::request_maybe_processed`].
    pub fn request_maybe_processed(&self) -> bool {
        self.error().request_maybe_processed()
    }

    /// As [`Error::is_timeout`].
    pub fn is_timeout(&self) -> bool {
        self.error().is_timeout()
    }

    /// As [`Error::head`].
    pub fn head(&self) -> Option<&Head> {
        self.error().head()
    }

    /// As [`Error::status`].
    pub fn status(&self) -> Option<StatusCode> {
        self.error().status()
    }

    /// As [`Error::gateway_status`].
    pub fn gateway_status(&self) -> StatusCode {
        self.error().gateway_status()
    }

    /// As [`Error::kind`].
    pub fn kind(&self) -> Option<ErrorKind> {
        self.error().kind()
    }

    /// As [`Error::api`].
    pub fn api(&self) -> Option<&ApiError> {
        self.error().api()
    }

    /// As [`Error::request_id`].
    pub fn request_id(&self) -> Option<&str> {
        self.error().request_id()
    }

    /// As [`Error::retry_after`].
    pub fn retry_after(&self, now: SystemTime) -> Option<Duration> {
        self.error().retry_after(now)
    }
}

impl<T> fmt::Display for Incomplete<T> {
    /// Says why there is no more; that the answer is not complete goes without saying.
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
    /// Gives up the partial answer.
    fn from(incomplete: Incomplete<T>) -> Self {
        incomplete.into_parts().1
    }
}
