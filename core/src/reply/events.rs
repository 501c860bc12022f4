//! Raw events, as a gateway passes them on.

use std::fmt;

use bytes::Bytes;

use crate::Error;
use crate::reply::{Context, End, Ended, EventStream, Outcome, Protocol, Reply, Seen, Standing, is_keep_alive};
use crate::sse::Event;

/// The reply is a stream of server-sent events, handed out as they are.
///
/// `[DONE]` is handed out too, and ends the stream. A body that ends without `[DONE]` counts as cut, unless the call
/// was made with [`Call::ending_with_body`](crate::Call::ending_with_body).
#[derive(Clone, Debug, Default)]
pub struct RawEvents {
    ends_with_body: bool,
}

impl RawEvents {
    pub(crate) fn ending_with_body() -> Self {
        RawEvents { ends_with_body: true }
    }

    pub(crate) fn new() -> Self {
        RawEvents::default()
    }
}

impl Reply for RawEvents {
    type Dialect = EventStream<RawReader>;

    fn start(&self, context: Context) -> EventStream<RawReader> {
        EventStream::new(context, RawReader { ends_with_body: self.ends_with_body, count: 0 })
    }
}

/// Hands out events as they are.
///
/// Each dispatched event is one item: keep-alives, errors and `[DONE]` too. An event without its blank line is not
/// dispatched: [`EventStream::unterminated`] returns it, and the stream ends with an error, unless that event is
/// `[DONE]`.
#[derive(Debug)]
pub struct RawReader {
    ends_with_body: bool,
    count: u64,
}

impl Protocol for RawReader {
    type Item<'a> = Event<'a>;
    type Owned = RawEvent;
    /// The number of events.
    type Total = u64;
    const READS_UNTERMINATED: bool = false;

    fn read(&mut self, _context: &Context, name: &[u8], data: &[u8]) -> Outcome {
        self.count += 1;
        if is_keep_alive(name, data) { Outcome::Idle } else { Outcome::Item }
    }

    fn done(&mut self) -> Outcome {
        self.count += 1;
        Outcome::Last(Ok(()))
    }

    fn judge(&self, ended: Ended<'_>) -> Result<(), Error> {
        ended_with(ended, self.ends_with_body)
    }

    fn item<'a>(&'a self, seen: Seen<'a>) -> Event<'a> {
        seen.event()
    }

    fn owned(&mut self, seen: Seen<'_>) -> RawEvent {
        RawEvent::of(&seen.event())
    }

    fn total(&self, _standing: Standing) -> u64 {
        self.count
    }
}

/// Judges the end of a stream of unknown events: `[DONE]`, or with `body` also a clean end of the body, is complete.
pub(crate) fn ended_with(ended: Ended<'_>, body: bool) -> Result<(), Error> {
    match ended {
        Ended::Done | Ended::Whole => Ok(()),
        Ended::Body(End::Clean) if body => Ok(()),
        ended => Err(ended.into_error()),
    }
}

/// One event as an owned value.
#[derive(Clone, PartialEq, Eq)]
pub struct RawEvent {
    name: Bytes,
    data: Bytes,
    id: Bytes,
}

impl RawEvent {
    fn of(event: &Event<'_>) -> Self {
        let id = event.id().into_owned();
        RawEvent {
            name: Bytes::copy_from_slice(event.raw_name()),
            data: Bytes::copy_from_slice(event.data()),
            id: id.into(),
        }
    }

    /// Returns the name of the event; `message` if it has none.
    pub fn name(&self) -> std::borrow::Cow<'_, str> {
        if self.name.is_empty() { "message".into() } else { String::from_utf8_lossy(&self.name) }
    }

    /// Returns the joined data.
    pub fn data(&self) -> &Bytes {
        &self.data
    }

    /// Returns the last event id, which this or an earlier event set; empty if no event set it.
    pub fn id(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.id)
    }
}

impl fmt::Debug for RawEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawEvent").field("name", &self.name()).field("data_len", &self.data.len()).finish()
    }
}
