//! One event of a streamed response: a view that is valid until the next event.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::event_spans::EventSpans;
use super::late_text::LateText;
use super::owned::OwnedEvent;
use super::{Annotation, EventKind, OutputItem, Response};
use crate::error::DecodeError;
use crate::json::partial::Written;
use crate::json::{self, Abbreviated, Element, Members};
use crate::reply::TextTemplate;

/// One event of a streamed response.
///
/// It borrows from the stream, and reading it allocates no memory; [`into_owned`](Self::into_owned) makes an owned
/// value. An event that could not be read is handed out too, with a [`problem`](Self::problem), and so is an event of a
/// kind that this crate does not know, so that no event is lost.
///
/// The router's page: [create response](https://docs.requesty.ai/api-reference/endpoint/responses-create).
#[derive(Clone, Copy)]
pub struct Event<'a> {
    pub(super) raw: &'a [u8],
    /// The data that was read instead of the raw data, if that was invalid JSON.
    pub(super) mended: Option<&'a [u8]>,
    /// The name of the event itself, which may be missing.
    pub(super) name: &'a [u8],
    pub(super) spans: &'a EventSpans,
    /// If it is set, the spans are places in the event that the template learned.
    pub(super) template: Option<&'a TextTemplate>,
    pub(super) text: &'a str,
    pub(super) reasoning: &'a str,
    pub(super) refusal: &'a str,
    pub(super) call: Option<CallFragment<'a>>,
    /// The text, or the arguments, that the event added to.
    pub(super) grown: Option<Written<'a>>,
    /// Whole texts and arguments of the event that no earlier event had.
    pub(super) late: &'a [LateText],
    pub(super) problem: Option<&'a Arc<DecodeError>>,
}

impl<'a> Event<'a> {
    /// Returns the kind of the event.
    #[inline]
    pub fn kind(&self) -> EventKind {
        self.spans.kind
    }

    /// Returns the name of the event, else the `type` in its data; empty if it has neither.
    pub fn name(&self) -> Cow<'a, str> {
        match (self.name, self.spans.named) {
            ([], Some(named)) => json::to_cow(self.spanned(), named),
            (name, _) => String::from_utf8_lossy(name),
        }
    }

    /// Returns the text that this event adds; empty if it adds none.
    ///
    /// The texts of all events joined are the text of the response, also if a server cut a character between two
    /// events, and if it sent a text only as a whole.
    #[inline]
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// Returns the reasoning that this event adds, from summaries or in full; empty if it adds none.
    pub fn reasoning(&self) -> &'a str {
        self.reasoning
    }

    /// Returns the refusal that this event adds: what the model writes instead of an answer.
    pub fn refusal(&self) -> &'a str {
        self.refusal
    }

    /// Returns what the event adds to a function call: its beginning, a piece of its arguments, or its end.
    #[inline]
    pub fn call(&self) -> Option<CallFragment<'a>> {
        self.call
    }

    /// Returns the texts of the answer and the arguments of calls that the event added to, each from its beginning, for
    /// [reading incomplete JSON](crate::json::partial::Follow). It is empty for an event that was made an [owned
    /// value](Self::into_owned).
    ///
    /// If a server sends a text only as a whole, or with another content than in its pieces, the event with the whole
    /// text returns it.
    pub fn written(&self) -> impl Iterator<Item = Written<'a>> + use<'a> {
        self.grown.into_iter().chain(self.late.iter().map(LateText::written))
    }

    /// Returns the index of the event's item in the output; `None` if the event has none.
    pub fn output_index(&self) -> Option<u64> {
        self.spans.output_index
    }

    /// Returns the index of the event's part in its item: `content_index` or `summary_index`.
    pub fn part_index(&self) -> Option<u64> {
        self.spans.part_index
    }

    /// Returns the id of the event's item. Some servers send another id for the same item in each event.
    pub fn item_id(&self) -> Option<Cow<'a, str>> {
        Some(json::to_cow(self.spanned(), self.spans.item_id?))
    }

    /// Returns the item in the event, if the event has a whole one: at the item's beginning or at its end.
    pub fn item(&self) -> Option<OutputItem> {
        Some(OutputItem::of(Element::read(self.spans.item?.of(self.json()))))
    }

    /// Returns the response in the event, as it is there: at the beginning, and at the end with usage and cost. It may
    /// lack what was streamed; the total has all.
    pub fn response(&self) -> Option<Response> {
        let json = if self.kind() == EventKind::Whole { self.json() } else { self.spans.response?.of(self.json()) };
        Members::read(json).ok().map(Response::of)
    }

    /// Returns the annotation that the event adds to a text.
    pub fn annotation(&self) -> Option<Annotation> {
        Annotation::read(Members::read(self.spans.annotation?.of(self.json())).ok()?)
    }

    /// Returns the data of the event as it came, byte for byte.
    pub fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// Returns whether the data was invalid JSON, and was read after it was [mended](crate::reply::Protocol::MENDS).
    pub fn is_mended(&self) -> bool {
        self.mended.is_some()
    }

    /// Returns the JSON that was read.
    fn json(&self) -> &'a [u8] {
        self.mended.unwrap_or(self.raw)
    }

    /// Returns the JSON that the spans refer to.
    fn spanned(&self) -> &'a [u8] {
        match self.template {
            // The members that are read here have the same bytes in both.
            Some(template) => template.learned(),
            None => self.json(),
        }
    }

    /// Returns the spans with places in this event.
    pub(super) fn own_spans(&self) -> EventSpans {
        match self.template {
            Some(template) => self.spans.map(|span| template.now(span)),
            None => *self.spans,
        }
    }

    /// Returns the JSON of any top-level member of the event, known to this crate or not; `None` if it is absent.
    pub fn member(&self, name: &str) -> Option<&'a [u8]> {
        Members::read(self.json()).ok()?.raw(name)
    }

    /// Returns the reason why the event could not be read; `None` if it could. The stream goes on, but its total will
    /// be incomplete.
    pub fn problem(&self) -> Option<&'a DecodeError> {
        self.problem.map(|problem| &**problem)
    }

    /// Returns the event as an owned value.
    pub fn into_owned(self) -> OwnedEvent {
        OwnedEvent::of(&self)
    }
}

impl fmt::Debug for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("Event");
        f.field("name", &self.name()).field("kind", &self.kind()).field("text", &Abbreviated(self.text));
        f.field("reasoning", &Abbreviated(self.reasoning)).field("refusal", &self.refusal).field("call", &self.call);
        f.field("raw_len", &self.raw.len()).field("problem", &self.problem).finish()
    }
}

/// The part that an event adds to a function call.
///
/// The router's page: [create response](https://docs.requesty.ai/api-reference/endpoint/responses-create).
#[derive(Clone, Copy)]
pub struct CallFragment<'a> {
    pub(super) output_index: u64,
    pub(super) call_id: Option<&'a Arc<str>>,
    pub(super) name: Option<&'a Arc<str>>,
    pub(super) arguments: &'a str,
    pub(super) arguments_offset: usize,
}

impl<'a> CallFragment<'a> {
    /// Returns the index of the call in the output.
    pub fn output_index(&self) -> u64 {
        self.output_index
    }

    /// Returns the id that the result must name; `None` while it is not known.
    pub fn call_id(&self) -> Option<&'a str> {
        self.call_id.map(|id| &**id)
    }

    /// Returns the name of the function; `None` while it is not known.
    pub fn name(&self) -> Option<&'a str> {
        self.name.map(|name| &**name)
    }

    /// Returns the piece of the arguments' text; empty if the call only begins or ends. It may end within an escape or
    /// a word of JSON.
    pub fn arguments(&self) -> &'a str {
        self.arguments
    }

    /// Returns the offset of this piece in the arguments' text, in bytes.
    pub fn arguments_offset(&self) -> usize {
        self.arguments_offset
    }
}

impl fmt::Debug for CallFragment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("CallFragment");
        f.field("output_index", &self.output_index).field("call_id", &self.call_id()).field("name", &self.name());
        f.field("arguments", &self.arguments).field("arguments_offset", &self.arguments_offset).finish()
    }
}
