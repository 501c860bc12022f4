//! A cursor over one JSON document that validates what it passes and remembers where things were.

/// Deepest nesting that is read; one level more is a syntax error, so that no input can exhaust the stack.
pub(crate) const MAX_DEPTH: u8 = 127;

/// Where a document stopped being JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Syntax {
    /// Offset of the first byte that does not fit.
    pub(crate) at: usize,
}

/// What a value starts like.
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

/// The inside of a string, between the quotes, and what must be known to hand it out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Holds a backslash, so the text is not the bytes.
    pub(crate) escaped: bool,
    /// Holds no byte above 0x7F, so the bytes need no UTF-8 check.
    pub(crate) ascii: bool,
}

impl Span {
    /// Returns the bytes between the quotes, as they stand on the wire.
    pub(crate) fn of<'a>(&self, json: &'a [u8]) -> &'a [u8] {
        json.get(self.start..self.end).unwrap_or_default()
    }
}

/// Reads `json` from front to back.
#[derive(Clone, Debug)]
pub(crate) struct Reader<'a> {
    json: &'a [u8],
    pos: usize,
    depth: u8,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(json: &'a [u8]) -> Self {
        Reader { json, pos: 0, depth: 0 }
    }

    /// Returns the offset of the next unread byte.
    pub(crate) fn pos(&self) -> usize {
        self.pos
    }

    /// Returns what the next value is, without passing it.
    pub(crate) fn kind(&mut self) -> Result<Kind, Syntax> {
        self.space();
        Ok(match self.peek() {
            Some(b'{') => Kind::Object,
            Some(b'[') => Kind::Array,
            Some(b'"') => Kind::String,
            Some(b'-' | b'0'..=b'9') => Kind::Number,
            Some(b't') => Kind::True,
            Some(b'f') => Kind::False,
            Some(b'n') => Kind::Null,
            _ => return Err(self.syntax()),
        })
    }

    /// Passes an object, calling `member` with the reader in front of each value; `member` must pass the value.
    pub(crate) fn object(
        &mut self,
        mut member: impl FnMut(&mut Self, Span) -> Result<(), Syntax>,
    ) -> Result<(), Syntax> {
        self.space();
        self.expect(b'{')?;
        self.enter()?;
        self.space();
        if !self.eat(b'}') {
            loop {
                self.space();
                let key = self.string()?;
                self.space();
                self.expect(b':')?;
                self.space();
                member(self, key)?;
                self.space();
                if self.eat(b',') {
                    continue;
                }
                self.expect(b'}')?;
                break;
            }
        }
        self.depth -= 1;
        Ok(())
    }

    /// Passes an array, calling `element` with the reader in front of each value; `element` must pass the value.
    pub(crate) fn array(&mut self, mut element: impl FnMut(&mut Self) -> Result<(), Syntax>) -> Result<(), Syntax> {
        self.space();
        self.expect(b'[')?;
        self.enter()?;
        self.space();
        if !self.eat(b']') {
            loop {
                self.space();
                element(self)?;
                self.space();
                if self.eat(b',') {
                    continue;
                }
                self.expect(b']')?;
                break;
            }
        }
        self.depth -= 1;
        Ok(())
    }

    /// Passes any value and returns its first and one-past-last offset.
    pub(crate) fn skip(&mut self) -> Result<(usize, usize), Syntax> {
        let kind = self.kind()?;
        let start = self.pos;
        match kind {
            Kind::Object => self.object(|reader, _| reader.skip().map(drop))?,
            Kind::Array => self.array(|reader| reader.skip().map(drop))?,
            Kind::String => drop(self.string()?),
            Kind::Number => drop(self.number()?),
            Kind::True => self.literal(b"true")?,
            Kind::False => self.literal(b"false")?,
            Kind::Null => self.literal(b"null")?,
        }
        Ok((start, self.pos))
    }

    /// Passes a string and returns where its inside is.
    pub(crate) fn string(&mut self) -> Result<Span, Syntax> {
        self.expect(b'"')?;
        let start = self.pos;
        let (mut escaped, mut seen) = (false, 0);
        loop {
            let rest = self.json.get(self.pos..).unwrap_or_default();
            let (plain, bits) = super::swar::plain(rest);
            seen |= bits;
            self.pos += plain;
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    self.escape()?;
                }
                _ => return Err(self.syntax()),
            }
        }
        let end = self.pos;
        self.pos += 1;
        Ok(Span { start, end, escaped, ascii: seen < 0x80 })
    }

    /// Passes a number and returns its first and one-past-last offset.
    pub(crate) fn number(&mut self) -> Result<(usize, usize), Syntax> {
        let start = self.pos;
        self.eat(b'-');
        if !self.eat(b'0') {
            self.digits()?;
        }
        if self.eat(b'.') {
            self.digits()?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            let _sign = self.eat(b'+') || self.eat(b'-');
            self.digits()?;
        }
        Ok((start, self.pos))
    }

    /// Checks that only white space is left.
    pub(crate) fn end(&mut self) -> Result<(), Syntax> {
        self.space();
        if self.pos == self.json.len() { Ok(()) } else { Err(self.syntax()) }
    }

    fn escape(&mut self) -> Result<(), Syntax> {
        self.pos += 1;
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.pos += 1,
            Some(b'u') => {
                self.pos += 1;
                for _ in 0..4 {
                    match self.peek() {
                        Some(b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => self.pos += 1,
                        _ => return Err(self.syntax()),
                    }
                }
            }
            _ => return Err(self.syntax()),
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), Syntax> {
        let start = self.pos;
        while let Some(b'0'..=b'9') = self.peek() {
            self.pos += 1;
        }
        if self.pos > start { Ok(()) } else { Err(self.syntax()) }
    }

    fn literal(&mut self, word: &[u8]) -> Result<(), Syntax> {
        for &byte in word {
            self.expect(byte)?;
        }
        Ok(())
    }

    fn enter(&mut self) -> Result<(), Syntax> {
        if self.depth == MAX_DEPTH {
            return Err(self.syntax());
        }
        self.depth += 1;
        Ok(())
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.pos += 1;
        }
    }

    fn expect(&mut self, byte: u8) -> Result<(), Syntax> {
        if self.eat(byte) { Ok(()) } else { Err(self.syntax()) }
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.pos += usize::from(found);
        found
    }

    fn peek(&self) -> Option<u8> {
        self.json.get(self.pos).copied()
    }

    fn syntax(&self) -> Syntax {
        Syntax { at: self.pos }
    }
}
