//! The states between tokens, one for each byte that may come next.

use super::event::Step;
use super::follow::Follow;
use super::frame::Frame;
use super::number::Digits;
use super::tape::{NOTHING, Node, NodeKind, OPEN, SHADOWED};
use super::{Fault, Leading, PartialError, Show};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Before the value, and before its fence or prose.
    Lead,
    /// In the backticks before the value: how many there were.
    Ticks(u8),
    /// In the rest of their line.
    Info,
    /// A value has to come.
    Value,
    /// A value, or the end of an array without elements.
    Element,
    /// A key, or the end of an object without members.
    Member,
    /// A key has to come.
    Key,
    Colon,
    /// A comma, or the end of what is open.
    After,
    /// In a string that is a value.
    Text,
    /// In a string that is a key.
    Name,
    Number(Digits),
    /// In a literal: how many of its bytes there were.
    Literal(u8),
    /// The value is whole.
    Done,
    /// The same, after a fence: how many backticks of the closing one there were.
    Fence(u8),
    /// The same, and what follows does not matter.
    Rest,
}

impl Mode {
    /// Whether white space may stand here and says nothing.
    #[inline]
    fn takes_space(self) -> bool {
        !matches!(self, Mode::Info | Mode::Rest | Mode::Ticks(_) | Mode::Fence(1 | 2))
    }
}

/// Where in an escape the next byte stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escape {
    Outside,
    Backslash,
    /// After so many digits.
    Hex(u8),
}

impl Follow {
    /// Reads on to the next event, or without events as far as the text goes.
    #[inline]
    pub(super) fn advance<const EVENTS: bool>(
        &mut self,
        text: &str,
        bytes: &[u8],
    ) -> Result<Option<Step>, PartialError> {
        loop {
            let token = match self.mode {
                Mode::Text | Mode::Name => self.string::<EVENTS>(text, bytes)?,
                Mode::Number(digits) => self.number(text, bytes, digits)?,
                Mode::Literal(seen) => self.literal(bytes, seen)?,
                mode => {
                    let Some(&byte) = bytes.get(self.read as usize) else { return self.exhausted(text) };
                    if matches!(byte, b' ' | b'\n' | b'\r' | b'\t') && mode.takes_space() {
                        self.read += 1;
                        continue;
                    }
                    match self.between(mode, byte, bytes)? {
                        Some(step) if EVENTS => return Ok(Some(step)),
                        _ => continue,
                    }
                }
            };
            match token {
                Some(step) if EVENTS => return Ok(Some(step)),
                Some(_) => {}
                None => match self.exhausted(text) {
                    // The number that ended is the last there is.
                    Ok(Some(_)) if !EVENTS => return Ok(None),
                    exhausted => return exhausted,
                },
            }
        }
    }

    /// Takes a byte that is neither white space nor inside a token.
    #[inline]
    fn between(&mut self, mode: Mode, byte: u8, bytes: &[u8]) -> Result<Option<Step>, PartialError> {
        match (mode, byte) {
            (Mode::Value, _) => return self.begin(byte),
            (Mode::Element, b']') | (Mode::Member, b'}') => return Ok(Some(self.close())),
            (Mode::Element, _) => return self.begin(byte),
            (Mode::Member | Mode::Key, b'"') => {
                self.push(NodeKind::Key);
                self.begin_string(Mode::Name);
            }
            (Mode::Member | Mode::Key, _) => return Err(self.fault(Fault::Key)),
            (Mode::Colon, b':') => {
                self.read += 1;
                self.mode = Mode::Value;
            }
            (Mode::Colon, _) => return Err(self.fault(Fault::Colon)),
            (Mode::After, _) => {
                let is_object = self.frames.last().is_some_and(|frame| frame.is_object);
                match (byte, is_object) {
                    (b',', _) => {
                        self.read += 1;
                        self.mode = if is_object { Mode::Key } else { Mode::Value };
                    }
                    (b'}', true) | (b']', false) => return Ok(Some(self.close())),
                    _ => return Err(self.fault(Fault::After)),
                }
            }
            _ => return self.around(mode, byte, bytes),
        }
        Ok(None)
    }

    /// Takes a byte before or after the whole value.
    fn around(&mut self, mode: Mode, byte: u8, bytes: &[u8]) -> Result<Option<Step>, PartialError> {
        let rest = bytes.get(self.read as usize..).unwrap_or_default();
        match (mode, byte) {
            (Mode::Lead, b'`') if self.options.leading == Leading::Fence => self.mode = Mode::Ticks(0),
            (Mode::Lead, _) if self.options.leading == Leading::Prose => {
                self.read += memchr::memchr2(b'{', b'[', rest).unwrap_or(rest.len()) as u32;
                return bytes.get(self.read as usize).map_or(Ok(None), |&byte| self.begin(byte));
            }
            (Mode::Lead, _) => return self.begin(byte),
            (Mode::Ticks(seen), b'`') => {
                self.read += 1;
                self.mode = if seen < 2 { Mode::Ticks(seen + 1) } else { Mode::Info };
                self.is_fenced = true;
            }
            (Mode::Info, _) => match memchr::memchr(b'\n', rest) {
                Some(line) => {
                    self.read += line as u32 + 1;
                    self.mode = Mode::Value;
                }
                None => self.read += rest.len() as u32,
            },
            (Mode::Fence(seen @ 0..=2), b'`') => {
                self.read += 1;
                self.mode = Mode::Fence(seen + 1);
            }
            (Mode::Rest, _) => self.read += rest.len() as u32,
            (Mode::Ticks(_), _) => return Err(self.fault(Fault::Value)),
            _ => return Err(self.fault(Fault::Trailing)),
        }
        Ok(None)
    }

    /// Begins the value whose first byte this is.
    #[inline]
    fn begin(&mut self, byte: u8) -> Result<Option<Step>, PartialError> {
        let kind = match byte {
            b'"' => NodeKind::String,
            b'{' => NodeKind::Object,
            b'[' => NodeKind::Array,
            b'-' | b'0'..=b'9' => NodeKind::Number,
            b't' => NodeKind::True,
            b'f' => NodeKind::False,
            b'n' => NodeKind::Null,
            _ => return Err(self.fault(Fault::Value)),
        };
        if kind.is_container() && self.frames.len() >= usize::from(self.options.max_depth) {
            return Err(self.fault(Fault::Depth(self.options.max_depth)));
        }
        if let Some(array) = self.frames.last_mut().filter(|frame| !frame.is_object) {
            array.count += 1;
        }
        self.push(kind);
        match kind {
            NodeKind::String => {
                self.begin_string(Mode::Text);
                if self.options.strings == Show::Begun {
                    self.shown();
                }
            }
            NodeKind::Number => {
                self.mode = Mode::Number(if byte == b'-' { Digits::Minus } else { Digits::first(byte) });
                self.read += 1;
                if self.options.numbers == Show::Begun && byte != b'-' {
                    self.shown();
                }
            }
            NodeKind::Object | NodeKind::Array => {
                self.shown();
                self.read += 1;
                let is_object = kind == NodeKind::Object;
                self.frames.push(Frame::new(self.tape.len() - 1, is_object));
                self.mode = if is_object { Mode::Member } else { Mode::Element };
                return Ok(Some(Step::Open));
            }
            _ => {
                self.read += 1;
                self.mode = Mode::Literal(1);
                if self.options.literals == Show::Begun {
                    self.shown();
                }
            }
        }
        Ok(None)
    }

    fn literal(&mut self, bytes: &[u8], seen: u8) -> Result<Option<Step>, PartialError> {
        let word: &[u8] = match self.tape.nodes.last().map(|node| node.kind) {
            Some(NodeKind::True) => b"true",
            Some(NodeKind::False) => b"false",
            _ => b"null",
        };
        for (seen, expected) in word.iter().enumerate().skip(seen.into()) {
            match bytes.get(self.read as usize) {
                Some(byte) if byte == expected => self.read += 1,
                Some(_) => return Err(self.fault(Fault::Literal)),
                None => {
                    self.mode = Mode::Literal(seen as u8);
                    return Ok(None);
                }
            }
        }
        Ok(Some(self.end_value()))
    }

    /// Ends the string, number or literal that is open.
    #[inline]
    pub(super) fn end_value(&mut self) -> Step {
        if let Some(node) = self.tape.nodes.last_mut() {
            node.end = self.read;
            node.flags &= !OPEN;
        }
        self.shown();
        self.value_ended();
        Step::Value
    }

    #[inline]
    fn close(&mut self) -> Step {
        self.read += 1;
        let next = self.tape.len();
        let closed = self.frames.pop().map_or(NOTHING, |frame| frame.node);
        if let Some(node) = self.tape.nodes.get_mut(closed as usize) {
            node.end = self.read;
            node.next = next;
            node.flags &= !OPEN;
        }
        self.value_ended();
        Step::Close(closed)
    }

    #[inline]
    fn value_ended(&mut self) {
        self.mode = match self.options.leading {
            _ if !self.frames.is_empty() => Mode::After,
            Leading::Prose => Mode::Rest,
            _ if self.is_fenced => Mode::Fence(0),
            _ => Mode::Done,
        };
    }

    /// The newest value has something to show: what it replaces counts no more.
    #[inline]
    pub(super) fn shown(&mut self) {
        let Some(frame) = self.frames.last_mut() else { return };
        if frame.replaces != NOTHING {
            if let Some(key) = self.tape.nodes.get_mut(frame.replaces as usize) {
                key.flags |= SHADOWED;
            }
            frame.replaces = NOTHING;
        }
    }

    #[inline]
    fn push(&mut self, kind: NodeKind) {
        self.tape.nodes.push(Node::new(kind, self.read));
    }

    /// All there is was read.
    fn exhausted(&mut self, text: &str) -> Result<Option<Step>, PartialError> {
        if let Some(late) = self.late {
            return Err(late);
        }
        if text.len() > self.options.max_bytes as usize {
            return Err(PartialError::new(Fault::Length(self.options.max_bytes), self.options.max_bytes));
        }
        match self.mode {
            _ if !self.is_ended || self.is_complete() => Ok(None),
            Mode::Number(digits) if digits.are_whole() && self.frames.is_empty() => {
                self.end_number(text, digits).map(Some)
            }
            _ => Err(PartialError::new(Fault::Unfinished, text.len() as u32)),
        }
    }

    #[cold]
    pub(super) fn fault(&self, fault: Fault) -> PartialError {
        PartialError::new(fault, self.read)
    }
}
