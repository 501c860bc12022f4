//! Raw events: what a gateway passes on, and what every dialect of server-sent events stands on.

use std::fmt;

use bytes::Bytes;

use crate::error::Unexpected;
use crate::json::{self, Members};
use crate::reply::{Context, Dialect, End, Media, Reply, Step, event_error};
use crate::sse::{Decoder, Event};
use crate::{Error, Incomplete};

/// The reply is a stream of server-sent events, handed out as they are.
///
/// `[DONE]` is handed out too, and ends the stream. As nothing else is known of the events, a body that ends without it
/// counts as cut; [`Call::ending_with_body`](crate::Call::ending_with_body) says that it does not.
#[derive(Clone, Debug, Default)]
pub struct Events {
    ends_with_body: bool,
}

impl Events {
    pub(crate) fn new() -> Self {
        Events::default()
    }

    pub(crate) fn ending_with_body() -> Self {
        Events { ends_with_body: true }
    }
}

impl Reply for Events {
    type Dialect = EventDialect;

    fn start(&self, context: Context) -> EventDialect {
        EventDialect { source: EventSource::new(context, self.ends_with_body), count: 0 }
    }
}

/// Reads raw events.
#[derive(Debug)]
pub struct EventDialect {
    source: EventSource,
    count: u64,
}

impl Dialect for EventDialect {
    type Item<'a> = Event<'a>;
    type Owned = OwnedEvent;
    /// How many events came.
    type Total = u64;
    type Partial = u64;
    const MEDIA: Media = Media::Events;

    fn room(&mut self) -> &mut [u8] {
        self.source.decoder.room()
    }

    fn commit(&mut self, n: usize) {
        self.source.decoder.commit(n);
    }

    fn push(&mut self, bytes: &[u8]) {
        self.source.decoder.push(bytes);
    }

    fn whole(&mut self, _body: Bytes) -> Result<(), Error> {
        Err(self.source.not_events())
    }

    fn end(&mut self, how: End) {
        self.source.end(how);
    }

    fn advance(&mut self) -> Result<Step, Error> {
        let step = self.source.advance()?;
        self.count += u64::from(step == Step::Ready);
        Ok(step)
    }

    fn item(&self) -> Event<'_> {
        self.source.decoder.event()
    }

    fn owned(&mut self) -> OwnedEvent {
        OwnedEvent::of(&self.source.decoder.event())
    }

    fn partial(self, error: Error) -> Incomplete<u64> {
        Incomplete::new(self.count, error)
    }

    fn total(self) -> Result<u64, Incomplete<u64>> {
        match self.source.over {
            Some(Ok(())) => Ok(self.count),
            Some(Err(error)) => Err(Incomplete::new(self.count, error)),
            None => Err(Incomplete::new(self.count, End::Clean.into_error())),
        }
    }
}

/// One event as a value of its own.
#[derive(Clone, PartialEq, Eq)]
pub struct OwnedEvent {
    name: Bytes,
    data: Bytes,
    id: Bytes,
}

impl OwnedEvent {
    fn of(event: &Event<'_>) -> Self {
        let id = event.id().into_owned();
        OwnedEvent {
            name: Bytes::copy_from_slice(event.raw_name()),
            data: Bytes::copy_from_slice(event.data()),
            id: id.into(),
        }
    }

    /// Returns the event's name, `message` where it has none.
    pub fn name(&self) -> std::borrow::Cow<'_, str> {
        if self.name.is_empty() { "message".into() } else { String::from_utf8_lossy(&self.name) }
    }

    /// Returns the joined data.
    pub fn data(&self) -> &Bytes {
        &self.data
    }

    /// Returns the last event id as of this event.
    pub fn id(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.id)
    }
}

impl fmt::Debug for OwnedEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnedEvent").field("name", &self.name()).field("data_len", &self.data.len()).finish()
    }
}

/// The end-of-stream rules that all event dialects without further knowledge share.
#[derive(Debug)]
pub(crate) struct EventSource {
    pub(crate) decoder: Decoder,
    context: Context,
    ends_with_body: bool,
    end: Option<End>,
    /// `[DONE]` was handed out, or an error is to follow the event that carried it.
    next: Option<Result<(), Error>>,
    over: Option<Result<(), Error>>,
}

impl EventSource {
    pub(crate) fn new(context: Context, ends_with_body: bool) -> Self {
        let decoder = Decoder::with_limit(context.limits.event);
        EventSource { decoder, context, ends_with_body, end: None, next: None, over: None }
    }

    pub(crate) fn end(&mut self, how: End) {
        if self.end.is_none() {
            self.decoder.end();
            self.end = Some(how);
        }
    }

    /// Moves to the next event; `[DONE]` and errors are events first, and then the end.
    pub(crate) fn advance(&mut self) -> Result<Step, Error> {
        if self.over.is_none() {
            self.over = self.next.take();
        }
        match &self.over {
            Some(Ok(())) => return Ok(Step::Done),
            Some(Err(error)) => return Err(error.clone()),
            None => {}
        }
        match self.decoder.advance() {
            Ok(Step::Ready) => {
                let event = self.decoder.event();
                if is_done(event.data()) {
                    self.next = Some(Ok(()));
                } else if may_be_error(&event) {
                    self.next =
                        event_error(&self.context, event.raw_name(), event.data()).map(|error| Err(error.into()));
                }
                Ok(Step::Ready)
            }
            Ok(Step::NeedBytes) => Ok(Step::NeedBytes),
            Ok(Step::Done) => {
                let how = self.end.clone().unwrap_or(End::Clean);
                let clean = matches!(how, End::Clean);
                // The last blank line is often missing; a line that says `[DONE]` is whole all the same.
                let done = self.decoder.unterminated().is_some_and(|event| is_done(event.data()));
                self.over = Some(if clean && (done || self.ends_with_body) { Ok(()) } else { Err(how.into_error()) });
                self.advance()
            }
            Err(error) => {
                self.over = Some(Err(error.into()));
                self.advance()
            }
        }
    }

    pub(crate) fn over(&self) -> Result<(), Error> {
        self.over.clone().unwrap_or_else(|| Err(End::Clean.into_error()))
    }

    /// The reply is one JSON value where events were asked for.
    pub(crate) fn not_events(&self) -> Error {
        let head = &self.context.head;
        Unexpected {
            status: head.status(),
            content_type: head.header("content-type").map(|value| self.context.scrub.text(value)),
            request_id: head.request_id().map(|id| self.context.scrub.text(id)),
            hint: Some("one JSON value where a stream was asked for".to_owned()),
            target: self.context.target.clone(),
            body: Bytes::new(),
        }
        .into()
    }
}

/// Returns whether data is the end mark, with or without space around it.
pub(crate) fn is_done(data: &[u8]) -> bool {
    data.trim_ascii() == b"[DONE]"
}

/// Returns whether data is one of the ways in which servers say that they are still there: nothing, a comment wrapped as
/// data, `null`, or an object that only says `ping`.
pub(crate) fn is_keep_alive(data: &[u8]) -> bool {
    /// A ping says nothing else, so it is short.
    const LONGEST_PING: usize = 256;
    let data = data.trim_ascii();
    match data.first() {
        None | Some(b':') => true,
        Some(b'n') => data == b"null",
        Some(b'{') if data.len() <= LONGEST_PING && memchr::memmem::find(data, b"\"type\"").is_some() => {
            let Ok(mut members) = Members::read(data) else { return false };
            let named =
                members.string("type").is_some_and(|kind| matches!(&*kind, "ping" | "keepalive" | "keep-alive"));
            named && !members.has("choices") && !members.has("error")
        }
        _ => false,
    }
}

/// Returns whether an event is worth a closer look: few are, and most are large.
fn may_be_error(event: &Event<'_>) -> bool {
    let data = json::trim(event.data());
    event.raw_name() == b"error" || (data.first() == Some(&b'{') && memchr::memmem::find(data, b"error").is_some())
}
