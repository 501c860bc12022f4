//! Writes a stream event by event, and keeps what must come out of it.

use super::{Expected, Stream};

/// A stream in the making.
pub(super) struct Script {
    body: Vec<u8>,
    ends: Vec<usize>,
    events: usize,
    pub(super) expected: Expected,
    /// What stands before the data: with or without a space.
    pub(super) field: &'static str,
    /// What ends a line.
    pub(super) line_end: &'static str,
}

impl Script {
    pub(super) fn new() -> Self {
        Script {
            body: Vec::new(),
            ends: Vec::new(),
            events: 0,
            expected: Expected::default(),
            field: "data: ",
            line_end: "\n",
        }
    }

    /// Writes a chunk.
    pub(super) fn chunk(&mut self, json: &str) {
        self.expected.chunks += 1;
        self.event(json);
    }

    /// Writes a chunk that adds `text` to the answer.
    pub(super) fn text(&mut self, json: &str, text: &str) {
        self.expected.text.push_str(text);
        self.chunk(json);
    }

    /// Writes a chunk that adds to what the model thought.
    pub(super) fn reasoning(&mut self, json: &str, reasoning: &str) {
        self.expected.reasoning.push_str(reasoning);
        self.chunk(json);
    }

    /// Writes a chunk that adds to the arguments of a call.
    pub(super) fn arguments(&mut self, json: &str, arguments: &str) {
        self.expected.arguments.push_str(arguments);
        self.chunk(json);
    }

    /// Writes a comment in a block of its own, as servers do to keep a connection open.
    pub(super) fn keep_alive(&mut self) {
        self.write(&[": keep-alive", self.line_end, self.line_end]);
    }

    /// Writes the marker of the end and returns the stream.
    pub(super) fn done(mut self, finish_reason: &'static str) -> Stream {
        self.event("[DONE]");
        self.expected.finish_reason = Some(finish_reason.to_owned());
        self.end()
    }

    /// Writes an event with a name, as the protocols without `[DONE]` have them.
    pub(super) fn named(&mut self, name: &str, json: &str) {
        self.expected.chunks += 1;
        self.events += 1;
        self.write(&["event: ", name, self.line_end, self.field, json, self.line_end, self.line_end]);
    }

    /// Returns the stream as it is, without a marker of the end.
    pub(super) fn end(self) -> Stream {
        Stream { body: self.body.into(), ends: self.ends.into(), events: self.events, expected: self.expected }
    }

    fn event(&mut self, data: &str) {
        self.events += 1;
        self.write(&[self.field, data, self.line_end, self.line_end]);
    }

    fn write(&mut self, parts: &[&str]) {
        parts.iter().for_each(|part| self.body.extend_from_slice(part.as_bytes()));
        self.ends.push(self.body.len());
    }
}
