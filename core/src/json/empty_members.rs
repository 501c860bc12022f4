//! Members with an empty value, kept so that a record is written as it was read.

use serde::Serialize;
use serde::ser::SerializeMap;

use super::{Members, ObjectWriter, RawText};

/// Known members of a received record with an empty value: `null`, `""`, `[]`, `{}`.
///
/// Two records that differ only in these members are equal, because an empty member means the same as an absent one.
#[derive(Clone, Debug, Default)]
pub(crate) struct EmptyMembers(Vec<(&'static str, &'static str)>);

impl EmptyMembers {
    /// Notes the empty JSON value of the member `name`.
    pub(crate) fn note(&mut self, name: &'static str, json: &'static str) {
        self.0.push((name, json));
    }

    /// Returns the empty JSON value of the member `name`.
    pub(crate) fn get(&self, name: &str) -> Option<&'static str> {
        self.0.iter().find_map(|(key, json)| (*key == name).then_some(*json))
    }

    /// Takes the member `name` with `take`, and notes a `null` that this dropped.
    pub(crate) fn take<'a, T>(
        &mut self,
        members: &mut Members<'a>,
        name: &'static str,
        take: impl FnOnce(&mut Members<'a>, &'static str) -> Option<T>,
    ) -> Option<T> {
        let came = members.has(name);
        let value = take(members, name);
        if came && value.is_none() && !members.has(name) {
            self.note(name, "null");
        }
        value
    }

    /// Takes a string, and notes a `null`; any other value stays.
    pub(crate) fn string(&mut self, members: &mut Members<'_>, name: &'static str) -> Option<String> {
        self.take(members, name, |members, name| members.string(name))
    }

    /// Writes a member that is set, or else its empty JSON value.
    pub(crate) fn write<M: SerializeMap, T: Serialize + ?Sized>(
        &self,
        object: &mut ObjectWriter<'_, M>,
        name: &'static str,
        value: Option<&T>,
    ) -> Result<(), M::Error> {
        match (value, self.get(name)) {
            (Some(value), _) => object.field(name, value),
            (None, Some(json)) => object.field(name, &RawText(json)),
            (None, None) => Ok(()),
        }
    }
}

impl PartialEq for EmptyMembers {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for EmptyMembers {}
