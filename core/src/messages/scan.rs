//! The places of the members of one event: spans into its data, found in one pass without an allocation.

use crate::error::is_truthy;
use crate::json::{self, Kind, Members, Reader, Span, Syntax};

/// The places of the members of one event.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Table {
    pub(super) kind: Option<Span>,
    pub(super) index: Option<u64>,
    pub(super) delta: Option<Delta>,
    pub(super) content_block: Option<Span>,
    pub(super) message: Option<Span>,
    pub(super) usage: Option<Span>,
    /// The stop reason of an event that is a whole message.
    pub(super) stop_reason: Option<Span>,
    /// Whether the event is an error, or contains one.
    pub(super) error: bool,
}

/// The places of the members of a delta.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Delta {
    pub(super) raw: Span,
    pub(super) kind: Option<Span>,
    pub(super) text: Option<Span>,
    pub(super) thinking: Option<Span>,
    pub(super) signature: Option<Span>,
    pub(super) partial_json: Option<Span>,
    pub(super) citation: Option<Span>,
    pub(super) stop_reason: Option<Span>,
}

impl Table {
    /// Returns the table of an event without members.
    pub(super) const fn empty() -> Self {
        Table {
            kind: None,
            index: None,
            delta: None,
            content_block: None,
            message: None,
            usage: None,
            stop_reason: None,
            error: false,
        }
    }

    /// Returns whether an event is read for its top-level member `key`.
    pub(super) fn reads(key: &[u8]) -> bool {
        std::str::from_utf8(key).is_ok_and(|key| Table::empty().take(&mut Reader::new(b"null"), key) != Some(false))
    }

    /// Returns the text of a delta, if that is all that the event has.
    pub(super) fn only_text(&self) -> Option<Span> {
        let Table { delta, content_block: None, message: None, usage: None, stop_reason: None, error: false, .. } =
            self
        else {
            return None;
        };
        let Delta { text, thinking, signature, partial_json, citation, stop_reason: None, .. } = (*delta)? else {
            return None;
        };
        let mut texts = [text, thinking, signature, partial_json, citation].into_iter().flatten();
        texts.next().filter(|_| texts.next().is_none())
    }

    /// Returns the table with every span at another place.
    pub(super) fn map(&self, to: impl Fn(Span) -> Span) -> Self {
        let place = |span: Option<Span>| span.map(&to);
        let delta = self.delta.map(|delta| Delta {
            raw: to(delta.raw),
            kind: place(delta.kind),
            text: place(delta.text),
            thinking: place(delta.thinking),
            signature: place(delta.signature),
            partial_json: place(delta.partial_json),
            citation: place(delta.citation),
            stop_reason: place(delta.stop_reason),
        });
        Table {
            kind: place(self.kind),
            delta,
            content_block: place(self.content_block),
            message: place(self.message),
            usage: place(self.usage),
            stop_reason: place(self.stop_reason),
            ..*self
        }
    }

    /// Finds the members of an event; of two with the same name the last one counts.
    pub(super) fn scan(data: &[u8]) -> Result<Self, Syntax> {
        let mut table = Table::default();
        let mut reader = Reader::new(data);
        let read = reader.object(|reader, key| {
            if !table.take(reader, &json::to_cow(data, key))? {
                reader.skip()?;
            }
            Some(())
        });
        read.and_then(|()| reader.end()).ok_or(reader.syntax())?;
        Ok(table)
    }

    /// Does the same as [`scan`](Self::scan), for the members of an object that was read.
    pub(super) fn of(data: &[u8], members: &Members<'_>) -> Self {
        let mut table = Table::default();
        for (key, value) in members.spans() {
            table.take(&mut Reader::at(data, value.start as usize), &json::to_cow(data, key));
        }
        table
    }

    /// Passes the value of a known key; returns whether the key is known.
    #[inline(always)]
    fn take(&mut self, reader: &mut Reader<'_>, key: &str) -> Option<bool> {
        let data = reader.json();
        match key {
            "type" => self.kind = string(reader)?,
            "index" => self.index = json::lenient_uint(reader.skip()?.of(data)),
            "delta" => self.delta = Delta::scan(reader)?,
            "content_block" => self.content_block = object(reader)?,
            "message" => self.message = object(reader)?,
            "usage" => self.usage = object(reader)?,
            "stop_reason" => self.stop_reason = string(reader)?,
            "error" => self.error = is_truthy(reader.skip()?.of(data)),
            _ => return Some(false),
        }
        Some(true)
    }
}

impl Delta {
    /// Passes a value; finds the members of a delta if it is an object.
    fn scan(reader: &mut Reader<'_>) -> Option<Option<Self>> {
        if reader.kind()? != Kind::Object {
            reader.skip()?;
            return Some(None);
        }
        let mut delta = Delta::default();
        let start = reader.pos();
        reader.object(|reader, key| {
            match &*json::to_cow(reader.json(), key) {
                "type" => delta.kind = string(reader)?,
                "text" => delta.text = string(reader)?,
                "thinking" => delta.thinking = string(reader)?,
                "signature" => delta.signature = string(reader)?,
                "partial_json" => delta.partial_json = string(reader)?,
                "citation" => delta.citation = object(reader)?,
                "stop_reason" => delta.stop_reason = string(reader)?,
                _ => drop(reader.skip()?),
            }
            Some(())
        })?;
        delta.raw = reader.span_from(start);
        Some(Some(delta))
    }
}

/// Passes a value; returns its inside if it is a string.
fn string(reader: &mut Reader<'_>) -> Option<Option<Span>> {
    match reader.kind()? {
        Kind::String => reader.string().map(Some),
        kind => reader.skip_of(kind).map(|_| None),
    }
}

/// Passes a value; returns it if it is an object.
fn object(reader: &mut Reader<'_>) -> Option<Option<Span>> {
    let kind = reader.kind()?;
    let value = reader.skip_of(kind)?;
    Some((kind == Kind::Object).then_some(value))
}

/// The kind of an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum EventKind {
    MessageStart,
    BlockStart,
    BlockDelta,
    BlockStop,
    MessageDelta,
    MessageStop,
    Error,
    #[default]
    Other,
}

impl EventKind {
    /// Returns the kind of an event by its type, or else by its name: some servers send only one of them.
    pub(super) fn of(name: &[u8], data: &[u8], table: &Table) -> Self {
        if name == b"error" {
            return EventKind::Error;
        }
        match table.kind.map_or(name, |kind| kind.of(data)) {
            b"message_start" => EventKind::MessageStart,
            b"content_block_start" => EventKind::BlockStart,
            b"content_block_delta" => EventKind::BlockDelta,
            b"content_block_stop" => EventKind::BlockStop,
            b"message_delta" => EventKind::MessageDelta,
            b"message_stop" => EventKind::MessageStop,
            b"error" => EventKind::Error,
            _ => EventKind::Other,
        }
    }
}
