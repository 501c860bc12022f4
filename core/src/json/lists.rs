//! How many elements the lists of a reply have, counted before memory is taken for any of them.

use super::members::key_is;
use super::{Kind, Reader};
use crate::limits::{Limit, TooLarge};

/// Most elements of a kind in one reply: far more than any answer has, and few enough that a reply of nothing but `{},{},`
/// takes little more memory than its bytes.
pub(crate) const MOST_ELEMENTS: usize = 1 << 16;

/// A member whose elements become values of their own.
#[derive(Debug)]
pub(crate) struct List {
    /// The name of the member; [`ANY`] for every member of the object.
    name: &'static str,
    /// The lists in each element.
    inside: &'static [List],
}

/// In place of a name: every member.
pub(crate) const ANY: &str = "*";

impl List {
    /// Names a list whose elements have no lists.
    pub(crate) const fn of(name: &'static str) -> Self {
        List { name, inside: &[] }
    }

    /// Names a list whose elements have lists.
    pub(crate) const fn with(name: &'static str, inside: &'static [List]) -> Self {
        List { name, inside }
    }
}

/// Counts the elements of the lists, and the members of the objects that are on the way to them; returns the number of
/// elements, of all levels together. Lists of one level are one
/// kind; an array in place of the whole reply is the first list. What is not JSON is left to whoever reads it.
///
/// # Errors
/// [`TooLarge`] at the first element, or member of one object, that is more than [`MOST_ELEMENTS`].
pub(crate) fn check_lists(json: &[u8], lists: &'static [List]) -> Result<usize, TooLarge> {
    let mut counter = Counter::default();
    let mut reader = Reader::new(json);
    let _ = match reader.kind() {
        Some(Kind::Array) => counter.list(&mut reader, lists.first().map_or(&[], |list| list.inside), 0),
        _ => counter.object(&mut reader, lists, 0),
    };
    if counter.overflowed {
        return Err(TooLarge { what: Limit::Elements, limit: MOST_ELEMENTS });
    }
    Ok(counter.elements.iter().sum())
}

/// Levels that are counted each by itself; deeper ones are one kind.
const LEVELS: usize = 4;

#[derive(Default)]
struct Counter {
    elements: [usize; LEVELS],
    overflowed: bool,
}

impl Counter {
    /// Passes the value of a list: each element of an array, or else the value as the only element.
    fn list(&mut self, reader: &mut Reader<'_>, inside: &'static [List], level: usize) -> Option<()> {
        let level = level.min(LEVELS - 1);
        if reader.kind()? == Kind::Array {
            reader.array(|reader| self.element(reader, inside, level))
        } else {
            self.element(reader, inside, level)
        }
    }

    fn element(&mut self, reader: &mut Reader<'_>, inside: &'static [List], level: usize) -> Option<()> {
        let count = self.elements.get_mut(level)?;
        *count += 1;
        self.overflowed |= *count > MOST_ELEMENTS;
        if self.overflowed { None } else { self.object(reader, inside, level + 1) }
    }

    /// Passes an object; anything else has no lists.
    fn object(&mut self, reader: &mut Reader<'_>, lists: &'static [List], level: usize) -> Option<()> {
        if reader.kind()? != Kind::Object {
            return reader.skip().map(drop);
        }
        let mut members = 0;
        reader.object(|reader, key| {
            members += 1;
            self.overflowed |= members > MOST_ELEMENTS;
            if self.overflowed {
                return None;
            }
            let json = reader.json();
            match lists.iter().find(|list| list.name == ANY || key_is(json, key, list.name)) {
                Some(list) => self.list(reader, list.inside, level),
                None => reader.skip().map(drop),
            }
        })
    }
}
