//! The place of a member, and the kind of its value, which decide how it is merged.

use super::object::{Node, Object};
use crate::json::{Kind, Members, elements, kind, lossy, string};

/// The place of a member, which decides how it is merged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Place {
    /// Members of a chunk, a choice, a message or a call.
    #[default]
    Piece,
    Audio,
    Logprobs,
    /// An element of `reasoning_details`.
    Detail,
    /// Inside any other member.
    Inside,
    /// An object that each event repeats whole.
    Total,
}

impl Place {
    /// Returns the place of the members inside the member `key`.
    pub(super) fn within(self, key: &str) -> Self {
        match (self, key) {
            (Place::Total | Place::Logprobs, _) => self,
            (_, "logprobs") => Place::Logprobs,
            (_, "reasoning_details") => Place::Detail,
            (Place::Piece, "audio") => Place::Audio,
            _ => Place::Inside,
        }
    }

    /// Returns whether strings of that name are fragments of one text.
    pub(super) fn is_fragment(self, key: &str) -> bool {
        match self {
            Place::Piece => matches!(key, "text" | "summary" | "data" | "transcript" | "reasoning"),
            Place::Audio => matches!(key, "data" | "transcript"),
            Place::Detail => matches!(key, "text" | "summary" | "data"),
            Place::Logprobs | Place::Inside | Place::Total => false,
        }
    }
}

/// Returns a later value with what it lacks of the earlier value; `None` if it lacks nothing. Both are
/// [totals](Merged::of_totals).
pub(crate) fn completed(later: &[u8], earlier: &[u8]) -> Option<String> {
    if is_blank(later) {
        return (!is_blank(earlier)).then(|| lossy(earlier));
    }
    let read = |json| Members::read(json).ok().map(Members::rest);
    let (mut later, earlier) = (read(later)?, read(earlier)?);
    let lacked = later.complete(&earlier);
    lacked.then(|| serde_json::to_string(&later).unwrap_or_default())
}

/// Returns whether a valid JSON value is empty: `null`, `""`, `[]` or `{}`.
pub(crate) fn is_blank(json: &[u8]) -> bool {
    match json {
        b"null" | b"\"\"" => true,
        [b'{', inside @ .., b'}'] | [b'[', inside @ .., b']'] => inside.trim_ascii().is_empty(),
        _ => false,
    }
}

/// Returns whether adding a value a second time changes nothing.
pub(super) fn is_idempotent(place: Place, key: &str, json: &[u8]) -> bool {
    if is_blank(json) {
        return true;
    }
    match kind(json) {
        Some(Kind::String) => !place.is_fragment(key),
        Some(Kind::Array) => place == Place::Total || is_all_known(place.within(key), json),
        Some(Kind::Object) if place.within(key) == Place::Logprobs => false,
        Some(Kind::Object) => {
            Object::read(json).is_some_and(|object| is_same_again(place.within(key), &object, object.root()))
        }
        _ => true,
    }
}

fn is_same_again(place: Place, object: &Object<'_>, node: Node) -> bool {
    object.members(node).iter().all(|(key, node)| match node.is_object {
        true => is_same_again(place.within(key), object, *node),
        false => is_idempotent(place, key, object.json(*node)),
    })
}

/// Returns whether every element of an array is left out if an earlier event brought it.
fn is_all_known(place: Place, array: &[u8]) -> bool {
    let known = |element: &[u8]| is_dropped_again(element);
    !matches!(place, Place::Logprobs | Place::Detail) && elements(array).is_some_and(|mut all| all.all(known))
}

/// Returns whether an element is left out of its array if an earlier event brought it: some servers repeat their
/// sources in every event.
pub(super) fn is_dropped_again(element: &[u8]) -> bool {
    match kind(element) {
        Some(Kind::Object) => true,
        Some(Kind::String) => string(element).is_some_and(|text| is_url(&text)),
        _ => false,
    }
}

fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let is_scheme = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(is_scheme)
        && !rest.is_empty()
        && !rest.contains(|char: char| char.is_whitespace() || char.is_control())
}
