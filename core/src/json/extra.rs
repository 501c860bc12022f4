//! Members without a typed field, kept in order and byte for byte.

use std::collections::HashMap;
use std::fmt;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::json;

/// With more members than this, a lookup table is used instead of a linear search.
const MANY: usize = 64;

/// Members of a JSON object without a typed field: unknown members of a reply, or additional members of a request.
///
/// Order and spelling are kept: a member is sent byte for byte as it was received. In a request, a member replaces the
/// typed field of the same name.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Extra {
    members: Vec<Member>,
}

/// A member: its key, and the JSON text of its value, in one allocation, because a hostile reply may consist of members.
#[derive(Clone, PartialEq, Eq)]
struct Member {
    /// The key, and directly after it the value.
    text: Box<str>,
    /// The length of the key, in bytes.
    key: usize,
}

impl Member {
    /// Creates a member. A value that is not UTF-8 has U+FFFD in place of other bytes.
    fn new(key: &str, value: &[u8]) -> Self {
        let mut text = String::with_capacity(key.len() + value.len());
        text.push_str(key);
        json::push_lossy(value, &mut text);
        Member { text: text.into(), key: key.len() }
    }

    fn key(&self) -> &str {
        self.text.get(..self.key).unwrap_or_default()
    }

    fn value(&self) -> &str {
        self.text.get(self.key..).unwrap_or_default()
    }
}

impl Extra {
    /// Creates an empty map.
    pub fn new() -> Self {
        Extra::default()
    }

    /// Sets `key` to the JSON of `value`. A member of the same name is replaced in its place.
    ///
    /// # Errors
    /// [`serde_json::Error`] if `value` cannot be written as JSON.
    pub fn insert<T: Serialize + ?Sized>(
        &mut self,
        key: impl Into<String>,
        value: &T,
    ) -> Result<(), serde_json::Error> {
        self.put_raw(key.into(), serde_json::to_string(value)?);
        Ok(())
    }

    /// Sets `key` to JSON that is already written.
    pub fn insert_raw(&mut self, key: impl Into<String>, value: &RawValue) {
        self.put_raw(key.into(), value.get().to_owned());
    }

    /// Returns the JSON text of `key`; `None` if it is absent.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.iter().find_map(|(name, value)| (name == key).then_some(value))
    }

    /// Returns the value of `key` as a `T`; `None` if it is absent or of another type.
    pub fn get_as<'a, T: serde::Deserialize<'a>>(&'a self, key: &str) -> Option<T> {
        serde_json::from_str(self.get(key)?).ok()
    }

    /// Removes `key` and returns its JSON text; `None` if it is absent.
    pub fn remove(&mut self, key: &str) -> Option<String> {
        let index = self.members.iter().position(|member| member.key() == key)?;
        Some(self.members.remove(index).value().to_owned())
    }

    /// Returns whether `key` is set.
    pub fn contains(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Returns the number of members.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Returns whether there are no members.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Returns the members in order: the key and the JSON text of the value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.members.iter().map(|member| (member.key(), member.value()))
    }

    /// Returns the size of the members in an object, in bytes, approximately.
    pub(crate) fn size(&self) -> usize {
        self.iter().map(|(key, value)| key.len() + value.len() + 4).sum()
    }

    /// Sets `key` to `json`, which the caller knows to be one valid JSON value.
    pub(crate) fn put_raw(&mut self, key: String, json: String) {
        let put = Member::new(&key, json.as_bytes());
        match self.members.iter_mut().find(|member| member.key() == key) {
            Some(member) => *member = put,
            None => self.members.push(put),
        }
    }

    /// Drops the member `field` if the typed field has a value: a member of the wrong type is written only if no other
    /// came.
    pub(crate) fn give_way(&mut self, field: &str, has_value: bool) {
        if has_value {
            self.members.retain(|member| member.key() != field);
        }
    }

    /// Adds the members of `earlier`, an earlier state of the same object, that are absent or empty here. Returns
    /// whether there were any.
    pub(crate) fn complete(&mut self, earlier: &Extra) -> bool {
        let places: HashMap<Box<str>, usize> =
            self.members.iter().enumerate().map(|(place, member)| (member.key().into(), place)).collect();
        let mut lacked = false;
        for member in &earlier.members {
            match places.get(member.key()).and_then(|&place| self.members.get_mut(place)) {
                Some(later) => {
                    let completed = json::completed(later.value().as_bytes(), member.value().as_bytes());
                    if let Some(completed) = completed {
                        *later = Member::new(member.key(), completed.as_bytes());
                        lacked = true;
                    }
                }
                None => {
                    self.members.push(member.clone());
                    lacked = true;
                }
            }
        }
        lacked
    }

    /// Writes every member into `map`.
    pub(crate) fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        for (key, value) in self.iter() {
            let value: &RawValue = serde_json::from_str(value).map_err(serde::ser::Error::custom)?;
            map.serialize_entry(key, value)?;
        }
        Ok(())
    }
}

impl Extra {
    /// Collects members whose values are valid JSON. Of members with the same key, the last counts.
    pub(crate) fn from_raw<K: AsRef<str>, V: AsRef<[u8]>>(pairs: impl Iterator<Item = (K, V)>) -> Self {
        let mut members: Vec<Member> = Vec::with_capacity(pairs.size_hint().0);
        // A hostile object may have a million members, so a lookup must not search them one by one.
        let mut places: HashMap<Box<str>, usize> = HashMap::new();
        for member in pairs.map(|(key, value)| Member::new(key.as_ref(), value.as_ref())) {
            let place = if members.len() <= MANY {
                members.iter().position(|other| other.key() == member.key())
            } else {
                places.get(member.key()).copied()
            };
            if let Some(old) = place.and_then(|place| members.get_mut(place)) {
                *old = member;
                continue;
            }
            members.push(member);
            if members.len() > MANY {
                let unplaced = members.iter().enumerate().skip(places.len());
                places.extend(unplaced.map(|(place, member)| (member.key().into(), place)));
            }
        }
        members.shrink_to_fit();
        Extra { members }
    }
}

impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter().map(|(key, value)| (key, Abbreviated(value)))).finish()
    }
}

impl Serialize for Extra {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        self.write(&mut map)?;
        map.end()
    }
}

/// Writes one JSON object: typed fields that are set, then the extra members, which replace fields of the same name.
pub(crate) struct ObjectWriter<'a, M> {
    map: M,
    extra: &'a Extra,
}

impl<'a, M: SerializeMap> ObjectWriter<'a, M> {
    pub(crate) fn new<S>(serializer: S, extra: &'a Extra) -> Result<Self, S::Error>
    where
        S: Serializer<SerializeMap = M, Error = M::Error>,
    {
        Ok(ObjectWriter { map: serializer.serialize_map(None)?, extra })
    }

    /// Writes a field.
    pub(crate) fn field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), M::Error> {
        if self.extra.contains(name) {
            return Ok(());
        }
        self.map.serialize_entry(name, value)
    }

    /// Writes a field if it is set.
    pub(crate) fn optional<T: Serialize>(&mut self, name: &'static str, value: Option<&T>) -> Result<(), M::Error> {
        value.map_or(Ok(()), |value| self.field(name, value))
    }

    /// Writes the extra members and ends the object.
    pub(crate) fn end(mut self) -> Result<M::Ok, M::Error> {
        self.extra.write(&mut self.map)?;
        self.map.end()
    }
}

/// Shows only the beginning and the length of a long text: data URLs have megabytes.
pub(crate) struct Abbreviated<'a>(pub(crate) &'a str);

impl fmt::Debug for Abbreviated<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// In bytes; enough to recognise the value.
        const SHOWN: usize = 64;
        /// In bytes. Answers are prose and shown whole; a longer run without a blank is encoded data.
        const LONGEST_WORD: usize = 256;
        if self.0.split_ascii_whitespace().all(|word| word.len() <= LONGEST_WORD || !word.is_ascii()) {
            return fmt::Debug::fmt(self.0, f);
        }
        let end = (0..=SHOWN).rev().find(|&at| self.0.is_char_boundary(at)).unwrap_or(0);
        write!(f, "{:?}… ({} bytes)", self.0.get(..end).unwrap_or_default(), self.0.len())
    }
}
