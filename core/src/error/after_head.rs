//! Failures after the head of a reply: what failed, and that head.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use crate::head::Head;

/// What went wrong, with the head of the reply if one had come: its status, and the id that the server gave the request.
///
/// Derefs to what went wrong. It is one pointer large, as it sits in the result of every step of a stream.
#[derive(Clone, Default)]
pub struct AfterHead<T> {
    inner: Box<(T, Option<Arc<Head>>)>,
}

impl<T> AfterHead<T> {
    /// Returns the head of the reply; `None` where it failed before one came.
    pub fn head(&self) -> Option<&Head> {
        self.inner.1.as_deref()
    }

    /// Notes the head, unless one is known.
    pub(super) fn set_head(&mut self, head: &Arc<Head>) {
        self.inner.1.get_or_insert_with(|| head.clone());
    }
}

impl<T> From<T> for AfterHead<T> {
    fn from(failure: T) -> Self {
        AfterHead { inner: Box::new((failure, None)) }
    }
}

impl<T> Deref for AfterHead<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.inner.0
    }
}

impl<T: PartialEq> PartialEq<T> for AfterHead<T> {
    /// Compares what went wrong, and not the head.
    fn eq(&self, other: &T) -> bool {
        self.inner.0 == *other
    }
}

impl<T: fmt::Display> fmt::Display for AfterHead<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.0.fmt(f)
    }
}

impl<T: fmt::Debug> fmt::Debug for AfterHead<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.0.fmt(f)
    }
}
