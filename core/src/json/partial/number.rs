//! Numbers, which end at the byte after them.

use super::event::Step;
use super::follow::Follow;
use super::machine::Mode;
use super::{Fault, PartialError, Show};

/// The part of a number that was read last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Digits {
    Minus,
    Zero,
    Int,
    Dot,
    Fraction,
    Exp,
    Sign,
    /// The number of digits of the exponent, up to three.
    Exponent(u8),
}

impl Digits {
    /// The state after the first digit.
    pub(super) fn first(byte: u8) -> Self {
        if byte == b'0' { Digits::Zero } else { Digits::Int }
    }

    /// Whether it is a number if nothing follows.
    pub(super) fn are_whole(self) -> bool {
        matches!(self, Digits::Zero | Digits::Int | Digits::Fraction | Digits::Exponent(_))
    }

    /// Whether a number of that length is certainly not too large: it is below 1e300 then.
    #[inline]
    fn are_in_range(self, len: u32) -> bool {
        len <= 200 && self != Digits::Exponent(3)
    }

    /// Returns the state after one more byte; `Ok(None)` where the number ended before it.
    #[inline]
    fn then(self, byte: u8) -> Result<Option<Self>, ()> {
        Ok(Some(match (self, byte) {
            (Digits::Int, b'0'..=b'9') => Digits::Int,
            (Digits::Minus, b'0'..=b'9') => Digits::first(byte),
            (Digits::Dot | Digits::Fraction, b'0'..=b'9') => Digits::Fraction,
            (Digits::Exp | Digits::Sign, b'0'..=b'9') => Digits::Exponent(1),
            (Digits::Exponent(seen), b'0'..=b'9') => Digits::Exponent(3.min(seen + 1)),
            (Digits::Zero, b'0'..=b'9') => return Err(()),
            (Digits::Zero | Digits::Int, b'.') => Digits::Dot,
            (Digits::Zero | Digits::Int | Digits::Fraction, b'e' | b'E') => Digits::Exp,
            (Digits::Exp, b'+' | b'-') => Digits::Sign,
            _ if self.are_whole() => return Ok(None),
            _ => return Err(()),
        }))
    }
}

impl Follow {
    #[inline]
    pub(super) fn number(
        &mut self,
        text: &str,
        bytes: &[u8],
        mut digits: Digits,
    ) -> Result<Option<Step>, PartialError> {
        let start = self.tape.nodes.last().map_or(self.read, |node| node.start);
        let is_shown = |digits: Digits, read| digits.are_whole() && digits.are_in_range(read - start);
        let mut shown = if is_shown(digits, self.read) { self.read } else { start };
        while let Some(&byte) = bytes.get(self.read as usize) {
            match digits.then(byte) {
                Ok(Some(following)) => digits = following,
                // What is shown must not depend on how the text was cut, also where the number is too large.
                Ok(None) => return self.end_number(text, digits).inspect_err(|_| self.show_number(shown)).map(Some),
                Err(()) => {
                    self.show_number(shown);
                    return Err(self.fault(Fault::Number));
                }
            }
            self.read += 1;
            if is_shown(digits, self.read) {
                shown = self.read;
            }
        }
        self.mode = Mode::Number(digits);
        self.show_number(shown);
        Ok(None)
    }

    /// Shows the number up to there, where that is further than before.
    fn show_number(&mut self, shown: u32) {
        let Some(node) = self.tape.nodes.last_mut() else { return };
        node.end = node.end.max(shown);
        if node.end > node.start && self.options.numbers == Show::Begun {
            self.shown();
        }
    }

    pub(super) fn end_number(&mut self, text: &str, digits: Digits) -> Result<Step, PartialError> {
        let start = self.tape.nodes.last().map_or(self.read, |node| node.start);
        let is_in_range = digits.are_in_range(self.read - start) || {
            let number = text.get(start as usize..self.read as usize).unwrap_or_default();
            serde_json::from_str::<serde_json::Number>(number).is_ok()
        };
        if is_in_range { Ok(self.end_value()) } else { Err(PartialError::new(Fault::Range, start)) }
    }
}
