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
    members: Vec<(String, Value)>,
    /// Where the next member is likely to be: chunks name theirs in the same order.
    next: usize,
    /// Where each key is, once there are too many to look through.
    places: HashMap<String, usize>,
}

/// How many members are looked through one by one.
const FEW: usize = 32;

#[derive(Clone, Debug)]
enum Value {
    Raw(String),
    List(List),
    Object(Merged),
}

impl Merged {
    /// Returns whether adding this would change nothing: what most chunks say has been said by the one before.
    #[inline]
    pub(super) fn is_repeated(&mut self, key: &[u8], json: &[u8]) -> bool {
        let is_same = |(name, value): &(String, Value)| name.as_bytes() == key && value.is_repeated(name, json);
        let from_next = self.members.get(self.next..).unwrap_or_default();
        let place = match from_next.first() {
            Some(member) if is_same(member) => self.next,
            _ => match self.members.iter().take(FEW).position(is_same) {
                Some(place) => place,
                None => return false,
            },
        };
        self.next = place + 1;
        true
    }

    /// Takes the next value of `key`, which is valid JSON; returns about how many bytes more are kept.
    pub(super) fn add(&mut self, key: &str, json: &[u8]) -> usize {
        let place = if self.members.len() <= FEW {
            self.members.iter().position(|(name, _)| name == key)
        } else {
            self.places.get(key).copied()
        };
        let old = place.and_then(|place| self.members.get_mut(place)).map(|(_, value)| value);
        if old.as_ref().is_some_and(|old| old.is_repeated(key, json)) {
            return 0;
        }
        match (old, json::kind(json)) {
            (Some(Value::Raw(old)), Some(Kind::String)) if is_fragment(key) && old.starts_with('"') => {
                concatenate(old, json);
            }
            (Some(Value::List(list)), Some(Kind::Array)) => return list.append(key, json),
            (Some(Value::Object(object)), Some(Kind::Object)) => return object.add_all(json),
            (Some(Value::Raw(old)), kind) if kind != Some(Kind::Array) && !is_summed(key, kind) => {
                let before = old.len();
                old.clear();
                old.push_str(&String::from_utf8_lossy(json));
                return old.len().saturating_sub(before);
            }
            (Some(old), _) => *old = Value::first(key, json),
            (None, _) => self.push(key, Value::first(key, json)),
        }
        json.len()
    }

    fn push(&mut self, key: &str, value: Value) {
        self.members.push((key.to_owned(), value));
        if self.members.len() > FEW {
            let unplaced = self.members.iter().enumerate().skip(self.places.len());
            self.places.extend(unplaced.map(|(place, (key, _))| (key.clone(), place)));
        }
    }

    /// Takes the next value of each member of an object.
    fn add_all(&mut self, object: &[u8]) -> usize {
        let Ok(members) = Members::read(object) else { return 0 };
        members.rest().iter().map(|(key, value)| self.add(key, value.as_bytes())).sum()
    }

    /// Returns what the members add up to.
    pub(super) fn extra(&self) -> Extra {
        Extra::from_raw(self.members.iter().map(|(key, value)| (key.clone(), value.json())))
    }

    fn json(&self) -> String {
        let members = self.members.iter().map(|(key, value)| format!("{}:{}", json::quoted(key), value.json()));
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    }
}

impl Value {
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
            _ => Value::Raw(String::from_utf8_lossy(json).into_owned()),
        }
    }

    /// Returns whether adding `json` to it would change nothing.
    #[inline]
    fn is_repeated(&self, key: &str, json: &[u8]) -> bool {
        matches!(self, Value::Raw(old) if old.as_bytes() == json && !is_fragment(key))
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
    /// Members in their order.
    Object(Vec<(String, String)>),
}

impl List {
    fn append(&mut self, key: &str, array: &[u8]) -> usize {
        let mut added = 0;
        for element in json::elements(array).unwrap_or_default() {
            let before = self.items.len();
            match key {
                "reasoning_details" => self.continue_or_push(element),
                // Two tokens of an answer may well be alike.
                "content" | "refusal" => self.push(element),
                _ => self.push_new(element),
            }
            let repeated = key != "reasoning_details" && self.items.len() == before;
            added += if repeated { 0 } else { element.len() };
        }
        added
    }

    fn push(&mut self, element: &[u8]) {
        self.items.push(Item::Raw(String::from_utf8_lossy(element).into_owned()));
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
            let members = members.iter().map(|(key, value)| (key.to_owned(), value.to_owned()));
            return self.items.push(Item::Object(members.collect()));
        };
        for (key, value) in members.iter() {
            match object.iter_mut().find(|(name, _)| name == key) {
                Some((_, old)) if is_fragment(key) && old.starts_with('"') && value.starts_with('"') => {
                    concatenate(old, value.as_bytes());
                }
                // A later null does not erase what came.
                Some((_, old)) if value != "null" => value.clone_into(old),
                Some(_) => {}
                None => object.push((key.to_owned(), value.to_owned())),
            }
        }
    }

    fn json(&self) -> String {
        let items = self.items.iter().map(|item| match item {
            Item::Raw(json) => json.clone(),
            Item::Object(members) => {
                let members = members.iter().map(|(key, value)| format!("{}:{value}", json::quoted(key)));
                format!("{{{}}}", members.collect::<Vec<_>>().join(","))
            }
        });
        format!("[{}]", items.collect::<Vec<_>>().join(","))
    }
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
