//! The extra members of a request, and the first value of the caller that cannot be sent.

use std::ops::Deref;

use serde::Serialize;

use crate::{BuildError, Extra};

/// The extra members of a request, and the first value of the caller that cannot be sent.
///
/// Setters return no errors, so an error is kept here until the request is built.
#[derive(Clone, Debug, Default)]
pub(crate) struct Additions {
    members: Extra,
    problem: Option<BuildError>,
}

impl Additions {
    /// Sets a member to the JSON of `value`.
    pub(crate) fn set<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) {
        if let Some(json) = self.json(key, value) {
            self.members.put_raw(key.to_owned(), json);
        }
    }

    /// Returns the JSON of the value of a field.
    pub(crate) fn json<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> Option<String> {
        self.checked(serde_json::to_string(value).map_err(|_| BuildError::unwritten(key)))
    }

    /// Returns the value; keeps the error, if it is the first.
    pub(crate) fn checked<T>(&mut self, value: Result<T, BuildError>) -> Option<T> {
        value.map_err(|problem| self.problem.get_or_insert(problem)).ok()
    }

    /// Fails if a value cannot be sent.
    pub(crate) fn check(&self) -> Result<(), BuildError> {
        self.problem.clone().map_or(Ok(()), Err)
    }
}

impl Deref for Additions {
    type Target = Extra;

    fn deref(&self) -> &Extra {
        &self.members
    }
}

impl From<Extra> for Additions {
    fn from(members: Extra) -> Self {
        Additions { members, problem: None }
    }
}
