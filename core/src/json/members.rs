//! The members of one object, taken by name: last key wins, `null` is absent, scalars are lenient, the rest is kept.

use super::lists::MOST_ELEMENTS;
use super::{Kind, Reader, Span, Syntax, text};
use crate::{Decimal, Extra};

/// Most members of an object that is taken apart: as many unknown ones as there may be of a kind, and as many known ones.
const MOST_MEMBERS: usize = 2 * MOST_ELEMENTS;

/// The members of an object, in order. Taking one removes it; [`rest`](Self::rest) returns those nobody took.
#[derive(Debug)]
pub(crate) struct Members<'a> {
    json: &'a [u8],
    /// Keys and values.
    members: Vec<(Span, Span)>,
}

impl<'a> Members<'a> {
    /// Reads the object that `json` is.
    ///
    /// # Errors
    /// [`Syntax`] where `json` is not one object, or has more than 131,072 members: it stays as it is then.
    pub(crate) fn read(json: &'a [u8]) -> Result<Self, Syntax> {
        let mut reader = Reader::new(json);
        let mut members = Vec::new();
        let read = reader.object(|reader, key| {
            let value = reader.skip()?;
            (members.len() < MOST_MEMBERS).then(|| members.push((key, value)))
        });
        read.and_then(|()| reader.end()).ok_or(reader.syntax())?;
        Ok(Members { json, members })
    }

    /// Takes the last value of that name as it stands; `None` where it is absent or null.
    pub(crate) fn raw(&mut self, name: &str) -> Option<&'a [u8]> {
        let value = self.raw_or_null(name)?;
        (!is_null(value)).then_some(value)
    }

    /// Takes the last value of that name, null included.
    pub(crate) fn raw_or_null(&mut self, name: &str) -> Option<&'a [u8]> {
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

    /// Takes a value that satisfies `read`; leaves it among the rest, and gives `None`, where it does not.
    pub(crate) fn take_with<T>(&mut self, name: &str, read: impl FnOnce(&'a [u8]) -> Option<T>) -> Option<T> {
        let json = self.json;
        let index = self.members.iter().rposition(|(key, _)| key_is(json, *key, name))?;
        let value = self.members.get(index)?.1.of(json);
        if is_null(value) {
            self.raw_or_null(name);
            return None;
        }
        let read = read(value)?;
        self.raw_or_null(name);
        Some(read)
    }

    /// Takes a string; a number or a boolean there is taken as its text.
    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        self.take_with(name, |value| match kind(value)? {
            Kind::String => string(value),
            Kind::Number | Kind::True | Kind::False => Some(text::lossy(value)),
            _ => None,
        })
    }

    /// Takes a string that is one; anything else stays among the rest.
    pub(crate) fn string(&mut self, name: &str) -> Option<String> {
        self.take_with(name, string)
    }

    /// Takes a whole number, given as an integer, a float or a numeric string; out of range or negative is `None`.
    pub(crate) fn uint(&mut self, name: &str) -> Option<u64> {
        self.take_with(name, lenient_uint)
    }

    /// Takes a decimal, given as a number or a string.
    pub(crate) fn decimal(&mut self, name: &str) -> Option<Decimal> {
        self.take_with(name, |value| {
            let value = value.strip_prefix(b"\"").and_then(|v| v.strip_suffix(b"\"")).unwrap_or(value);
            std::str::from_utf8(value).ok()?.trim().parse().ok()
        })
    }

    /// Takes a boolean; anything else stays among the rest.
    pub(crate) fn flag(&mut self, name: &str) -> Option<bool> {
        self.take_with(name, |value| match value {
            b"true" => Some(true),
            b"false" => Some(false),
            _ => None,
        })
    }

    /// Takes the elements of an array that `read` can read. Where there are others, or where it is no array, the value also
    /// stays among the rest, so that nothing of it is lost; so it does where there are more than 65,536, of which no more are
    /// read.
    pub(crate) fn list<T>(&mut self, name: &str, read: impl Fn(&'a [u8]) -> Option<T>) -> Vec<T> {
        let mut list = Vec::new();
        self.take_with(name, |value| {
            let mut is_whole = true;
            for (place, element) in elements(value)?.enumerate() {
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

    /// Takes an object's members; anything else stays among the rest.
    pub(crate) fn object(&mut self, name: &str) -> Option<Members<'a>> {
        self.take_with(name, |value| Members::read(value).ok())
    }

    /// Returns the last value of that name as it stands, and leaves it where it is; `None` where it is absent or null.
    pub(crate) fn peek(&self, name: &str) -> Option<&'a [u8]> {
        let (_, value) = self.members.iter().rev().find(|(key, _)| key_is(self.json, *key, name))?;
        Some(value.of(self.json)).filter(|value| !is_null(value))
    }

    /// Returns the values that were not taken, as they stand.
    pub(crate) fn values(&self) -> impl Iterator<Item = &'a [u8]> {
        self.members.iter().map(|(_, value)| value.of(self.json))
    }

    /// Returns whether a member of that name is there, null or not.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.members.iter().any(|(key, _)| key_is(self.json, *key, name))
    }

    /// Returns whether the last member of that name is a value other than a string and null.
    pub(crate) fn has_value(&self, name: &str) -> bool {
        let last = self.members.iter().rfind(|(key, _)| key_is(self.json, *key, name));
        last.is_some_and(|(_, value)| !matches!(kind(value.of(self.json)), None | Some(Kind::String | Kind::Null)))
    }

    /// Returns the members that were not taken, in their order, byte for byte.
    pub(crate) fn rest(self) -> Extra {
        Extra::from_raw(self.members.into_iter().map(|(key, value)| {
            let value = text::lossy(value.of(self.json));
            (text::to_string(self.json, key), value)
        }))
    }
}

/// Returns what a value that was already validated starts like.
pub(crate) fn kind(value: &[u8]) -> Option<Kind> {
    Reader::new(value).kind()
}

/// Returns whether a value that was already validated is `null`.
pub(crate) fn is_null(value: &[u8]) -> bool {
    value == b"null"
}

/// Reads a whole number leniently: fractions are cut off, `"12"` is 12, what does not fit is `None`.
pub(crate) fn lenient_uint(value: &[u8]) -> Option<u64> {
    let value = value.strip_prefix(b"\"").and_then(|v| v.strip_suffix(b"\"")).unwrap_or(value);
    let value = std::str::from_utf8(value).ok()?.trim();
    if let Ok(number) = value.parse::<u64>() {
        return Some(number);
    }
    let number = value.parse::<f64>().ok()?;
    // 2^64 is the first float that does not fit; the cast below would saturate instead of saying so.
    (0.0..18_446_744_073_709_551_616.0).contains(&number).then_some(number as u64)
}

/// Returns whether a key is that name.
pub(crate) fn key_is(json: &[u8], key: Span, name: &str) -> bool {
    if key.escaped { text::to_string(json, key) == name } else { key.of(json) == name.as_bytes() }
}

/// Returns the text of a value that is a string.
pub(crate) fn string(value: &[u8]) -> Option<String> {
    let mut reader = Reader::new(value);
    if reader.kind()? != Kind::String {
        return None;
    }
    Some(text::to_string(value, reader.string()?))
}

/// Walks the elements of a value that is an array and was already validated, as they stand; `None` where it is not an array.
pub(crate) fn elements(value: &[u8]) -> Option<Elements<'_>> {
    let mut reader = Reader::new(value);
    if reader.kind()? != Kind::Array {
        return None;
    }
    reader.pass_known(1);
    Some(Elements { reader })
}

/// The elements of an array, each found when it is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Elements<'a> {
    reader: Reader<'a>,
}

impl<'a> Iterator for Elements<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let json = self.reader.json();
        // Neither a bracket nor a comma is a value: the end stays the end.
        let element = self.reader.skip()?.of(json);
        let rest = self.reader.rest();
        let spaces = rest.len() - rest.trim_ascii_start().len();
        if rest.get(spaces) == Some(&b',') {
            self.reader.pass_known(spaces + 1);
        }
        Some(element)
    }
}

/// Returns the first element of a value that is an array, as it stands; what comes after it is not read.
pub(crate) fn first_element(value: &[u8]) -> Option<&[u8]> {
    elements(value)?.next()
}

/// Returns what `find` makes of the first element that it wants; what comes after that one is not read.
pub(crate) fn find_element<'a, T>(value: &'a [u8], find: impl FnMut(&'a [u8]) -> Option<T>) -> Option<T> {
    elements(value)?.find_map(find)
}
