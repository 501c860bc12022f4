//! Counts the elements of the lists in a reply, before memory is reserved for them.

use super::members::key_is;
use super::{Kind, Reader};
use crate::limits::{Limit, TooLarge};

/// The limit for elements of one kind in one reply. No answer has so many, and a reply of only `{},{},` takes little
/// more memory than its bytes.
pub(crate) const MOST_ELEMENTS: usize = 1 << 16;

/// A list member, whose elements are read into values of their own.
#[derive(Debug)]
pub(crate) struct List {
    /// The name of the member; [`ANY`] for every member of the object.
    name: &'static str,
    /// The lists inside each element.
    inside: &'static [List],
}

/// Stands for the name of every member.
pub(crate) const ANY: &str = "*";

impl List {
    /// Creates a list whose elements have no lists.
    pub(crate) const fn of(name: &'static str) -> Self {
        List { name, inside: &[] }
    }

    /// Creates a list whose elements have lists.
    pub(crate) const fn with(name: &'static str, inside: &'static [List]) -> Self {
        List { name, inside }
    }
}

/// Counts the elements of the lists, and the members of the objects on the way to them. Returns the number of elements
/// of all levels together. The lists of one level are one kind; an array in place of the whole reply is the first list.
/// Text that is not JSON is not an error here.
///
/// # Errors
/// [`TooLarge`] at the first element, or member of one object, beyond [`MOST_ELEMENTS`].
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

/// The number of levels that are counted separately; deeper levels are one kind.
const LEVELS: usize = 4;

#[derive(Default)]
struct Counter {
    elements: [usize; LEVELS],
    overflowed: bool,
}

impl Counter {
    /// Passes the value of a list: each element of an array, or the value as the only element.
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

    /// Passes an object; any other value has no lists.
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
