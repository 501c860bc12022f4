//! The bytes of the current item.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

use crate::error::DecodeError;
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
        Seen { source: self }
    }

    /// Returns the data that was read of the current item.
    #[inline]
    fn data(&self) -> &[u8] {
        if self.is_usual() { self.decoder.data() } else { self.other_data() }
    }

    /// Returns whether the current item is simply an event.
    #[inline]
    fn is_usual(&self) -> bool {
        self.at == At::Event && !self.unusual
    }

    #[cold]
    fn other_data(&self) -> &[u8] {
        if self.mended.is_empty() { self.event().data() } else { &self.mended }
    }

    /// Returns the event of the current item. If it holds several in its lines, the data is that line.
    fn event(&self) -> Event<'_> {
        let event = match self.at {
            At::Event => self.decoder.event(),
            At::Unterminated => self.decoder.unterminated().unwrap_or(Event::of_data(&[])),
            At::Whole => Event::of_data(&self.whole),
            At::Nothing => Event::of_data(&[]),
        };
        match self.line {
            Some((start, end)) => event.with_data(event.data().get(start..end).unwrap_or_default()),
            None => event,
        }
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
        let data = self.event().data();
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

/// The event of an item. It is looked up when it is asked for.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    source: &'a Source,
}

impl<'a> Seen<'a> {
    /// Returns the event as it came. If one whole JSON value came instead of a stream, the value is the data. After the end
    /// of the stream it is empty.
    pub fn event(self) -> Event<'a> {
        self.source.event()
    }

    /// Returns the name and the data of the event as it came.
    #[inline]
    pub(crate) fn name_and_raw(self) -> (&'a [u8], &'a [u8]) {
        if self.source.is_usual() {
            return (self.source.decoder.name(), self.source.decoder.data());
        }
        let event = self.event();
        (event.raw_name(), event.data())
    }

    /// Returns the data that was read: that of the event, or its mended form if it could be read only so.
    #[inline]
    pub fn data(self) -> &'a [u8] {
        self.source.data()
    }

    /// Returns whether the data was mended.
    pub fn is_mended(self) -> bool {
        !self.source.mended.is_empty()
    }

    /// Returns the reason why the event could not be read; `None` if it could.
    pub fn problem(self) -> Option<&'a Arc<DecodeError>> {
        self.source.problem.as_ref()
    }
}

impl fmt::Debug for Seen<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("Seen");
        f.field("event", &self.event()).field("mended", &self.is_mended()).field("problem", &self.problem()).finish()
    }
}
