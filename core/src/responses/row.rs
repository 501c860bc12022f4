//! Where the members of one event are: spans into its bytes.

use super::{EventKind, Status};
use crate::error::is_truthy;
use crate::json::{self, Kind, Reader, Span, Syntax};

/// Where the members of one event are.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Row {
    pub(super) kind: EventKind,
    /// The member `type`.
    pub(super) named: Option<Span>,
    pub(super) output_index: Option<u64>,
    /// `content_index` or `summary_index`.
    pub(super) part_index: Option<u64>,
    pub(super) item_id: Option<Span>,
    pub(super) delta: Option<Span>,
    /// `text`, `refusal` or `arguments`: all of what the deltas told.
    pub(super) whole: Option<Span>,
    /// Objects, as they stand.
    pub(super) item: Option<Span>,
    pub(super) part: Option<Span>,
    pub(super) annotation: Option<Span>,
    pub(super) response: Option<Span>,
    /// The event says that it is, or holds, an error.
    pub(super) error: bool,
}

impl Row {
    /// Finds the members of an event, which must be an object. The name of the event counts before the `type` in it, if it
    /// is one that is known.
    pub(super) fn scan(name: &[u8], data: &[u8]) -> Result<Self, Syntax> {
        let mut row = Row::default();
        let mut reader = Reader::new(data);
        let read = reader.object(|reader, key| row.member(reader, key));
        read.and_then(|()| reader.end()).ok_or(reader.syntax())?;
        let typed = || EventKind::of(json::to_cow(data, row.named?).as_bytes());
        row.kind = EventKind::of(name).or_else(typed).or_else(|| row.end(name, data)).unwrap_or_default();
        Ok(row)
    }

    /// Returns what an event of an unknown kind is whose response came to its end: some servers have words of their own for
    /// the last one.
    fn end(&self, name: &[u8], data: &[u8]) -> Option<EventKind> {
        let typed = self.named.map(|named| json::to_cow(data, named));
        let is_response = |name: &[u8]| name.starts_with(b"response.");
        if !is_response(name) && !typed.is_some_and(|typed| is_response(typed.as_bytes())) {
            return None;
        }
        let status = json::Members::read(self.response?.of(data)).ok()?.string("status")?;
        Some(match Status::from(status.as_str()) {
            Status::Incomplete | Status::Cancelled => EventKind::Incomplete,
            Status::Failed => EventKind::Failed,
            status if status.is_whole() => EventKind::Completed,
            _ => return None,
        })
    }

    fn member(&mut self, reader: &mut Reader<'_>, key: Span) -> Option<()> {
        let json = reader.json();
        let key = json::to_cow(json, key);
        let kind = reader.kind()?;
        let value = if kind == Kind::String { reader.string()? } else { reader.skip_of(kind)? };
        let string = (kind == Kind::String).then_some(value);
        let object = (kind == Kind::Object).then_some(value);
        let index = || json::lenient_uint(value.of(json));
        match &*key {
            "type" => self.named = string,
            "delta" => self.delta = string,
            "text" | "refusal" | "arguments" => self.whole = string,
            "item_id" => self.item_id = string,
            "output_index" => self.output_index = index(),
            "content_index" | "summary_index" => self.part_index = index(),
            "item" => self.item = object,
            "part" => self.part = object,
            "annotation" => self.annotation = object,
            "response" => self.response = object,
            // Of a string it is the inside that was taken: an empty one says nothing.
            "error" => self.error = !value.is_empty() && (string.is_some() || is_truthy(value.of(json))),
            _ => {}
        }
        Some(())
    }
}
