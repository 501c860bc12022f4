//! The short way to fold what nearly every chunk is: one choice, or several, with a text and nothing else, and further
//! members that were there before.
//!
//! ```text
//! fold ─▶ choice ─┬▶ a text alone ─▶ pushed to the sum's text; nothing else is looked at
//!      │          └▶ else ─────────▶ the whole fold; what was known to be repeated is forgotten
//!      └▶ further member ─┬▶ known to be repeated ─▶ passed over
//!                         └▶ else ─▶ compared with what is kept, and added if it differs
//! ```
//!
//! The same as the whole fold does, exactly. A choice with a text alone has no role, no reason, no call and no other text, so
//! every other step of the whole fold does nothing; where the content came in parts, the whole fold is taken. To add a further
//! member depends on what is kept and on the member's bytes. If adding it changed nothing, then adding the same bytes again
//! changes nothing for as long as nothing else was added: the reader gives members that it knows by their bytes a number, and
//! the numbers of those that changed nothing are kept until something is.

use super::accumulator::{Accumulator, Delta};
use super::reader::ChoiceSpans;

/// The numbers of the members that are known to be repeated.
#[derive(Debug, Default)]
pub(super) struct Repeats([u32; PLACES]);

/// How many are kept: about as many as a reader numbers. One takes the place of another, which is then compared again.
const PLACES: usize = 32;

impl Repeats {
    /// Returns whether adding the member of that number would change nothing. 0 is the number of a member that the reader
    /// does not know.
    #[inline]
    pub(super) fn has(&self, number: u32) -> bool {
        number != 0 && self.0.get(number as usize % PLACES) == Some(&number)
    }

    /// Notes that adding the member of that number changed nothing.
    pub(super) fn note(&mut self, number: u32) {
        if let Some(place) = self.0.get_mut(number as usize % PLACES) {
            *place = number;
        }
    }

    /// Notes that something was added, so that nothing is known any more.
    pub(super) fn clear(&mut self) {
        self.0 = [0; PLACES];
    }
}

impl Accumulator {
    /// Adds a choice that has a text and nothing else; returns `false`, with nothing added, where there is more to it.
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
