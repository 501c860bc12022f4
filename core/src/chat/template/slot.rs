//! The places of a chunk that may differ from the chunk before, and how each is passed.

use crate::json::{self, Reader, Span};

/// A place that may differ.
#[derive(Clone, Copy, Debug)]
pub(in crate::chat) struct Slot {
    pub(super) target: Target,
    /// Where it is in the chunk that was learned.
    pub(super) learned: Span,
    /// Where it is in the chunk that matched last.
    pub(super) now: Span,
    /// How many bytes the literal before it has.
    pub(super) literal: u32,
}

/// Where what stands at a slot goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A text of the choice with that delta.
    Text(Field, u32),
    /// The arguments of the call with that delta.
    Arguments(u32),
    /// The id of the completion.
    Id,
    /// When it was made.
    Created,
    /// A string at the top of the chunk that has no field: the sums keep its last value at that place.
    Extra(u32),
    /// A whole number inside the usage.
    Count,
    /// The cost inside the usage.
    Cost,
}

/// A text that adds up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Content,
    Reasoning,
    Refusal,
}

impl Slot {
    pub(super) fn new(target: Target, learned: Span) -> Self {
        Slot { target, learned, now: learned, literal: 0 }
    }

    pub(super) fn is_usage(&self) -> bool {
        matches!(self.target, Target::Count | Target::Cost)
    }

    /// Passes what stands at the slot in another chunk: `rest` begins with it, `at` bytes into the data. Returns its length.
    #[inline(always)]
    pub(super) fn pass(&mut self, rest: &[u8], at: usize) -> Option<usize> {
        let (length, escaped) = match self.target {
            Target::Created | Target::Count | Target::Cost => (number_length(rest, self.target)?, false),
            _ => json::text_length(rest)?,
        };
        // No template is matched with more bytes than that.
        self.now = Span { start: at as u32, end: (at + length) as u32, escaped };
        Some(length)
    }
}

/// Returns how long a number is that `rest` begins with, if its target takes it.
#[inline(never)]
fn number_length(rest: &[u8], target: Target) -> Option<usize> {
    let mut reader = Reader::new(rest);
    let fits = match target {
        Target::Cost => is_cost(reader.number()?.of(rest)),
        _ => short_uint(&mut reader),
    };
    fits.then_some(reader.pos())
}

/// Returns whether the usage takes a number for a cost, so that a later one replaces it.
pub(super) fn is_cost(number: &[u8]) -> bool {
    std::str::from_utf8(number).is_ok_and(|number| number.parse::<crate::Decimal>().is_ok())
}

/// Returns whether a number is whole and small enough for every field.
pub(super) fn is_short_uint(number: &[u8]) -> bool {
    let mut reader = Reader::new(number);
    short_uint(&mut reader) && reader.pos() == number.len()
}

/// Passes a whole number that is small enough for every field.
#[inline]
fn short_uint(reader: &mut Reader<'_>) -> bool {
    const MOST_DIGITS: usize = 15;
    let start = reader.pos();
    reader.integer().is_some() && reader.pos() - start <= MOST_DIGITS
}
