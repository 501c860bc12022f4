//! Reads only what changed: the event before is a pattern for the next one, in families whose deltas have one text.
//!
//! ```text
//! learned   event: delta⏎data: {"type":"delta","sequence_number":7,"delta":"Hel","obfuscation":"x9"}⏎⏎
//!           ╰──────────────────── literal ───────────────────────╯↑╰ literal ╯╰text╯╰── literal ──╯↑╰literal
//! next      event: delta⏎data: {"type":"delta","sequence_number":8,"delta":"lo","obfuscation":"qqz"}⏎⏎
//!           equal bytes                                     number           scanned         scanned
//! ```
//!
//! The result is exactly that of reading the event in full:
//!
//! * The name of the event and every member that a family reads are literal, except the one text. So a scan in full
//!   would find the same members with the same values, and that text.
//! * The other slots are members that the family passes over, so their values do not matter. They are strings or whole
//!   numbers, which are passed as a scan in full passes them: a string ends at its quote, and a number before the first
//!   byte that is no digit, with which the next literal begins. The state of a scan after a value does not depend on the
//!   value. Such a member becomes a slot only after its value differed from that of the event before.
//! * Of a repeated key the last value counts. The text is taken from the finished scan, so it is the last; the others are
//!   literal.
//! * A family learns only an event after which adding the same members once more would only add the text to the same
//!   place.
//! * An event that is read in full in between makes the template void.

use super::pace::Pace;
use super::protocol::Met;
use super::wire::{self, Wire};
use crate::json::{self, Kind, Reader, Span};

/// The pattern made from the event before.
#[derive(Debug, Default)]
pub(crate) struct TextTemplate {
    wire: Wire,
    /// In the order of their places.
    slots: Vec<Slot>,
    /// The index of the slot of the text.
    text: usize,
    /// The data of the learned event.
    learned: Vec<u8>,
    /// Members that the family passes over, and that may become slots.
    candidates: Vec<Candidate>,
    candidates_before: Vec<Candidate>,
    /// Whether the last event can serve as a pattern.
    armed: bool,
    pace: Pace,
    off: bool,
}

/// A place at which events may differ.
#[derive(Clone, Copy, Debug)]
struct Slot {
    is_number: bool,
    learned: Span,
    /// Its place in the event that matched last.
    now: Span,
    /// The length of the literal before it, in bytes.
    literal: u32,
}

/// A member that becomes a slot if its value varies.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    key: Span,
    slot: Slot,
    varies: bool,
}

impl TextTemplate {
    /// Creates a template that never learns: every event is read in full.
    pub(crate) fn off() -> Self {
        TextTemplate { off: true, ..TextTemplate::default() }
    }

    /// Makes the template void, as an event is read in full.
    #[inline]
    pub(crate) fn disarm(&mut self) {
        self.armed = false;
        self.wire.clear();
    }

    /// Returns whether the next event may be read by its difference.
    #[inline]
    pub(crate) fn is_armed(&self) -> bool {
        self.armed
    }

    /// Returns the number of events that matched.
    pub(crate) fn hits(&self) -> u64 {
        self.pace.hits()
    }

    /// Notes that an event matched; returns the place of the text in its data.
    #[inline]
    pub(crate) fn hit(&mut self) -> Span {
        self.pace.hit();
        self.slots.get(self.text).map(|slot| slot.now).unwrap_or_default()
    }

    /// Returns the name of the learned event, and of every event that matches.
    #[inline]
    pub(crate) fn name(&self) -> &[u8] {
        self.wire.name()
    }

    /// Returns the data of the learned event. In an event that matched, all members that the family reads have the same
    /// bytes, except the text.
    #[inline]
    pub(crate) fn learned(&self) -> &[u8] {
        &self.learned
    }

    /// Returns the place, in the last match, of the bytes that were at `learned` in the learned event.
    pub(crate) fn now(&self, learned: Span) -> Span {
        wire::now(&self.slots, learned)
    }

    /// Reads the event at the beginning of `bytes` by its difference from the learned one. If it does not match, the
    /// slots have no meaning until the next match.
    #[inline(always)]
    pub(crate) fn meet(&mut self, bytes: &[u8]) -> Met {
        self.wire.meet(&mut self.slots, bytes)
    }

    /// Reads the name and the data of an event in the same way; returns whether they match.
    pub(crate) fn follows(&mut self, name: &[u8], data: &[u8]) -> bool {
        self.armed && self.wire.follows(&mut self.slots, name, data)
    }

    /// Notes that an event was read in full, and learns it if that is worth the time. `text` is the inside of the one
    /// string that the family adds; `reads` returns whether the family reads the top-level member with this name.
    pub(crate) fn learn(&mut self, name: &[u8], data: &[u8], text: Span, reads: fn(&[u8]) -> bool) {
        if !self.off && data.len() <= LONGEST && self.pace.learns() {
            self.armed = self.try_learn(name, data, text, reads).is_some();
        }
    }

    #[inline(never)]
    fn try_learn(&mut self, name: &[u8], data: &[u8], text: Span, reads: fn(&[u8]) -> bool) -> Option<()> {
        // Data of several lines are not one line of the stream.
        if memchr::memchr2(b'\n', b'\r', data).is_some() {
            return None;
        }
        std::mem::swap(&mut self.candidates, &mut self.candidates_before);
        find(data, reads, &mut self.candidates)?;
        if self.candidates.len() == self.candidates_before.len() {
            for (now, before) in self.candidates.iter_mut().zip(&self.candidates_before) {
                let same = now.key.of(data) == before.key.of(&self.learned);
                let same = same && now.slot.is_number == before.slot.is_number;
                let differs = now.slot.learned.of(data) != before.slot.learned.of(&self.learned);
                now.varies = same && (before.varies || differs);
            }
        }
        self.slots.clear();
        self.slots.extend(self.candidates.iter().filter(|candidate| candidate.varies).map(|candidate| candidate.slot));
        self.text = self.slots.partition_point(|slot| slot.learned.start < text.start);
        self.slots.insert(self.text, Slot::new(text, false));
        self.learned.clear();
        self.learned.extend_from_slice(data);
        self.wire.cut(name, data, &mut self.slots);
        (self.slots.len() <= MOST_SLOTS).then_some(())
    }
}

/// Finds the members of an event that the family passes over; `None` if there are too many.
fn find(data: &[u8], reads: fn(&[u8]) -> bool, found: &mut Vec<Candidate>) -> Option<()> {
    found.clear();
    Reader::new(data).object(|reader, key| {
        let kind = reader.kind()?;
        let value = if kind == Kind::String { reader.string()? } else { reader.skip_of(kind)? };
        let is_number = kind == Kind::Number;
        let is_whole = digits(value.of(data)) == Some(value.of(data).len());
        // A key with escapes may be that of a member that the family reads.
        if !key.escaped && !reads(key.of(data)) && (kind == Kind::String || (is_number && is_whole)) {
            found.push(Candidate { key, slot: Slot::new(value, is_number), varies: false });
        }
        (found.len() <= MOST_CANDIDATES).then_some(())
    })
}

impl Slot {
    fn new(learned: Span, is_number: bool) -> Self {
        Slot { is_number, learned, now: learned, literal: 0 }
    }
}

impl wire::Slot for Slot {
    #[inline(always)]
    fn learned(&self) -> Span {
        self.learned
    }

    #[inline(always)]
    fn now(&self) -> Span {
        self.now
    }

    #[inline(always)]
    fn literal(&self) -> u32 {
        self.literal
    }

    fn set_literal(&mut self, length: u32) {
        self.literal = length;
    }

    #[inline(always)]
    fn pass(&mut self, rest: &[u8], at: usize) -> Option<usize> {
        let (length, escaped) = if self.is_number { (digits(rest)?, false) } else { json::text_length(rest)? };
        // No template is matched with more bytes.
        self.now = Span { start: at as u32, end: (at + length) as u32, escaped };
        Some(length)
    }
}

/// Returns the length of the whole number at the beginning of `rest`, without a sign.
#[inline]
fn digits(rest: &[u8]) -> Option<usize> {
    match rest.first()? {
        b'0' => Some(1),
        b'1'..=b'9' => Some(rest.iter().take_while(|byte| byte.is_ascii_digit()).count()),
        _ => None,
    }
}

/// The longest event that is learned, in bytes: deltas are short, and keeping long ones gains nothing.
const LONGEST: usize = 4 << 10;
/// More candidates cost as much as a full read.
const MOST_CANDIDATES: usize = 24;
/// More slots cost as much as a full read.
const MOST_SLOTS: usize = 8;
