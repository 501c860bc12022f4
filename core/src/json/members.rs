//! The members of one object, taken by name. The last of equal keys counts, `null` is absent, scalars are read
//! leniently, and the rest is kept.

use super::lists::MOST_ELEMENTS;
use super::{Kind, Reader, Span, Syntax, text};
use crate::{Decimal, Extra};

/// The limit for the members of one object: as many unknown ones as there may be elements of a kind, and as many known
/// ones.
const MOST_MEMBERS: usize = 2 * MOST_ELEMENTS;

/// The members of an object, in order. Taking a member removes it; [`rest`](Self::rest) returns those that were not
/// taken.
#[derive(Clone, Debug)]
pub(crate) struct Members<'a> {
    json: &'a [u8],
    /// Keys and values.
    members: Vec<(Span, Span)>,
    /// The lengths of the keys: see [`length_bit`]. A type with thirty fields looks for thirty names in each object.
    lengths: u64,
}

impl<'a> Members<'a> {
    /// Reads an object.
    ///
    /// # Errors
    /// [`Syntax`] if `json` is not one object, or has more than 131,072 members.
    pub(crate) fn read(json: &'a [u8]) -> Result<Self, Syntax> {
        let mut reader = Reader::new(json);
        let members = Members::pass(&mut reader);
        members.filter(|_| reader.end().is_some()).ok_or(reader.syntax())
    }

    /// Passes an object.
    fn pass(reader: &mut Reader<'a>) -> Option<Self> {
        let (mut members, mut lengths) = (Vec::new(), 0);
        reader.object(|reader, key| {
            let value = reader.skip()?;
            // The text of a key with escapes is shorter than its bytes.
            lengths |= if key.escaped { u64::MAX } else { length_bit(key.of(reader.json()).len()) };
            (members.len() < MOST_MEMBERS).then(|| members.push((key, value)))
        })?;
        Some(Members { json: reader.json(), members, lengths })
    }

    /// Takes the last value with that name, byte for byte; `None` if it is absent or null.
    pub(crate) fn raw(&mut self, name: &str) -> Option<&'a [u8]> {
        let value = self.raw_or_null(name)?;
        (!is_null(value)).then_some(value)
    }

    /// Takes the last value with that name, null included.
    pub(crate) fn raw_or_null(&mut self, name: &str) -> Option<&'a [u8]> {
        self.place(name)?;
        let mut found = None;
        self.members.retain(|(key, value)| {
            let same = key_is(self.json, *key, name);
            if same {
                found = Some(*value);
            }
            !same
        });
        Some(found?.of(self.json))
    }

    /// Takes a value that `read` can read. If `read` returns `None`, the value stays among the rest.
    #[inline(always)]
    pub(crate) fn take_with<T>(&mut self, name: &str, read: impl FnOnce(&'a [u8]) -> Option<T>) -> Option<T> {
        let index = self.place(name)?;
        self.take_at(index, name, read)
    }

    #[inline(never)]
    fn take_at<T>(&mut self, index: usize, name: &str, read: impl FnOnce(&'a [u8]) -> Option<T>) -> Option<T> {
        let json = self.json;
        let value = self.members.get(index)?.1.of(json);
        let taken = if is_null(value) { None } else { Some(read(value)?) };
        self.members.remove(index);
        // Earlier values with the same name.
        if self.members.iter().take(index).any(|(key, _)| key_is(json, *key, name)) {
            self.raw_or_null(name);
        }
        taken
    }

    /// Takes a string; a number or a boolean is taken as its text.
    #[inline]
    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        self.take_with(name, |value| match kind(value)? {
            Kind::String => string(value),
            Kind::Number | Kind::True | Kind::False => Some(text::lossy(value)),
            _ => None,
        })
    }

    /// Takes a string; any other value stays among the rest.
    #[inline]
    pub(crate) fn string(&mut self, name: &str) -> Option<String> {
        self.take_with(name, string)
    }

    /// Takes a string as a value whose names are words on the wire.
    pub(crate) fn named<T: for<'n> From<&'n str>>(&mut self, name: &str) -> Option<T> {
        self.string(name).map(|word| T::from(&word))
    }

    /// Takes a whole number, given as an integer, a float or a numeric string; `None` if it is out of range or
    /// negative.
    #[inline]
    pub(crate) fn uint(&mut self, name: &str) -> Option<u64> {
        self.take_with(name, lenient_uint)
    }

    /// Takes a decimal, given as a number or a string.
    #[inline]
    pub(crate) fn decimal(&mut self, name: &str) -> Option<Decimal> {
        self.take_with(name, |value| {
            let value = value.strip_prefix(b"\"").and_then(|v| v.strip_suffix(b"\"")).unwrap_or(value);
            std::str::from_utf8(value).ok()?.trim().parse().ok()
        })
    }

    /// Takes a cost; some servers name it `total_cost`.
    pub(crate) fn cost(&mut self, name: &str) -> Option<Decimal> {
        self.decimal(name).or_else(|| self.decimal("total_cost"))
    }

    /// Takes a boolean; any other value stays among the rest.
    #[inline]
    pub(crate) fn flag(&mut self, name: &str) -> Option<bool> {
        self.take_with(name, |value| match value {
            b"true" => Some(true),
            b"false" => Some(false),
            _ => None,
        })
    }

    /// Takes the elements of an array that `read` can read, at most 65,536. If there are other elements or more of
    /// them, or if the value is not an array, the value also stays among the rest, so that no part of it is lost.
    pub(crate) fn list<T>(&mut self, name: &str, read: impl Fn(Element<'a>) -> Option<T>) -> Vec<T> {
        let mut list = Vec::new();
        self.take_with(name, |value| {
            let mut is_whole = true;
            for (place, element) in elements(value)?.with_members().enumerate() {
                if place == MOST_ELEMENTS {
                    return None;
                }
                match read(element) {
                    Some(element) => list.push(element),
                    None => is_whole = false,
                }
            }
            is_whole.then_some(())
        });
        list.shrink_to_fit();
        list
    }

    /// Does the same as [`list`](Self::list), for a list of objects.
    pub(crate) fn objects<T>(&mut self, name: &str, read: impl Fn(Members<'a>) -> Option<T>) -> Vec<T> {
        self.list(name, |element| read(element.members?))
    }

    /// Takes the members of an object; any other value stays among the rest.
    pub(crate) fn object(&mut self, name: &str) -> Option<Members<'a>> {
        self.object_with(name, Some)
    }

    /// Takes an object that `read` can read; any other value stays among the rest.
    pub(crate) fn object_with<T>(&mut self, name: &str, read: impl FnOnce(Members<'a>) -> Option<T>) -> Option<T> {
        self.take_with(name, |value| read(Members::read(value).ok()?))
    }

    /// Returns the place of the last member with that name.
    #[inline(always)]
    fn place(&self, name: &str) -> Option<usize> {
        if self.lengths & length_bit(name.len()) == 0 { None } else { self.find(name) }
    }

    #[inline(never)]
    fn find(&self, name: &str) -> Option<usize> {
        self.members.iter().rposition(|(key, _)| key_is(self.json, *key, name))
    }

    /// Returns the number of members that were not taken.
    pub(crate) fn len(&self) -> usize {
        self.members.len()
    }

    /// Returns the last value with that name, without taking it; `None` if it is absent or null.
    pub(crate) fn peek(&self, name: &str) -> Option<&'a [u8]> {
        let (_, value) = self.members.get(self.place(name)?)?;
        Some(value.of(self.json)).filter(|value| !is_null(value))
    }

    /// Returns the places of all keys, and of their values, which were not taken.
    pub(crate) fn spans(&self) -> impl Iterator<Item = (Span, Span)> {
        self.members.iter().copied()
    }

    /// Calls `each` with every value of that name.
    pub(crate) fn each<T>(&self, name: &str, mut each: impl FnMut(&'a [u8]) -> T) {
        let named = self.members.iter().filter(|(key, _)| key_is(self.json, *key, name));
        named.for_each(|(_, value)| drop(each(value.of(self.json))));
    }

    /// Returns the values that were not taken, byte for byte.
    pub(crate) fn values(&self) -> impl Iterator<Item = &'a [u8]> {
        self.members.iter().map(|(_, value)| value.of(self.json))
    }

    /// Returns whether there is a member with that name, null or not.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.place(name).is_some()
    }

    /// Returns whether the last member with that name is neither a string nor null.
    pub(crate) fn has_value(&self, name: &str) -> bool {
        let last = self.place(name).and_then(|place| self.members.get(place));
        last.is_some_and(|(_, value)| !matches!(kind(value.of(self.json)), None | Some(Kind::String | Kind::Null)))
    }

    /// Returns the members that were not taken, in their order, byte for byte.
    pub(crate) fn rest(self) -> Extra {
        let json = self.json;
        Extra::from_raw(self.members.into_iter().map(|(key, value)| (text::to_cow(json, key), value.of(json))))
    }
}

/// Returns the kind of a valid JSON value.
pub(crate) fn kind(value: &[u8]) -> Option<Kind> {
    Reader::new(value).kind()
}

/// Returns whether a valid JSON value is `null`.
pub(crate) fn is_null(value: &[u8]) -> bool {
    value == b"null"
}

/// Reads a whole number leniently: a fraction is cut off, `"12"` is 12; `None` if it is out of range.
pub(crate) fn lenient_uint(value: &[u8]) -> Option<u64> {
    let value = value.strip_prefix(b"\"").and_then(|v| v.strip_suffix(b"\"")).unwrap_or(value);
    let value = std::str::from_utf8(value).ok()?.trim();
    if let Ok(number) = value.parse::<u64>() {
        return Some(number);
    }
    let number = value.parse::<f64>().ok()?;
    // 2^64 is the first float out of range; the cast below would saturate silently.
    (0.0..18_446_744_073_709_551_616.0).contains(&number).then_some(number as u64)
}

/// Returns whether a key equals `name`.
pub(crate) fn key_is(json: &[u8], key: Span, name: &str) -> bool {
    if key.escaped { text::to_string(json, key) == name } else { key.of(json) == name.as_bytes() }
}

/// Returns the bit that stands for keys of `length` bytes; 63 bytes and more have the same.
#[inline(always)]
fn length_bit(length: usize) -> u64 {
    1 << length.min(63)
}

/// Returns the text of a value that is a string.
pub(crate) fn string(value: &[u8]) -> Option<String> {
    let mut reader = Reader::new(value);
    if reader.kind()? != Kind::String {
        return None;
    }
    Some(text::to_string(value, reader.string()?))
}

/// Returns the elements of a valid JSON value, byte for byte; `None` if it is not an array.
pub(crate) fn elements(value: &[u8]) -> Option<Elements<'_>> {
    let mut reader = Reader::new(value);
    if reader.kind()? != Kind::Array {
        return None;
    }
    reader.pass_known(1);
    Some(Elements { reader })
}

/// The elements of an array; each is found when it is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Elements<'a> {
    reader: Reader<'a>,
}

impl<'a> Elements<'a> {
    /// Returns the elements together with their members, which are found in the same pass.
    pub(crate) fn with_members(mut self) -> impl Iterator<Item = Element<'a>> {
        std::iter::from_fn(move || {
            let (json, members) = self.pass(|reader| {
                let start = reader.clone();
                Some(match Members::pass(reader) {
                    Some(members) => (reader.span_from(start.pos()), Some(members)),
                    // It is no object, or has too many members.
                    None => {
                        *reader = start;
                        (reader.skip()?, None)
                    }
                })
            })?;
            Some(Element { json: json.of(self.reader.json()), members })
        })
    }

    /// Passes an element and the comma after it.
    fn pass<T>(&mut self, pass: impl FnOnce(&mut Reader<'a>) -> Option<T>) -> Option<T> {
        // Neither a bracket nor a comma is a value, so after the end there is no further element.
        self.reader.kind()?;
        let passed = pass(&mut self.reader)?;
        // This passes white space.
        self.reader.kind();
        if self.reader.rest().first() == Some(&b',') {
            self.reader.pass_known(1);
        }
        Some(passed)
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let element = self.pass(Reader::skip)?;
        Some(element.of(self.reader.json()))
    }
}

/// An element of an array.
#[derive(Clone, Debug)]
pub(crate) struct Element<'a> {
    /// The element, byte for byte.
    pub(crate) json: &'a [u8],
    /// The members of an object; `None` for any other value, and for an object with more than 131,072 members.
    pub(crate) members: Option<Members<'a>>,
}

impl<'a> Element<'a> {
    /// Reads a value that stands alone.
    pub(crate) fn read(json: &'a [u8]) -> Self {
        Element { json, members: Members::read(json).ok() }
    }
}

/// Returns the first element of an array, byte for byte; what follows it is not read.
pub(crate) fn first_element(value: &[u8]) -> Option<&[u8]> {
    elements(value)?.next()
}

/// Returns the first result of `find` over the elements of an array; what follows that element is not read.
pub(crate) fn find_element<'a, T>(value: &'a [u8], find: impl FnMut(&'a [u8]) -> Option<T>) -> Option<T> {
    elements(value)?.find_map(find)
}
