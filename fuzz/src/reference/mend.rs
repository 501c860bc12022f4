//! What is read in place of an event that is no JSON, by a reader that forgives two things and nothing else.

/// Returns the JSON with `NaN`, `Infinity`, `-Infinity`, `nan`, `inf` and `-inf` as `null`, and with the control characters in
/// its strings escaped; `None` where it is no object or array then, where nothing was to be mended, or where that was in what
/// a tool is called with.
pub fn mended(json: &[u8]) -> Option<Vec<u8>> {
    let mut reader = Reader { json, at: 0, out: Vec::new(), changed: false };
    reader.space();
    if !matches!(reader.peek(), b'{' | b'[') {
        return None;
    }
    reader.value(false, 0)?;
    reader.space();
    (reader.changed && reader.at == json.len()).then_some(reader.out)
}

struct Reader<'a> {
    json: &'a [u8],
    at: usize,
    out: Vec<u8>,
    changed: bool,
}

impl Reader<'_> {
    fn peek(&self) -> u8 {
        self.json.get(self.at).copied().unwrap_or(0)
    }

    fn copy(&mut self, length: usize) -> Option<()> {
        self.out.extend_from_slice(self.json.get(self.at..self.at + length)?);
        self.at += length;
        Some(())
    }

    fn space(&mut self) {
        while matches!(self.peek(), b' ' | b'\t' | b'\n' | b'\r') {
            self.out.push(self.peek());
            self.at += 1;
        }
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.peek() == byte).then_some(())?;
        self.copy(1)
    }

    /// Copies a value; nothing in one that is `kept` may have to be mended.
    fn value(&mut self, kept: bool, depth: usize) -> Option<()> {
        match self.peek() {
            b'{' | b'[' => self.container(kept, depth + 1),
            b'"' => self.string(kept).map(drop),
            _ => self.scalar(kept),
        }
    }

    fn container(&mut self, kept: bool, depth: usize) -> Option<()> {
        let is_object = self.peek() == b'{';
        let close = if is_object { b'}' } else { b']' };
        (depth <= 127).then_some(())?;
        self.copy(1)?;
        self.space();
        if self.peek() == close {
            return self.copy(1);
        }
        loop {
            let mut inner = kept;
            if is_object {
                let key = self.string(kept)?;
                inner |= matches!(&*key, b"arguments" | b"input" | b"partial_json");
                self.space();
                self.expect(b':')?;
                self.space();
            }
            self.value(inner, depth)?;
            self.space();
            if self.peek() == close {
                return self.copy(1);
            }
            self.expect(b',')?;
            self.space();
        }
    }

    fn string(&mut self, kept: bool) -> Option<Vec<u8>> {
        self.expect(b'"')?;
        let start = self.at;
        loop {
            match *self.json.get(self.at)? {
                b'"' => break,
                b'\\' => {
                    let length = match *self.json.get(self.at + 1)? {
                        b'u' => {
                            let digits = self.json.get(self.at + 2..self.at + 6)?;
                            digits.iter().all(u8::is_ascii_hexdigit).then_some(6)?
                        }
                        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => 2,
                        _ => return None,
                    };
                    self.copy(length)?;
                }
                control @ 0..=0x1F => {
                    (!kept).then_some(())?;
                    self.out.extend_from_slice(format!("\\u{control:04x}").as_bytes());
                    self.changed = true;
                    self.at += 1;
                }
                _ => self.copy(1)?,
            }
        }
        let inside = self.json[start..self.at].to_vec();
        self.copy(1)?;
        Some(inside)
    }

    /// Copies a number or a word.
    fn scalar(&mut self, kept: bool) -> Option<()> {
        let rest = &self.json[self.at..];
        let ends = |byte: &u8| matches!(byte, b',' | b']' | b'}' | b' ' | b'\t' | b'\n' | b'\r');
        let length = rest.iter().position(ends).unwrap_or(rest.len());
        match &rest[..length] {
            b"NaN" | b"Infinity" | b"-Infinity" | b"nan" | b"inf" | b"-inf" => {
                (!kept).then_some(())?;
                self.out.extend_from_slice(b"null");
                self.changed = true;
                self.at += length;
                Some(())
            }
            scalar => {
                super::json::read_value(scalar)?;
                self.copy(length)
            }
        }
    }
}
