//! The organization of the key.

use bytes::Bytes;
use http::Method;
use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::json::{self, ANY, List, MOST_ELEMENTS, Members, fields, received};
use crate::reply::Json;
use crate::{Call, Decimal, Error, Extra, Router};

impl Router {
    /// Gets the organization's name and balance: `GET /v1/manage/org` on the management host. The names of its JSON
    /// members come from other clients of the router.
    ///
    /// # Errors
    /// [`Error::Build`] if the key would be sent unencrypted.
    pub fn organization(&self) -> Result<Call<Json<Organization>>, Error> {
        self.manage(Method::GET, &["org"], Bytes::new(), Json::received())
    }

    /// Lists the members of the organization: `GET /v1/manage/org/member` on the management host.
    ///
    /// The router's own collection of skills lists the endpoint; the reply is not described.
    ///
    /// # Errors
    /// As [`organization`](Self::organization).
    pub fn organization_members(&self) -> Result<Call<Json<OrganizationMembers>>, Error> {
        self.manage(Method::GET, &["org", "member"], Bytes::new(), Json::received())
    }
}

/// An organization.
///
/// The router's page: [management API](https://docs.requesty.ai/api-reference/requesty_management-openapi.json).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Organization {
    /// The name of the organization.
    pub name: Option<String>,
    /// The remaining balance, in US dollars.
    pub balance: Option<Decimal>,
    /// Members without a field.
    pub extra: Extra,
}

/// The members of an organization. The reply is not described, so it is kept as it came, and [`members`](Self::members)
/// searches it.
///
/// The router's page: [management API](https://docs.requesty.ai/api-reference/requesty_management-openapi.json).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganizationMembers {
    json: String,
}

impl OrganizationMembers {
    fn read_json(json: &[u8]) -> Option<Self> {
        // A value that is neither a list nor an object is at best an empty reply.
        matches!(json::kind(json)?, json::Kind::Object | json::Kind::Array)
            .then(|| OrganizationMembers { json: json::lossy(json) })
    }

    /// Returns the reply as it came.
    pub fn as_json(&self) -> &str {
        &self.json
    }

    /// Reads the reply as a type of the caller's.
    ///
    /// # Errors
    /// [`serde_json::Error`] if the reply is not of that type.
    pub fn read_as<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(&self.json)
    }

    /// Returns the objects in the list of the reply: the reply itself, or its first member that is a list. Both forms
    /// are guesses.
    pub fn members(&self) -> Vec<OrganizationMember> {
        let found = json::elements(self.json.as_bytes())
            .or_else(|| Members::read(self.json.as_bytes()).ok()?.values().find_map(json::elements));
        let elements = found.into_iter().flat_map(json::Elements::with_members).take(MOST_ELEMENTS);
        elements.filter_map(|element| OrganizationMember::read(element.members?)).collect()
    }
}

impl Serialize for OrganizationMembers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue = serde_json::from_str(&self.json).map_err(serde::ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

/// A member of an organization. The reply is not described; the names are those of a group's members.
///
/// The router's page: [management API](https://docs.requesty.ai/api-reference/requesty_management-openapi.json).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct OrganizationMember {
    /// The id of the user.
    pub id: Option<String>,
    /// The email address.
    pub email: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// The role.
    pub role: Option<String>,
    /// Members of the JSON object without a field.
    pub extra: Extra,
}

fields! {
    Organization { name: text, balance: decimal }
    OrganizationMember { id: text, email: text, name: text, role: text }
}

received! {
    Organization, "an organization";
    OrganizationMembers, "the members of an organization", by read_json, lists [List::of(ANY)];
    OrganizationMember, "a member of an organization";
}
