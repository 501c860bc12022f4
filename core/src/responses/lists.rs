//! The lists of a response.

use crate::json::{Element, EmptyMembers, List, Members};

/// The lists in a response.
pub(super) const RESPONSE: [List; 1] = [List::with("output", &ITEM)];

/// The lists in an item.
pub(super) const ITEM: [List; 2] = [List::with("content", &PART), List::with("summary", &PART)];

/// The lists in a part.
pub(super) const PART: [List; 1] = [List::of("annotations")];

/// Takes the elements of a list that `read` can read. If there are other elements, or if the value is not a list, it
/// also stays among the members, so that it is written as it came. An empty list and `null` are noted.
pub(super) fn take_list<T>(
    members: &mut Members<'_>,
    blanks: &mut EmptyMembers,
    name: &'static str,
    read: impl Fn(Element<'_>) -> Option<T>,
) -> Vec<T> {
    let came = members.has(name);
    let nothing = if members.peek(name).is_some() { "[]" } else { "null" };
    let list = members.list(name, read);
    if came && list.is_empty() && !members.has(name) {
        blanks.note(name, nothing);
    }
    list
}
