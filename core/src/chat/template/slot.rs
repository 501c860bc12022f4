//! The places at which a chunk may differ from the chunk before, and how each is passed.

use crate::json::{self, Reader, Span};
use crate::reply::wire;

/// A place at which chunks may differ.
#[derive(Clone, Copy, Debug)]
pub(in crate::chat) struct Slot {
    pub(super) target: Target,
    /// Its place in the learned chunk.
    pub(super) learned: Span,
    /// Its place in the chunk that matched last.
    pub(super) now: Span,
    /// The length of the literal before it, in bytes.
    pub(super) literal: u32,
}

/// The target of the value at a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A text of the choice of this delta.
    Text(Field, u32),
    /// The arguments of the call of this delta.
    Arguments(u32),
    /// The id of the completion.
    Id,
    /// The creation time.
    Created,
    /// A top-level string without a typed field: the sums keep its last value at this place.
    Extra(u32),
    /// A whole number inside the usage.
    Count,
    /// The cost inside the usage.
    Cost,
}

/// An accumulated text.
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
        let (length, escaped) = match self.target {
            Target::Created | Target::Count | Target::Cost => (number_length(rest, self.target)?, false),
            _ => json::text_length(rest)?,
        };
        // No template is matched with more bytes.
        self.now = Span { start: at as u32, end: (at + length) as u32, escaped };
        Some(length)
    }
}

/// Returns the length of the number at the beginning of `rest`, if its target accepts it.
#[inline(never)]
fn number_length(rest: &[u8], target: Target) -> Option<usize> {
    let mut reader = Reader::new(rest);
    let fits = match target {
        Target::Cost => is_cost(reader.number()?.of(rest)),
        _ => short_uint(&mut reader),
    };
    fits.then_some(reader.pos())
}

/// Returns whether the usage accepts a number as a cost, so that a later one replaces it.
pub(super) fn is_cost(number: &[u8]) -> bool {
    std::str::from_utf8(number).is_ok_and(|number| number.parse::<crate::Decimal>().is_ok())
}

/// Returns whether a number is whole and fits every field.
pub(super) fn is_short_uint(number: &[u8]) -> bool {
    let mut reader = Reader::new(number);
    short_uint(&mut reader) && reader.pos() == number.len()
}

/// Passes a whole number that fits every field.
#[inline]
fn short_uint(reader: &mut Reader<'_>) -> bool {
    const MOST_DIGITS: usize = 15;
    let start = reader.pos();
    reader.integer().is_some() && reader.pos() - start <= MOST_DIGITS
}
