//! The literals of a template as bytes of the stream, so that an event is compared without splitting it into lines.
//!
//! ```text
//! data: {"id":"c-1","choices":[{"index":0,"delta":{"content":"Hel"},"finish_reason":null}]}⏎⏎
//! ╰─────────────────────── literal ────────────────────────╯╰slot╯╰─────── literal ───────╯
//! ```
//!
//! The comparison is exact, because the framing depends only on its bytes too: at a line that no earlier byte affects,
//! `data:`, an optional space, data without a line break, and two line ends are one event with that data. The literals
//! hold a line break only at their end, and slots hold none.
//!
//! **An event that has begun** is waited for. Bytes that match so far and are fewer than expected hold no line end, so
//! the framing would ask for more bytes too. The progress of the comparison is kept, so that each byte of a literal is
//! compared once, however the bytes arrive. Inside a slot the text is read again from its beginning, but only while it
//! is short; a longer text is left to the framing.

use super::slot::Slot;
use crate::reply::Met;

/// The literals, one after the other.
#[derive(Debug, Default)]
pub(super) struct Wire {
    /// The literals, from `data:` to the blank line.
    literals: Vec<u8>,
    head: usize,
    tail: usize,
    begun: Begun,
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

/// The bytes before the data: most servers write a space, and some do not.
const HEADS: [&[u8]; 2] = [b"data: ", b"data:"];
/// The bytes after the data.
const TAILS: [&[u8]; 2] = [b"\n\n", b"\r\n\r\n"];
/// The largest number of bytes that are compared, because spans reach no further.
const LONGEST: usize = u32::MAX as usize;
/// How many bytes of a slot are waited for.
const MOST_OF_A_SLOT: usize = 64;

impl Wire {
    /// Makes the literals from the data of a chunk and the places of its slots.
    pub(super) fn cut(&mut self, json: &[u8], slots: &mut [Slot]) {
        // Servers that leave out the space do so in every event.
        let head = HEADS.into_iter().find(|head| head.len() == self.head).unwrap_or(HEADS[0]);
        let tail = TAILS.into_iter().find(|tail| tail.len() == self.tail).unwrap_or(TAILS[0]);
        self.begun = Begun::default();
        (self.head, self.tail) = (head.len(), tail.len());
        self.literals.clear();
        self.literals.reserve(head.len() + json.len() + tail.len());
        self.literals.extend_from_slice(head);
        let (mut from, mut length) = (0, head.len());
        for slot in slots {
            let literal = json.get(from..slot.learned.start as usize).unwrap_or_default();
            self.literals.extend_from_slice(literal);
            slot.literal = (length + literal.len()) as u32;
            (from, length) = (slot.learned.end as usize, 0);
        }
        self.literals.extend_from_slice(json.get(from..).unwrap_or_default());
        self.literals.extend_from_slice(tail);
    }

    /// Compares the event that the bytes of a stream begin with.
    #[inline(always)]
    pub(super) fn meet(&mut self, slots: &mut [Slot], bytes: &[u8]) -> Met {
        if self.begun.at == 0 && bytes.len() >= self.literals.len() && bytes.len() <= LONGEST {
            if let Some(rest) = pass(&self.literals, slots, bytes, self.head) {
                let length = bytes.len() - rest.len();
                return Met::Event { start: self.head, end: length - self.tail, length };
            }
        }
        self.compare(slots, bytes)
    }

    /// Compares the data of an event; returns whether it matches.
    pub(super) fn follows(&mut self, slots: &mut [Slot], data: &[u8]) -> bool {
        self.begun = Begun::default();
        let json = self.head..self.literals.len() - self.tail;
        let literals = self.literals.get(json).unwrap_or_default();
        let head = self.head as u32;
        shift(slots, |literal| literal - head);
        let matches = data.len() <= LONGEST && pass(literals, slots, data, 0).is_some_and(<[u8]>::is_empty);
        shift(slots, |literal| literal + head);
        matches
    }

    /// Resets the progress of the comparison, because the event was read in full.
    pub(super) fn clear(&mut self) {
        self.begun = Begun::default();
    }

    /// Compares bytes that are not a whole matching event, or that were compared in part.
    #[inline(never)]
    fn compare(&mut self, slots: &mut [Slot], bytes: &[u8]) -> Met {
        let met = if bytes.len() <= LONGEST { self.go_on(slots, bytes) } else { Met::Other };
        if met != Met::Begun {
            self.begun = Begun::default();
        }
        met
    }

    fn go_on(&mut self, slots: &mut [Slot], bytes: &[u8]) -> Met {
        loop {
            let Begun { at, slot, literals, literal } = self.begun;
            let slot_now = slots.get_mut(slot);
            let length = slot_now.as_ref().map_or(self.literals.len() - literals, |slot| slot.literal as usize);
            let expected = self.literals.get(literals + literal..literals + length).unwrap_or_default();
            let rest = bytes.get(at..).unwrap_or_default();
            let compared = expected.len().min(rest.len());
            if rest.get(..compared) != expected.get(..compared) {
                let line = expected.get(..expected.len().saturating_sub(self.tail)).unwrap_or_default();
                let is_other_tail = slot_now.is_none() && rest.starts_with(line);
                return self.take_frame(slots, bytes, is_other_tail);
            }
            let at = at + compared;
            self.begun = Begun { at, literal: literal + compared, ..self.begun };
            if compared < expected.len() {
                // After a line end the framing may already have an event.
                let in_line = literals + self.begun.literal + self.tail <= self.literals.len();
                return if in_line { Met::Begun } else { Met::Other };
            }
            let Some(slot_now) = slot_now else {
                return Met::Event { start: self.head, end: at - self.tail, length: at };
            };
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
    fn take_frame(&mut self, slots: &mut [Slot], bytes: &[u8], is_other_tail: bool) -> Met {
        let Some(head) = HEADS.into_iter().find(|head| bytes.starts_with(head)) else { return Met::Other };
        if (head.len() == self.head && !is_other_tail) || bytes.len() > LONGEST {
            return Met::Other;
        }
        let json = self.literals.get(self.head..self.literals.len() - self.tail).unwrap_or_default();
        let mut literals = [head, json].concat();
        let old_head = self.head as u32;
        shift(slots, |literal| literal - old_head + head.len() as u32);
        let rest = pass(&literals, slots, bytes, head.len());
        let framed = rest.and_then(|rest| Some((rest, TAILS.into_iter().find(|tail| rest.starts_with(tail))?)));
        let Some((rest, tail)) = framed else {
            shift(slots, |literal| literal - head.len() as u32 + old_head);
            return Met::Other;
        };
        literals.extend_from_slice(tail);
        (self.literals, self.head, self.tail) = (literals, head.len(), tail.len());
        let end = bytes.len() - rest.len();
        Met::Event { start: head.len(), end, length: end + tail.len() }
    }
}

/// Changes the length of the first literal.
fn shift(slots: &mut [Slot], length: impl Fn(u32) -> u32) {
    if let Some(slot) = slots.first_mut() {
        slot.literal = length(slot.literal);
    }
}

/// Passes the literals and the slots between them, in bytes whose data begins at `data`; returns the bytes after them.
#[inline(always)]
fn pass<'a>(mut literals: &[u8], slots: &mut [Slot], bytes: &'a [u8], data: usize) -> Option<&'a [u8]> {
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
