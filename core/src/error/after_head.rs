//! Failures after the head of a reply, together with that head.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use crate::head::Head;

/// A failure, with the head of the reply if the head had come: its status, and the request id of the server.
///
/// Derefs to the failure. It is as large as one pointer, because every step of a stream returns it in its result.
#[derive(Clone, Default)]
pub struct AfterHead<T> {
    inner: Box<(T, Option<Arc<Head>>)>,
}

impl<T> AfterHead<T> {
    /// Returns the head of the reply; `None` if the call failed before the head came.
    pub fn head(&self) -> Option<&Head> {
        self.inner.1.as_deref()
    }

    /// Sets the head, unless there is one already.
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
    /// Compares the failure, and ignores the head.
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
