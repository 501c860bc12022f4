//! The buffer of a decoder, and the positions in it.

use std::ops::Range;

use memchr::memchr2;

use super::few::has_line_end;
use crate::json::part;

/// One buffer for the bytes that arrived, the data that is being joined, and the room for more bytes.
///
/// ```text
///  0        data_start   data_end      line        scanned     filled          bytes.len()
///  ├── free ──┼── data ────┼── free ─────┼─ no line end ┼─ unseen ─┼─ room, initialised ─┤
/// ```
///
/// The data of a block is joined in place: each further line of data is moved to the end of the data so far. The line
/// begins at or after `line`, and the LF between takes the place of its field name, so `data_end` never passes `line`.
///
/// Each byte is searched once, and moved a constant number of times: once when it is joined, and otherwise only if at
/// least as many bytes are free as are moved.
#[derive(Default)]
pub(super) struct Buffer {
    bytes: Vec<u8>,
    filled: usize,
    /// How many bytes of the room may be committed.
    granted: usize,
    /// The start of the line whose end is not known yet.
    line: usize,
    /// How far that line was searched for its end.
    scanned: usize,
    /// Both are 0 if there is no data.
    data_start: usize,
    data_end: usize,
    has_data: bool,
    /// The last byte was a CR, which ended a line: an LF that follows belongs to it.
    skip_lf: bool,
}

impl Buffer {
    pub(super) fn room(&mut self) -> &mut [u8] {
        if self.bytes.len() - self.filled < MIN_ROOM {
            self.compact_if_it_pays();
        }
        if self.bytes.len() - self.filled < MIN_ROOM {
            let len = (self.filled + MIN_ROOM.max(self.filled / 2)).max(USUAL_LEN);
            self.bytes.reserve_exact(len - self.bytes.len());
            self.bytes.resize(len, 0);
        }
        self.granted = self.bytes.len() - self.filled;
        self.bytes.get_mut(self.filled..).unwrap_or_default()
    }

    pub(super) fn commit(&mut self, n: usize) {
        self.filled += n.min(self.granted);
        self.granted = 0;
    }

    pub(super) fn push(&mut self, new: &[u8]) {
        self.granted = 0;
        if new.len() > self.bytes.capacity() - self.filled {
            self.make_room(new.len());
        }
        // The room is dropped rather than written to in part, so that no byte is zeroed for a push.
        self.bytes.truncate(self.filled);
        match new {
            [byte] => self.bytes.push(*byte),
            _ => self.bytes.extend_from_slice(new),
        }
        self.filled = self.bytes.len();
    }

    #[cold]
    fn make_room(&mut self, len: usize) {
        self.compact_if_it_pays();
        let needed = self.filled.saturating_add(len);
        if needed > self.bytes.capacity() {
            let capacity = needed.max(self.filled + self.filled / 2).max(USUAL_LEN);
            self.bytes.reserve_exact(capacity - self.bytes.len());
        }
    }

    /// Returns the current line up to `end`, or all its bytes so far.
    #[inline]
    pub(super) fn line(&self, end: Option<usize>) -> &[u8] {
        part(&self.bytes, self.line..end.unwrap_or(self.filled))
    }

    /// Returns the end of the current line. Each byte is examined once over all calls.
    #[inline]
    pub(super) fn find_line_end(&mut self) -> Option<usize> {
        if self.skip_lf {
            self.skip_due_lf();
        }
        let unseen = self.bytes.get(self.scanned..self.filled).unwrap_or_default();
        let found = match unseen {
            [] => return None,
            // Most likely a blank line.
            [b'\n', ..] => Some(0),
            _ => memchr2(b'\n', b'\r', unseen),
        };
        self.scanned = found.map_or(self.filled, |at| self.scanned + at);
        found.map(|_| self.scanned)
    }

    /// Starts the next line after the line end at `end`: LF, CR or CRLF. If a CR is the last byte so far, an LF that
    /// follows is skipped.
    #[inline]
    pub(super) fn end_line(&mut self, end: usize) {
        let mut next = end + 1;
        if self.bytes.get(end) == Some(&b'\r') {
            if next == self.filled {
                self.skip_lf = true;
            } else if self.bytes.get(next) == Some(&b'\n') {
                next += 1;
            }
        }
        self.start_line(next);
    }

    /// Drops the first `n` bytes of the current line.
    pub(super) fn skip(&mut self, n: usize) {
        self.start_line((self.line + n).min(self.filled));
    }

    /// Takes a whole block at the start of the current line: `length` bytes, with its data at `data`.
    #[inline]
    pub(super) fn take(&mut self, data: Range<usize>, length: usize) {
        self.has_data = true;
        self.data_start = self.line + data.start;
        self.data_end = self.line + data.end;
        self.start_line((self.line + length).min(self.filled));
    }

    /// Takes the block at the start of the current line, if it is one line of data, not longer than `limit`, and a
    /// blank line, both ended by LF.
    #[inline]
    pub(super) fn take_line_of_data(&mut self, limit: usize) -> bool {
        let bytes = self.line(None);
        let Some(value) = bytes.strip_prefix(b"data:") else { return false };
        let start = bytes.len() - value.strip_prefix(b" ").unwrap_or(value).len();
        let seen = self.scanned - self.line;
        let Some(at) = bytes.get(seen..).and_then(|unseen| memchr2(b'\n', b'\r', unseen)) else {
            self.scanned = self.filled;
            return false;
        };
        let end = seen + at;
        let whole = bytes.get(end..).is_some_and(|rest| rest.starts_with(b"\n\n")) && end - start <= limit;
        self.scanned = self.line + end;
        if whole {
            self.take(start..end, end + 2);
        }
        whole
    }

    /// Returns whether there is no data yet, and no LF to skip.
    #[inline]
    pub(super) fn is_between_blocks(&self) -> bool {
        !self.has_data && !self.skip_lf
    }

    /// Joins the last `len` bytes of the current line to the data, with an LF between. Returns the length of all data.
    #[inline]
    pub(super) fn join_data(&mut self, len: usize, end: Option<usize>) -> usize {
        let end = end.unwrap_or(self.filled);
        let start = end - len;
        if !self.has_data {
            self.has_data = true;
            self.data_start = start;
            self.data_end = end;
            return len;
        }
        if let Some(line_end) = self.bytes.get_mut(self.data_end) {
            *line_end = b'\n';
        }
        self.bytes.copy_within(start..end, self.data_end + 1);
        self.data_end += 1 + len;
        self.data_end - self.data_start
    }

    #[inline]
    pub(super) fn has_data(&self) -> bool {
        self.has_data
    }

    #[inline]
    pub(super) fn data(&self) -> &[u8] {
        part(&self.bytes, self.data_start..self.data_end)
    }

    /// Drops the data.
    #[inline]
    pub(super) fn clear_data(&mut self) {
        self.has_data = false;
        self.data_start = 0;
        self.data_end = 0;
        // One large piece may hold many events: the memory of those already handed out is returned in between.
        if self.line > SWEEP_LEN {
            self.shrink_if_it_pays();
        }
    }

    /// Returns the memory that a large event or a large piece took. Call it when all whole lines are read.
    pub(super) fn shrink_if_it_pays(&mut self) {
        // A reader may be writing into the room right now.
        if self.granted > 0 {
            return;
        }
        self.rewind_if_empty();
        let needed = self.needed();
        if self.bytes.capacity() > KEPT_CAPACITY && needed <= self.bytes.capacity() / 4 {
            self.compact();
            let capacity = USUAL_LEN.max(2 * needed);
            self.bytes.truncate(capacity);
            self.bytes.shrink_to(capacity);
        }
    }

    /// Starts again at the front of the memory, if no byte in it is needed.
    #[inline]
    pub(super) fn rewind_if_empty(&mut self) {
        if self.needed() == 0 && self.granted == 0 {
            (self.data_start, self.data_end) = (0, 0);
            self.filled = 0;
            self.start_line(0);
        }
    }

    /// Returns whether the few unseen bytes end no line, which may be as long as `limit`, and there is no memory to
    /// return.
    #[inline(always)]
    pub(super) fn is_starved(&mut self, limit: usize) -> bool {
        const FEW: usize = 32;
        if self.filled - self.scanned > FEW || self.skip_lf || self.filled - self.line > limit {
            return false;
        }
        let ends_a_line = match self.bytes.get(self.scanned..self.filled) {
            // After an event that came in a read of its own no byte is left.
            None | Some([]) => false,
            Some([byte]) => matches!(byte, b'\n' | b'\r'),
            Some(bytes) => has_line_end(bytes),
        };
        if ends_a_line {
            return false;
        }
        if self.line == self.filled && self.bytes.capacity() > KEPT_CAPACITY {
            return false;
        }
        self.scanned = self.filled;
        true
    }

    pub(super) fn capacity(&self) -> usize {
        self.bytes.capacity()
    }

    fn start_line(&mut self, at: usize) {
        self.line = at;
        self.scanned = at;
    }

    #[cold]
    fn skip_due_lf(&mut self) {
        let Some(&next) = self.line(None).first() else { return };
        self.skip_lf = false;
        if next == b'\n' {
            self.skip(1);
        }
    }

    /// Returns the number of bytes that are still needed.
    fn needed(&self) -> usize {
        (self.data_end - self.data_start) + (self.filled - self.line)
    }

    fn compact_if_it_pays(&mut self) {
        if self.needed() <= self.filled / 2 {
            self.compact();
        }
    }

    /// Moves what is needed to the front.
    fn compact(&mut self) {
        let data_len = self.data_end - self.data_start;
        self.bytes.copy_within(self.data_start..self.data_end, 0);
        self.bytes.copy_within(self.line..self.filled, data_len);
        let moved = self.line - data_len;
        self.data_start = 0;
        self.data_end = data_len;
        self.line -= moved;
        self.scanned -= moved;
        self.filled -= moved;
    }
}

/// The smallest room that is offered to a reader, in bytes.
const MIN_ROOM: usize = 4 << 10;
/// The length of a buffer that never held a large event, in bytes: one TLS record.
const USUAL_LEN: usize = 16 << 10;
/// The capacity that is kept from event to event, in bytes.
const KEPT_CAPACITY: usize = 24 << 10;
/// After how many consumed bytes the decoder checks whether memory can be returned before all events are read.
const SWEEP_LEN: usize = 16 << 10;
