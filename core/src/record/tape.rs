//! The notes that are taken while a response is read.

use std::sync::Arc;
use std::time::Duration;

use http::header::SET_COOKIE;

use super::{Piece, RecordedEnd, Recorder, Recording};
use crate::head::Head;
use crate::key::Scrub;

/// Notes one response, and gives its recording when it is dropped.
pub(crate) struct Tape {
    recorder: Recorder,
    scrub: Scrub,
    target: Arc<str>,
    head: Arc<Head>,
    start: Duration,
    /// Time and length of each piece.
    pieces: Vec<(Duration, usize)>,
    /// The pieces, joined, so that a key is found where a piece ends within it.
    body: Vec<u8>,
    end: Option<RecordedEnd>,
}

impl Tape {
    pub(crate) fn new(recorder: Recorder, scrub: Scrub, target: Arc<str>, head: Arc<Head>, start: Duration) -> Self {
        Tape { recorder, scrub, target, head, start, pieces: Vec::new(), body: Vec::new(), end: None }
    }

    pub(crate) fn piece(&mut self, bytes: &[u8], now: Duration) {
        if bytes.is_empty() || self.end.is_some() {
            return;
        }
        let at = now.saturating_sub(self.start).as_micros();
        self.pieces.push((Duration::from_micros(at.try_into().unwrap_or(u64::MAX)), bytes.len()));
        if self.recorder.content {
            self.body.extend_from_slice(bytes);
        }
    }

    /// Notes how the body ended; only the first time counts.
    pub(crate) fn end(&mut self, end: RecordedEnd) {
        self.end.get_or_insert(end);
    }

    fn recording(&mut self) -> Recording {
        let whole = self.end == Some(RecordedEnd::Clean);
        let mut body = std::mem::take(&mut self.body);
        self.scrub.mask(&mut body, !whole);
        let mut body = bytes::Bytes::from(body);
        let content = self.recorder.content;
        let pieces = self.pieces.drain(..).map(|(at, length)| {
            let bytes = content.then(|| body.split_to(length.min(body.len())));
            Piece { at, length, bytes }
        });
        let headers = self.head.headers().iter().filter(|(name, _)| *name != SET_COOKIE);
        let headers = headers.map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            (name.as_str().to_owned(), self.scrub.text(&value, false))
        });
        Recording {
            target: self.scrub.text(&self.target, false),
            status: self.head.status().as_u16(),
            headers: headers.collect(),
            pieces: pieces.collect(),
            end: self.end,
        }
    }
}

impl Drop for Tape {
    fn drop(&mut self) {
        let recording = self.recording();
        (self.recorder.give)(recording);
    }
}
