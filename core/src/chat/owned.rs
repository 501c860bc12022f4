//! A chunk as a value of its own: what it says is kept in one piece of memory, behind its bytes.
//!
//! ```text
//! {"id":"c-1","choices":[{"delta":{"content":"a\u00e9"}}]}aé
//! ╰──────────────────────── raw ─────────────────────────╯╰╴texts of the deltas
//! ```

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

use super::accumulator::read_created;
use super::chunk::{CallFragment, Chunk, Delta};
use super::{FinishReason, Role, Usage};
use crate::error::DecodeError;
use crate::json::{self, Abbreviated, Members, Span};

/// A [`Chunk`] as a value of its own: sendable, and to be kept for as long as it is wanted.
#[derive(Clone)]
pub struct OwnedChunk {
    /// The event's data, and then the texts of the deltas.
    bytes: Box<[u8]>,
    raw_len: usize,
    id: Option<Span>,
    model: Option<Span>,
    created: Option<Span>,
    usage: Option<Span>,
    deltas: Rows<DeltaRow>,
    first_index: Option<u8>,
    /// The data as it came, where that is no JSON and the bytes are what became of it.
    came: Option<Box<[u8]>>,
    problem: Option<Arc<DecodeError>>,
}

/// Rows, of which there is nearly always one.
#[derive(Clone)]
struct Rows<T> {
    first: Option<T>,
    rest: Vec<T>,
}

#[derive(Clone)]
struct DeltaRow {
    index: u8,
    role: Option<Span>,
    finish_reason: Option<Span>,
    text: Range<usize>,
    text_offset: usize,
    reasoning: Range<usize>,
    refusal: Range<usize>,
    tool_calls: Rows<CallRow>,
}

#[derive(Clone)]
struct CallRow {
    position: usize,
    id: Option<Arc<str>>,
    name: Arc<str>,
    name_fragment: Option<Span>,
    arguments: Range<usize>,
    arguments_offset: usize,
}

impl OwnedChunk {
    pub(super) fn of(chunk: &Chunk<'_>) -> Self {
        let (raw, view) = (chunk.view.raw, &chunk.view);
        let arguments = |delta: &Delta<'_>| delta.tool_calls().map(|call| call.arguments().len()).sum::<usize>();
        let length =
            |delta: Delta<'_>| delta.text().len() + delta.reasoning().len() + delta.refusal().len() + arguments(&delta);
        let mut bytes = Vec::with_capacity(raw.len() + chunk.deltas().map(length).sum::<usize>());
        bytes.extend_from_slice(raw);
        OwnedChunk {
            raw_len: raw.len(),
            id: view.now(view.table.id),
            model: view.now(view.table.model),
            created: view.now(view.table.created),
            usage: view.now(view.table.usage),
            deltas: Rows::of(chunk.deltas().map(|delta| DeltaRow::of(&delta, &mut bytes))),
            first_index: view.sum.first_index(),
            came: chunk.came.map(Box::from),
            problem: chunk.problem.cloned(),
            bytes: bytes.into_boxed_slice(),
        }
    }

    /// Returns the first answer's text in this chunk; see [`Chunk::text`].
    pub fn text(&self) -> &str {
        self.first().map_or("", |delta| delta.text())
    }

    /// Returns what the model thought; see [`Chunk::reasoning`].
    pub fn reasoning(&self) -> &str {
        self.first().map_or("", |delta| delta.reasoning())
    }

    /// Returns the id of the completion.
    pub fn id(&self) -> Option<Cow<'_, str>> {
        Some(json::to_cow(self.json(), self.id?))
    }

    /// Returns the model that answers.
    pub fn model(&self) -> Option<Cow<'_, str>> {
        Some(json::to_cow(self.json(), self.model?))
    }

    /// Returns when the completion was made; see [`Chunk::created`].
    pub fn created(&self) -> Option<u64> {
        read_created(self.created?.of(self.json()))
    }

    /// Returns tokens and cost, cumulative; see [`Chunk::usage`].
    pub fn usage(&self) -> Option<Usage> {
        Usage::read(self.usage?.of(self.json()))
    }

    /// Walks what the chunk adds to each answer.
    pub fn deltas(&self) -> impl Iterator<Item = OwnedDelta<'_>> {
        self.deltas.iter().map(|row| OwnedDelta { bytes: &self.bytes, row })
    }

    /// Returns the event's data as it came, byte for byte.
    pub fn raw(&self) -> &[u8] {
        self.came.as_deref().unwrap_or_else(|| self.json())
    }

    /// Returns the JSON that the spans are of.
    fn json(&self) -> &[u8] {
        self.bytes.get(..self.raw_len).unwrap_or_default()
    }

    /// Returns whether the data was no JSON; see [`Chunk::is_mended`].
    pub fn is_mended(&self) -> bool {
        self.came.is_some()
    }

    /// Returns the event's data as it came, without copying it.
    pub fn into_raw(self) -> Bytes {
        if let Some(came) = self.came {
            return came.into();
        }
        let mut bytes = self.bytes.into_vec();
        bytes.truncate(self.raw_len);
        bytes.into()
    }

    /// Returns the JSON of a member at the top of the chunk; see [`Chunk::member`].
    pub fn member(&self, name: &str) -> Option<&[u8]> {
        Members::read(self.json()).ok()?.raw(name)
    }

    /// Returns why the event could not be read, if it could not; see [`Chunk::problem`].
    pub fn problem(&self) -> Option<&DecodeError> {
        self.problem.as_deref()
    }

    fn first(&self) -> Option<OwnedDelta<'_>> {
        self.deltas().find(|delta| Some(delta.index()) == self.first_index)
    }
}

impl fmt::Debug for OwnedChunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("OwnedChunk");
        f.field("id", &self.id()).field("model", &self.model()).field("deltas", &self.deltas().collect::<Vec<_>>());
        f.field("usage", &self.usage()).field("problem", &self.problem).field("raw_len", &self.raw_len).finish()
    }
}

/// What an owned chunk adds to one answer: a [`Delta`] that borrows from the chunk instead of the stream.
#[derive(Clone, Copy)]
pub struct OwnedDelta<'a> {
    bytes: &'a [u8],
    row: &'a DeltaRow,
}

impl<'a> OwnedDelta<'a> {
    /// Returns the number of the answer; see [`Delta::index`].
    pub fn index(&self) -> u8 {
        self.row.index
    }

    /// Returns who speaks.
    pub fn role(&self) -> Option<Role> {
        Some(Role::from(&*json::to_cow(self.bytes, self.row.role?)))
    }

    /// Returns the text.
    pub fn text(&self) -> &'a str {
        text(self.bytes, &self.row.text)
    }

    /// Returns where in the answer's text this chunk's begins, in bytes.
    pub fn text_offset(&self) -> usize {
        self.row.text_offset
    }

    /// Returns what the model thought, under whichever name it came.
    pub fn reasoning(&self) -> &'a str {
        text(self.bytes, &self.row.reasoning)
    }

    /// Returns what the model says instead of an answer.
    pub fn refusal(&self) -> &'a str {
        text(self.bytes, &self.row.refusal)
    }

    /// Returns why the answer ended, if it did.
    pub fn finish_reason(&self) -> Option<FinishReason> {
        Some(FinishReason::from(&*json::to_cow(self.bytes, self.row.finish_reason?)))
    }

    /// Walks the fragments of tool calls.
    pub fn tool_calls(&self) -> impl Iterator<Item = OwnedCallFragment<'a>> + use<'a> {
        let OwnedDelta { bytes, row } = *self;
        row.tool_calls.iter().map(move |row| OwnedCallFragment { bytes, row })
    }
}

impl fmt::Debug for OwnedDelta<'_> {
    /// Shows long encoded data, such as an image in the text, by its beginning.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("OwnedDelta");
        f.field("index", &self.index()).field("role", &self.role()).field("text", &Abbreviated(self.text()));
        f.field("text_offset", &self.text_offset()).field("reasoning", &Abbreviated(self.reasoning()));
        f.field("refusal", &self.refusal()).field("finish_reason", &self.finish_reason());
        f.field("tool_calls", &self.tool_calls().collect::<Vec<_>>()).finish()
    }
}

/// A fragment of a tool call: a [`CallFragment`] that borrows from the chunk instead of the stream.
#[derive(Clone, Copy)]
pub struct OwnedCallFragment<'a> {
    bytes: &'a [u8],
    row: &'a CallRow,
}

impl<'a> OwnedCallFragment<'a> {
    /// Returns the place of the call among the calls of its answer, from 0.
    pub fn position(&self) -> usize {
        self.row.position
    }

    /// Returns the id of the call, if it was known by then.
    pub fn id(&self) -> Option<&'a str> {
        self.row.id.as_deref()
    }

    /// Returns the name of the function as far as it was known.
    pub fn name(&self) -> &'a str {
        &self.row.name
    }

    /// Returns the piece of the name that this fragment carries; see [`CallFragment::name_fragment`].
    pub fn name_fragment(&self) -> Option<Cow<'a, str>> {
        Some(json::to_cow(self.bytes, self.row.name_fragment?))
    }

    /// Returns the piece of the arguments' text.
    pub fn arguments(&self) -> &'a str {
        text(self.bytes, &self.row.arguments)
    }

    /// Returns where in the arguments' text this piece begins, in bytes.
    pub fn arguments_offset(&self) -> usize {
        self.row.arguments_offset
    }
}

impl fmt::Debug for OwnedCallFragment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("OwnedCallFragment");
        f.field("position", &self.position()).field("id", &self.id()).field("name", &self.name());
        f.field("arguments", &self.arguments()).field("arguments_offset", &self.arguments_offset()).finish()
    }
}

impl DeltaRow {
    fn of(delta: &Delta<'_>, bytes: &mut Vec<u8>) -> Self {
        let view = &delta.view;
        DeltaRow {
            index: delta.index(),
            role: view.now(delta.row.role.filter(|role| !role.is_empty())),
            finish_reason: view.now(delta.row.finish_reason.filter(|reason| !reason.is_empty())),
            text: append(bytes, delta.text()),
            text_offset: delta.text_offset(),
            reasoning: append(bytes, delta.reasoning()),
            refusal: append(bytes, delta.refusal()),
            tool_calls: Rows::of(delta.tool_calls().map(|call| CallRow::of(&call, bytes))),
        }
    }
}

impl CallRow {
    fn of(call: &CallFragment<'_>, bytes: &mut Vec<u8>) -> Self {
        CallRow {
            position: call.position(),
            id: call.call.id.clone(),
            name: call.call.name.clone(),
            name_fragment: call.view.now(call.name_span()),
            arguments: append(bytes, call.arguments()),
            arguments_offset: call.arguments_offset(),
        }
    }
}

impl<T> Rows<T> {
    fn of(mut rows: impl Iterator<Item = T>) -> Self {
        Rows { first: rows.next(), rest: rows.collect() }
    }

    fn iter(&self) -> impl Iterator<Item = &T> {
        self.first.iter().chain(&self.rest)
    }
}

fn append(bytes: &mut Vec<u8>, text: &str) -> Range<usize> {
    let start = bytes.len();
    bytes.extend_from_slice(text.as_bytes());
    start..bytes.len()
}

/// Returns a text that [`append`] put there.
fn text<'a>(bytes: &'a [u8], range: &Range<usize>) -> &'a str {
    let text = bytes.get(range.clone()).unwrap_or_default();
    std::str::from_utf8(text).unwrap_or_default()
}
