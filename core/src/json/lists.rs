//! Counts the elements of the lists in a reply, before memory is reserved for them.

use super::members::key_is;
use super::{Element, Kind, Reader, Syntax};
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

/// Checks that a reply is JSON, and counts the elements of its lists, and the members of each object on the way to them. The
/// lists of one level are one kind; an array in place of the whole reply is the first list.
///
/// # Errors
/// [`TooLarge`] at the first element, or member of one object, beyond [`MOST_ELEMENTS`]; inside, [`Syntax`] if the text is
/// not JSON.
pub(crate) fn check_reply(json: &[u8], lists: &'static [List]) -> Result<Result<(), Syntax>, TooLarge> {
    let (mut counter, mut reader) = (Counter::default(), Reader::new(json));
    let read = counter.reply(&mut reader, lists).and_then(|()| reader.end());
    counter.total()?;
    Ok(read.ok_or(reader.syntax()))
}

impl<'a> Element<'a> {
    /// Counts as [`check_reply`], and returns the number of elements of all levels together. The members of an object that are
    /// no lists are not read again. Text that is not JSON is not an error here.
    ///
    /// # Errors
    /// [`TooLarge`] as [`check_reply`].
    pub(crate) fn check(&self, lists: &'static [List]) -> Result<usize, TooLarge> {
        self.count(Counter::default(), lists)
    }

    /// Reads a value that stands alone, and counts as [`check`](Self::check), but the members of all objects together.
    ///
    /// # Errors
    /// [`TooLarge`] as [`check_reply`].
    pub(crate) fn checked(json: &'a [u8], lists: &'static [List]) -> Result<Self, TooLarge> {
        let element = Element::read(json);
        element.count(Counter { is_joint: true, ..Counter::default() }, lists)?;
        Ok(element)
    }

    fn count(&self, mut counter: Counter, lists: &'static [List]) -> Result<usize, TooLarge> {
        match &self.members {
            Some(members) => {
                counter.members = members.len();
                counter.overflowed = counter.members > MOST_ELEMENTS;
                for list in lists {
                    members.each(list.name, |value| counter.list(&mut Reader::new(value), list.inside, 0));
                }
            }
            // Invalid JSON is an error when the reply is read.
            None => drop(counter.reply(&mut Reader::new(self.json), lists)),
        }
        counter.total()
    }
}

/// The number of levels that are counted separately; deeper levels are one kind.
const LEVELS: usize = 4;

#[derive(Default)]
struct Counter {
    elements: [usize; LEVELS],
    /// The number of members of the current object, or of all objects.
    members: usize,
    /// Whether the members of all objects count together.
    is_joint: bool,
    overflowed: bool,
}

impl Counter {
    /// Returns the number of all elements.
    fn total(&self) -> Result<usize, TooLarge> {
        if self.overflowed {
            return Err(TooLarge { what: Limit::Elements, limit: MOST_ELEMENTS });
        }
        Ok(self.elements.iter().sum())
    }

    fn reply(&mut self, reader: &mut Reader<'_>, lists: &'static [List]) -> Option<()> {
        match reader.kind()? {
            Kind::Array => self.list(reader, lists.first().map_or(&[], |list| list.inside), 0),
            _ => self.object(reader, lists, 0),
        }
    }

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
        let outside = self.members;
        if !self.is_joint {
            self.members = 0;
        }
        reader.object(|reader, key| {
            self.members += 1;
            self.overflowed |= self.members > MOST_ELEMENTS;
            if self.overflowed {
                return None;
            }
            let json = reader.json();
            match lists.iter().find(|list| list.name == ANY || key_is(json, key, list.name)) {
                Some(list) => self.list(reader, list.inside, level),
                None => reader.skip().map(drop),
            }
        })?;
        if !self.is_joint {
            self.members = outside;
        }
        Some(())
    }
}
