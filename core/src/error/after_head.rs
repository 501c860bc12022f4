//! Failures after the head of a reply: what failed, and that head.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use crate::head::Head;

/// What went wrong, with the head of the reply if one had come: its status, and the id that the server gave the request.
///
/// Derefs to what went wrong.
#[derive(Clone, Default)]
pub struct AfterHead<T> {
    failure: T,
    head: Option<Arc<Head>>,
}

impl<T> AfterHead<T> {
    /// Returns the head of the reply; `None` where it failed before one came.
    pub fn head(&self) -> Option<&Head> {
        self.head.as_deref()
    }

    /// Notes the head, unless one is known.
    pub(super) fn set_head(&mut self, head: &Arc<Head>) {
        self.head.get_or_insert_with(|| head.clone());
    }
}

impl<T> From<T> for AfterHead<T> {
    fn from(failure: T) -> Self {
        AfterHead { failure, head: None }
    }
}

impl<T> Deref for AfterHead<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.failure
    }
}

impl<T: fmt::Display> fmt::Display for AfterHead<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.failure.fmt(f)
    }
}

impl<T: fmt::Debug> fmt::Debug for AfterHead<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.failure.fmt(f)
    }
}
