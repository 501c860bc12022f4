//! One event of a streamed response: a view, lent by the decoder until the next one.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::event_spans::EventSpans;
use super::late_text::LateText;
use super::owned::OwnedEvent;
use super::{Annotation, EventKind, OutputItem, Response};
use crate::error::DecodeError;
use crate::json::partial::Written;
use crate::json::{self, Abbreviated, Members};

/// One event of a streamed response.
///
/// Borrows from the stream that lends it, and costs no allocation to look at; [`into_owned`](Self::into_owned) makes a
/// value of its own. An event that could not be read is one too, with [`problem`](Self::problem), and so is one of a kind
/// that this crate does not know: nothing that arrived is lost.
#[derive(Clone, Copy)]
pub struct Event<'a> {
    pub(super) raw: &'a [u8],
    /// What was read in place of the raw data, where that is no JSON.
    pub(super) mended: Option<&'a [u8]>,
    /// The name of the event itself, which may be missing.
    pub(super) name: &'a [u8],
    pub(super) spans: EventSpans,
    pub(super) text: &'a str,
    pub(super) reasoning: &'a str,
    pub(super) refusal: &'a str,
    pub(super) call: Option<CallFragment<'a>>,
    /// The text, or the arguments, that the event added to.
    pub(super) grown: Option<Written<'a>>,
    /// Those that it tells as a whole, and no event did before.
    pub(super) late: &'a [LateText],
    pub(super) problem: Option<&'a Arc<DecodeError>>,
}

impl<'a> Event<'a> {
    /// Returns what the event is.
    pub fn kind(&self) -> EventKind {
        self.spans.kind
    }

    /// Returns the name of the event on the wire; where it has none, the `type` in it; empty where there is neither.
    pub fn name(&self) -> Cow<'a, str> {
        match (self.name, self.spans.named) {
            ([], Some(named)) => json::to_cow(self.json(), named),
            (name, _) => String::from_utf8_lossy(name),
        }
    }

    /// Returns the text in this event; empty where it has none.
    ///
    /// The texts of all events, one after the other, are the text of the response, also where a server cut a character
    /// between two of them, and where it told a text as a whole only.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// Returns what the model thought, as far as this event has it, summed up or in full.
    pub fn reasoning(&self) -> &'a str {
        self.reasoning
    }

    /// Returns what the model says instead of an answer, as far as this event has it.
    pub fn refusal(&self) -> &'a str {
        self.refusal
    }

    /// Returns what the event adds to a function call: its beginning, a piece of its arguments, or its end.
    pub fn call(&self) -> Option<CallFragment<'a>> {
        self.call
    }

    /// Walks the texts of the answer and the arguments of calls that the event added to, each with all that came of it so far:
    /// for [reading JSON](crate::json::partial::Follow) that is still being written. An event that was
    /// [kept](Self::into_owned) has none.
    ///
    /// What a server tells as a whole only, or otherwise than in its pieces, is lent by the event that tells it so.
    pub fn written(&self) -> impl Iterator<Item = Written<'a>> + use<'a> {
        self.grown.into_iter().chain(self.late.iter().map(LateText::written))
    }

    /// Returns which item of the output the event is about.
    pub fn output_index(&self) -> Option<u64> {
        self.spans.output_index
    }

    /// Returns which part of that item it is about.
    pub fn part_index(&self) -> Option<u64> {
        self.spans.part_index
    }

    /// Returns the id of the item that the event is about. Some servers give one item another id in each event.
    pub fn item_id(&self) -> Option<Cow<'a, str>> {
        Some(json::to_cow(self.json(), self.spans.item_id?))
    }

    /// Returns the item that the event tells as a whole: one that begins, or one that is done.
    pub fn item(&self) -> Option<OutputItem> {
        Some(OutputItem::of(self.spans.item?.of(self.json())))
    }

    /// Returns the response that the event tells as a whole, as it stands there: at its beginning, and at its end with
    /// usage and cost. What was streamed and is missing there is in the total.
    pub fn response(&self) -> Option<Response> {
        let json = if self.kind() == EventKind::Whole { self.json() } else { self.spans.response?.of(self.json()) };
        Members::read(json).ok().map(Response::of)
    }

    /// Returns the source that the event adds to those of a text.
    pub fn annotation(&self) -> Option<Annotation> {
        Annotation::read(self.spans.annotation?.of(self.json()))
    }

    /// Returns the event's data as it came, byte for byte.
    pub fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// Returns whether the data was no JSON, and was read as what became of it when it was
    /// [mended](crate::reply::Protocol::MENDS).
    pub fn is_mended(&self) -> bool {
        self.mended.is_some()
    }

    /// Returns the JSON that the spans are of.
    fn json(&self) -> &'a [u8] {
        self.mended.unwrap_or(self.raw)
    }

    /// Returns the JSON of any top-level member of the event, known to this crate or not.
    pub fn member(&self, name: &str) -> Option<&'a [u8]> {
        Members::read(self.json()).ok()?.raw(name)
    }

    /// Returns why the event could not be read, if it could not. The stream goes on; its total will not be complete.
    pub fn problem(&self) -> Option<&'a DecodeError> {
        self.problem.map(|problem| &**problem)
    }

    /// Makes a value of its own.
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

/// What an event adds to a function call.
#[derive(Clone, Copy)]
pub struct CallFragment<'a> {
    pub(super) output_index: u64,
    pub(super) call_id: Option<&'a Arc<str>>,
    pub(super) name: Option<&'a Arc<str>>,
    pub(super) arguments: &'a str,
    pub(super) arguments_offset: usize,
}

impl<'a> CallFragment<'a> {
    /// Returns which item of the output the call is.
    pub fn output_index(&self) -> u64 {
        self.output_index
    }

    /// Returns the id that the result must name, once it is known.
    pub fn call_id(&self) -> Option<&'a str> {
        self.call_id.map(|id| &**id)
    }

    /// Returns the name of the function, once it is known.
    pub fn name(&self) -> Option<&'a str> {
        self.name.map(|name| &**name)
    }

    /// Returns the piece of the arguments' text; empty where the call only begins or ends. Half an escape or half a word of
    /// JSON is usual.
    pub fn arguments(&self) -> &'a str {
        self.arguments
    }

    /// Returns where in the arguments' text this piece begins, in bytes.
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
