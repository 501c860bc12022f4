//! The literals of a pattern as bytes of the stream, so that an event is compared without splitting it into lines.
//!
//! ```text
//! event: delta⏎data: {"id":"c-1","choices":[{"index":0,"delta":{"content":"Hel"},"finish_reason":null}]}⏎⏎
//! ╰─────────────────────────────── literal ──────────────────────────────╯╰slot╯╰─────── literal ───────╯
//! ```
//!
//! The comparison is exact, because the framing depends only on its bytes too: at a line that no earlier byte affects,
//! these lines are one event with that name and that data: `event:`, an optional space, and the name, unless the event
//! has none; then `data:`, an optional space, and data without a line break; then a blank line. The literals hold a line
//! break only behind the name and at their end, and slots hold none.
//!
//! **An event that has begun** is waited for. Bytes that match so far and are fewer than expected hold no blank line, so
//! the framing would ask for more bytes too. The progress of the comparison is kept, so that each byte of a literal is
//! compared once, however the bytes arrive. Inside a slot the text is read again from its beginning, but only while it
//! is short; a longer text is left to the framing.

use super::pattern::{Slot, SlotKind};
use super::protocol::Met;

/// The literals, one after the other.
#[derive(Debug, Default)]
pub(crate) struct Wire {
    /// The literals, from the first line to the blank line.
    literals: Vec<u8>,
    /// The length of what is before the data.
    head: usize,
    /// The start and the end of the name.
    name: (usize, usize),
    frame: Frame,
    begun: Begun,
}

/// How a server writes the lines of an event. It does so in the same way for every event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Frame {
    /// The bytes between a field and its value.
    spaces: Spaces,
    /// The end of each line.
    line_end: &'static [u8],
}

/// The bytes before the name and before the data: most servers write a space, and some do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Spaces {
    name: &'static [u8],
    data: &'static [u8],
}

/// How far the next event was compared.
#[derive(Clone, Copy, Debug, Default)]
struct Begun {
    /// The offset in the bytes.
    at: usize,
    /// The index of the next slot.
    slot: usize,
    /// The start of the literal before that slot.
    literals: usize,
    /// The offset in that literal.
    literal: usize,
}

const LINE_ENDS: [&[u8]; 2] = [b"\n", b"\r\n"];
/// The largest number of bytes that are compared, because spans reach no further.
const LONGEST: usize = u32::MAX as usize;
/// The most bytes of an event that are neither its name nor its data: two names of fields, their spaces and three line ends.
const MOST_OF_A_FRAME: usize = 32;
/// How many bytes of a slot are waited for.
const MOST_OF_A_SLOT: usize = 64;

impl Wire {
    /// Makes the literals from the name and the data of an event and the places of its slots.
    pub(crate) fn cut<K: SlotKind>(&mut self, name: &[u8], json: &[u8], slots: &mut [Slot<K>]) {
        self.begun = Begun::default();
        // Without a space after the colon, the framing would take away the one that the value begins with.
        for (value, space) in [(name, &mut self.frame.spaces.name), (json, &mut self.frame.spaces.data)] {
            if value.starts_with(b" ") {
                *space = b" ";
            }
        }
        let literals = &mut self.literals;
        literals.clear();
        literals.reserve(MOST_OF_A_FRAME + name.len() + json.len());
        self.name = self.frame.write_head(name, literals);
        self.head = literals.len();
        let (mut from, mut start) = (0, 0);
        for slot in slots {
            literals.extend_from_slice(json.get(from..slot.learned.start as usize).unwrap_or_default());
            slot.literal = (literals.len() - start) as u32;
            (from, start) = (slot.learned.end as usize, literals.len());
        }
        literals.extend_from_slice(json.get(from..).unwrap_or_default());
        self.frame.write_blank_line(literals);
    }

    /// Compares the event that the bytes of a stream begin with.
    #[inline(always)]
    pub(crate) fn meet<K: SlotKind>(&mut self, slots: &mut [Slot<K>], bytes: &[u8]) -> Met {
        if self.begun.at == 0 && bytes.len() >= self.literals.len() && bytes.len() <= LONGEST {
            if let Some(rest) = pass(&self.literals, slots, bytes, self.head) {
                return self.event(bytes.len() - rest.len());
            }
        }
        self.compare(slots, bytes)
    }

    /// Compares the name and the data of an event; returns whether they match.
    pub(crate) fn follows<K: SlotKind>(&mut self, slots: &mut [Slot<K>], name: &[u8], data: &[u8]) -> bool {
        self.begun = Begun::default();
        if self.name() != name {
            return false;
        }
        let literals = self.json();
        let head = self.head as u32;
        shift(slots, |literal| literal - head);
        let matches = data.len() <= LONGEST && pass(literals, slots, data, 0).is_some_and(<[u8]>::is_empty);
        shift(slots, |literal| literal + head);
        matches
    }

    /// Resets the progress of the comparison, because the event was read in full.
    pub(crate) fn clear(&mut self) {
        self.begun = Begun::default();
    }

    /// Returns the name of the event; empty if it has none.
    #[inline]
    pub(crate) fn name(&self) -> &[u8] {
        self.literals.get(self.name.0..self.name.1).unwrap_or_default()
    }

    /// Returns the place of the data in an event that matched, and that is so long.
    #[inline(always)]
    fn event(&self, length: usize) -> Met {
        Met::Event { start: self.head, end: length - self.tail(), length }
    }

    /// Returns the number of bytes after the data.
    #[inline(always)]
    fn tail(&self) -> usize {
        2 * self.frame.line_end.len()
    }

    /// Returns the literals of the data.
    fn json(&self) -> &[u8] {
        self.literals.get(self.head..self.literals.len() - self.tail()).unwrap_or_default()
    }

    /// Compares bytes that are not a whole matching event, or that were compared in part.
    #[inline(never)]
    fn compare<K: SlotKind>(&mut self, slots: &mut [Slot<K>], bytes: &[u8]) -> Met {
        let met = if bytes.len() <= LONGEST { self.go_on(slots, bytes) } else { Met::Other };
        if met != Met::Begun {
            self.begun = Begun::default();
        }
        met
    }

    fn go_on<K: SlotKind>(&mut self, slots: &mut [Slot<K>], bytes: &[u8]) -> Met {
        loop {
            let Begun { at, slot, literals, literal } = self.begun;
            let slot_now = slots.get_mut(slot);
            let length = slot_now.as_ref().map_or(self.literals.len() - literals, |slot| slot.literal as usize);
            let expected = self.literals.get(literals + literal..literals + length).unwrap_or_default();
            let rest = bytes.get(at..).unwrap_or_default();
            let compared = expected.len().min(rest.len());
            if rest.get(..compared) != expected.get(..compared) {
                let line = expected.get(..expected.len().saturating_sub(self.tail())).unwrap_or_default();
                let is_other_tail = slot_now.is_none() && rest.starts_with(line);
                return self.take_frame(slots, bytes, is_other_tail);
            }
            let at = at + compared;
            self.begun = Begun { at, literal: literal + compared, ..self.begun };
            if compared < expected.len() {
                // After the line of the data the framing may already have an event.
                let in_line = literals + self.begun.literal + self.tail() <= self.literals.len();
                return if in_line { Met::Begun } else { Met::Other };
            }
            let Some(slot_now) = slot_now else { return self.event(at) };
            let rest = bytes.get(at..).unwrap_or_default();
            match slot_now.pass(rest, at - self.head) {
                // A number continues while there are digits.
                Some(text) if text < rest.len() => {
                    self.begun = Begun { at: at + text, slot: slot + 1, literals: literals + length, literal: 0 };
                }
                _ => {
                    let in_line = !rest.iter().take(MOST_OF_A_SLOT).any(|byte| matches!(byte, b'\n' | b'\r'));
                    return if in_line && rest.len() <= MOST_OF_A_SLOT { Met::Begun } else { Met::Other };
                }
            }
        }
    }

    /// Compares bytes that differ once more with another frame, if they have one.
    #[cold]
    fn take_frame<K: SlotKind>(&mut self, slots: &mut [Slot<K>], bytes: &[u8], is_other_tail: bool) -> Met {
        let name = self.name();
        let Some(frame) = self.frame.of(name, bytes) else { return Met::Other };
        if (frame == self.frame && !is_other_tail) || bytes.len() > LONGEST {
            return Met::Other;
        }
        let mut literals = Vec::new();
        let place = frame.write_head(name, &mut literals);
        let head = literals.len();
        literals.extend_from_slice(self.json());
        let old_head = self.head as u32;
        shift(slots, |literal| literal - old_head + head as u32);
        let rest = pass(&literals, slots, bytes, head);
        let line_ends = LINE_ENDS.into_iter().filter(|&line_end| name.is_empty() || line_end == frame.line_end);
        let tailed = rest.and_then(|rest| {
            line_ends
                .map(|line_end| Frame { line_end, ..frame })
                .find_map(|frame| Some((frame, frame.pass_blank_line(rest)?)))
        });
        let Some((frame, rest)) = tailed else {
            shift(slots, |literal| literal - head as u32 + old_head);
            return Met::Other;
        };
        frame.write_blank_line(&mut literals);
        (self.literals, self.head, self.name, self.frame) = (literals, head, place, frame);
        self.event(bytes.len() - rest.len())
    }
}

impl Frame {
    /// Returns the frame of the event that `bytes` begin with, if it has this name. Without a name, the line end is
    /// that of this frame.
    fn of(self, name: &[u8], bytes: &[u8]) -> Option<Frame> {
        let space = |value: &[u8]| if value.starts_with(b" ") { &b" "[..] } else { b"" };
        let (mut rest, mut frame) = (bytes, self);
        if !name.is_empty() {
            rest = rest.strip_prefix(b"event:")?;
            frame.spaces.name = space(rest);
            rest = rest.strip_prefix(frame.spaces.name)?.strip_prefix(name)?;
            frame.line_end = LINE_ENDS.into_iter().find(|line_end| rest.starts_with(line_end))?;
            rest = rest.strip_prefix(frame.line_end)?;
        }
        frame.spaces.data = space(rest.strip_prefix(b"data:")?);
        Some(frame)
    }

    /// Appends what is before the data; returns the start and the end of the name in it.
    fn write_head(self, name: &[u8], out: &mut Vec<u8>) -> (usize, usize) {
        let mut place = (0, 0);
        if !name.is_empty() {
            out.extend_from_slice(b"event:");
            out.extend_from_slice(self.spaces.name);
            place = (out.len(), out.len() + name.len());
            out.extend_from_slice(name);
            out.extend_from_slice(self.line_end);
        }
        out.extend_from_slice(b"data:");
        out.extend_from_slice(self.spaces.data);
        place
    }

    /// Appends the end of the data's line, and the blank line.
    fn write_blank_line(self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.line_end);
        out.extend_from_slice(self.line_end);
    }

    /// Passes the same.
    fn pass_blank_line(self, rest: &[u8]) -> Option<&[u8]> {
        rest.strip_prefix(self.line_end)?.strip_prefix(self.line_end)
    }
}

impl Default for Frame {
    fn default() -> Self {
        Frame { spaces: Spaces { name: b" ", data: b" " }, line_end: LINE_ENDS[0] }
    }
}

/// Changes the length of the first literal.
fn shift<K: SlotKind>(slots: &mut [Slot<K>], length: impl Fn(u32) -> u32) {
    if let Some(slot) = slots.first_mut() {
        slot.literal = length(slot.literal);
    }
}

/// Passes the literals and the slots between them, in bytes whose data begins at `data`; returns the bytes after them.
#[inline(always)]
fn pass<'a, K: SlotKind>(mut literals: &[u8], slots: &mut [Slot<K>], bytes: &'a [u8], data: usize) -> Option<&'a [u8]> {
    let mut rest = bytes;
    for slot in slots {
        let (literal, later) = literals.split_at_checked(slot.literal as usize)?;
        rest = rest.strip_prefix(literal)?;
        let length = slot.pass(rest, bytes.len() - rest.len() - data)?;
        rest = rest.get(length..)?;
        literals = later;
    }
    rest.strip_prefix(literals)
}
