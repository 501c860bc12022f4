//! Strings, with their escapes.

use super::event::Step;
use super::follow::Follow;
use super::machine::{Escape, Mode};
use super::tape::{ESCAPED, NodeKind, OPEN};
use super::{Fault, PartialError};
use crate::json::swar;

impl Follow {
    #[inline]
    pub(super) fn begin_string(&mut self, mode: Mode) {
        self.read += 1;
        self.given = self.read;
        self.mode = mode;
        if let Some(node) = self.tape.nodes.last_mut() {
            node.end = self.read;
        }
    }

    /// Reads on in the open string.
    ///
    /// The text that was read is an event before an error is, and before the end, so that events do not depend on the cut.
    #[inline]
    pub(super) fn string<const EVENTS: bool>(
        &mut self,
        text: &str,
        bytes: &[u8],
    ) -> Result<Option<Step>, PartialError> {
        loop {
            if self.escape != Escape::Outside {
                let Some(&byte) = bytes.get(self.read as usize) else { return Ok(self.give::<EVENTS>()) };
                match self.escaped(byte) {
                    Ok(()) => continue,
                    Err(error) => return self.give::<EVENTS>().map_or(Err(error), |step| Ok(Some(step))),
                }
            }
            if self.high == 0 {
                self.run(text, bytes);
            }
            match bytes.get(self.read as usize) {
                None => return Ok(self.give::<EVENTS>()),
                Some(b'\\') => self.begin_escape(text),
                Some(b'"') if self.high == 0 => {
                    return match self.give::<EVENTS>() {
                        Some(step) => Ok(Some(step)),
                        None => self.end_string(text).map(Some),
                    };
                }
                Some(_) => {
                    let error = match self.high {
                        0 => self.fault(Fault::Control),
                        _ => PartialError::new(Fault::Surrogate, self.escape_start),
                    };
                    return self.give::<EVENTS>().map_or(Err(error), |step| Ok(Some(step)));
                }
            }
        }
    }

    /// Takes plain text; and, once there was an escape, those of two bytes.
    #[inline]
    fn run(&mut self, text: &str, bytes: &[u8]) {
        let mut at = self.read as usize;
        let is_escaped = self.tape.nodes.last().is_some_and(|node| node.is(ESCAPED));
        loop {
            let run = swar::plain(bytes.get(at..).unwrap_or_default());
            if !is_escaped {
                at += run;
                break;
            }
            self.tape.unescaped.push_str(text.get(at..at + run).unwrap_or_default());
            at += run;
            let Some(&[b'\\', escape]) = bytes.get(at..at + 2) else { break };
            let Some(character) = unescaped(escape) else { break };
            self.tape.unescaped.push(character);
            at += 2;
        }
        self.read = at as u32;
    }

    /// Reads what goes on with a string and does not end it: most pieces do. Returns whether that was all.
    #[inline]
    pub(super) fn goes_on_with_text(&mut self, text: &str, bytes: &[u8]) -> bool {
        if self.mode != Mode::Text || self.escape != Escape::Outside || self.high != 0 || self.failed.is_some() {
            return false;
        }
        self.run(text, bytes);
        let is_all = self.read as usize == bytes.len() && bytes.len() == text.len();
        if is_all {
            self.give::<false>();
        }
        is_all && self.late.is_none() && !self.is_ended
    }

    /// Shows what was read of the string, and makes an event of it where it is a value and something is new.
    #[inline]
    fn give<const EVENTS: bool>(&mut self) -> Option<Step> {
        let node = self.tape.nodes.last_mut()?;
        let end = if node.is(ESCAPED) {
            let end = self.tape.unescaped.len() as u32;
            if let Some(span) = self.tape.spans.last_mut() {
                span.1 = end;
            }
            end
        } else {
            node.end = self.read;
            self.read
        };
        let start = std::mem::replace(&mut self.given, end);
        (EVENTS && node.kind == NodeKind::String && start != end).then_some(Step::Text(start, end))
    }

    #[inline]
    fn end_string(&mut self, text: &str) -> Result<Step, PartialError> {
        let start = self.read;
        self.read += 1;
        if self.mode == Mode::Text {
            return Ok(self.end_value());
        }
        let key = self.tape.len() - 1;
        let Some(node) = self.tape.nodes.last_mut() else { return Err(PartialError::new(Fault::Key, start)) };
        node.end = self.read;
        node.flags &= !OPEN;
        let start = node.start;
        self.mode = Mode::Colon;
        let is_repeated = self.frames.last_mut().is_some_and(|frame| frame.add_key(&self.tape, text, key));
        if is_repeated && self.options.refuse_repeated {
            return Err(PartialError::new(Fault::Repeated, start));
        }
        Ok(Step::Key { is_repeated })
    }

    /// At the first escape of a string, what came before is copied to where the rest will be.
    fn begin_escape(&mut self, text: &str) {
        if let Some(node) = self.tape.nodes.last_mut().filter(|node| !node.is(ESCAPED)) {
            let from = node.start + 1;
            let moved = self.tape.unescaped.len() as u32;
            self.tape.unescaped.push_str(text.get(from as usize..self.read as usize).unwrap_or_default());
            node.flags |= ESCAPED;
            node.next = self.tape.spans.len() as u32;
            self.tape.spans.push((moved, self.tape.unescaped.len() as u32));
            self.given = moved + (self.given - from);
        }
        // Of a pair, it is the first half that has no other where the second is missing.
        if self.high == 0 {
            self.escape_start = self.read;
        }
        self.escape = Escape::Backslash;
        self.read += 1;
    }

    /// Takes one byte of an escape. Where it is wrong, nothing is changed.
    #[inline]
    fn escaped(&mut self, byte: u8) -> Result<(), PartialError> {
        let unpaired = PartialError::new(Fault::Surrogate, self.escape_start);
        match self.escape {
            Escape::Hex(seen) => {
                let Some(digit) = char::from(byte).to_digit(16) else { return Err(self.fault(Fault::Escape)) };
                let unit = if seen == 0 { 0 } else { self.unit << 4 } | digit as u16;
                // The first two digits say which half of a pair it is.
                let is_expected = match (seen, self.high) {
                    (0, 0) => true,
                    (0, _) => unit == 0xD,
                    (1, 0) => !matches!(unit, 0xDC..=0xDF),
                    (1, _) => unit >= 0xDC,
                    _ => true,
                };
                if !is_expected {
                    return Err(unpaired);
                }
                self.unit = unit;
                self.escape = Escape::Hex(seen + 1);
                if seen == 3 {
                    self.end_unit(unit);
                }
            }
            _ if byte == b'u' => self.escape = Escape::Hex(0),
            _ if self.high != 0 => return Err(unpaired),
            _ => {
                let Some(character) = unescaped(byte) else { return Err(self.fault(Fault::Escape)) };
                self.tape.unescaped.push(character);
                self.escape = Escape::Outside;
            }
        }
        self.read += 1;
        Ok(())
    }

    fn end_unit(&mut self, unit: u16) {
        self.escape = Escape::Outside;
        if self.high == 0 && matches!(unit, 0xD800..=0xDBFF) {
            self.high = unit;
            return;
        }
        let code = match std::mem::take(&mut self.high) {
            0 => u32::from(unit),
            high => 0x10000 + ((u32::from(high) & 0x3FF) << 10) + (u32::from(unit) & 0x3FF),
        };
        self.tape.unescaped.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
    }
}

/// Returns what a backslash and this byte stand for.
#[inline]
fn unescaped(byte: u8) -> Option<char> {
    Some(match byte {
        b'"' | b'\\' | b'/' => char::from(byte),
        b'b' => '\x08',
        b'f' => '\x0C',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        _ => return None,
    })
}
