//! Ranges of a document.

use std::ops::Range;

/// A range of a document: a value, or the inside of a string between its quotes.
///
/// It has 32 bits per offset, because many are written for every event; a document is never longer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// Whether the inside of the string holds a backslash, so that the text differs from the bytes.
    pub(crate) escaped: bool,
}

impl Span {
    /// Returns the bytes as they are on the wire.
    #[inline]
    pub(crate) fn of<'a>(&self, json: &'a [u8]) -> &'a [u8] {
        part(json, self.start as usize..self.end as usize)
    }

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Returns the span relative to `start`, which is not behind it.
    #[inline]
    pub(crate) fn from(&self, start: usize) -> Span {
        let start = start as u32;
        Span { start: self.start.wrapping_sub(start), end: self.end.wrapping_sub(start), escaped: self.escaped }
    }

    /// Returns the span that [`from`](Self::from) made, relative to the front of the document.
    #[inline]
    pub(crate) fn after(&self, start: usize) -> Span {
        let start = start as u32;
        Span { start: self.start.wrapping_add(start), end: self.end.wrapping_add(start), escaped: self.escaped }
    }

    /// Returns the string with its quotes, from the span of its inside.
    pub(crate) fn quoted(&self) -> Span {
        Span { start: self.start.saturating_sub(1), end: self.end.saturating_add(1), escaped: self.escaped }
    }
}

/// Returns a part of some bytes; empty if they have no such part. `unwrap_or_default` would be computed without a branch,
/// which takes several instructions more each time.
#[inline(always)]
pub(crate) fn part(bytes: &[u8], range: Range<usize>) -> &[u8] {
    match bytes.get(range) {
        Some(part) => part,
        None => no_part(),
    }
}

#[cold]
#[inline(never)]
fn no_part() -> &'static [u8] {
    &[]
}
