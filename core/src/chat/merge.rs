//! How members that this crate has no field for add up over the chunks of a stream, so that the message that came can be
//! sent again: reasoning details, thought signatures, annotations, images, audio, log probabilities.
//!
//! | value | rule |
//! |---|---|
//! | scalar, object | the last one counts |
//! | array | elements are appended; exact repeats are left out |
//! | `reasoning_details` | as an array, but an element continues the earlier one of the same `index` and `type` |
//! | `logprobs`, `web_search`, `grounding_metadata` | member by member; the arrays of `logprobs` may repeat |
//! | `audio` | member by member; `data` and `transcript` are fragments |
//! | `reasoning` | fragments of a string |

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::Extra;
use crate::json::{self, Kind, Members};

/// Members that add up.
#[derive(Clone, Debug, Default)]
pub(super) struct Merged {
    members: Vec<Member>,
    /// Where the next member is likely to be: chunks name theirs in the same order.
    next: usize,
    /// Where each key is, once there are too many to look through.
    places: HashMap<String, usize>,
}

/// How many members are looked through one by one.
const FEW: usize = 32;
/// How long a key may be that is not counted.
const USUAL_KEY: usize = 64;

#[derive(Clone, Debug)]
struct Member {
    key: String,
    value: Value,
    /// Key and value as they came last, byte for byte, if to add them again changes nothing; else empty.
    said: Vec<u8>,
}

#[derive(Clone, Debug)]
enum Value {
    Raw(String),
    List(List),
    Object(Merged),
}

impl Merged {
    /// Returns whether to add this would change nothing: most of what a chunk says was said by the one before. `said` is
    /// key and value, byte for byte.
    #[inline]
    pub(super) fn is_repeated(&mut self, said: &[u8]) -> bool {
        let is_same = |member: &Member| member.said == said;
        let place = match self.members.get(self.next) {
            Some(member) if is_same(member) => Some(self.next),
            _ => self.members.iter().take(FEW).position(is_same),
        };
        self.next = place.map_or(self.next, |place| place + 1);
        place.is_some()
    }

    /// Takes the next value of `key`, which is valid JSON; returns about how many bytes more are kept.
    pub(super) fn add(&mut self, key: &str, json: &[u8], said: &[u8]) -> usize {
        let place = if self.members.len() <= FEW {
            self.members.iter().position(|member| member.key == key)
        } else {
            self.places.get(key).copied()
        };
        let Some(member) = place.and_then(|place| self.members.get_mut(place)) else {
            self.push(key, Value::first(key, json), said);
            // A few members of the usual length are not worth counting.
            let many = if self.members.len() > FEW { size_of::<Member>() } else { 0 };
            return json.len() + key.len().saturating_sub(USUAL_KEY) + many;
        };
        let kept = member.value.add(key, json);
        member.say(said);
        kept
    }

    /// Returns the place of a member whose last value is the one that counts.
    pub(super) fn place(&self, key: &[u8]) -> Option<usize> {
        let is_it = |member: &Member| member.key.as_bytes() == key;
        let place = self.members.iter().take(FEW).position(is_it)?;
        matches!(self.members.get(place)?, Member { value: Value::Raw(_), key, .. } if !is_fragment(key))
            .then_some(place)
    }

    /// Replaces the value at such a place, as [`add`](Self::add) does for a string or number that is not the same.
    pub(super) fn replace(&mut self, place: usize, json: &[u8]) -> usize {
        let Some(Member { value: Value::Raw(old), said, .. }) = self.members.get_mut(place) else { return 0 };
        said.clear();
        replace(old, json)
    }

    fn push(&mut self, key: &str, value: Value, said: &[u8]) {
        let mut member = Member { key: key.to_owned(), value, said: Vec::new() };
        member.say(said);
        self.members.push(member);
        if self.members.len() > FEW {
            let unplaced = self.members.iter().enumerate().skip(self.places.len());
            self.places.extend(unplaced.map(|(place, member)| (member.key.clone(), place)));
        }
    }

    /// Takes the next value of each member of an object.
    fn add_all(&mut self, object: &[u8]) -> usize {
        let Ok(members) = Members::read(object) else { return 0 };
        members.rest().iter().map(|(key, value)| self.add(key, value.as_bytes(), &[])).sum()
    }

    /// Returns what the members add up to.
    pub(super) fn extra(&self) -> Extra {
        Extra::from_raw(self.members.iter().map(|member| (member.key.clone(), member.value.json())))
    }

    fn json(&self) -> String {
        let members =
            self.members.iter().map(|member| format!("{}:{}", json::quoted(&member.key), member.value.json()));
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    }
}

impl Member {
    /// Notes what came last.
    fn say(&mut self, said: &[u8]) {
        const LONGEST: usize = 256;
        let changes_nothing = match &self.value {
            Value::Raw(_) => !is_fragment(&self.key),
            Value::List(_) => !repeats(&self.key),
            Value::Object(_) => false,
        };
        self.said.clear();
        if changes_nothing && said.len() <= LONGEST {
            self.said.extend_from_slice(said);
        }
    }
}

impl Value {
    /// Takes the next value; returns about how many bytes more are kept.
    fn add(&mut self, key: &str, json: &[u8]) -> usize {
        match (&mut *self, json::kind(json)) {
            (Value::Raw(old), Some(Kind::String)) if is_fragment(key) && old.starts_with('"') => {
                concatenate(old, json);
                json.len()
            }
            (Value::List(list), Some(Kind::Array)) => list.append(key, json),
            (Value::Object(object), Some(Kind::Object)) => object.add_all(json),
            (Value::Raw(old), kind) if kind != Some(Kind::Array) && !is_summed(key, kind) => replace(old, json),
            _ => {
                *self = Value::first(key, json);
                json.len()
            }
        }
    }

    fn first(key: &str, json: &[u8]) -> Self {
        match json::kind(json) {
            Some(Kind::Array) => {
                let mut list = List::default();
                list.append(key, json);
                Value::List(list)
            }
            kind @ Some(Kind::Object) if is_summed(key, kind) => {
                let mut object = Merged::default();
                object.add_all(json);
                Value::Object(object)
            }
            _ => Value::Raw(json::lossy(json)),
        }
    }

    fn json(&self) -> String {
        match self {
            Value::Raw(json) => json.clone(),
            Value::List(list) => list.json(),
            Value::Object(object) => object.json(),
        }
    }
}

/// An array that grows.
#[derive(Clone, Debug, Default)]
struct List {
    items: Vec<Item>,
    /// Where an element of that hash, or of that `index` and `type`, is.
    places: HashMap<u64, usize>,
}

#[derive(Clone, Debug)]
enum Item {
    Raw(String),
    Object(Pairs),
}

/// Members in their order, and where each is.
#[derive(Clone, Debug, Default)]
struct Pairs {
    members: Vec<(String, String)>,
    places: HashMap<String, usize>,
}

impl List {
    fn append(&mut self, key: &str, array: &[u8]) -> usize {
        let mut added = 0;
        for element in json::elements(array).unwrap_or_default() {
            let before = self.items.len();
            match key {
                "reasoning_details" => self.continue_or_push(element),
                _ if repeats(key) => self.push(element),
                _ => self.push_new(element),
            }
            let repeated = key != "reasoning_details" && self.items.len() == before;
            added += if repeated { 0 } else { element.len() + size_of::<Item>() };
        }
        added
    }

    fn push(&mut self, element: &[u8]) {
        self.items.push(Item::Raw(json::lossy(element)));
    }

    fn push_new(&mut self, element: &[u8]) {
        let mut hasher = DefaultHasher::new();
        element.hash(&mut hasher);
        let hash = hasher.finish();
        let known = self.places.get(&hash).and_then(|&place| self.items.get(place));
        if matches!(known, Some(Item::Raw(raw)) if raw.as_bytes() == element) {
            return;
        }
        self.places.insert(hash, self.items.len());
        self.push(element);
    }

    fn continue_or_push(&mut self, element: &[u8]) {
        let index_and_type = Members::read(element).ok().and_then(|mut members| {
            let index = members.uint("index")?;
            let mut hasher = DefaultHasher::new();
            (index, members.string("type")).hash(&mut hasher);
            Some(hasher.finish())
        });
        let (Some(place), Ok(members)) = (index_and_type, Members::read(element)) else { return self.push(element) };
        let members = members.rest();
        let known = self.places.get(&place).and_then(|&place| self.items.get_mut(place));
        let Some(Item::Object(object)) = known else {
            self.places.insert(place, self.items.len());
            let mut object = Pairs::default();
            members.iter().for_each(|(key, value)| object.add(key, value));
            return self.items.push(Item::Object(object));
        };
        members.iter().for_each(|(key, value)| object.add(key, value));
    }

    fn json(&self) -> String {
        let items = self.items.iter().map(|item| match item {
            Item::Raw(json) => json.clone(),
            Item::Object(Pairs { members, .. }) => {
                let members = members.iter().map(|(key, value)| format!("{}:{value}", json::quoted(key)));
                format!("{{{}}}", members.collect::<Vec<_>>().join(","))
            }
        });
        format!("[{}]", items.collect::<Vec<_>>().join(","))
    }
}

impl Pairs {
    /// Adds a member to the earlier one of its name.
    fn add(&mut self, key: &str, value: &str) {
        let place = if self.members.len() <= FEW {
            self.members.iter().position(|(name, _)| name == key)
        } else {
            self.places.get(key).copied()
        };
        match place.and_then(|place| self.members.get_mut(place)) {
            Some((_, old)) if is_fragment(key) && old.starts_with('"') && value.starts_with('"') => {
                concatenate(old, value.as_bytes());
            }
            // A later null does not erase what came.
            Some((_, old)) if value != "null" => value.clone_into(old),
            Some(_) => {}
            None => {
                self.members.push((key.to_owned(), value.to_owned()));
                if self.members.len() > FEW {
                    let unplaced = self.members.iter().enumerate().skip(self.places.len());
                    self.places.extend(unplaced.map(|(place, (key, _))| (key.clone(), place)));
                }
            }
        }
    }
}

/// Replaces a value; returns how many bytes more are kept.
fn replace(old: &mut String, json: &[u8]) -> usize {
    let before = old.len();
    old.clear();
    json::push_lossy(json, old);
    old.len().saturating_sub(before)
}

/// Returns whether elements of a list of that name may come twice: two tokens of an answer may well be alike.
fn repeats(key: &str) -> bool {
    matches!(key, "reasoning_details" | "content" | "refusal")
}

/// Returns whether an object of that name adds up member by member.
fn is_summed(key: &str, kind: Option<Kind>) -> bool {
    kind == Some(Kind::Object) && matches!(key, "audio" | "logprobs" | "web_search" | "grounding_metadata")
}

/// Returns whether strings of that name are pieces of one.
fn is_fragment(key: &str) -> bool {
    matches!(key, "text" | "summary" | "data" | "transcript" | "reasoning")
}

/// Joins two JSON strings by their text, escapes and all: so a surrogate pair that was cut is whole again.
fn concatenate(old: &mut String, json: &[u8]) {
    old.pop();
    old.push_str(String::from_utf8_lossy(json).get(1..).unwrap_or("\""));
}
