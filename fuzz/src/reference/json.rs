//! JSON as a tree, read the way the grammar is written down: one function per rule, each calling the next.
//!
//! Inside strings any byte is taken but a control character, whether it is UTF-8 or not, and any four hexadecimal digits
//! after `\u`, whether they are half of a pair or not.

/// How deep objects and arrays may be nested.
pub const MAX_DEPTH: usize = 127;

/// A value, with the bytes that it was read from.
#[derive(Clone, Debug, PartialEq)]
pub struct Node<'a> {
    /// The value as it stands.
    pub raw: &'a [u8],
    /// What it is.
    pub shape: Shape<'a>,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool,
    /// A number, of any size.
    Number,
    /// A string.
    Text(Inside<'a>),
    /// An array.
    List(Vec<Node<'a>>),
    /// An object: its members in their order, repeated ones too.
    Object(Vec<Member<'a>>),
}

/// What stands between the quotes of a string.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Inside<'a> {
    /// The bytes, escapes and all.
    pub bytes: &'a [u8],
    /// Where they begin in the document.
    pub at: usize,
}

/// A member of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Member<'a> {
    /// The name that the key spells.
    pub name: String,
    /// Its value.
    pub value: Node<'a>,
}

impl<'a> Node<'a> {
    /// Returns the inside of a string.
    pub fn text(&self) -> Option<Inside<'a>> {
        if let Shape::Text(inside) = self.shape { Some(inside) } else { None }
    }

    /// Returns the elements of an array.
    pub fn list(&self) -> Option<&[Node<'a>]> {
        if let Shape::List(elements) = &self.shape { Some(elements) } else { None }
    }

    /// Returns the members of an object.
    pub fn object(&self) -> Option<&[Member<'a>]> {
        if let Shape::Object(members) = &self.shape { Some(members) } else { None }
    }

    /// Returns the digits of a number, or the inside of a string.
    pub fn text_or_digits(&self) -> Option<&'a [u8]> {
        match self.shape {
            Shape::Text(inside) => Some(inside.bytes),
            Shape::Number => Some(self.raw),
            _ => None,
        }
    }

    /// Returns whether it is `null`.
    pub fn is_null(&self) -> bool {
        self.shape == Shape::Null
    }

    /// Returns whether it says nothing: `null`, an empty string, list or object.
    pub fn is_blank(&self) -> bool {
        match &self.shape {
            Shape::Null => true,
            Shape::Text(inside) => inside.bytes.is_empty(),
            Shape::List(elements) => elements.is_empty(),
            Shape::Object(members) => members.is_empty(),
            Shape::Bool | Shape::Number => false,
        }
    }

    /// Returns whether an object in it has the same key twice.
    pub fn repeats_a_key(&self) -> bool {
        match &self.shape {
            Shape::List(elements) => elements.iter().any(Node::repeats_a_key),
            Shape::Object(members) => {
                let repeated = |at: usize| members.iter().take(at).any(|before| before.name == members[at].name);
                (0..members.len()).any(|at| repeated(at) || members[at].value.repeats_a_key())
            }
            _ => false,
        }
    }
}

/// Reads a document: one object, with or without white space around it.
///
/// # Errors
/// The offset of the first byte that does not fit. A bracket that opens one level too many fits; the byte after it does
/// not.
pub fn read(json: &[u8]) -> Result<Node<'_>, usize> {
    let start = space(json, 0);
    if json.get(start) != Some(&b'{') {
        return Err(start);
    }
    let (root, end) = value(json, start, 0)?;
    let end = space(json, end);
    if end == json.len() { Ok(root) } else { Err(end) }
}

/// Reads data that is one value of any kind.
pub fn read_value(json: &[u8]) -> Option<Node<'_>> {
    let (value, end) = value(json, space(json, 0), 0).ok()?;
    (space(json, end) == json.len()).then_some(value)
}

/// Reads the value at `at`; returns it, and where it ends.
fn value(json: &[u8], at: usize, depth: usize) -> Result<(Node<'_>, usize), usize> {
    let (shape, end) = match json.get(at) {
        Some(b'{' | b'[') if depth == MAX_DEPTH => return Err(at + 1),
        Some(b'{') => object(json, at + 1, depth + 1)?,
        Some(b'[') => list(json, at + 1, depth + 1)?,
        Some(b'"') => {
            let (inside, end) = string(json, at)?;
            (Shape::Text(inside), end)
        }
        Some(b'-' | b'0'..=b'9') => (Shape::Number, number(json, at)?),
        Some(b't') => (Shape::Bool, word(json, at, b"true")?),
        Some(b'f') => (Shape::Bool, word(json, at, b"false")?),
        Some(b'n') => (Shape::Null, word(json, at, b"null")?),
        _ => return Err(at),
    };
    Ok((Node { raw: &json[at..end], shape }, end))
}

fn object(json: &[u8], at: usize, depth: usize) -> Result<(Shape<'_>, usize), usize> {
    let mut members = Vec::new();
    let mut at = space(json, at);
    if json.get(at) == Some(&b'}') {
        return Ok((Shape::Object(members), at + 1));
    }
    loop {
        let (key, end) = string(json, at)?;
        let colon = word(json, space(json, end), b":")?;
        let (value, end) = value(json, space(json, colon), depth)?;
        members.push(Member { name: super::text::text(key.bytes), value });
        at = space(json, end);
        match json.get(at) {
            Some(b',') => at = space(json, at + 1),
            Some(b'}') => return Ok((Shape::Object(members), at + 1)),
            _ => return Err(at),
        }
    }
}

fn list(json: &[u8], at: usize, depth: usize) -> Result<(Shape<'_>, usize), usize> {
    let mut elements = Vec::new();
    let mut at = space(json, at);
    if json.get(at) == Some(&b']') {
        return Ok((Shape::List(elements), at + 1));
    }
    loop {
        let (element, end) = value(json, at, depth)?;
        elements.push(element);
        at = space(json, end);
        match json.get(at) {
            Some(b',') => at = space(json, at + 1),
            Some(b']') => return Ok((Shape::List(elements), at + 1)),
            _ => return Err(at),
        }
    }
}

fn string(json: &[u8], at: usize) -> Result<(Inside<'_>, usize), usize> {
    let start = word(json, at, b"\"")?;
    let mut at = start;
    loop {
        at = match json.get(at) {
            Some(b'"') => return Ok((Inside { bytes: &json[start..at], at: start }, at + 1)),
            Some(b'\\') => escape(json, at + 1)?,
            Some(0x20..) => at + 1,
            _ => return Err(at),
        };
    }
}

fn escape(json: &[u8], at: usize) -> Result<usize, usize> {
    match json.get(at) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 1),
        Some(b'u') => {
            let bad = (at + 1..at + 5).find(|&at| !json.get(at).is_some_and(u8::is_ascii_hexdigit));
            bad.map_or(Ok(at + 5), Err)
        }
        _ => Err(at),
    }
}

fn number(json: &[u8], at: usize) -> Result<usize, usize> {
    let mut at = at + usize::from(json[at] == b'-');
    at = if json.get(at) == Some(&b'0') { at + 1 } else { digits(json, at)? };
    if json.get(at) == Some(&b'.') {
        at = digits(json, at + 1)?;
    }
    if let Some(b'e' | b'E') = json.get(at) {
        let signed = matches!(json.get(at + 1), Some(b'+' | b'-'));
        at = digits(json, at + 1 + usize::from(signed))?;
    }
    Ok(at)
}

fn digits(json: &[u8], at: usize) -> Result<usize, usize> {
    let count = json[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    if count > 0 { Ok(at + count) } else { Err(at) }
}

fn word(json: &[u8], at: usize, word: &[u8]) -> Result<usize, usize> {
    let wrong = (0..word.len()).find(|&i| json.get(at + i) != Some(&word[i]));
    wrong.map_or(Ok(at + word.len()), |i| Err(at + i))
}

fn space(json: &[u8], at: usize) -> usize {
    at + json[at..].iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count()
}
