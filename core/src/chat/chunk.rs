//! One chunk of a stream: a view that is valid until the next chunk.

use std::borrow::Cow;
use std::fmt;

use super::accumulator::{self, CallDelta, Delta as DeltaSpans, read_created};
use super::calls::CallSum;
use super::choice_sum::ChoiceSum;
use super::chunk_reader::ChunkReader;
use super::owned::OwnedChunk;
use super::reader::{ArgumentSpan, ChoiceSpans, Owner};
use super::{Citation, FinishReason, NamedSources, Role, Usage};
use crate::error::DecodeError;
use crate::json::partial::{Origin, Written};
use crate::json::{self, Abbreviated, Members, Span, TextSum};
use crate::reply::Seen;

/// One chunk of a streamed completion.
///
/// It borrows from the stream, and reading it allocates no memory; [`into_owned`](Self::into_owned) makes an owned
/// value. Every member may be missing. An event that could not be read is a chunk too, with a
/// [`problem`](Self::problem), so that no event is lost.
///
/// The router's page: [streaming](https://docs.requesty.ai/features/streaming).
#[derive(Clone, Copy)]
pub struct Chunk<'a> {
    pub(super) view: View<'a>,
}

/// The reader and the bytes that every part of a chunk borrows.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) seen: Seen<'a>,
    pub(super) reader: &'a ChunkReader,
}

impl<'a> View<'a> {
    /// Returns the place in this chunk of a span of the table.
    pub(super) fn now(&self, span: Option<Span>) -> Option<Span> {
        span.map(|span| self.reader.now(span))
    }

    /// Returns the bytes of a span of the table.
    fn bytes(&self, span: Option<Span>) -> Option<&'a [u8]> {
        Some(self.now(span)?.of(self.seen.data()))
    }

    /// Returns the text of a string of the table.
    fn text(&self, span: Option<Span>) -> Option<Cow<'a, str>> {
        Some(json::to_cow(self.seen.data(), self.now(span)?))
    }
}

impl<'a> Chunk<'a> {
    /// Returns the text that this chunk adds to the choice that began first; empty if it adds no text.
    ///
    /// The texts of all chunks joined are exactly the text of the completion, also if a server cut a character between
    /// two chunks.
    pub fn text(&self) -> &'a str {
        self.first().map_or("", |delta| delta.text())
    }

    /// Returns the reasoning that this chunk adds to the first choice; empty if it adds none.
    pub fn reasoning(&self) -> &'a str {
        self.first().map_or("", |delta| delta.reasoning())
    }

    /// Returns the id of the completion.
    pub fn id(&self) -> Option<Cow<'a, str>> {
        self.view.text(self.view.reader.table.id)
    }

    /// Returns the model that generates the answer.
    pub fn model(&self) -> Option<Cow<'a, str>> {
        self.view.text(self.view.reader.table.model)
    }

    /// Returns when the completion was created, in seconds since 1970; some providers send milliseconds.
    pub fn created(&self) -> Option<u64> {
        read_created(self.view.bytes(self.view.reader.table.created)?)
    }

    /// Returns tokens and cost, if this chunk reports them. They are cumulative: the last report counts, and reports
    /// must not be added up.
    pub fn usage(&self) -> Option<Usage> {
        Usage::read(self.view.bytes(self.view.reader.table.usage)?)
    }

    /// Returns what the chunk adds to each choice.
    pub fn deltas(&self) -> impl Iterator<Item = Delta<'a>> + use<'a> {
        let view = self.view;
        let rows = view.reader.table.choices().1.iter().zip(view.reader.sum.shown_deltas());
        rows.map(move |(row, delta)| Delta { view, row, delta })
    }

    /// Returns the sources in this chunk, of the first choice or of all choices, that no earlier chunk had.
    pub(crate) fn new_citations(&self, named: &mut NamedSources) -> Vec<Citation> {
        let mut found = Vec::new();
        let reader = self.view.reader;
        // What such a chunk repeats was there before.
        if reader.is_matched() {
            return found;
        }
        let data = self.view.seen.data();
        let (first_row, choices) = reader.table.choices();
        let is_first = |row: usize| {
            let choice = row.checked_sub(first_row).and_then(|row| choices.get(row));
            choice.is_some_and(|choice| reader.sum.first_index() == Some(choice.index.unwrap_or(0)))
        };
        for extra in &reader.table.extras {
            let counts = match extra.owner {
                Owner::Chunk => true,
                Owner::Choice(row) | Owner::Message(row, _) => is_first(row),
                _ => false,
            };
            if counts && !accumulator::is_replaced(&reader.table, extra) {
                let key = json::to_cow(data, extra.key);
                named.read(&key, extra.value.of(data), &mut found);
            }
        }
        found
    }

    /// Returns the texts of choices and the arguments of calls that the chunk added to, each from its beginning, for
    /// [reading incomplete JSON](crate::json::partial::Follow).
    ///
    /// If a server sends arguments as a JSON value instead of text, the text of that value is returned.
    pub fn written(&self) -> impl Iterator<Item = Written<'a>> + use<'a> {
        self.deltas().flat_map(|delta| delta.written_text().into_iter().chain(delta.written_arguments()))
    }

    /// Returns the data of the event as it came, byte for byte.
    pub fn raw(&self) -> &'a [u8] {
        self.view.seen.event().data()
    }

    /// Returns whether the data was invalid JSON, and was read after it was [mended](crate::reply::Protocol::MENDS).
    pub fn is_mended(&self) -> bool {
        self.view.seen.is_mended()
    }

    /// Returns the JSON of any top-level member of the chunk, known to this crate or not; `None` if it is absent.
    pub fn member(&self, name: &str) -> Option<&'a [u8]> {
        Members::read(self.view.seen.data()).ok()?.raw(name)
    }

    /// Returns the reason why the event could not be read; `None` if it could. The stream goes on, but its total will
    /// be incomplete.
    pub fn problem(&self) -> Option<&'a DecodeError> {
        self.view.seen.problem().map(|problem| &**problem)
    }

    /// Returns an owned value. It takes one allocation, and a few more if the chunk has fragments of tool calls or
    /// several choices.
    pub fn into_owned(self) -> OwnedChunk {
        OwnedChunk::of(&self)
    }

    fn first(&self) -> Option<Delta<'a>> {
        let first = self.view.reader.sum.first_index()?;
        self.deltas().find(|delta| delta.index() == first)
    }
}

impl fmt::Debug for Chunk<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let deltas: Vec<Delta<'_>> = self.deltas().collect();
        let mut f = f.debug_struct("Chunk");
        f.field("id", &self.id()).field("model", &self.model()).field("deltas", &deltas);
        f.field("usage", &self.usage()).field("problem", &self.problem()).finish()
    }
}

/// The part that a chunk adds to one choice.
///
/// The router's page: [streaming](https://docs.requesty.ai/features/streaming).
#[derive(Clone, Copy)]
pub struct Delta<'a> {
    pub(super) view: View<'a>,
    pub(super) row: &'a ChoiceSpans,
    delta: &'a DeltaSpans,
}

impl<'a> Delta<'a> {
    /// Returns the `index` of the choice, from 0 to 127; 0 if the index is missing or is not such a number.
    pub fn index(&self) -> u8 {
        self.row.index.unwrap_or(0)
    }

    /// Returns the role of the message; `None` if the delta has no role.
    pub fn role(&self) -> Option<Role> {
        let role = self.row.role.filter(|role| !role.is_empty());
        Some(Role::from(&*self.view.text(role)?))
    }

    /// Returns the text that the chunk adds; empty if it adds no text.
    pub fn text(&self) -> &'a str {
        self.slice(self.delta.content, |choice| &choice.content)
    }

    /// Returns the offset of this text in the text of the choice, in bytes.
    pub fn text_offset(&self) -> usize {
        self.delta.content.0
    }

    /// Returns the reasoning that the chunk adds, from `reasoning_content` or `reasoning`; empty if it adds none.
    pub fn reasoning(&self) -> &'a str {
        self.slice(self.delta.reasoning, |choice| &choice.reasoning)
    }

    /// Returns the refusal that the chunk adds: what the model writes instead of an answer.
    pub fn refusal(&self) -> &'a str {
        self.slice(self.delta.refusal, |choice| &choice.refusal)
    }

    /// Returns the finish reason of the choice; `None` if this chunk has none.
    pub fn finish_reason(&self) -> Option<FinishReason> {
        let reason = self.row.finish_reason.filter(|reason| !reason.is_empty());
        Some(FinishReason::from(&*self.view.text(reason)?))
    }

    /// Returns the fragments of tool calls.
    pub fn tool_calls(&self) -> impl Iterator<Item = CallFragment<'a>> + use<'a> {
        let view = self.view;
        let rows = view.reader.sum.call_deltas.get(self.delta.calls.0..self.delta.calls.1).unwrap_or_default();
        rows.iter().filter_map(move |row| {
            let call = view.reader.sum.choices.get(row.choice)?.calls.list.get(row.call)?;
            Some(CallFragment { view, call, row })
        })
    }

    fn written_text(&self) -> Option<Written<'a>> {
        let (from, to) = self.delta.content;
        let choice = self.view.reader.sum.choices.get(self.delta.choice).filter(|_| to > from)?;
        Some(Written::new(Origin::Text { index: self.index().into(), part: 0 }, 0, &choice.content.text))
    }

    fn written_arguments(&self) -> impl Iterator<Item = Written<'a>> + use<'a> {
        let index = self.index().into();
        self.tool_calls().filter(CallFragment::has_arguments).map(move |fragment| {
            let CallFragment { call, row, .. } = fragment;
            let origin = Origin::Arguments { index, part: row.call as u64 };
            Written::new(origin, call.edition, call.arguments_text()).named(Some(&call.name))
        })
    }

    /// Returns what the chunk added to a text.
    #[inline]
    fn slice(&self, (start, end): (usize, usize), text: impl FnOnce(&'a ChoiceSum) -> &'a TextSum) -> &'a str {
        // Most texts of most chunks are empty.
        if start == end {
            return "";
        }
        let choice = self.view.reader.sum.choices.get(self.delta.choice);
        choice.and_then(|choice| text(choice).text.get(start..end)).unwrap_or_default()
    }
}

impl fmt::Debug for Delta<'_> {
    /// Shows only the beginning of long encoded data, such as an image in the text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("Delta");
        f.field("index", &self.index()).field("role", &self.role()).field("text", &Abbreviated(self.text()));
        f.field("text_offset", &self.text_offset()).field("reasoning", &Abbreviated(self.reasoning()));
        f.field("refusal", &self.refusal()).field("finish_reason", &self.finish_reason());
        f.field("tool_calls", &self.tool_calls().collect::<Vec<_>>()).finish()
    }
}

/// A fragment of a tool call.
///
/// Servers number and name fragments in many ways. The call of a fragment is decided once, so that the fragment and the
/// total agree.
///
/// The router's page: [streaming](https://docs.requesty.ai/features/streaming).
#[derive(Clone, Copy)]
pub struct CallFragment<'a> {
    pub(super) view: View<'a>,
    pub(super) call: &'a CallSum,
    row: &'a CallDelta,
}

impl<'a> CallFragment<'a> {
    /// Returns the position of the call among the calls of its choice, from 0.
    pub fn position(&self) -> usize {
        self.row.call
    }

    /// Returns the id of the call; `None` while it is not known.
    pub fn id(&self) -> Option<&'a str> {
        self.call.id.as_deref()
    }

    /// Returns the name of the function so far.
    pub fn name(&self) -> &'a str {
        &self.call.name
    }

    /// Returns the piece of the name in this fragment, as it came: a repetition or a continuation.
    pub fn name_fragment(&self) -> Option<Cow<'a, str>> {
        self.view.text(self.name_span())
    }

    pub(super) fn name_span(&self) -> Option<Span> {
        self.view.reader.table.calls.get(self.row.row)?.name
    }

    /// Returns the piece of the arguments' text. It may end within an escape or a word of JSON.
    pub fn arguments(&self) -> &'a str {
        self.call.arguments.text.get(self.row.arguments.0..self.row.arguments.1).unwrap_or_default()
    }

    /// Returns the offset of this piece in the arguments' text, in bytes.
    pub fn arguments_offset(&self) -> usize {
        self.row.arguments.0
    }

    /// Returns whether it adds to the arguments, as text or as a value.
    fn has_arguments(&self) -> bool {
        let row = self.view.reader.table.calls.get(self.row.row);
        let is_value = row.is_some_and(|row| matches!(row.arguments, ArgumentSpan::Json(_)));
        self.row.arguments.1 > self.row.arguments.0 || is_value
    }
}

impl fmt::Debug for CallFragment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("CallFragment");
        f.field("position", &self.position()).field("id", &self.id()).field("name", &self.name());
        f.field("arguments", &self.arguments()).field("arguments_offset", &self.arguments_offset()).finish()
    }
}
