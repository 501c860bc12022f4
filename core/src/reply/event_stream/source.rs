//! The bytes of the current item.

use std::sync::Arc;

use bytes::Bytes;

use crate::error::DecodeError;
use crate::reply::protocol::Seen;
use crate::sse::{Decoder, Event};

/// The bytes that came, and the place of the current item in them.
pub(super) struct Source {
    pub(super) decoder: Decoder,
    pub(super) at: At,
    /// Whether one of the next three fields is in use: the current item is not simply the data of an event.
    unusual: bool,
    /// Start and end of the current item in its event, if the event holds several.
    line: Option<(usize, usize)>,
    /// The data of the current item, mended.
    mended: Vec<u8>,
    /// The reason why the current item could not be read.
    problem: Option<Arc<DecodeError>>,
    /// The one whole value that the server sent instead of a stream.
    whole: Bytes,
}

/// Where the current event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum At {
    Nothing,
    Event,
    /// At the end of the body, without its blank line.
    Unterminated,
    /// There is no event: one whole value came.
    Whole,
}

impl Source {
    pub(super) fn new(limit: usize) -> Self {
        Source {
            decoder: Decoder::with_limit(limit),
            at: At::Nothing,
            unusual: false,
            line: None,
            mended: Vec::new(),
            problem: None,
            whole: Bytes::new(),
        }
    }

    pub(super) fn set_whole(&mut self, body: Bytes) {
        self.whole = body;
    }

    pub(super) fn whole(&self) -> &Bytes {
        &self.whole
    }

    /// Returns the event and the data of the current item.
    #[inline]
    pub(super) fn seen(&self) -> Seen<'_> {
        let event = match self.at {
            At::Event => self.decoder.event(),
            _ => self.other_event(),
        };
        if self.unusual {
            return self.unusual(event);
        }
        Seen { event, data: event.data(), mended: false, problem: None }
    }

    #[cold]
    fn other_event(&self) -> Event<'_> {
        match self.at {
            At::Event => self.decoder.event(),
            At::Unterminated => self.decoder.unterminated().unwrap_or(Event::of_data(&[])),
            At::Whole => Event::of_data(&self.whole),
            At::Nothing => Event::of_data(&[]),
        }
    }

    #[cold]
    fn unusual<'a>(&'a self, event: Event<'a>) -> Seen<'a> {
        let event = match self.line {
            Some((start, end)) => event.with_data(event.data().get(start..end).unwrap_or_default()),
            None => event,
        };
        let mended = !self.mended.is_empty();
        let data = if mended { &self.mended } else { event.data() };
        Seen { event, data, mended, problem: self.problem.as_ref() }
    }

    pub(super) fn is_unusual(&self) -> bool {
        self.unusual
    }

    /// Clears the unusual state of the current item.
    pub(super) fn clear(&mut self) {
        self.unusual = false;
        self.line = None;
        self.mended = Vec::new();
        self.problem = None;
    }

    /// Begins to read the current event line by line.
    pub(super) fn begin_lines(&mut self) {
        self.unusual = true;
        self.line = None;
    }

    /// Moves to the next line of the current event; returns whether there is one.
    pub(super) fn next_line(&mut self) -> bool {
        let start = self.line.map_or(0, |(_, end)| end + 1);
        self.line = None;
        self.mended = Vec::new();
        self.problem = None;
        let data = self.other_event().data();
        let Some(rest) = data.get(start..).filter(|rest| !rest.is_empty()) else { return false };
        let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        self.line = Some((start, start + length));
        self.unusual = true;
        true
    }

    /// Keeps the mended data of the current item.
    pub(super) fn mend(&mut self, data: Vec<u8>) {
        self.unusual = true;
        self.mended = data;
    }

    /// Keeps the reason why the current item could not be read.
    pub(super) fn fail(&mut self, problem: Arc<DecodeError>) {
        self.unusual = true;
        self.problem = Some(problem);
    }
}
