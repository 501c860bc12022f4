//! The values that may differ from the chunk before, and how each is passed.

use crate::json::{self, Reader};
use crate::reply::SlotKind;

/// The target of the value at a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::chat) enum Target {
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
pub(in crate::chat) enum Field {
    Content,
    Reasoning,
    Refusal,
}

impl Target {
    pub(super) fn is_usage(self) -> bool {
        matches!(self, Target::Count | Target::Cost)
    }
}

impl SlotKind for Target {
    #[inline(always)]
    fn pass(self, rest: &[u8]) -> Option<(usize, bool)> {
        match self {
            Target::Created | Target::Count | Target::Cost => Some((number_length(rest, self)?, false)),
            _ => json::text_length(rest),
        }
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
