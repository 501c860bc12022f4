//! A cursor over one JSON document. It validates what it passes, and returns the places of values.
//!
//! Every method that passes something returns `None` if the document is not JSON, and leaves the cursor at the first
//! byte that does not fit: [`Reader::pos`] is then the place of the error. A byte past the end reads as NUL, which JSON
//! never holds.

use super::span::Span;
use super::swar;

/// The deepest nesting that is read. One level more is a syntax error, so that no input can exhaust the stack.
pub(crate) const MAX_DEPTH: u8 = 127;

/// The place where a document stops being JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Syntax {
    /// The offset of the first byte that does not fit.
    pub(crate) at: usize,
}

/// The kind of a value, by its first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Object,
    Array,
    String,
    Number,
    True,
    False,
    Null,
}

/// Reads a document from front to back.
#[derive(Clone, Debug)]
pub(crate) struct Reader<'a> {
    json: &'a [u8],
    pos: usize,
    depth: u8,
}

impl<'a> Reader<'a> {
    /// Starts at the front. Bytes beyond 4 GiB are not read, and are a syntax error.
    pub(crate) fn new(json: &'a [u8]) -> Self {
        Reader::at(json, 0)
    }

    /// Starts in the middle, at a place between two tokens.
    pub(crate) fn at(json: &'a [u8], pos: usize) -> Self {
        const LONGEST: usize = u32::MAX as usize;
        Reader { json: json.get(..LONGEST).unwrap_or(json), pos, depth: 0 }
    }

    /// Returns the offset of the next unread byte.
    #[inline]
    pub(crate) fn pos(&self) -> usize {
        self.pos
    }

    /// Returns the whole document.
    #[inline]
    pub(crate) fn json(&self) -> &'a [u8] {
        self.json
    }

    /// Returns the bytes that were not passed yet.
    #[inline]
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.json.get(self.pos..).unwrap_or_default()
    }

    /// Passes bytes that are known to be whole and valid tokens.
    #[inline]
    pub(crate) fn pass_known(&mut self, bytes: usize) {
        self.pos += bytes;
    }

    /// Returns the error that a `None` stands for.
    pub(crate) fn syntax(&self) -> Syntax {
        Syntax { at: self.pos }
    }

    /// Returns the kind of the next value, and passes the white space before it.
    #[inline]
    pub(crate) fn kind(&mut self) -> Option<Kind> {
        Some(match self.next() {
            b'"' => Kind::String,
            b'{' => Kind::Object,
            b'[' => Kind::Array,
            b'-' | b'0'..=b'9' => Kind::Number,
            b't' => Kind::True,
            b'f' => Kind::False,
            b'n' => Kind::Null,
            _ => return None,
        })
    }

    /// Passes an object, calling `member` with the reader in front of each value; `member` must pass the value.
    #[inline]
    pub(crate) fn object(&mut self, mut member: impl FnMut(&mut Self, Span) -> Option<()>) -> Option<()> {
        self.members(|reader| {
            let key = reader.key()?;
            member(reader, key)
        })
    }

    /// Passes an object, calling `member` with the reader in front of each key; `member` must pass the key and the value.
    #[inline]
    pub(crate) fn members(&mut self, mut member: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.open(b'{')?;
        if self.next() != b'}' {
            loop {
                self.next();
                member(self)?;
                if self.next() != b',' {
                    break;
                }
                self.pos += 1;
            }
        }
        self.close(b'}')
    }

    /// Passes an array, calling `element` with the reader in front of each value; `element` must pass the value.
    #[inline]
    pub(crate) fn array(&mut self, mut element: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.open(b'[')?;
        if self.next() != b']' {
            loop {
                self.next();
                element(self)?;
                if self.next() != b',' {
                    break;
                }
                self.pos += 1;
            }
        }
        self.close(b']')
    }

    /// Passes any value.
    #[inline]
    pub(crate) fn skip(&mut self) -> Option<Span> {
        let kind = self.kind()?;
        self.skip_of(kind)
    }

    /// Passes the next value, of the given kind.
    #[inline]
    pub(crate) fn skip_of(&mut self, kind: Kind) -> Option<Span> {
        let start = self.pos;
        self.pass(kind)?;
        Some(self.span_from(start))
    }

    fn pass(&mut self, kind: Kind) -> Option<()> {
        match kind {
            Kind::String => self.string().map(drop),
            Kind::Null => self.word(b"null"),
            Kind::Number => self.number().map(drop),
            Kind::True => self.word(b"true"),
            Kind::False => self.word(b"false"),
            Kind::Object => self.object(|reader, _| reader.skip().map(drop)),
            Kind::Array => self.array(|reader| reader.skip().map(drop)),
        }
    }

    /// Passes a key, its colon and the white space around the colon.
    #[inline(always)]
    pub(crate) fn key(&mut self) -> Option<Span> {
        let key = self.string()?;
        match self.json.get(self.pos..) {
            // Nearly always there is no white space on either side.
            Some([b':', value, ..]) if *value > b' ' => self.pos += 1,
            _ => {
                self.expect(b':')?;
                self.next();
            }
        }
        Some(key)
    }

    /// Passes a string.
    #[inline(always)]
    pub(crate) fn string(&mut self) -> Option<Span> {
        self.expect(b'"')?;
        let start = self.pos;
        let escaped = self.text()?;
        let span = Span { escaped, ..self.span_from(start) };
        self.pos += 1;
        Some(span)
    }

    /// Passes the inside of a string and stops at its closing quote; returns whether it holds a backslash.
    #[inline(always)]
    pub(crate) fn text(&mut self) -> Option<bool> {
        self.pos += swar::plain(self.json.get(self.pos..).unwrap_or_default());
        match self.peek() {
            b'"' => Some(false),
            b'\\' => {
                let (pos, valid) = after_escapes(self.json, self.pos);
                self.pos = pos;
                (valid && self.peek() == b'"').then_some(true)
            }
            _ => None,
        }
    }

    /// Passes a number.
    #[inline]
    pub(crate) fn number(&mut self) -> Option<Span> {
        let start = self.pos;
        if self.peek() == b'-' {
            self.pos += 1;
        }
        self.integer()?;
        if self.peek() == b'.' {
            self.pos += 1;
            self.digits()?;
        }
        if matches!(self.peek(), b'e' | b'E') {
            self.pos += 1;
            if matches!(self.peek(), b'+' | b'-') {
                self.pos += 1;
            }
            self.digits()?;
        }
        Some(self.span_from(start))
    }

    /// Passes a whole number without a sign.
    #[inline]
    pub(crate) fn integer(&mut self) -> Option<()> {
        if self.peek() == b'0' {
            self.pos += 1;
            return Some(());
        }
        self.digits()
    }

    /// Passes one digit or more.
    #[inline]
    fn digits(&mut self) -> Option<()> {
        let start = self.pos;
        while self.peek().is_ascii_digit() {
            self.pos += 1;
        }
        (self.pos > start).then_some(())
    }

    /// Checks that only white space is left.
    pub(crate) fn end(&mut self) -> Option<()> {
        self.next();
        (self.pos == self.json.len()).then_some(())
    }

    /// Passes `true`, `false` or `null`.
    #[inline]
    fn word(&mut self, word: &[u8]) -> Option<()> {
        let rest = self.json.get(self.pos..).unwrap_or_default();
        let whole = rest.starts_with(word);
        self.pos += if whole { word.len() } else { rest.iter().zip(word).take_while(|(a, b)| a == b).count() };
        whole.then_some(())
    }

    #[inline]
    fn open(&mut self, bracket: u8) -> Option<()> {
        self.expect(bracket)?;
        if self.depth == MAX_DEPTH {
            return None;
        }
        self.depth += 1;
        Some(())
    }

    #[inline]
    fn close(&mut self, bracket: u8) -> Option<()> {
        self.depth -= 1;
        self.expect(bracket)
    }

    /// Passes white space; returns the byte after it, which is not passed.
    #[inline]
    fn next(&mut self) -> u8 {
        let byte = self.peek();
        if byte > b' ' {
            return byte;
        }
        self.pos = after_space(self.json, self.pos);
        self.peek()
    }

    /// Passes white space and one byte.
    #[inline]
    fn expect(&mut self, byte: u8) -> Option<()> {
        if self.next() != byte {
            return None;
        }
        self.pos += 1;
        Some(())
    }

    #[inline]
    fn peek(&self) -> u8 {
        self.json.get(self.pos).copied().unwrap_or(0)
    }

    /// Returns the span of the bytes passed since `start`.
    #[inline]
    pub(crate) fn span_from(&self, start: usize) -> Span {
        // No document is longer: see `new`.
        Span { start: start as u32, end: self.pos as u32, escaped: false }
    }
}

/// Returns the length of the inside of a string at the beginning of `rest`, and whether it holds a backslash; `None` if
/// it is not valid in a string, or if the closing quote is missing.
#[inline(always)]
pub(crate) fn text_length(rest: &[u8]) -> Option<(usize, bool)> {
    let plain = swar::plain(rest);
    match *rest.get(plain)? {
        b'"' => Some((plain, false)),
        b'\\' => {
            let (length, valid) = after_escapes(rest, plain);
            (valid && rest.get(length) == Some(&b'"')).then_some((length, true))
        }
        _ => None,
    }
}

/// Returns the offset of the first byte from `pos` on that is not white space.
#[cold]
#[inline(never)]
fn after_space(json: &[u8], pos: usize) -> usize {
    let rest = json.get(pos..).unwrap_or_default();
    pos + rest.iter().take_while(|byte| matches!(byte, b' ' | b'\n' | b'\r' | b'\t')).count()
}

/// Passes a string from a backslash on. Returns the offset of its end or first invalid byte, and whether it is valid.
#[cold]
#[inline(never)]
fn after_escapes(json: &[u8], mut pos: usize) -> (usize, bool) {
    while let Some([b'\\', escape @ ..]) = json.get(pos..) {
        pos += 1;
        let length = match escape {
            [b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => 1,
            [b'u', digits @ ..] => {
                let valid = digits.iter().take(4).take_while(|digit| digit.is_ascii_hexdigit()).count();
                if valid < 4 {
                    return (pos + 1 + valid, false);
                }
                5
            }
            _ => return (pos, false),
        };
        pos += length;
        pos += swar::plain(json.get(pos..).unwrap_or_default());
    }
    (pos, true)
}
