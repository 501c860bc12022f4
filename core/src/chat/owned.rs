//! Owned chunks. The texts of the deltas are kept in the same memory as the data of the event, behind it.
//!
//! ```text
//! {"id":"c-1","choices":[{"delta":{"content":"a\u00e9"}}]}aé
//! ╰──────────────────────── raw ─────────────────────────╯╰╴texts of the deltas
//! ```

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

use super::accumulator::read_created;
use super::chunk::{CallFragment, Chunk, Delta};
use super::reader::Head;
use super::{FinishReason, Role, Usage};
use crate::error::DecodeError;
use crate::json::{self, Abbreviated, Members, Span};

/// A [`Chunk`] as an owned value. It can be sent to other threads and kept.
///
/// [`id`](Self::id), [`model`](Self::model), [`created`](Self::created) and [`usage`](Self::usage) search the data of
/// the event on each call.
///
/// The router's page: [streaming](https://docs.requesty.ai/features/streaming).
#[derive(Clone)]
pub struct OwnedChunk {
    /// The data of the event, then the texts of the deltas.
    bytes: Box<[u8]>,
    raw_len: usize,
    first: Option<DeltaSpans>,
    rest: Option<Box<Rest>>,
    /// The index of the choice that is shown first.
    first_index: Option<u8>,
}

/// Rare content of a chunk.
#[derive(Clone, Default)]
struct Rest {
    /// The other deltas.
    deltas: Vec<DeltaSpans>,
    /// The fragments of calls, in the order of their deltas: the first one, and the others.
    call: Option<CallSpans>,
    calls: Vec<CallSpans>,
    /// The data as it came, if it was invalid JSON; the bytes are then its mended form.
    came: Option<Box<[u8]>>,
    problem: Option<Arc<DecodeError>>,
}

/// Offsets have 32 bits, as in spans: data beyond 4 GiB is never read.
#[derive(Clone, Copy)]
struct DeltaSpans {
    text_offset: usize,
    /// The start of the first text; the end of each text follows.
    texts: u32,
    text_end: u32,
    reasoning_end: u32,
    refusal_end: u32,
    role: Option<Span>,
    finish_reason: Option<Span>,
    /// The number of fragments of calls.
    calls: u32,
    index: u8,
}

#[derive(Clone)]
struct CallSpans {
    position: usize,
    id: Option<Arc<str>>,
    name: Arc<str>,
    name_fragment: Option<Span>,
    arguments: (u32, u32),
    arguments_offset: usize,
}

impl OwnedChunk {
    pub(super) fn of(chunk: &Chunk<'_>) -> Self {
        let seen = chunk.view.seen;
        let raw = seen.data();
        let arguments = |delta: &Delta<'_>| delta.tool_calls().map(|call| call.arguments().len()).sum::<usize>();
        let length =
            |delta: Delta<'_>| delta.text().len() + delta.reasoning().len() + delta.refusal().len() + arguments(&delta);
        let mut bytes = Vec::with_capacity(raw.len() + chunk.deltas().map(length).sum::<usize>());
        bytes.extend_from_slice(raw);
        let mut deltas = chunk.deltas();
        let mut rest = None;
        let first = deltas.next().map(|delta| DeltaSpans::of(&delta, &mut bytes, &mut rest));
        for delta in deltas {
            let row = DeltaSpans::of(&delta, &mut bytes, &mut rest);
            rest.get_or_insert_default().deltas.push(row);
        }
        if seen.is_mended() || seen.problem().is_some() {
            let rest = rest.get_or_insert_default();
            rest.came = seen.is_mended().then(|| seen.event().data().into());
            rest.problem = seen.problem().cloned();
        }
        let first_index = chunk.view.reader.sum.first_index();
        OwnedChunk { raw_len: raw.len(), first, rest, first_index, bytes: bytes.into_boxed_slice() }
    }

    /// Returns the text that this chunk adds to the first choice; see [`Chunk::text`].
    pub fn text(&self) -> &str {
        self.first().map_or("", |delta| delta.text())
    }

    /// Returns the reasoning that this chunk adds to the first choice; see [`Chunk::reasoning`].
    pub fn reasoning(&self) -> &str {
        self.first().map_or("", |delta| delta.reasoning())
    }

    /// Returns the id of the completion.
    pub fn id(&self) -> Option<Cow<'_, str>> {
        Some(json::to_cow(self.json(), self.head().id?))
    }

    /// Returns the model that generates the answer.
    pub fn model(&self) -> Option<Cow<'_, str>> {
        Some(json::to_cow(self.json(), self.head().model?))
    }

    /// Returns when the completion was created, in seconds since 1970; see [`Chunk::created`].
    pub fn created(&self) -> Option<u64> {
        read_created(self.head().created?.of(self.json()))
    }

    /// Returns tokens and cost, cumulative; see [`Chunk::usage`].
    pub fn usage(&self) -> Option<Usage> {
        Usage::read(self.head().usage?.of(self.json()))
    }

    /// Returns what the chunk adds to each choice.
    pub fn deltas(&self) -> impl Iterator<Item = OwnedDelta<'_>> {
        let mut calls = 0;
        let rows = self.first.iter().chain(self.rest.iter().flat_map(|rest| &rest.deltas));
        rows.map(move |row| {
            let first_call = calls;
            calls += row.calls as usize;
            OwnedDelta { chunk: self, row, first_call }
        })
    }

    /// Returns the data of the event as it came, byte for byte.
    pub fn raw(&self) -> &[u8] {
        self.rest.as_ref().and_then(|rest| rest.came.as_deref()).unwrap_or_else(|| self.json())
    }

    /// Returns the JSON that the spans refer to.
    fn json(&self) -> &[u8] {
        self.bytes.get(..self.raw_len).unwrap_or_default()
    }

    /// Returns the places of the top-level members of the chunk.
    fn head(&self) -> Head {
        // Of an event that could not be read, only the data is shown.
        if self.problem().is_some() { Head::default() } else { Head::of(self.json()) }
    }

    /// Returns whether the data was invalid JSON; see [`Chunk::is_mended`].
    pub fn is_mended(&self) -> bool {
        self.rest.as_ref().is_some_and(|rest| rest.came.is_some())
    }

    /// Returns the data of the event as it came, without copying it.
    pub fn into_raw(self) -> Bytes {
        if let Some(came) = self.rest.and_then(|rest| rest.came) {
            return came.into();
        }
        let mut bytes = self.bytes.into_vec();
        bytes.truncate(self.raw_len);
        bytes.into()
    }

    /// Returns the JSON of a top-level member of the chunk; see [`Chunk::member`].
    pub fn member(&self, name: &str) -> Option<&[u8]> {
        Members::read(self.json()).ok()?.raw(name)
    }

    /// Returns the reason why the event could not be read; see [`Chunk::problem`].
    pub fn problem(&self) -> Option<&DecodeError> {
        self.rest.as_ref()?.problem.as_deref()
    }

    fn first(&self) -> Option<OwnedDelta<'_>> {
        self.deltas().find(|delta| Some(delta.index()) == self.first_index)
    }
}

impl fmt::Debug for OwnedChunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("OwnedChunk");
        f.field("id", &self.id()).field("model", &self.model()).field("deltas", &self.deltas().collect::<Vec<_>>());
        f.field("usage", &self.usage()).field("problem", &self.problem()).field("raw_len", &self.raw_len).finish()
    }
}

/// The part that an owned chunk adds to one choice: a [`Delta`] that borrows from the chunk instead of the stream.
///
/// The router's page: [streaming](https://docs.requesty.ai/features/streaming).
#[derive(Clone, Copy)]
pub struct OwnedDelta<'a> {
    chunk: &'a OwnedChunk,
    row: &'a DeltaSpans,
    first_call: usize,
}

impl<'a> OwnedDelta<'a> {
    /// Returns the `index` of the choice, from 0 to 127; see [`Delta::index`].
    pub fn index(&self) -> u8 {
        self.row.index
    }

    /// Returns the role of the message; `None` if the delta has no role.
    pub fn role(&self) -> Option<Role> {
        Some(Role::from(&*json::to_cow(self.chunk.json(), self.row.role?)))
    }

    /// Returns the text that the chunk adds; empty if it adds no text.
    pub fn text(&self) -> &'a str {
        text(&self.chunk.bytes, self.row.texts, self.row.text_end)
    }

    /// Returns the offset of this text in the text of the choice, in bytes.
    pub fn text_offset(&self) -> usize {
        self.row.text_offset
    }

    /// Returns the reasoning that the chunk adds, from `reasoning_content` or `reasoning`; empty if it adds none.
    pub fn reasoning(&self) -> &'a str {
        text(&self.chunk.bytes, self.row.text_end, self.row.reasoning_end)
    }

    /// Returns the refusal that the chunk adds: what the model writes instead of an answer.
    pub fn refusal(&self) -> &'a str {
        text(&self.chunk.bytes, self.row.reasoning_end, self.row.refusal_end)
    }

    /// Returns the finish reason of the choice; `None` if this chunk has none.
    pub fn finish_reason(&self) -> Option<FinishReason> {
        Some(FinishReason::from(&*json::to_cow(self.chunk.json(), self.row.finish_reason?)))
    }

    /// Returns the fragments of tool calls.
    pub fn tool_calls(&self) -> impl Iterator<Item = OwnedCallFragment<'a>> + use<'a> {
        let OwnedDelta { chunk, row, first_call } = *self;
        let calls = chunk.rest.iter().flat_map(|rest| rest.call.iter().chain(&rest.calls));
        calls.skip(first_call).take(row.calls as usize).map(move |row| OwnedCallFragment { bytes: &chunk.bytes, row })
    }
}

impl fmt::Debug for OwnedDelta<'_> {
    /// Shows only the beginning of long encoded data, such as an image in the text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("OwnedDelta");
        f.field("index", &self.index()).field("role", &self.role()).field("text", &Abbreviated(self.text()));
        f.field("text_offset", &self.text_offset()).field("reasoning", &Abbreviated(self.reasoning()));
        f.field("refusal", &self.refusal()).field("finish_reason", &self.finish_reason());
        f.field("tool_calls", &self.tool_calls().collect::<Vec<_>>()).finish()
    }
}

/// A fragment of a tool call: a [`CallFragment`] that borrows from the chunk instead of the stream.
///
/// The router's page: [streaming](https://docs.requesty.ai/features/streaming).
#[derive(Clone, Copy)]
pub struct OwnedCallFragment<'a> {
    bytes: &'a [u8],
    row: &'a CallSpans,
}

impl<'a> OwnedCallFragment<'a> {
    /// Returns the position of the call among the calls of its choice, from 0.
    pub fn position(&self) -> usize {
        self.row.position
    }

    /// Returns the id of the call; `None` if it was not known when the fragment came.
    pub fn id(&self) -> Option<&'a str> {
        self.row.id.as_deref()
    }

    /// Returns the name of the function so far.
    pub fn name(&self) -> &'a str {
        &self.row.name
    }

    /// Returns the piece of the name in this fragment; see [`CallFragment::name_fragment`].
    pub fn name_fragment(&self) -> Option<Cow<'a, str>> {
        Some(json::to_cow(self.bytes, self.row.name_fragment?))
    }

    /// Returns the piece of the arguments' text.
    pub fn arguments(&self) -> &'a str {
        text(self.bytes, self.row.arguments.0, self.row.arguments.1)
    }

    /// Returns the offset of this piece in the arguments' text, in bytes.
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

impl DeltaSpans {
    #[inline]
    fn of(delta: &Delta<'_>, bytes: &mut Vec<u8>, rest: &mut Option<Box<Rest>>) -> Self {
        let view = &delta.view;
        let texts = offset(bytes);
        let text_end = append(bytes, delta.text());
        let reasoning_end = append(bytes, delta.reasoning());
        let refusal_end = append(bytes, delta.refusal());
        let mut calls = 0;
        for call in delta.tool_calls() {
            let row = CallSpans::of(&call, bytes);
            let rest = rest.get_or_insert_default();
            match rest.call {
                None => rest.call = Some(row),
                Some(_) => rest.calls.push(row),
            }
            calls += 1;
        }
        DeltaSpans {
            text_offset: delta.text_offset(),
            texts,
            text_end,
            reasoning_end,
            refusal_end,
            role: view.now(delta.row.role.filter(|role| !role.is_empty())),
            finish_reason: view.now(delta.row.finish_reason.filter(|reason| !reason.is_empty())),
            calls,
            index: delta.index(),
        }
    }
}

impl CallSpans {
    fn of(call: &CallFragment<'_>, bytes: &mut Vec<u8>) -> Self {
        CallSpans {
            position: call.position(),
            id: call.call.id.clone(),
            name: call.call.name.clone(),
            name_fragment: call.view.now(call.name_span()),
            arguments: (offset(bytes), append(bytes, call.arguments())),
            arguments_offset: call.arguments_offset(),
        }
    }
}

/// Appends a text; returns the offset of its end.
#[inline]
fn append(bytes: &mut Vec<u8>, text: &str) -> u32 {
    bytes.extend_from_slice(text.as_bytes());
    offset(bytes)
}

fn offset(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}

/// Returns a text that [`append`] wrote.
#[inline]
fn text(bytes: &[u8], start: u32, end: u32) -> &str {
    // Most texts of most chunks are empty.
    if start == end {
        return "";
    }
    let text = bytes.get(start as usize..end as usize).unwrap_or_default();
    std::str::from_utf8(text).unwrap_or_default()
}
