//! The rules of one family of events. The driver, [`EventStream`](super::EventStream), has the rules of all families.

use std::sync::Arc;

use bytes::Bytes;

use super::dialect::{Context, End};
use super::event_stream::Seen;
use crate::Error;
use crate::error::{DecodeError, NoFinishReason};
use crate::observe::Summary;

/// One family of server-sent events: how an event is read and added up, and when an answer is complete.
///
/// The driver, [`EventStream`](super::EventStream), cuts the bytes into events and calls [`read`](Self::read) for each.
/// For all families alike it recognises `[DONE]`, an event without its blank line, several events glued together in
/// lines, numbers that are not JSON, and the end of the body. A family defines the rest:
///
/// ```text
/// event ─▶ read ─┬▶ Skipped          a keep-alive: no item
///                ├▶ Item             an item, which is lent until the next event
///                ├▶ Idle             an item that added nothing to the total
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
    /// The item of an event, borrowed until the next event.
    type Item<'a>;
    /// The item of an event as an owned value.
    type Owned: Send + 'static;
    /// The sum of all events, complete or not.
    type Total: Default + Send + 'static;

    /// Whether an event that is whole, but without its blank line, is read like any other event after a clean end of
    /// the body. `false` for families that pass events on as they were dispatched.
    const READS_UNTERMINATED: bool = true;

    /// Whether an event that cannot be read is read a second time, with `NaN` and infinities as `null` and with control
    /// characters in strings escaped. The arguments of a tool call are never changed.
    const MENDS: bool = true;

    /// Whether an event may be read by its difference from the event before. Not part of the public contract.
    #[doc(hidden)]
    const FOLLOWS: bool = false;

    /// Reads one event and adds it to the total. `name` is empty if the event has no name. Never called for `[DONE]`.
    fn read(&mut self, context: &Context, name: &[u8], data: &[u8]) -> Outcome;

    /// Decides whether the answer is complete, after the end of the stream.
    ///
    /// # Errors
    /// The reason why the answer is not complete: [`Ended::into_error`] if the reason is how the stream ended.
    fn judge(&self, ended: Ended<'_>) -> Result<(), Error>;

    /// Returns the item of the last event that was read.
    fn item<'a>(&'a self, seen: Seen<'a>) -> Self::Item<'a>;

    /// Returns the item of the last event that was read, as an owned value. Called at most once per event.
    fn owned(&mut self, seen: Seen<'_>) -> Self::Owned;

    /// Returns whether the item of the event that was read last adds text to the answer, for timings. By default none does.
    fn has_text(&self, seen: Seen<'_>) -> bool {
        let _ = seen;
        false
    }

    /// Returns the sum of the events so far.
    fn total(&self, standing: Standing) -> Self::Total;

    /// Reads one whole JSON value that came instead of a stream. By default it is an error.
    fn read_whole(&mut self, context: &Context, body: &Bytes) -> Outcome {
        let _ = body;
        Outcome::Over(Err(context.not_events()))
    }

    /// Reads `[DONE]`. By default `[DONE]` is not an item; it ends the stream, and [`judge`](Self::judge) decides
    /// whether the answer is complete.
    fn done(&mut self) -> Outcome {
        Outcome::Over(self.judge(Ended::Done))
    }

    /// Moves to the next item of the last event, if one event can have several; `false` if the event has no more items.
    fn more(&mut self) -> bool {
        false
    }

    /// Clears the item, because the next event is about to be read.
    fn clear(&mut self) {}

    /// Returns whether one whole JSON value under a success status is an error of the router; see
    /// [`Dialect::is_error`](crate::Dialect::is_error).
    fn is_error(&self, body: &[u8]) -> bool {
        crate::error::looks_like_error(body)
    }

    /// Returns the total at the end of the stream, without copying it.
    fn into_total(self, standing: Standing) -> Self::Total
    where
        Self: Sized,
    {
        self.total(standing)
    }

    /// Returns the metadata of a total, for logs and metrics.
    fn summary(total: &Self::Total) -> Summary {
        let _ = total;
        Summary::default()
    }

    /// Returns the total as the JSON of a whole reply, for observers that ask for content. `None` by default.
    fn answer(total: &Self::Total) -> Option<String> {
        let _ = total;
        None
    }

    /// Returns whether the next event may be read by its difference from the event before. Not part of the public
    /// contract.
    #[doc(hidden)]
    fn is_armed(&self) -> bool {
        false
    }

    /// Compares the event at the beginning of `bytes` with the event before. Not part of the public contract.
    #[doc(hidden)]
    fn meet(&mut self, bytes: &[u8]) -> Met {
        let _ = bytes;
        Met::Other
    }

    /// Compares the name and the data of an event with those of the event before; returns whether it differs only where
    /// the family expects it. Not part of the public contract.
    #[doc(hidden)]
    fn follows(&mut self, name: &[u8], data: &[u8]) -> bool {
        let _ = (name, data);
        false
    }

    /// Returns whether an event with so many bytes of data certainly fits into the total. Not part of the public contract.
    #[doc(hidden)]
    fn has_room_for(&self, bytes: usize) -> bool {
        let _ = bytes;
        false
    }

    /// Reads the data of an event that matched, and adds it to the total, in which there is room; returns whether it
    /// added anything. The driver does not know the name of an event that [`meet`](Self::meet) matched: [`Seen`] has none.
    /// Not part of the public contract.
    #[doc(hidden)]
    fn add_matched(&mut self, data: &[u8]) -> bool {
        let _ = data;
        false
    }
}

/// The result of reading one event.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// The event is a keep-alive, and not an item.
    Skipped,
    /// The event is an item, and continues the answer.
    Item,
    /// The event is an item that added nothing to the total. It does not count as progress for the time limits.
    Idle,
    /// The event is an item that could not be read. The stream goes on; it ends with this error, unless it ends with
    /// another.
    Unreadable(Arc<DecodeError>),
    /// The event is the last item. The stream then ends with this result.
    Last(Result<(), Error>),
    /// The event is not an item. The stream ends with this result.
    Over(Result<(), Error>),
}

/// How a stream ended, as the driver sees it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Ended<'a> {
    /// With `[DONE]`, or with the end mark of the family.
    Done,
    /// With one whole JSON value, which came instead of a stream.
    Whole,
    /// With the end of the body, between two events.
    Body(&'a End),
    /// With a clean end of the body, but within an event.
    InEvent,
}

impl Ended<'_> {
    /// Returns the error for an answer that is not complete at this end.
    pub fn into_error(self) -> Error {
        match self {
            Ended::Done | Ended::Whole => Error::Unfinished(NoFinishReason::default().into()),
            Ended::Body(how) => how.clone().into_error(),
            Ended::InEvent => End::Clean.into_error(),
        }
    }

    /// Returns whether the server declared the answer over.
    pub fn is_declared(self) -> bool {
        matches!(self, Ended::Done | Ended::Whole)
    }
}

/// How reliable a total is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Standing {
    /// Whether the stream ended and the answer is complete.
    pub complete: bool,
    /// Whether the answer is complete, and the stream declared its end or the body ended cleanly.
    pub clean: bool,
    /// Whether at least one event could not be read.
    pub lossy: bool,
}

/// The bytes at the beginning of a stream. Not part of the public contract.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Met {
    /// An event that matches.
    Event {
        /// The offset of its data, in bytes.
        start: usize,
        /// The offset of the end of its data, in bytes.
        end: usize,
        /// The length of the event with its blank line, in bytes.
        length: usize,
    },
    /// The beginning of an event that may match.
    Begun,
    /// Something else.
    Other,
}
