//! Replies that say that something was done, and need say no more: an empty one, `{}`, or whatever a server likes.

use std::fmt;

use bytes::Bytes;
use http::StatusCode;
use serde::de::DeserializeOwned;

use crate::call::Reply;
use crate::dialect::{Context, Dialect, End, Media, Step};
use crate::{Error, Incomplete};

/// The reply is a success, whatever its body; what was done is not reported as a failure because its body is odd.
///
/// An error under a success status, or an HTML page, is a failure all the same.
pub struct Accepted<T> {
    take: fn(StatusCode, Bytes) -> T,
}

impl Accepted<()> {
    /// For endpoints that are documented to answer with nothing.
    pub(crate) fn nothing() -> Self {
        Accepted { take: |_, _| () }
    }
}

impl Accepted<Acknowledgement> {
    /// For endpoints whose body is not documented.
    pub(crate) fn anything() -> Self {
        Accepted { take: |status, body| Acknowledgement { status, body } }
    }
}

impl<T> Clone for Accepted<T> {
    fn clone(&self) -> Self {
        Accepted { take: self.take }
    }
}

impl<T> fmt::Debug for Accepted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Accepted")
    }
}

impl<T: Send + Sync + Unpin + 'static> Reply for Accepted<T> {
    type Dialect = AcceptedDialect<T>;

    fn start(&self, context: Context) -> AcceptedDialect<T> {
        AcceptedDialect { status: context.head().status(), take: self.take, value: Err(End::Clean.into_error()) }
    }
}

/// Reads a reply that needs say nothing. There are no items.
pub struct AcceptedDialect<T> {
    status: StatusCode,
    take: fn(StatusCode, Bytes) -> T,
    value: Result<T, Error>,
}

impl<T: Send + Sync + Unpin + 'static> Dialect for AcceptedDialect<T> {
    type Item<'a> = ();
    type Owned = ();
    type Total = T;
    type Partial = ();
    const MEDIA: Media = Media::Json;

    /// Never asked for: the machine collects the body of [`Media::Json`].
    fn room(&mut self) -> &mut [u8] {
        &mut []
    }

    fn commit(&mut self, _n: usize) {}

    fn push(&mut self, _bytes: &[u8]) {}

    fn whole(&mut self, body: Bytes) -> Result<(), Error> {
        self.value = Ok((self.take)(self.status, body));
        Ok(())
    }

    fn end(&mut self, how: End) {
        self.value = Err(how.into_error());
    }

    fn advance(&mut self) -> Result<Step, Error> {
        match &self.value {
            Err(error) => Err(error.clone()),
            Ok(_) => Ok(Step::Done),
        }
    }

    fn item(&self) {}

    fn owned(&mut self) {}

    fn partial(self, error: Error) -> Incomplete<()> {
        Incomplete::new((), error)
    }

    fn total(self) -> Result<T, Incomplete<()>> {
        self.value.map_err(|error| Incomplete::new((), error))
    }
}

impl<T> fmt::Debug for AcceptedDialect<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AcceptedDialect").field("status", &self.status).finish_non_exhaustive()
    }
}

/// That a request was accepted, and what the server said beside that, which is not documented.
#[derive(Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    status: StatusCode,
    body: Bytes,
}

impl Acknowledgement {
    /// Returns the status, a success.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the body: empty, JSON or anything else.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Reads the body as a type of the caller's; `None` where it is something else.
    pub fn read_as<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.body).ok()
    }
}

impl fmt::Debug for Acknowledgement {
    /// Leaves the body out: nobody knows what is in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Acknowledgement").field("status", &self.status).field("body_len", &self.body.len()).finish()
    }
}
