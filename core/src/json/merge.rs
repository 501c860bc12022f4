//! How members without a typed field are merged over the events of a stream, so that they can be sent again: reasoning
//! details, thought signatures, annotations, images, audio, log probabilities.
//!
//! | a later event brings | rule |
//! |---|---|
//! | `null`, `""`, `[]` or `{}` | the earlier value stays, at any depth |
//! | an object after an object | the members are added one by one |
//! | an array after an array | the elements are appended; an object or a URL equal, byte for byte, to one of an *earlier event* is left out |
//! | a value under `logprobs` | elements are always appended, because two tokens may be equal |
//! | an element of `reasoning_details` | continues the element of an earlier event with the same `index` and `type` |
//! | a [fragment](Place::is_fragment) after a string | the texts are joined |
//! | any other value | the later value counts |
//!
//! Within one event the last of two equal keys counts, `null` included, and an array keeps all its elements. A value
//! that only one event brought is kept byte for byte.
//!
//! Some objects, such as usage, are not pieces but [totals](Merged::of_totals): each event repeats the whole object. In
//! them a later array or string replaces the earlier one.

mod list;
mod object;
mod place;

use std::borrow::Cow;
use std::collections::HashMap;

use super::{Kind, Span, kind, lossy, push_lossy, quoted};
use crate::Extra;
use list::List;
use object::{Flat, Node, Object};
use place::{Place, is_dropped_again, is_idempotent};

pub(crate) use place::{completed, is_blank};

/// Members that are merged over several events.
#[derive(Clone, Debug, Default)]
pub(crate) struct Merged {
    place: Place,
    members: Vec<Member>,
    /// The likely place of the next member: events name their members in the same order.
    next: usize,
    /// The place of each key, once there are too many for a linear search.
    places: HashMap<String, usize>,
}

#[derive(Clone, Debug)]
struct Member {
    key: String,
    value: Value,
    /// The last key and value, byte for byte, if adding them again changes nothing; else empty.
    repeat: Vec<u8>,
}

#[derive(Clone, Debug)]
enum Value {
    /// The value as it came.
    Raw(String),
    /// An array that a second event extended.
    List(Box<List>),
    /// An object that a second event extended.
    Object(Box<Merged>),
}

impl Merged {
    /// Creates members of a total: a later array or string replaces the earlier one.
    pub(crate) fn of_totals() -> Self {
        Merged { place: Place::Total, ..Merged::default() }
    }

    /// Creates members whose strings are whole: a later string replaces the earlier one.
    pub(crate) fn of_members() -> Self {
        Merged { place: Place::Inside, ..Merged::default() }
    }

    /// Returns whether adding this member changes nothing: most members of a chunk repeat those of the chunk before.
    /// `member` is the key and the value, byte for byte.
    #[inline]
    pub(crate) fn is_repeated(&mut self, member: &[u8]) -> bool {
        let is_same = |known: &Member| known.repeat == member;
        let place = match self.members.get(self.next) {
            Some(known) if is_same(known) => Some(self.next),
            _ => self.members.iter().take(FEW).position(is_same),
        };
        self.next = place.map_or(self.next, |place| place + 1);
        place.is_some()
    }

    /// Adds the value, valid JSON, that an event brings for `key`. Returns by about how many bytes the memory grows.
    /// `member` is the key and the value, byte for byte; empty if [`is_repeated`](Self::is_repeated) is not used.
    ///
    /// Of two equal keys in one event only the last may be added.
    pub(crate) fn add(&mut self, key: &str, json: &[u8], member: &[u8]) -> usize {
        let place = self.place;
        let Some(known) = self.find(key) else {
            self.push(key, json, member);
            // A few members of the usual length are not counted.
            let many = if self.members.len() > FEW { size_of::<Member>() } else { 0 };
            return json.len() + key.len().saturating_sub(USUAL_KEY) + many;
        };
        let kept = known.value.add(place, key, json);
        known.remember(place, json, member);
        kept
    }

    /// Adds the members of an object; of equal keys in it the last one counts.
    pub(crate) fn add_all(&mut self, members: &Extra) -> usize {
        members.iter().map(|(key, value)| self.add(key, value.as_bytes(), &[])).sum()
    }

    /// Adds a member if no event brought a value for it, except an empty one.
    pub(crate) fn add_missing(&mut self, key: &str, json: &[u8]) -> usize {
        match self.find(key) {
            Some(known) if !known.value.is_blank() => 0,
            _ => self.add(key, json, &[]),
        }
    }

    /// Returns the place of a member whose last string counts.
    pub(crate) fn place(&self, key: &[u8]) -> Option<usize> {
        let is_it = |member: &Member| member.key.as_bytes() == key;
        let place = self.members.iter().take(FEW).position(is_it)?;
        let Member { value, key, .. } = self.members.get(place)?;
        (matches!(value, Value::Raw(_)) && !self.place.is_fragment(key)).then_some(place)
    }

    /// Replaces the string at a place, as [`add`](Self::add) does with a further string.
    pub(crate) fn replace(&mut self, place: usize, json: &[u8]) -> usize {
        let Some(Member { value: Value::Raw(old), repeat, .. }) = self.members.get_mut(place) else { return 0 };
        repeat.clear();
        if is_blank(json) && !is_blank(old.as_bytes()) { 0 } else { replace(old, json) }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Returns the merged members.
    pub(crate) fn extra(&self) -> Extra {
        Extra::from_raw(self.members.iter().map(|member| (member.key.clone(), member.value.json().into_owned())))
    }

    /// Returns the merged members without copying them.
    pub(crate) fn into_extra(self) -> Extra {
        Extra::from_raw(self.members.into_iter().map(|member| (member.key, member.value.into_json())))
    }

    fn find(&mut self, key: &str) -> Option<&mut Member> {
        let place = if self.members.len() <= FEW {
            self.members.iter().position(|member| member.key == key)
        } else {
            self.places.get(key).copied()
        };
        self.members.get_mut(place?)
    }

    fn push(&mut self, key: &str, json: &[u8], member: &[u8]) {
        let mut new = Member { key: key.to_owned(), value: Value::Raw(lossy(json)), repeat: Vec::new() };
        if !member.is_empty() {
            new.remember(self.place, json, member);
        }
        self.members.push(new);
        if self.members.len() > FEW {
            let unplaced = self.members.iter().enumerate().skip(self.places.len());
            self.places.extend(unplaced.map(|(place, member)| (member.key.clone(), place)));
        }
    }

    /// Returns the merged members as a JSON object.
    pub(crate) fn json(&self) -> String {
        let members = self.members.iter().map(|member| format!("{}:{}", quoted(&member.key), member.value.json()));
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    }
}

impl Member {
    /// Keeps the last key and value, if adding them again changes nothing.
    fn remember(&mut self, place: Place, json: &[u8], member: &[u8]) {
        const LONGEST: usize = 256;
        self.repeat.clear();
        if member.len() <= LONGEST && is_idempotent(place, &self.key, json) {
            self.repeat.extend_from_slice(member);
        }
    }
}

impl Value {
    /// Adds the value of a later event; returns by about how many bytes the memory grows.
    fn add(&mut self, place: Place, key: &str, json: &[u8]) -> usize {
        if is_blank(json) && !self.is_blank() {
            return 0;
        }
        let came = kind(json);
        if let (Value::Raw(old), Some(Kind::Object | Kind::Array)) = (&*self, came) {
            // Only from here on is the earlier value more than its bytes.
            if kind(old.as_bytes()) == came && !is_blank(old.as_bytes()) {
                return self.grow(place, key, came, json);
            }
        }
        match (&mut *self, came) {
            (Value::Raw(old), Some(Kind::String)) if place.is_fragment(key) && old.starts_with('"') => {
                concatenate(old, json);
                json.len()
            }
            (Value::List(_), Some(Kind::Array)) | (Value::Object(_), Some(Kind::Object)) => {
                self.grow(place, key, came, json)
            }
            (Value::Raw(old), _) => replace(old, json),
            _ => {
                *self = Value::Raw(lossy(json));
                json.len()
            }
        }
    }

    /// Merges an object into an object, or an array into an array.
    fn grow(&mut self, place: Place, key: &str, came: Option<Kind>, json: &[u8]) -> usize {
        if came == Some(Kind::Object) {
            if let (Value::Object(merged), Some(flat)) = (&mut *self, Flat::read(json)) {
                return merged.add_flat(&flat);
            }
            return Object::read(json).map_or(0, |object| self.add_object(place.within(key), &object, object.root()));
        }
        if place == Place::Total {
            *self = Value::Raw(lossy(json));
            return json.len();
        }
        let mut kept = json.len();
        if let Value::Raw(old) = self {
            let mut list = List::new(place.within(key));
            kept += list.append(old.as_bytes());
            *self = Value::List(Box::new(list));
        }
        match self {
            Value::List(list) => list.append(json),
            _ => kept,
        }
    }

    /// Merges the members of an object into this value, which is an object or becomes one.
    fn add_object(&mut self, place: Place, object: &Object<'_>, node: Node) -> usize {
        let mut kept = 0;
        if let Value::Raw(old) = self {
            let mut merged = Merged { place, ..Merged::default() };
            if let Some(old) = Object::read(old.as_bytes()) {
                kept += merged.add_members(&old, old.root());
            }
            *self = Value::Object(Box::new(merged));
        }
        match self {
            Value::Object(merged) => kept + merged.add_members(object, node),
            _ => kept,
        }
    }

    fn is_blank(&self) -> bool {
        matches!(self, Value::Raw(json) if is_blank(json.as_bytes()))
    }

    fn into_json(self) -> String {
        match self {
            Value::Raw(json) => json,
            value => value.json().into_owned(),
        }
    }

    fn json(&self) -> Cow<'_, str> {
        match self {
            Value::Raw(json) => Cow::Borrowed(json),
            Value::List(list) => Cow::Owned(list.json()),
            Value::Object(object) => Cow::Owned(object.json()),
        }
    }
}

impl Merged {
    /// Merges the members of an object that was read; returns by about how many bytes the memory grows.
    fn add_members(&mut self, object: &Object<'_>, node: Node) -> usize {
        let mut kept = 0;
        for (key, node) in object.members(node) {
            let (place, json) = (self.place, object.json(node));
            kept += match self.find(&key) {
                // One pass over the bytes found all members at all depths, so they are not read again at each depth.
                Some(Member { value, repeat, .. }) if node.is_object && value.is_object() && !is_blank(json) => {
                    repeat.clear();
                    value.add_object(place.within(&key), object, node)
                }
                _ => self.add_value(&key, json),
            };
        }
        kept
    }

    /// Merges the members of an object without objects in it; returns by about how many bytes the memory grows.
    fn add_flat(&mut self, object: &Flat<'_>) -> usize {
        object.members().map(|(key, json)| self.add_value(&key, json)).sum()
    }

    /// Merges a member of an object inside a member.
    fn add_value(&mut self, key: &str, json: &[u8]) -> usize {
        let place = self.place;
        let Some(known) = self.find(key) else {
            self.push(key, json, &[]);
            return json.len() + key.len() + size_of::<Member>();
        };
        known.repeat.clear();
        known.value.add(place, key, json)
    }
}

impl Value {
    fn is_object(&self) -> bool {
        match self {
            Value::Raw(json) => kind(json.as_bytes()) == Some(Kind::Object) && !is_blank(json.as_bytes()),
            Value::Object(_) => true,
            Value::List(_) => false,
        }
    }
}

/// Replaces a value; returns by how many bytes the memory grows.
fn replace(old: &mut String, json: &[u8]) -> usize {
    let before = old.len();
    old.clear();
    push_lossy(json, old);
    old.len().saturating_sub(before)
}

/// Joins two JSON strings by their text, so that a surrogate pair that was cut becomes whole again.
fn concatenate(old: &mut String, json: &[u8]) {
    old.pop();
    old.push_str(String::from_utf8_lossy(json).get(1..).unwrap_or("\""));
}

/// Up to so many members a linear search is used.
const FEW: usize = 32;
/// Keys up to so many bytes are not counted.
const USUAL_KEY: usize = 64;
