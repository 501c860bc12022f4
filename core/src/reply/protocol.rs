//! What one family of events has of its own; all else is the driver's, [`EventStream`](super::EventStream).

use std::sync::Arc;

use bytes::Bytes;

use super::dialect::{Context, End};
use crate::error::{DecodeError, NoFinishReason};
use crate::observe::Summary;
use crate::{Error, sse};

/// One family of server-sent events: how an event is read and added up, and when an answer is complete.
///
/// The driver, [`EventStream`](super::EventStream), cuts the bytes into events and calls [`read`](Self::read) for each. It
/// recognises `[DONE]`, an event whose blank line is missing, lines that are glued together, numbers that are no JSON, and
/// the end of the body, for all families alike. A family says what is its own:
///
/// ```text
/// event ─▶ read ─┬▶ Skipped          a keep-alive: no item
///                ├▶ Item             an item, which is lent until the next event
///                ├▶ Idle             the same, but it added nothing to the total
///                ├▶ Unreadable       an item with a problem: the stream goes on, its end is an error
///                ├▶ Last             an item, and then the end
///                └▶ Over             the end
/// end ───▶ judge ─▶ complete, or the error to report
/// ```
///
/// # Examples
///
/// A server that counts, in events such as `data: {"count":3}`, and ends with `[DONE]`:
///
/// ```
/// use requesty_core::reply::{Ended, EventStream, Outcome, Protocol, Seen, Standing};
/// use requesty_core::reply::Context;
/// use requesty_core::error::{DecodeError, NoFinishReason};
/// use requesty_core::{ApiKey, Error, Reply, Router};
///
/// #[derive(Clone, Default)]
/// struct Counter {
///     last: u64,
/// }
///
/// impl Protocol for Counter {
///     type Item<'a> = u64;
///     type Owned = u64;
///     type Total = u64;
///
///     fn read(&mut self, context: &Context, name: &[u8], data: &[u8]) -> Outcome {
///         if let Some(error) = context.error_in(name, data) {
///             return Outcome::Over(Err(error));
///         }
///         let text = std::str::from_utf8(data).unwrap_or_default();
///         match text.trim_start_matches("{\"count\":").trim_end_matches('}').parse() {
///             Ok(count) => self.last = count,
///             Err(_) => return Outcome::Unreadable(DecodeError::new("an event", None, data).into()),
///         }
///         Outcome::Item
///     }
///
///     fn judge(&self, ended: Ended<'_>) -> Result<(), Error> {
///         if matches!(ended, Ended::Done) { Ok(()) } else { Err(ended.into_error()) }
///     }
///
///     fn item<'a>(&'a self, _seen: Seen<'a>) -> u64 {
///         self.last
///     }
///
///     fn owned(&mut self, _seen: Seen<'_>) -> u64 {
///         self.last
///     }
///
///     fn total(&self, _standing: Standing) -> u64 {
///         self.last
///     }
/// }
///
/// impl Reply for Counter {
///     type Dialect = EventStream<Counter>;
///
///     fn start(&self, context: Context) -> EventStream<Counter> {
///         EventStream::new(context, self.clone())
///     }
/// }
///
/// let router = Router::new(ApiKey::new("rqsty-sk-example")?);
/// let call = router.call_with("count", "from 1 to 3", Counter::default())?;
/// # Ok::<(), Error>(())
/// ```
pub trait Protocol: Send + Sync + Unpin + 'static {
    /// What is lent for an event.
    type Item<'a>;
    /// The same as a value of its own.
    type Owned: Send + 'static;
    /// What all events add up to, also where the stream did not come to its end.
    type Total: Default + Send + 'static;

    /// Whether an event that is whole, but whose blank line never came, is read like any other where the body ended in
    /// good order. Families that pass events on as they were dispatched say `false`.
    const READS_UNTERMINATED: bool = true;

    /// Whether an event that cannot be read is read once more with `NaN` and infinities as `null`, and control characters in
    /// strings escaped. What a tool is called with is never changed.
    const MENDS: bool = true;

    /// Whether [`follow`](Self::follow) may be called. Not part of the public contract.
    #[doc(hidden)]
    const FOLLOWS: bool = false;

    /// Reads one event and adds it up; `name` is empty where the event has none. Never called for `[DONE]`.
    fn read(&mut self, context: &Context, name: &[u8], data: &[u8]) -> Outcome;

    /// Decides whether the answer is complete, now that nothing more comes.
    ///
    /// # Errors
    /// Why it is not; [`Ended::into_error`] where the reason is how the stream ended.
    fn judge(&self, ended: Ended<'_>) -> Result<(), Error>;

    /// Returns the item of the event that was read last.
    fn item<'a>(&'a self, seen: Seen<'a>) -> Self::Item<'a>;

    /// Returns the item of the event that was read last as a value of its own; called at most once an event.
    fn owned(&mut self, seen: Seen<'_>) -> Self::Owned;

    /// Returns whether the item of the event that was read last adds text to the answer, for timings. By default none does.
    fn has_text(&self, seen: Seen<'_>) -> bool {
        let _ = seen;
        false
    }

    /// Returns what the events so far add up to.
    fn total(&self, standing: Standing) -> Self::Total;

    /// Reads one whole JSON value that came instead of a stream. By default that is an error.
    fn read_whole(&mut self, context: &Context, body: &Bytes) -> Outcome {
        let _ = body;
        Outcome::Over(Err(context.not_events()))
    }

    /// Reads `[DONE]`. By default it is no item, and the end, which [`judge`](Self::judge) decides on.
    fn done(&mut self) -> Outcome {
        Outcome::Over(self.judge(Ended::Done))
    }

    /// Moves to the next item of the event that was read last, where one event has several; `false` where it has no more.
    fn more(&mut self) -> bool {
        false
    }

    /// Forgets the item: the next event is about to be read.
    fn clear(&mut self) {}

    /// Returns whether one whole JSON value under a successful status is an error of the router; see
    /// [`Dialect::is_error`](crate::Dialect::is_error).
    fn is_error(&self, body: &[u8]) -> bool {
        crate::error::looks_like_error(body)
    }

    /// Returns the total of a stream that is over, without copying it.
    fn into_total(self, standing: Standing) -> Self::Total
    where
        Self: Sized,
    {
        self.total(standing)
    }

    /// Returns what logs and metrics may know of a total.
    fn summary(total: &Self::Total) -> Summary {
        let _ = total;
        Summary::default()
    }

    /// Returns whether the next event may be read by [`follow`](Self::follow). Not part of the public contract.
    #[doc(hidden)]
    fn is_armed(&self) -> bool {
        false
    }

    /// Reads the event that the bytes of the stream begin with, if its data is no longer than `limit` and differs from the
    /// event before only where the family expects it; returns also whether anything was added to the total. Otherwise
    /// nothing is changed. Not part of the public contract.
    #[doc(hidden)]
    fn follow(&mut self, bytes: &[u8], limit: usize) -> (Met, bool) {
        let _ = (bytes, limit);
        (Met::Other, false)
    }

    /// Reads the data of an event in the same way; returns whether anything was added to the total, or `None` where the
    /// event differs more. Not part of the public contract.
    #[doc(hidden)]
    fn follow_data(&mut self, data: &[u8]) -> Option<bool> {
        let _ = data;
        None
    }
}

/// What became of an event.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// It is a keep-alive: no item.
    Skipped,
    /// It is an item, and takes the answer further.
    Item,
    /// It is an item, but added nothing to the total: it does not count as progress for the time limits.
    Idle,
    /// It is an item that could not be read. The stream goes on; its end will be this error, unless it is another one.
    Unreadable(Arc<DecodeError>),
    /// It is an item, and after it comes the end, which is this.
    Last(Result<(), Error>),
    /// It is no item, and the end, which is this.
    Over(Result<(), Error>),
}

/// How a stream ended, as far as the driver knows.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Ended<'a> {
    /// With `[DONE]`, or with what the family has in its place.
    Done,
    /// With one whole JSON value, which came instead of a stream.
    Whole,
    /// With the body, between two events.
    Body(&'a End),
    /// With the body, in good order, but within an event.
    InEvent,
}

impl Ended<'_> {
    /// Returns the error that this end is for an answer that is not complete.
    pub fn into_error(self) -> Error {
        match self {
            Ended::Done | Ended::Whole => Error::Unfinished(NoFinishReason::default().into()),
            Ended::Body(how) => how.clone().into_error(),
            Ended::InEvent => End::Clean.into_error(),
        }
    }

    /// Returns whether the server itself said that the answer is over.
    pub fn is_declared(self) -> bool {
        matches!(self, Ended::Done | Ended::Whole)
    }
}

/// The event that an item is made of.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Seen<'a> {
    /// The event as it came. Of one whole JSON value that came instead of a stream, this is the data; after the end it is
    /// empty.
    pub event: sse::Event<'a>,
    /// The data that was read: that of the event, but with what is no JSON mended where it could not be read otherwise.
    pub data: &'a [u8],
    /// Whether it was mended.
    pub mended: bool,
    /// Why the event could not be read.
    pub problem: Option<&'a Arc<DecodeError>>,
}

/// How far a total can be trusted to be whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Standing {
    /// The stream came to its end, and the answer is complete.
    pub complete: bool,
    /// The stream itself said that it is over, or its body ended in good order, and the answer is complete.
    pub clean: bool,
    /// At least one event could not be read.
    pub lossy: bool,
}

/// What the bytes of a stream begin with. Not part of the public contract.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Met {
    /// An event that matches.
    Event {
        /// Where its data begins.
        start: usize,
        /// Where its data ends.
        end: usize,
        /// How long it is, with its blank line.
        length: usize,
    },
    /// The beginning of what may become one.
    Begun,
    /// Something else.
    Other,
}
