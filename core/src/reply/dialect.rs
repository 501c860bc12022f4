//! What a stream of one endpoint is made of: the one trait that each kind of reply implements, and that drives itself.

use std::sync::Arc;

use bytes::Bytes;
use memchr::memmem::Finder;

use crate::error::{Cause, Truncated};
use crate::head::Head;
use crate::key::Scrub;
use crate::limits::{Limits, Timeout};
use crate::observe::Summary;
use crate::{Error, Incomplete};

pub use crate::sse::Step;

/// What kind of reply a call has, and what is known of it before it comes.
pub trait Reply: Clone + Send + Sync + 'static {
    /// What reads the reply.
    type Dialect: Dialect;

    /// Starts reading a reply.
    fn start(&self, context: Context) -> Self::Dialect;
}

/// How the transport saw the body end.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum End {
    /// In good order: the last chunk, or the announced length, was there.
    Clean,
    /// The connection broke, was reset, or closed before the announced end.
    Cut(Cause),
    /// Nothing came for too long.
    TimedOut(Timeout),
    /// The caller does not want any more of it.
    Cancelled,
}

impl End {
    /// Returns the error that this end is for an answer that was not complete.
    pub fn into_error(self) -> Error {
        match self {
            End::Clean => Truncated { cause: None, unread: None }.into(),
            End::Cut(cause) => Truncated { cause: Some(cause), unread: None }.into(),
            End::TimedOut(timeout) => timeout.into(),
            End::Cancelled => Error::Cancelled(().into()),
        }
    }
}

/// What the body of a successful reply is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Media {
    /// Server-sent events, read as they come.
    Events,
    /// One JSON value, read whole.
    Json,
    /// Any bytes, read as they come.
    Bytes,
}

/// What a dialect knows of the reply that it reads.
#[derive(Clone, Debug)]
pub struct Context {
    pub(crate) head: Arc<Head>,
    pub(crate) limits: Limits,
    pub(crate) scrub: Scrub,
    /// Scheme, host and path of the request, for errors.
    pub(crate) target: Arc<str>,
    /// Finds the word "error", which is looked for in most events: what the search needs is made once a reply.
    pub(super) error_word: Arc<Finder<'static>>,
}

impl Context {
    pub(crate) fn new(head: Head, limits: Limits, scrub: Scrub, target: Arc<str>) -> Self {
        Context { head: Arc::new(head), limits, scrub, target, error_word: Arc::new(Finder::new(b"error")) }
    }

    /// Returns the head of the reply.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Returns the limits of the call.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }
}

/// A kind of reply: how bytes become items, and items a total.
///
/// ```text
/// room/commit or push ─▶ advance ─▶ Ready ─▶ item (lent) or owned
///                          │  ▲        └────▶ advance …
///                          │  └─ NeedBytes: push more, or end
///                          └──▶ Done or Err: once; then total
/// ```
///
/// `advance` does all the work that needs storage and borrows nothing; `item` is pure. So an item can be lent through
/// blocking and async code alike. The machine that [`Call::open`](crate::Call::open) gives drives a dialect; a transport
/// never calls one by itself. Nothing here mentions server-sent events: raw bytes are a dialect too.
pub trait Dialect: Send + Sync + Unpin + 'static {
    /// What is lent, borrowed from the dialect until the next `advance`.
    type Item<'a>;
    /// What an iterator or a stream yields.
    type Owned: Send + 'static;
    /// What all items add up to.
    type Total: Send + 'static;
    /// What is there of the total when the reply did not come to its end.
    type Partial: Default + Send + 'static;

    /// What the body of a successful reply is.
    const MEDIA: Media;

    /// Returns initialised room to read body bytes into; never empty where they are read as they come.
    fn room(&mut self) -> &mut [u8];

    /// Takes the first `n` bytes of the room as read.
    fn commit(&mut self, n: usize);

    /// Takes bytes by copying them once.
    fn push(&mut self, bytes: &[u8]);

    /// Takes a reply that turned out to be one whole JSON value: always so for [`Media::Json`], and where a server answers
    /// a stream request in one piece.
    ///
    /// # Errors
    /// Any [`Error`] where the value is not what was asked for.
    fn whole(&mut self, body: Bytes) -> Result<(), Error>;

    /// Returns whether one whole JSON value under a successful status is an error of the router, which then fails the call.
    /// By default it is if it looks like one; the messages of another protocol may have an `error` of their own.
    fn is_error(&self, body: &[u8]) -> bool {
        crate::error::looks_like_error(body)
    }

    /// Says that no more bytes come, and why.
    fn end(&mut self, how: End);

    /// Moves to the next item and drops the current one.
    ///
    /// Call again after [`Step::Ready`] when done with the item, and after [`Step::NeedBytes`] when bytes or the end came.
    ///
    /// # Errors
    /// Whatever ended the reply before it was complete. The dialect is over then: the same error again.
    fn advance(&mut self) -> Result<Step, Error>;

    /// Returns the item of the last [`Step::Ready`]; pure.
    fn item(&self) -> Self::Item<'_>;

    /// Takes the item of the last [`Step::Ready`] as a value of its own: instead of lending it, or after.
    fn owned(&mut self) -> Self::Owned;

    /// Returns whether the item of the last [`Step::Ready`] took the answer further: whether it added to the total. What did
    /// not does not put the clock of [`Timeouts::idle_progress`](crate::Timeouts::idle_progress) back.
    fn progressed(&self) -> bool {
        true
    }

    /// Returns whether the item of the last [`Step::Ready`] adds text to the answer, for timings. By default no item does.
    fn has_text(&self) -> bool {
        false
    }

    /// Returns how many events, or whole replies, were not JSON and could be read only after they were mended.
    fn mended(&self) -> u64 {
        0
    }

    /// Returns what the reply says about itself so far, without its content: for logs and metrics, which ask once, at the
    /// end. Nothing by default.
    fn summary(&self) -> Summary {
        Summary::default()
    }

    /// Returns what all items add up to.
    ///
    /// # Errors
    /// [`Incomplete`], with the partial, for every end but a complete one.
    fn total(self) -> Result<Self::Total, Incomplete<Self::Partial>>
    where
        Self: Sized;

    /// Returns what there is, for a reply that failed with `error`.
    fn partial(self, error: Error) -> Incomplete<Self::Partial>
    where
        Self: Sized;
}
