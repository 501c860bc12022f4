//! Kinds of replies ([`Reply`]), and their readers ([`Dialect`]).

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

/// The kind of reply that a call has, with the settings that its reader needs.
pub trait Reply: Clone + Send + Sync + 'static {
    /// The reader of the reply.
    type Dialect: Dialect;

    /// Starts reading a reply.
    fn start(&self, context: Context) -> Self::Dialect;
}

/// How the body of a reply ended, as the transport saw it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum End {
    /// Cleanly: with its last chunk, or at its announced length.
    Clean,
    /// The connection broke, was reset, or closed before the announced end.
    Cut(Cause),
    /// A time limit passed.
    TimedOut(Timeout),
    /// The caller cancelled the call.
    Cancelled,
}

impl End {
    /// Returns the error for an answer that was not complete at this end.
    pub fn into_error(self) -> Error {
        match self {
            End::Clean => Truncated { cause: None, unread: None }.into(),
            End::Cut(cause) => Truncated { cause: Some(cause), unread: None }.into(),
            End::TimedOut(timeout) => timeout.into(),
            End::Cancelled => Error::Cancelled(().into()),
        }
    }
}

/// The form of the body of a successful reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Media {
    /// Server-sent events, handed out as they come.
    Events,
    /// One JSON value, read whole.
    Json,
    /// Any bytes, handed out as they come.
    Bytes,
}

/// The facts that a dialect gets about the call and the head of its reply.
#[derive(Clone, Debug)]
pub struct Context {
    pub(crate) head: Arc<Head>,
    pub(crate) limits: Limits,
    pub(crate) scrub: Scrub,
    /// Scheme, host and path of the request, for errors.
    pub(crate) target: Arc<str>,
    /// Finds the word "error", which is searched in most events. The finder is built once per reply.
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

/// A reader of one kind of reply: it turns bytes into items, and items into a total.
///
/// ```text
/// room/commit or push ─▶ advance ─▶ Ready ─▶ item (lent) or owned
///                          │  ▲        └────▶ advance …
///                          │  └─ NeedBytes: push more, or end
///                          └──▶ Done or Err: once; then total
/// ```
///
/// `advance` does all the work that needs storage, and its result borrows nothing; `item` only borrows. So both
/// blocking and async code can lend items. The machine that [`Call::open`](crate::Call::open) returns calls a dialect;
/// transports do not. A dialect need not read server-sent events: there is one for raw bytes too.
pub trait Dialect: Send + Sync + Unpin + 'static {
    /// An item, borrowed from the dialect until the next `advance`.
    type Item<'a>;
    /// An item as an owned value, which iterators and streams yield.
    type Owned: Send + 'static;
    /// The sum of all items.
    type Total: Send + 'static;
    /// The sum of the items of an incomplete reply.
    type Partial: Default + Send + 'static;

    /// The form of the body of a successful reply.
    const MEDIA: Media;

    /// Returns initialised room to read body bytes into. It is never empty for a body that is handed out as it comes.
    fn room(&mut self) -> &mut [u8];

    /// Accepts the first `n` bytes of the room as read.
    fn commit(&mut self, n: usize);

    /// Accepts bytes by copying them once.
    fn push(&mut self, bytes: &[u8]);

    /// Accepts a whole reply, which is one JSON value. This happens for [`Media::Json`], and if a server answers a
    /// request for a stream with one value.
    ///
    /// # Errors
    /// Any [`Error`] if the value is not of the type that the call asked for.
    fn whole(&mut self, body: Bytes) -> Result<(), Error>;

    /// Returns whether one whole JSON value under a success status is an error of the router, which fails the call. By
    /// default the value itself decides: it is an error if it has the form of an error. Override it for a protocol
    /// whose messages may have an `error` of their own.
    fn is_error(&self, body: &[u8]) -> bool {
        crate::error::looks_like_error(body)
    }

    /// Notes that no more bytes come, and why.
    fn end(&mut self, how: End);

    /// Moves to the next item and drops the current one.
    ///
    /// Call it again after [`Step::Ready`] when the item is no longer needed, and after [`Step::NeedBytes`] when bytes
    /// or the end came.
    ///
    /// # Errors
    /// The error that ended the reply before it was complete. The dialect is then finished, and returns the same error
    /// again.
    fn advance(&mut self) -> Result<Step, Error>;

    /// Returns whether there are clearly too few bytes for another item, and drops the current item if so.
    /// [`advance`](Self::advance) would then return [`Step::NeedBytes`]; after `false`, call it. By default it is `false`.
    #[inline]
    fn is_starved(&mut self) -> bool {
        false
    }

    /// Returns the item of the last [`Step::Ready`]. It changes nothing.
    fn item(&self) -> Self::Item<'_>;

    /// Returns the item of the last [`Step::Ready`] as an owned value. Call it instead of `item`, or after it.
    fn owned(&mut self) -> Self::Owned;

    /// Returns whether the item of the last [`Step::Ready`] added to the total. An item that added nothing does not
    /// restart the clock of [`Timeouts::idle_progress`](crate::Timeouts::idle_progress).
    fn progressed(&self) -> bool {
        true
    }

    /// Returns whether the item of the last [`Step::Ready`] adds text to the answer, for timings. By default no item does.
    fn has_text(&self) -> bool {
        false
    }

    /// Returns how many events, or whole replies, were not valid JSON and were read after they were mended.
    fn mended(&self) -> u64 {
        0
    }

    /// Returns how many of the last bytes were not read: after the end, the bytes that follow the answer. Not part of the public
    /// contract.
    #[doc(hidden)]
    fn unread(&self) -> usize {
        0
    }

    /// Returns whether what came last may become an item: something other than a comment. Not part of the public contract.
    #[doc(hidden)]
    fn is_in_event(&self) -> bool {
        false
    }

    /// Returns the metadata of the reply so far, without its content. Logs and metrics call it once, at the end. Empty
    /// by default.
    fn summary(&self) -> Summary {
        Summary::default()
    }

    /// Returns the reply so far as the JSON of a whole reply, for observers that ask for content. `None` by default.
    fn answer(&self) -> Option<String> {
        None
    }

    /// Returns the sum of all items.
    ///
    /// # Errors
    /// [`Incomplete`], with the partial total, unless the reply is complete.
    fn total(self) -> Result<Self::Total, Incomplete<Self::Partial>>
    where
        Self: Sized;

    /// Returns the partial total of a reply that failed with `error`.
    fn partial(self, error: Error) -> Incomplete<Self::Partial>
    where
        Self: Sized;
}
