//! The places of the members of one event: spans into its bytes.

use super::EventKind;
use crate::error::is_truthy;
use crate::json::{self, Kind, Reader, Span, Syntax};

/// The places of the members of one event.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct EventSpans {
    pub(super) kind: EventKind,
    /// The member `type`.
    pub(super) named: Option<Span>,
    pub(super) output_index: Option<u64>,
    /// `content_index` or `summary_index`.
    pub(super) part_index: Option<u64>,
    pub(super) item_id: Option<Span>,
    pub(super) delta: Option<Span>,
    /// `text`, `refusal` or `arguments`: the whole text of the deltas.
    pub(super) whole: Option<Span>,
    /// Objects, byte for byte.
    pub(super) item: Option<Span>,
    pub(super) part: Option<Span>,
    pub(super) annotation: Option<Span>,
    pub(super) response: Option<Span>,
    /// Whether the event is an error, or contains one.
    pub(super) error: bool,
}

impl EventSpans {
    /// Finds the members of an event, which must be an object. The name of the event counts before its `type` if this
    /// crate knows the name.
    pub(super) fn scan(name: &[u8], data: &[u8]) -> Result<Self, Syntax> {
        let mut spans = EventSpans::default();
        let mut reader = Reader::new(data);
        let read = reader.object(|reader, key| spans.member(reader, key));
        read.and_then(|()| reader.end()).ok_or(reader.syntax())?;
        let typed = || EventKind::of(json::to_cow(data, spans.named?).as_bytes());
        spans.kind = EventKind::of(name).or_else(typed).unwrap_or_default();
        Ok(spans)
    }

    /// Returns whether an event is read for its top-level member `key`.
    pub(super) fn reads(key: &[u8]) -> bool {
        std::str::from_utf8(key).is_ok_and(|key| EventSpans::empty().take(key, b"null", Kind::Null, Span::default()))
    }

    /// Returns the text of a delta, if that is all that the event has.
    pub(super) fn only_text(&self) -> Option<Span> {
        let others = [self.whole, self.item, self.part, self.annotation, self.response];
        self.delta.filter(|_| self.kind.is_delta() && !self.error && others.iter().all(Option::is_none))
    }

    /// Returns the spans at other places.
    pub(super) fn map(&self, to: impl Fn(Span) -> Span) -> Self {
        let place = |span: Option<Span>| span.map(&to);
        EventSpans {
            named: place(self.named),
            item_id: place(self.item_id),
            delta: place(self.delta),
            whole: place(self.whole),
            item: place(self.item),
            part: place(self.part),
            annotation: place(self.annotation),
            response: place(self.response),
            ..*self
        }
    }

    /// Returns the spans of an event without members.
    pub(super) const fn empty() -> Self {
        EventSpans {
            kind: EventKind::Other,
            named: None,
            output_index: None,
            part_index: None,
            item_id: None,
            delta: None,
            whole: None,
            item: None,
            part: None,
            annotation: None,
            response: None,
            error: false,
        }
    }

    fn member(&mut self, reader: &mut Reader<'_>, key: Span) -> Option<()> {
        let json = reader.json();
        let kind = reader.kind()?;
        let value = if kind == Kind::String { reader.string()? } else { reader.skip_of(kind)? };
        self.take(&json::to_cow(json, key), json, kind, value);
        Some(())
    }

    /// Takes the value of a known key; returns whether the key is known.
    #[inline(always)]
    fn take(&mut self, key: &str, json: &[u8], kind: Kind, value: Span) -> bool {
        let string = (kind == Kind::String).then_some(value);
        let object = (kind == Kind::Object).then_some(value);
        let index = || json::lenient_uint(value.of(json));
        match key {
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
            // The span of a string is its inside, so an empty string is no error.
            "error" => self.error = !value.is_empty() && (string.is_some() || is_truthy(value.of(json))),
            _ => return false,
        }
        true
    }
}
