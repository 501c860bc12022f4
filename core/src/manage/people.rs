//! Who made something, and where it belongs, as keys and groups name it.

use serde::{Serialize, Serializer};

use crate::Extra;
use crate::json::{Members, ObjectWriter, received};

/// Who made a key or a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Creator {
    /// The id.
    pub id: Option<String>,
    /// The address.
    pub email: Option<String>,
    /// Further members.
    pub extra: Extra,
}

impl Creator {
    pub(super) fn read(json: &[u8]) -> Option<Self> {
        let mut members = Members::read(json).ok()?;
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

/// The group that a key belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyGroup {
    /// The id.
    pub id: Option<String>,
    /// The name, where it is said.
    pub name: Option<String>,
    /// Further members.
    pub extra: Extra,
}

impl KeyGroup {
    pub(super) fn read(json: &[u8]) -> Option<Self> {
        let mut members = Members::read(json).ok()?;
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
