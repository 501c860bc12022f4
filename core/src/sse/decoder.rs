//! The framing machine.

use std::borrow::Cow;
use std::fmt;
use std::mem;

use memchr::{memchr, memchr2};

use super::{Event, Step};
use crate::error::{Limit, TooLarge};

/// Splits a body into server-sent events, however its bytes arrive.
///
/// Feed it with [`room`](Self::room) and [`commit`](Self::commit), or with [`push`](Self::push); then call
/// [`advance`](Self::advance) until it asks for more.
///
/// * Exactly the rules of the standard: one byte order mark at the start, line ends CR, LF and CRLF in any mix, and cut
///   anywhere. A lone CR that ends a blank line dispatches at once. Invalid UTF-8 spoils only its own line.
/// * At the end, a block without its blank line is no event, but can be asked for: [`unterminated`](Self::unterminated).
/// * The same events for any split of the bytes, in time proportional to their number.
/// * Bounded: the joined data of one event is limited, and so is every line. With nothing buffered it holds less than
///   32 KiB, also after a large event; otherwise at most a small multiple of what is [`buffered`](Self::buffered).
///
/// `Debug` shows lengths only: events hold answers.
pub struct Decoder {
    /// What arrived and is still needed, up to `filled`; beyond that, initialised room for more.
    buf: Vec<u8>,
    filled: usize,
    /// How much of the room may be committed.
    granted: usize,
    /// Where the line begins whose end is not known yet.
    line: usize,
    /// Up to where that line was searched for its end.
    scanned: usize,
    /// The data of the block so far, joined in place: `data_start..data_end`, which never reaches beyond `line`.
    data_start: usize,
    data_end: usize,
    has_data: bool,
    /// A copy, since joining data may overwrite where it stood.
    name: Vec<u8>,
    /// The last event id as of the last finished block.
    id: Vec<u8>,
    /// The last event id as of the unfinished block, if `id_pending`.
    next_id: Vec<u8>,
    id_pending: bool,
    /// Whether an id came since the event before.
    id_given: bool,
    retry: Option<u64>,
    limit: usize,
    phase: Phase,
    /// The last line ended with a CR that was the last byte: if an LF comes next, it belongs to it.
    skip_lf: bool,
    /// The block is complete, and handed out.
    ready: bool,
    ended: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// A byte order mark may come.
    Start,
    Reading,
    Done,
    Failed,
}

impl Decoder {
    /// The default limit for the joined data of one event, in bytes: 64 MiB. Images come in one event.
    pub const DEFAULT_LIMIT: usize = 64 << 20;

    /// Creates a decoder with the default limit. It allocates nothing until bytes come.
    pub fn new() -> Self {
        Decoder::with_limit(Self::DEFAULT_LIMIT)
    }

    /// Creates a decoder that fails where the joined data of an event exceeds `limit` bytes.
    ///
    /// Data of exactly `limit` bytes passes. Lines of every kind, also comments, may be as long as such data and a field
    /// name are together.
    pub fn with_limit(limit: usize) -> Self {
        Decoder {
            buf: Vec::new(),
            filled: 0,
            granted: 0,
            line: 0,
            scanned: 0,
            data_start: 0,
            data_end: 0,
            has_data: false,
            name: Vec::new(),
            id: Vec::new(),
            next_id: Vec::new(),
            id_pending: false,
            id_given: false,
            retry: None,
            limit,
            phase: Phase::Start,
            skip_lf: false,
            ready: false,
            ended: false,
        }
    }

    /// Returns room to read bytes into, to be followed by [`commit`](Self::commit).
    ///
    /// It is never empty, but at least 4 KiB, and grows with large events. What it holds is of no meaning. May be called
    /// at any time; the current event stays.
    pub fn room(&mut self) -> &mut [u8] {
        if self.buf.len() - self.filled < MIN_ROOM {
            self.compact_if_it_pays();
        }
        if self.buf.len() - self.filled < MIN_ROOM {
            let len = (self.filled + MIN_ROOM.max(self.filled / 2)).max(USUAL_LEN);
            self.buf.reserve_exact(len - self.buf.len());
            self.buf.resize(len, 0);
        }
        self.granted = self.buf.len() - self.filled;
        self.buf.get_mut(self.filled..).unwrap_or_default()
    }

    /// Takes the first `n` bytes of the last [`room`](Self::room) as arrived; more than there was room for is cut to that.
    ///
    /// Once for each room, and before any [`push`](Self::push), which writes over the room. Call
    /// [`advance`](Self::advance) after it.
    pub fn commit(&mut self, n: usize) {
        let n = n.min(mem::take(&mut self.granted));
        if self.is_open() {
            self.filled += n;
        }
    }

    /// Appends bytes, with one copy. Bytes after [`end`](Self::end) or after an error are ignored.
    ///
    /// Call [`advance`](Self::advance) after it. May be called at any time; the current event stays.
    pub fn push(&mut self, bytes: &[u8]) {
        self.granted = 0;
        if !self.is_open() {
            return;
        }
        if bytes.len() > self.buf.len() - self.filled {
            self.compact_if_it_pays();
        }
        let needed = self.filled.saturating_add(bytes.len());
        if needed > self.buf.capacity() {
            let capacity = needed.max(self.filled + self.filled / 2).max(USUAL_LEN);
            self.buf.reserve_exact(capacity - self.buf.len());
        }
        let room = self.buf.get_mut(self.filled..).unwrap_or_default();
        // What fits overwrites the room, what does not extends it: nothing is zeroed first.
        let (fits, beyond) = bytes.split_at_checked(room.len()).unwrap_or((bytes, &[]));
        if let Some(room) = room.get_mut(..fits.len()) {
            room.copy_from_slice(fits);
        }
        self.buf.extend_from_slice(beyond);
        self.filled = needed;
    }

    /// Notes that no more bytes come.
    ///
    /// Call [`advance`](Self::advance) after it: events that were not handed out yet still are.
    pub fn end(&mut self) {
        self.ended = true;
    }

    /// Moves to the next event, dropping the current one.
    ///
    /// Call it again:
    /// * after [`Step::Ready`], when done with [`event`](Self::event);
    /// * after [`Step::NeedBytes`], when bytes were added or their [`end`](Self::end) was noted.
    ///
    /// # Errors
    ///
    /// [`TooLarge`] where an event or a line exceeds the limit: any other bytes have a meaning. The decoder is finished
    /// then, has freed its buffer, and every later call gives the same error.
    pub fn advance(&mut self) -> Result<Step, TooLarge> {
        self.drop_event();
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
        if self.skip_lf && self.line < self.filled {
            self.skip_lf = false;
            if self.buf.get(self.line) == Some(&b'\n') {
                self.start_line(self.line + 1);
            }
        }
        while let Some(end) = self.find_line_end() {
            if end == self.line {
                self.end_line(end);
                if self.end_block() {
                    return Ok(Step::Ready);
                }
                continue;
            }
            if end - self.line > self.limit.saturating_add(FIELD_ROOM) || !self.take_field(end) {
                return self.fail();
            }
            self.end_line(end);
        }
        if self.filled - self.line > self.limit.saturating_add(FIELD_ROOM) {
            return self.fail();
        }
        if !self.ended {
            self.shrink_if_it_pays();
            return Ok(Step::NeedBytes);
        }
        // What the standard drops here is kept for `unterminated`.
        if self.line < self.filled && !self.take_field(self.filled) {
            return self.fail();
        }
        self.start_line(self.filled);
        self.phase = Phase::Done;
        self.shrink_if_it_pays();
        Ok(Step::Done)
    }

    /// Returns the event of the last [`Step::Ready`]; an empty one when there is none.
    pub fn event(&self) -> Event<'_> {
        if !self.ready {
            return Event { name: &[], data: &[], id: &self.id, id_given: false };
        }
        Event { name: &self.name, data: self.data(), id: &self.id, id_given: self.id_given }
    }

    /// Returns, after [`Step::Done`], the block whose blank line never came, if it has data.
    ///
    /// The standard drops it: what ends without a blank line may be cut anywhere, here also in the middle of the last
    /// line. But some servers leave the last blank line out, so a caller that can tell complete data from cut data may
    /// take it.
    ///
    /// # Examples
    ///
    /// ```
    /// use requesty_core::sse::{Decoder, Step};
    ///
    /// let mut decoder = Decoder::new();
    /// decoder.push(b"data: [DONE]");
    /// decoder.end();
    /// assert_eq!(decoder.advance()?, Step::Done);
    /// assert_eq!(decoder.unterminated().map(|event| event.data()), Some(&b"[DONE]"[..]));
    /// # Ok::<(), requesty_core::error::TooLarge>(())
    /// ```
    pub fn unterminated(&self) -> Option<Event<'_>> {
        let id = if self.id_pending { &self.next_id } else { &self.id };
        (self.phase == Phase::Done && self.has_data).then(|| Event {
            name: &self.name,
            data: self.data(),
            id,
            id_given: self.id_given || self.id_pending,
        })
    }

    /// Returns the last event id: the one that was in force at the last blank line, empty where there is none. Invalid
    /// UTF-8 becomes U+FFFD.
    pub fn last_event_id(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.id)
    }

    /// Returns the last valid `retry` field, in milliseconds: how long the server wants a client to wait before it
    /// connects again. Nothing here acts on it.
    pub fn retry(&self) -> Option<u64> {
        self.retry
    }

    /// Returns the number of bytes that are held for events not handed out yet.
    pub fn buffered(&self) -> usize {
        let data = if self.ready { 0 } else { self.data().len() };
        data + (self.filled - self.line)
    }

    /// Returns the number of bytes of memory that the decoder holds beside itself.
    pub fn capacity(&self) -> usize {
        self.buf.capacity() + self.name.capacity() + self.id.capacity() + self.next_id.capacity()
    }

    /// Returns whether bytes are still taken.
    fn is_open(&self) -> bool {
        !self.ended && self.phase != Phase::Failed
    }

    fn data(&self) -> &[u8] {
        self.buf.get(self.data_start..self.data_end).unwrap_or_default()
    }

    fn drop_event(&mut self) {
        if !self.ready {
            return;
        }
        self.ready = false;
        self.clear_data();
        self.id_given = false;
        clear(&mut self.name);
        // Many events in one large piece: the memory of those handed out is given back on the way.
        if self.line > SWEEP_LEN {
            self.shrink_if_it_pays();
        }
    }

    fn clear_data(&mut self) {
        self.has_data = false;
        self.data_start = 0;
        self.data_end = 0;
    }

    /// Skips the byte order mark; returns `false` while there may be one that is not whole.
    fn is_past_start(&mut self) -> bool {
        const MARK: &[u8] = b"\xEF\xBB\xBF";
        let seen = self.buf.get(..self.filled).unwrap_or_default();
        if seen.starts_with(MARK) {
            self.start_line(MARK.len());
            return true;
        }
        self.ended || !MARK.starts_with(seen)
    }

    fn start_line(&mut self, at: usize) {
        self.line = at;
        self.scanned = at;
    }

    /// Finds the end of the current line, looking at each byte once in all calls together.
    fn find_line_end(&mut self) -> Option<usize> {
        let unseen = self.buf.get(self.scanned..self.filled).unwrap_or_default();
        let found = match unseen {
            // A blank line, most likely.
            [b'\n', ..] => Some(0),
            _ => memchr2(b'\n', b'\r', unseen),
        };
        self.scanned = found.map_or(self.filled, |at| self.scanned + at);
        found.map(|_| self.scanned)
    }

    /// Starts the next line after the line end at `end`: LF, CR or CRLF. After a CR that is the last byte so far, an LF
    /// is due to be skipped.
    fn end_line(&mut self, end: usize) {
        let mut next = end + 1;
        if self.buf.get(end) == Some(&b'\r') {
            if next == self.filled {
                self.skip_lf = true;
            } else if self.buf.get(next) == Some(&b'\n') {
                next += 1;
            }
        }
        self.start_line(next);
    }

    /// Ends the block at a blank line; returns whether it is an event.
    fn end_block(&mut self) -> bool {
        if self.id_pending {
            self.id_pending = false;
            self.id_given = true;
            mem::swap(&mut self.id, &mut self.next_id);
            clear(&mut self.next_id);
        }
        self.ready = self.has_data;
        if !self.ready {
            clear(&mut self.name);
        }
        self.ready
    }

    /// Takes the field in the line up to `end`; returns `false` where its data is too much.
    fn take_field(&mut self, end: usize) -> bool {
        let line = self.buf.get(self.line..end).unwrap_or_default();
        if let Some(value) = value_of(line, b"data") {
            let start = end - value.len();
            return self.join_data(start, end);
        }
        if let Some(value) = value_of(line, b"event") {
            self.name.clear();
            self.name.extend_from_slice(value);
        } else if let Some(value) = value_of(line, b"id").filter(|value| memchr(0, value).is_none()) {
            self.id_pending = true;
            self.next_id.clear();
            self.next_id.extend_from_slice(value);
        } else if let Some(value) = value_of(line, b"retry") {
            // The last line of all has no line end, and counts for nothing.
            if end < self.filled {
                self.retry = milliseconds(value).or(self.retry);
            }
        }
        true
    }

    /// Adds a line of data, which stands at `start..end`, to the data before it.
    fn join_data(&mut self, start: usize, end: usize) -> bool {
        let len = end - start;
        if !self.has_data {
            self.has_data = true;
            self.data_start = start;
            self.data_end = end;
            return len <= self.limit;
        }
        // The field name makes place for the LF: what is joined never reaches what is still to be read.
        let Some(line_end) = self.buf.get_mut(self.data_end) else { return false };
        *line_end = b'\n';
        self.buf.copy_within(start..end, self.data_end + 1);
        self.data_end += 1 + len;
        self.data_end - self.data_start <= self.limit
    }

    fn too_large(&self) -> TooLarge {
        TooLarge { what: Limit::Event, limit: self.limit }
    }

    fn fail<T>(&mut self) -> Result<T, TooLarge> {
        self.phase = Phase::Failed;
        self.clear_data();
        self.filled = 0;
        self.granted = 0;
        self.start_line(0);
        self.buf = Vec::new();
        self.name = Vec::new();
        self.next_id = Vec::new();
        self.id_pending = false;
        Err(self.too_large())
    }

    /// Returns the number of bytes in `buf` that are still needed.
    fn needed(&self) -> usize {
        self.data().len() + (self.filled - self.line)
    }

    /// Moves what is needed to the front, if that is no more than what it frees: so each byte pays for one move.
    fn compact_if_it_pays(&mut self) {
        if self.needed() <= self.filled / 2 {
            self.compact();
        }
    }

    fn compact(&mut self) {
        let data_len = self.data().len();
        self.buf.copy_within(self.data_start..self.data_start + data_len, 0);
        self.buf.copy_within(self.line..self.filled, data_len);
        let moved = self.line - data_len;
        self.data_start = 0;
        self.data_end = data_len;
        self.line -= moved;
        self.scanned -= moved;
        self.filled -= moved;
    }

    /// Gives memory back that a large event, or a large piece, took.
    fn shrink_if_it_pays(&mut self) {
        // A reader may be writing into the room right now.
        if self.granted > 0 {
            return;
        }
        let needed = self.needed();
        if needed == 0 {
            self.compact();
        }
        if self.buf.capacity() > KEPT_CAPACITY && needed <= self.buf.capacity() / 4 {
            self.compact();
            let capacity = USUAL_LEN.max(2 * needed);
            self.buf.truncate(capacity);
            self.buf.shrink_to(capacity);
        }
    }
}

impl Default for Decoder {
    fn default() -> Self {
        Decoder::new()
    }
}

impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder")
            .field("phase", &self.phase)
            .field("ended", &self.ended)
            .field("buffered", &self.buffered())
            .field("event", &self.ready.then(|| self.event()))
            .field("retry", &self.retry)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

/// Returns the value of `line` if its field is `name`; without a colon it is empty.
fn value_of<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    match line.strip_prefix(name)? {
        [b':', b' ', value @ ..] | [b':', value @ ..] | value @ [] => Some(value),
        _ => None,
    }
}

/// Reads a `retry` field: digits and nothing else. More than 64 bits hold is as good as for ever.
fn milliseconds(value: &[u8]) -> Option<u64> {
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(value.iter().fold(0_u64, |sum, digit| sum.saturating_mul(10).saturating_add(u64::from(digit - b'0'))))
}

/// Empties `text`, keeping its memory only if that is little.
fn clear(text: &mut Vec<u8>) {
    text.clear();
    if text.capacity() > KEPT_TEXT {
        *text = Vec::new();
    }
}

/// The room that is at least offered to a reader.
const MIN_ROOM: usize = 4 << 10;
/// The length of a buffer that never met anything large: one TLS record.
const USUAL_LEN: usize = 16 << 10;
/// The capacity that is kept from event to event.
const KEPT_CAPACITY: usize = 24 << 10;
/// How much is consumed before it is worth looking whether memory can be given back with events still to come.
const SWEEP_LEN: usize = 64 << 10;
/// The capacity that is kept for names and ids.
const KEPT_TEXT: usize = 1 << 10;
/// How much longer than the limit a line may be, so that data at the limit passes whatever its field is called.
const FIELD_ROOM: usize = 64;
