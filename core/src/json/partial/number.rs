//! Numbers, which end at the byte after them.

use super::event::Step;
use super::follow::Follow;
use super::machine::Mode;
use super::{Fault, PartialError, Show};

/// How far a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Digits {
    Minus,
    Zero,
    Int,
    Dot,
    Fraction,
    Exp,
    Sign,
    Exponent,
}

impl Digits {
    /// The state after the first digit.
    pub(super) fn first(byte: u8) -> Self {
        if byte == b'0' { Digits::Zero } else { Digits::Int }
    }

    /// Whether it is a number if nothing follows.
    pub(super) fn are_whole(self) -> bool {
        matches!(self, Digits::Zero | Digits::Int | Digits::Fraction | Digits::Exponent)
    }

    /// Returns the state after one more byte; `Ok(None)` where the number ended before it.
    #[inline]
    fn then(self, byte: u8) -> Result<Option<Self>, ()> {
        Ok(Some(match (self, byte) {
            (Digits::Int, b'0'..=b'9') => Digits::Int,
            (Digits::Minus, b'0'..=b'9') => Digits::first(byte),
            (Digits::Dot | Digits::Fraction, b'0'..=b'9') => Digits::Fraction,
            (Digits::Exp | Digits::Sign | Digits::Exponent, b'0'..=b'9') => Digits::Exponent,
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
        let mut whole = if digits.are_whole() { self.read } else { 0 };
        while let Some(&byte) = bytes.get(self.read as usize) {
            match digits.then(byte) {
                Ok(Some(following)) => digits = following,
                Ok(None) => return self.end_number(text, digits).map(Some),
                Err(()) => {
                    self.show_number(whole);
                    return Err(self.fault(Fault::Number));
                }
            }
            self.read += 1;
            if digits.are_whole() {
                whole = self.read;
            }
        }
        self.mode = Mode::Number(digits);
        self.show_number(whole);
        Ok(None)
    }

    /// Shows the number up to `whole`, where that is further than before.
    fn show_number(&mut self, whole: u32) {
        if let Some(node) = self.tape.nodes.last_mut() {
            node.end = node.end.max(whole);
        }
        if whole > 0 && self.options.numbers == Show::Begun {
            self.shown();
        }
    }

    pub(super) fn end_number(&mut self, text: &str, digits: Digits) -> Result<Step, PartialError> {
        let start = self.tape.nodes.last().map_or(self.read, |node| node.start);
        let number = text.get(start as usize..self.read as usize).unwrap_or_default();
        if may_be_too_large(number.as_bytes(), digits) && serde_json::from_str::<serde_json::Number>(number).is_err() {
            return Err(PartialError::new(Fault::Range, start));
        }
        Ok(self.end_value())
    }
}

/// Returns whether a number has to be asked about: below 200 bytes and 1e100, it is below 1e300.
fn may_be_too_large(number: &[u8], digits: Digits) -> bool {
    let exponent = || number.iter().rev().take(3).filter(|byte| byte.is_ascii_digit()).count();
    number.len() > 200 || (digits == Digits::Exponent && exponent() == 3)
}
