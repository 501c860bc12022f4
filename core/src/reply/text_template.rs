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

use super::pattern::{Candidates, Pattern, Slot, SlotKind};
use crate::json::{self, Kind, Reader, Span};

/// The pattern of a family whose deltas have one text.
pub(crate) type TextTemplate = Pattern<Value>;

/// The kind of value at a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// The text that the family adds.
    Text,
    /// A string that the family passes over.
    String,
    /// A whole number that the family passes over.
    Number,
}

impl SlotKind for Value {
    #[inline(always)]
    fn pass(self, rest: &[u8]) -> Option<(usize, bool)> {
        match self {
            Value::Number => Some((digits(rest)?, false)),
            Value::Text | Value::String => json::text_length(rest),
        }
    }
}

impl TextTemplate {
    /// Returns the place of the text in the event that matched last.
    #[inline]
    pub(crate) fn text(&self) -> Span {
        self.slots().iter().find(|slot| slot.kind == Value::Text).map(|slot| slot.now).unwrap_or_default()
    }

    /// Notes that an event was read in full, and learns it if that is worth the time. `text` is the inside of the one
    /// string that the family adds; `reads` returns whether the family reads the top-level member with this name.
    pub(crate) fn learn_text(&mut self, name: &[u8], data: &[u8], text: Span, reads: fn(&[u8]) -> bool) {
        // Data of several lines are not one line of the stream.
        if self.is_worth_learning(data) && memchr::memchr2(b'\n', b'\r', data).is_none() {
            let texts = [Slot::new(Value::Text, text)];
            self.learn((name, data), texts.into_iter(), |found| find(data, reads, found));
        }
    }
}

/// Finds the members of an event that the family passes over; `None` if there are too many.
fn find(data: &[u8], reads: fn(&[u8]) -> bool, found: &mut Candidates<Value>) -> Option<()> {
    Reader::new(data).object(|reader, key| {
        let kind = reader.kind()?;
        let value = if kind == Kind::String { reader.string()? } else { reader.skip_of(kind)? };
        let is_whole = || digits(value.of(data)) == Some(value.of(data).len());
        // A key with escapes may be that of a member that the family reads.
        if key.escaped || reads(key.of(data)) {
            return Some(());
        }
        match kind {
            Kind::String => found.add(Value::String, key, value),
            Kind::Number if is_whole() => found.add(Value::Number, key, value),
            _ => Some(()),
        }
    })
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
