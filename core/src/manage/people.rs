//! The creator and the group of a key, as replies contain them.

use crate::Extra;
use crate::json::{fields, received};

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

fields! {
    Creator { id: text, email: text }
    KeyGroup { id: text, name: text }
}

received! {
    Creator, "a creator";
    KeyGroup, "the group of a key";
}
