//! A total that is not whole: what arrived, and why there is no more.

use std::fmt;

use super::Error;

/// An answer that is not complete, with the reason.
///
/// Neither `Display` nor `Debug` shows the partial answer.
#[derive(Clone)]
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
