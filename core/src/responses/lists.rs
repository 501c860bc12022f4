//! The lists of a response: how they are read, and the limits on their length.

use crate::json::{self, EmptyMembers, Kind, Members, Reader, Span};
use crate::limits::{Limit, TooLarge};

/// The limit for items, parts or annotations of one response. No answer has so many, and a response of only `{},{},`
/// takes little more memory than its bytes.
const MOST: usize = json::MOST_ELEMENTS;

/// Takes the elements of a list that `read` can read. If there are other elements, or if the value is not a list, it
/// also stays among the members, so that it is written as it came. An empty list and `null` are noted.
pub(super) fn take_list<T>(
    members: &mut Members<'_>,
    blanks: &mut EmptyMembers,
    name: &'static str,
    read: impl Fn(&[u8]) -> Option<T>,
) -> Vec<T> {
    let came = members.has(name);
    let nothing = if members.peek(name).is_some() { "[]" } else { "null" };
    let list = members.list(name, read);
    if came && list.is_empty() && !members.has(name) {
        blanks.note(name, nothing);
    }
    list
}

/// Checks the number of elements in a response, before memory is reserved for them.
///
/// # Errors
/// [`TooLarge`] if there are more elements of a kind than the limit.
pub(super) fn check_response(json: &[u8]) -> Result<(), TooLarge> {
    Counts::default().check(|counts| counts.response(&mut Reader::new(json)))
}

/// Does the same as [`check_response`], for one item.
pub(super) fn check_item(json: &[u8]) -> Result<(), TooLarge> {
    Counts::default().check(|counts| counts.item(&mut Reader::new(json)))
}

/// Does the same as [`check_response`], for one part.
pub(super) fn check_part(json: &[u8]) -> Result<(), TooLarge> {
    Counts::default().check(|counts| counts.part(&mut Reader::new(json)))
}

#[derive(Default)]
struct Counts {
    items: usize,
    parts: usize,
    annotations: usize,
    members: usize,
}

impl Counts {
    fn check(mut self, count: impl FnOnce(&mut Self) -> Option<()>) -> Result<(), TooLarge> {
        // Invalid JSON is an error when the response is read.
        let _ = count(&mut self);
        if self.most() > MOST { Err(TooLarge { what: Limit::Elements, limit: MOST }) } else { Ok(()) }
    }

    fn most(&self) -> usize {
        self.items.max(self.parts).max(self.annotations).max(self.members)
    }

    /// Ends the count if there are more elements of a kind than the limit.
    fn has_room(&self) -> Option<()> {
        (self.most() <= MOST).then_some(())
    }

    fn response(&mut self, reader: &mut Reader<'_>) -> Option<()> {
        self.object(reader, |counts, reader, key| match key {
            b"output" => list(reader, |reader| {
                counts.items += 1;
                counts.has_room()?;
                counts.item(reader)
            }),
            _ => reader.skip().map(drop),
        })
    }

    fn item(&mut self, reader: &mut Reader<'_>) -> Option<()> {
        self.object(reader, |counts, reader, key| match key {
            b"content" | b"summary" => list(reader, |reader| {
                counts.parts += 1;
                counts.has_room()?;
                counts.part(reader)
            }),
            _ => reader.skip().map(drop),
        })
    }

    fn part(&mut self, reader: &mut Reader<'_>) -> Option<()> {
        self.object(reader, |counts, reader, key| match key {
            b"annotations" => list(reader, |reader| {
                counts.annotations += 1;
                counts.has_room()?;
                counts.object(reader, |_, reader, _| reader.skip().map(drop))
            }),
            _ => reader.skip().map(drop),
        })
    }

    /// Passes an object and counts its members; passes any other value whole.
    fn object(
        &mut self,
        reader: &mut Reader<'_>,
        mut member: impl FnMut(&mut Self, &mut Reader<'_>, &[u8]) -> Option<()>,
    ) -> Option<()> {
        if reader.kind()? != Kind::Object {
            return reader.skip().map(drop);
        }
        reader.object(|reader, key: Span| {
            self.members += 1;
            self.has_room()?;
            let key = json::to_cow(reader.json(), key);
            member(self, reader, key.as_bytes())
        })
    }
}

/// Passes a list, calling `element` in front of each value; passes any other value whole.
fn list(reader: &mut Reader<'_>, element: impl FnMut(&mut Reader<'_>) -> Option<()>) -> Option<()> {
    if reader.kind()? == Kind::Array { reader.array(element) } else { reader.skip().map(drop) }
}
