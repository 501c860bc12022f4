//! The members of an object and of its nested objects, found in one pass.
//!
//! Most objects that grow from event to event are small and hold no objects: `{"content":[…],"refusal":null}`. Their
//! members are a [`Flat`] list that takes no memory of its own.

use std::borrow::Cow;
use std::collections::HashMap;

use super::{FEW, Span};
use crate::json::{Kind, Reader, text_length, to_cow};

/// A small object that holds no objects.
pub(super) struct Flat<'a> {
    json: &'a [u8],
    /// Keys and values; only the first `length` count.
    members: [(Span, Span); MOST_FLAT],
    length: usize,
}

/// The largest number of members of a [`Flat`] object.
const MOST_FLAT: usize = 4;

impl<'a> Flat<'a> {
    /// Reads an object; `None` if it has many members, a nested object, or a key that is escaped, not ASCII, or
    /// repeated.
    pub(super) fn read(json: &'a [u8]) -> Option<Self> {
        let mut flat = Flat { json, members: Default::default(), length: 0 };
        let mut reader = Reader::new(json);
        reader.object(|reader, key| {
            let kind = reader.kind().filter(|kind| *kind != Kind::Object)?;
            let name = key.of(json);
            let is_repeated = flat.spans().iter().any(|(earlier, _)| earlier.of(json) == name);
            if key.escaped || is_repeated || !name.is_ascii() {
                return None;
            }
            let start = reader.pos();
            if kind == Kind::Array {
                reader.pass_known(array_length(reader.rest())?);
            } else {
                reader.skip_of(kind)?;
            }
            let member = (key, reader.span_from(start));
            *flat.members.get_mut(flat.length)? = member;
            flat.length += 1;
            Some(())
        })?;
        Some(flat)
    }

    pub(super) fn members(&self) -> impl Iterator<Item = (Cow<'a, str>, &'a [u8])> {
        self.spans().iter().map(|(key, value)| (to_cow(self.json, *key), value.of(self.json)))
    }

    fn spans(&self) -> &[(Span, Span)] {
        self.members.get(..self.length).unwrap_or_default()
    }
}

/// An object whose members were found at all depths that lead through objects only.
pub(super) struct Object<'a> {
    json: &'a [u8],
    entries: Vec<Entry>,
}

struct Entry {
    key: Span,
    node: Node,
}

/// A value in an object.
#[derive(Clone, Copy)]
pub(super) struct Node {
    value: Span,
    /// The index of its first entry; the entries of nested objects follow it.
    from: usize,
    to: usize,
    pub(super) is_object: bool,
}

/// Returns the length of the array at the beginning of valid JSON. Its elements need no second check, so only brackets
/// are counted, and strings passed, which may hold brackets.
fn array_length(json: &[u8]) -> Option<usize> {
    let (mut depth, mut at) = (0_usize, 0);
    loop {
        let byte = *json.get(at)?;
        at += 1;
        match byte {
            b'"' => at += text_length(json.get(at..)?)?.0 + 1,
            b'[' | b'{' => depth += 1,
            b']' | b'}' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
}

impl<'a> Object<'a> {
    /// Reads an object; `None` if it is not one.
    pub(super) fn read(json: &'a [u8]) -> Option<Self> {
        let mut reader = Reader::new(json);
        let mut entries = Vec::new();
        read(&mut reader, &mut entries)?;
        Some(Object { json, entries })
    }

    pub(super) fn root(&self) -> Node {
        Node { value: Span::default(), from: 0, to: self.entries.len(), is_object: true }
    }

    pub(super) fn json(&self, node: Node) -> &'a [u8] {
        node.value.of(self.json)
    }

    /// Returns the members of a node; of equal keys the last one.
    pub(super) fn members(&self, node: Node) -> Vec<(Cow<'a, str>, Node)> {
        let mut members: Vec<(Cow<'a, str>, Node)> = Vec::new();
        let mut places: HashMap<Cow<'a, str>, usize> = HashMap::new();
        let mut at = node.from;
        while let Some(entry) = self.entries.get(at).filter(|_| at < node.to) {
            at = entry.node.to;
            let key = to_cow(self.json, entry.key);
            let known = if members.len() <= FEW {
                members.iter().position(|(name, _)| *name == key)
            } else {
                places.get(&key).copied()
            };
            if let Some((_, node)) = known.and_then(|place| members.get_mut(place)) {
                *node = entry.node;
                continue;
            }
            members.push((key, entry.node));
            if members.len() > FEW {
                let unplaced = members.iter().enumerate().skip(places.len());
                places.extend(unplaced.map(|(place, (key, _))| (key.clone(), place)));
            }
        }
        members
    }
}

fn read(reader: &mut Reader<'_>, entries: &mut Vec<Entry>) -> Option<()> {
    reader.object(|reader, key| {
        let (place, kind) = (entries.len(), reader.kind()?);
        let start = reader.pos();
        let is_object = kind == Kind::Object;
        let node = Node { value: Span::default(), from: place + 1, to: place + 1, is_object };
        entries.push(Entry { key, node });
        let value = if is_object {
            read(reader, entries)?;
            reader.span_from(start)
        } else {
            reader.skip_of(kind)?
        };
        let to = entries.len();
        if let Some(Entry { node, .. }) = entries.get_mut(place) {
            *node = Node { value, to, ..*node };
        }
        Some(())
    })
}
