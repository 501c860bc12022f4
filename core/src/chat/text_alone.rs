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
//! runs. The result of adding a further member depends on the kept members and on its bytes. If adding it changed
//! nothing, adding the same bytes again changes nothing, as long as nothing else was added. So the reader numbers the
//! members that it knows by their bytes, and the numbers of those that changed nothing are kept until something is
//! added.

use super::accumulator::{Accumulator, Delta};
use super::reader::ChoiceSpans;

/// The numbers of the members that are known to be repeated.
#[derive(Debug, Default)]
pub(super) struct Repeats([u32; PLACES]);

/// How many numbers are kept: about as many as a reader gives. A new number may replace another, whose member is then
/// compared again.
const PLACES: usize = 32;

impl Repeats {
    /// Returns whether adding the member with this number would change nothing. 0 is the number of a member that the
    /// reader does not know.
    #[inline]
    pub(super) fn has(&self, number: u32) -> bool {
        number != 0 && self.0.get(number as usize % PLACES) == Some(&number)
    }

    /// Notes that adding the member with this number changed nothing.
    pub(super) fn note(&mut self, number: u32) {
        if let Some(place) = self.0.get_mut(number as usize % PLACES) {
            *place = number;
        }
    }

    /// Notes that something was added, so that no number counts any more.
    pub(super) fn clear(&mut self) {
        self.0 = [0; PLACES];
    }
}

impl Accumulator {
    /// Adds a choice that has only a text. If it has more, returns `false` and adds nothing.
    #[inline]
    pub(super) fn fold_text_alone(&mut self, json: &[u8], choice: &ChoiceSpans) -> bool {
        let Some(text) = choice.text_alone() else { return false };
        let index = choice.index.unwrap_or(0);
        let Some(place) = self.choices.iter().position(|sum| sum.index == index) else { return false };
        let Some(sum) = self.choices.get_mut(place).filter(|sum| sum.parts.is_none()) else { return false };
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
