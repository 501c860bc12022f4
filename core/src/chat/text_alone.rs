//! The short fold, for most chunks: one or several choices that have only a text, and further members that came before.
//!
//! ```text
//! fold ─▶ choice ─┬▶ a text alone ─▶ pushed to the sum's text; nothing else is looked at
//!      │          └▶ else ─────────▶ the whole fold; what was known to be repeated is forgotten
//!      └▶ further member ─┬▶ known to be repeated ─▶ passed over
//!                         └▶ else ─▶ compared with what is kept, and added if it differs
//! ```
//!
//! The result is exactly that of the whole fold. A choice with only a text has no role, no finish reason, no call and
//! no other text, so every other step of the whole fold does nothing; if the content came in parts, the whole fold
//! runs. The result of adding a further member depends on its bytes and on the kept member of the same key. If adding it
//! changed nothing, adding the same bytes again changes nothing, as long as nothing was added under that key. So the
//! reader numbers the members that it knows by their bytes, and the numbers of those that changed nothing are kept,
//! each with the hash of its key, until something is added under a key with that hash.

use super::accumulator::{Accumulator, Delta};
use super::reader::ChoiceSpans;
use crate::json::Span;

/// The numbers of the members that are known to be repeated.
#[derive(Clone, Debug, Default)]
pub(super) struct Repeats {
    numbers: [u32; PLACES],
    /// The hash of the key of each.
    keys: [u32; PLACES],
}

/// How many numbers are kept: about as many as a reader gives. A new number may replace another, whose member is then
/// compared again.
const PLACES: usize = 32;

impl Repeats {
    /// Returns whether adding the member with this number would change nothing. 0 is the number of a member that the
    /// reader does not know.
    #[inline]
    pub(super) fn has(&self, number: u32) -> bool {
        number != 0 && self.numbers.get(number as usize % PLACES) == Some(&number)
    }

    /// Notes that adding the member with this number changed nothing. A key that may be another text than its bytes is
    /// not noted.
    pub(super) fn note(&mut self, number: u32, key: Span, json: &[u8]) {
        let place = number as usize % PLACES;
        let bytes = key.of(json);
        if let (Some(old), Some(hash), true) =
            (self.numbers.get_mut(place), self.keys.get_mut(place), bytes.is_ascii() && !key.escaped)
        {
            (*old, *hash) = (number, hash_of(bytes));
        }
    }

    /// Notes that something was added under a key, so that the numbers with that key count no more.
    pub(super) fn forget(&mut self, key: &str) {
        let added = hash_of(key.as_bytes());
        for (number, key) in self.numbers.iter_mut().zip(&self.keys) {
            if *key == added {
                *number = 0;
            }
        }
    }

    /// Notes that anything may have been added, so that no number counts any more.
    pub(super) fn clear(&mut self) {
        self.numbers = [0; PLACES];
    }
}

/// Returns the hash of a key. Keys with equal hashes are only compared more often than needed.
fn hash_of(key: &[u8]) -> u32 {
    const PRIME: u32 = 0x0100_0193;
    key.iter().fold(0, |hash: u32, byte| (hash ^ u32::from(*byte)).wrapping_mul(PRIME))
}

impl Accumulator {
    /// Adds a choice that has only a text. If it has more, returns `false` and adds nothing.
    #[inline]
    pub(super) fn fold_text_alone(&mut self, json: &[u8], choice: &ChoiceSpans) -> bool {
        let Some(text) = choice.text_alone() else { return false };
        let index = choice.index.unwrap_or(0);
        let Some(place) = self.choices.iter().position(|sum| sum.index == index) else { return false };
        let Some(sum) = self.choices.get_mut(place).filter(|sum| sum.parts.is_none() && sum.content.has_begun()) else {
            return false;
        };
        sum.has_message = true;
        let content = sum.content.push(json, text);
        self.size += content.1 - content.0;
        let (reasoning, refusal, calls) = (sum.reasoning.text.len(), sum.refusal.text.len(), self.call_deltas.len());
        self.deltas.push(Delta {
            choice: place,
            content,
            reasoning: (reasoning, reasoning),
            refusal: (refusal, refusal),
            calls: (calls, calls),
            is_snapshot: false,
        });
        true
    }
}
