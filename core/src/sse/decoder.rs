//! The decoder of server-sent events.

use std::fmt;
use std::mem;
use std::ops::Range;

use super::buffer::Buffer;
use super::field::value_of;
use super::{Event, Step};
use crate::json::MARK;
use crate::limits::{Limit, TooLarge};

/// Splits a body into server-sent events. The events are the same for any split of the bytes.
///
/// Add bytes with [`room`](Self::room) and [`commit`](Self::commit), or with [`push`](Self::push). Then call
/// [`advance`](Self::advance) until it returns [`Step::NeedBytes`].
///
/// * It follows exactly the rules of the standard: one byte order mark at the start; line ends CR, LF and CRLF in any
///   mix, and cut at any byte. A lone CR that ends a blank line dispatches at once. Invalid UTF-8 damages only its own
///   line.
/// * At the end, a block without its blank line is not an event. [`unterminated`](Self::unterminated) returns it.
/// * It takes time proportional to the number of bytes, for any split.
/// * It is bounded: the joined data of one event is limited, and so is every line. With no byte buffered it holds less
///   than 32 KiB besides the last event id, also after a large event; otherwise at most a small multiple of
///   [`buffered`](Self::buffered).
///
/// `Debug` shows lengths only, because events hold answers.
pub struct Decoder {
    pub(super) buffer: Buffer,
    /// A copy, because joining data may overwrite the original bytes.
    pub(super) name: Vec<u8>,
    /// The last event id after the last finished block.
    pub(super) id: Vec<u8>,
    /// The last event id in the unfinished block, if `id_pending`.
    pub(super) next_id: Vec<u8>,
    pub(super) id_pending: bool,
    /// Whether an `id` field came since the last event.
    pub(super) id_given: bool,
    pub(super) retry: Option<u64>,
    /// The last line that is neither a field nor a comment; only its kept part.
    pub(super) stray: Vec<u8>,
    limit: usize,
    pub(super) phase: Phase,
    /// Whether the bytes ended within a block, or within a line that is not a comment.
    pub(super) cut: bool,
    /// Whether the block is complete and was handed out.
    ready: bool,
    /// Whether the next byte is known to begin a block, because the block before it was taken as a whole.
    between: bool,
    ended: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// A byte order mark may come next.
    Start,
    Reading,
    Done,
    Failed,
}

impl Decoder {
    /// The default limit for the joined data of one event: 64 MiB. An image comes in one event.
    pub const DEFAULT_LIMIT: usize = 64 << 20;

    /// Creates a decoder with the default limit. It allocates nothing until bytes come.
    pub fn new() -> Self {
        Decoder::with_limit(Self::DEFAULT_LIMIT)
    }

    /// Creates a decoder that fails if the joined data of an event exceeds `limit` bytes.
    ///
    /// Data of exactly `limit` bytes passes. A line of any kind, also a comment, may be 64 bytes longer than `limit`,
    /// for the name of its field.
    pub fn with_limit(limit: usize) -> Self {
        Decoder {
            buffer: Buffer::default(),
            name: Vec::new(),
            id: Vec::new(),
            next_id: Vec::new(),
            id_pending: false,
            id_given: false,
            retry: None,
            stray: Vec::new(),
            limit,
            phase: Phase::Start,
            cut: false,
            ready: false,
            between: false,
            ended: false,
        }
    }

    /// Returns room to read bytes into; call [`commit`](Self::commit) after it.
    ///
    /// The room has at least 4 KiB, and grows with large events. Its content has no meaning. May be called at any time;
    /// the current event stays.
    pub fn room(&mut self) -> &mut [u8] {
        self.buffer.room()
    }

    /// Accepts the first `n` bytes of the last [`room`](Self::room) as arrived. An `n` larger than the room counts as
    /// the whole room.
    ///
    /// Call it once for each room, and before any [`push`](Self::push), which overwrites the room. Call
    /// [`advance`](Self::advance) after it.
    pub fn commit(&mut self, n: usize) {
        if self.is_open() {
            self.buffer.commit(n);
        }
    }

    /// Appends bytes by copying them once. Bytes after [`end`](Self::end) or after an error are ignored.
    ///
    /// Call [`advance`](Self::advance) after it. May be called at any time; the current event stays.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.is_open() {
            self.buffer.push(bytes);
        }
    }

    /// Notes that no more bytes come.
    ///
    /// Call [`advance`](Self::advance) after it: it still returns the events that were not handed out yet.
    pub fn end(&mut self) {
        self.ended = true;
    }

    /// Moves to the next event and drops the current one.
    ///
    /// Call it again:
    /// * after [`Step::Ready`], when [`event`](Self::event) is no longer needed;
    /// * after [`Step::NeedBytes`], when bytes were added or [`end`](Self::end) was called.
    ///
    /// # Errors
    ///
    /// [`TooLarge`] if an event or a line exceeds the limit. No other bytes are an error. The decoder is then finished,
    /// has freed its buffer, and returns the same error on every later call.
    pub fn advance(&mut self) -> Result<Step, TooLarge> {
        if self.is_starved() {
            return Ok(Step::NeedBytes);
        }
        if self.take_usual_event() {
            return Ok(Step::Ready);
        }
        self.advance_by_lines()
    }

    fn advance_by_lines(&mut self) -> Result<Step, TooLarge> {
        self.between = false;
        match self.phase {
            Phase::Reading => {}
            Phase::Start => {
                if !self.is_past_start() {
                    return Ok(Step::NeedBytes);
                }
                self.phase = Phase::Reading;
            }
            Phase::Done => return Ok(Step::Done),
            Phase::Failed => return Err(self.too_large()),
        }
        while let Some(end) = self.buffer.find_line_end() {
            if !self.take_line(Some(end)) {
                return self.fail();
            }
            self.buffer.end_line(end);
            if self.ready {
                return Ok(Step::Ready);
            }
        }
        let unfinished = self.buffer.line(None).len();
        if unfinished > self.max_line() {
            return self.fail();
        }
        if !self.ended {
            self.buffer.shrink_if_it_pays();
            return Ok(Step::NeedBytes);
        }
        let line = self.buffer.line(None);
        let begins_field = FIELDS.iter().any(|field| !line.is_empty() && field.starts_with(line));
        // The standard drops this block; it is kept for `unterminated`.
        if unfinished > 0 && !self.take_line(None) {
            return self.fail();
        }
        self.cut = begins_field || self.buffer.has_data() || !self.name.is_empty() || self.id_pending;
        self.buffer.skip(unfinished);
        self.phase = Phase::Done;
        self.buffer.shrink_if_it_pays();
        Ok(Step::Done)
    }

    /// Returns the event of the last [`Step::Ready`]; an empty event before the first one.
    pub fn event(&self) -> Event<'_> {
        if !self.ready {
            return Event { name: &[], data: &[], id: &self.id, id_given: false };
        }
        Event { name: &self.name, data: self.buffer.data(), id: &self.id, id_given: self.id_given }
    }

    /// Returns the name of the event of the last [`Step::Ready`].
    #[inline]
    pub(crate) fn name(&self) -> &[u8] {
        if self.ready { &self.name } else { &[] }
    }

    /// Returns its data.
    #[inline]
    pub(crate) fn data(&self) -> &[u8] {
        if self.ready { self.buffer.data() } else { &[] }
    }

    /// Drops the current event. Returns whether the bytes are clearly too few for another event, and more may come:
    /// nearly always so with small reads.
    #[inline(always)]
    pub(crate) fn is_starved(&mut self) -> bool {
        let starved = self.phase == Phase::Reading && !self.ended && self.buffer.is_starved(self.limit);
        if starved && self.ready {
            self.drop_event();
            self.buffer.rewind_if_empty();
        }
        starved
    }

    /// Drops the current event. Returns the bytes that follow and the limit for the data of an event, if no earlier
    /// byte affects them: for a dialect that can guess the next event.
    #[inline]
    pub(crate) fn upcoming(&mut self) -> Option<(&[u8], usize)> {
        self.is_between_events().then(|| (self.buffer.line(None), self.limit))
    }

    /// Drops the current event. Returns whether the next byte begins a block.
    #[inline]
    fn is_between_events(&mut self) -> bool {
        self.drop_event();
        self.between || self.is_between_blocks()
    }

    /// Takes the first `length` bytes of [`upcoming`](Self::upcoming) as one event with a single line of data. If it
    /// has a name, only the caller knows it.
    #[inline]
    pub(crate) fn take(&mut self, data: Range<usize>, length: usize) {
        self.buffer.take(data, length);
        (self.between, self.ready) = (true, true);
    }

    /// Returns the number of bytes that are held for events not handed out yet.
    pub fn buffered(&self) -> usize {
        let data = if self.ready { 0 } else { self.buffer.data().len() };
        data + self.buffer.line(None).len()
    }

    /// Returns the number of bytes that follow the last line that was read.
    pub(crate) fn unread(&self) -> usize {
        self.buffer.line(None).len()
    }

    /// Returns whether anything but comments and blank lines came since the last event.
    pub(crate) fn is_in_event(&self) -> bool {
        let field = self.buffer.has_data() || !self.name.is_empty() || self.id_pending;
        !self.ready && (field || self.unread() > 0 || !self.stray.is_empty())
    }

    /// Returns whether the decoder still accepts bytes.
    fn is_open(&self) -> bool {
        !self.ended && self.phase != Phase::Failed
    }

    /// Returns the limit for one line, in bytes.
    pub(super) fn max_line(&self) -> usize {
        self.limit.saturating_add(FIELD_ROOM)
    }

    #[inline]
    fn drop_event(&mut self) {
        if self.ready {
            self.ready = false;
            self.buffer.clear_data();
            // A block that was taken as a whole has neither.
            if !self.between {
                self.id_given = false;
                clear(&mut self.name);
            }
        }
    }

    /// Takes the next event if it has the usual form: one line of data, and a blank line.
    #[inline]
    fn take_usual_event(&mut self) -> bool {
        if !self.is_between_events() {
            return false;
        }
        self.ready = self.buffer.take_line_of_data(self.limit);
        self.between = self.ready;
        self.ready
    }

    fn is_between_blocks(&self) -> bool {
        let is_reading = self.phase == Phase::Reading;
        let began = !self.name.is_empty() || self.id_pending || self.id_given;
        is_reading && !began && self.buffer.is_between_blocks()
    }

    /// Skips the byte order mark. Returns `false` while the mark may be incomplete.
    fn is_past_start(&mut self) -> bool {
        let seen = self.buffer.line(None);
        if seen.starts_with(MARK) {
            self.buffer.skip(MARK.len());
            return true;
        }
        self.ended || !MARK.starts_with(seen)
    }

    /// Takes the current line, which ends at `end` or has no end. Returns `false` if the data exceeds the limit.
    #[inline]
    fn take_line(&mut self, end: Option<usize>) -> bool {
        let line = self.buffer.line(end);
        if line.is_empty() {
            self.end_block();
            return true;
        }
        match value_of(line, b"data").map(<[u8]>::len) {
            Some(len) => self.buffer.join_data(len, end) <= self.limit,
            None => self.take_other_field(end),
        }
    }

    /// Ends the block at a blank line. The block is an event if it has data.
    #[inline]
    fn end_block(&mut self) {
        if self.id_pending {
            self.id_pending = false;
            self.id_given = true;
            mem::swap(&mut self.id, &mut self.next_id);
            clear(&mut self.next_id);
        }
        self.ready = self.buffer.has_data();
        if !self.ready {
            clear(&mut self.name);
        }
    }

    fn too_large(&self) -> TooLarge {
        TooLarge { what: Limit::Event, limit: self.limit }
    }

    fn fail<T>(&mut self) -> Result<T, TooLarge> {
        self.phase = Phase::Failed;
        self.buffer = Buffer::default();
        self.name = Vec::new();
        self.next_id = Vec::new();
        self.id_pending = false;
        Err(self.too_large())
    }
}

impl Default for Decoder {
    fn default() -> Self {
        Decoder::new()
    }
}

impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("Decoder");
        f.field("phase", &self.phase).field("ended", &self.ended).field("buffered", &self.buffered());
        f.field("event", &self.ready.then(|| self.event())).field("retry", &self.retry);
        f.field("limit", &self.limit).finish_non_exhaustive()
    }
}

/// Empties `text`. Keeps its memory only up to `KEPT_TEXT` bytes.
fn clear(text: &mut Vec<u8>) {
    text.clear();
    if text.capacity() > KEPT_TEXT {
        *text = Vec::new();
    }
}

/// The capacity that is kept for names and ids, in bytes.
const KEPT_TEXT: usize = 1 << 10;
/// The fields of an event.
const FIELDS: [&[u8]; 3] = [b"data", b"event", b"id"];
/// How many bytes longer than the limit a line may be, so that data at the limit passes with any field name.
const FIELD_ROOM: usize = 64;
