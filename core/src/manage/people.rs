//! The creator and the group of a key, as replies contain them.

use serde::{Serialize, Serializer};

use crate::Extra;
use crate::json::{Members, ObjectWriter, received};

/// The creator of a key or a group.
///
/// The router's page: [management API](https://docs.requesty.ai/api-reference/requesty_management-openapi.json).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Creator {
    /// The id of the user.
    pub id: Option<String>,
    /// The email address.
    pub email: Option<String>,
    /// Members without a field.
    pub extra: Extra,
}

impl Creator {
    pub(super) fn read(mut members: Members<'_>) -> Option<Self> {
        Some(Creator { id: members.text("id"), email: members.text("email"), extra: members.rest() })
    }
}

impl Serialize for Creator {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.optional("id", self.id.as_ref())?;
        object.optional("email", self.email.as_ref())?;
        object.end()
    }
}

/// The group of a key.
///
/// The router's page: [management API](https://docs.requesty.ai/api-reference/requesty_management-openapi.json).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyGroup {
    /// The id of the group.
    pub id: Option<String>,
    /// The name of the group, if the reply has it.
    pub name: Option<String>,
    /// Members without a field.
    pub extra: Extra,
}

impl KeyGroup {
    pub(super) fn read(mut members: Members<'_>) -> Option<Self> {
        Some(KeyGroup { id: members.text("id"), name: members.text("name"), extra: members.rest() })
    }
}

impl Serialize for KeyGroup {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.optional("id", self.id.as_ref())?;
        object.optional("name", self.name.as_ref())?;
        object.end()
    }
}

received! {
    Creator, "a creator";
    KeyGroup, "the group of a key";
}
