//! The organization that the key belongs to.

use bytes::Bytes;
use http::Method;
use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::json::{self, ANY, List, MOST_ELEMENTS, Members, ObjectWriter, received};
use crate::reply::Json;
use crate::{Call, Decimal, Error, Extra, Host, Router};

impl Router {
    /// Asks for the organization's name and balance: `GET /v1/manage/org` on the management host. Documented; the names of
    /// the members are reported by third parties.
    ///
    /// # Errors
    /// [`Error::Build`] if the key would travel unencrypted.
    pub fn organization(&self) -> Result<Call<Json<Organization>>, Error> {
        self.endpoint(Host::Management, Method::GET, &["v1", "manage", "org"], Bytes::new(), Json::received())
    }

    /// Asks who belongs to the organization: `GET /v1/manage/org/member` on the management host.
    ///
    /// The router's own collection of skills lists it; what it answers is not documented.
    ///
    /// # Errors
    /// As [`organization`](Self::organization).
    pub fn organization_members(&self) -> Result<Call<Json<OrganizationMembers>>, Error> {
        self.endpoint(Host::Management, Method::GET, &["v1", "manage", "org", "member"], Bytes::new(), Json::received())
    }
}

/// An organization.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Organization {
    /// The name.
    pub name: Option<String>,
    /// What is left to spend, in US dollars.
    pub balance: Option<Decimal>,
    /// Further members.
    pub extra: Extra,
}

impl Organization {
    fn read(json: &[u8]) -> Option<Self> {
        let mut members = Members::read(json).ok()?;
        Some(Organization { name: members.text("name"), balance: members.decimal("balance"), extra: members.rest() })
    }
}

impl Serialize for Organization {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.optional("name", self.name.as_ref())?;
        object.optional("balance", self.balance.as_ref())?;
        object.end()
    }
}

/// Who belongs to an organization, in a reply whose shape is not documented: it is kept as it came, and
/// [`members`](Self::members) finds in it what can be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganizationMembers {
    json: String,
}

impl OrganizationMembers {
    fn read(json: &[u8]) -> Option<Self> {
        // What is no list and holds none is an empty reply at best.
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
    /// [`serde_json::Error`] where it is something else.
    pub fn read_as<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(&self.json)
    }

    /// Returns the objects of the reply's list: the reply itself, or the first of its members that is one. Nothing says
    /// that the router sends either.
    pub fn members(&self) -> Vec<OrganizationMember> {
        let found = json::elements(self.json.as_bytes())
            .or_else(|| Members::read(self.json.as_bytes()).ok()?.values().find_map(json::elements));
        let elements = found.into_iter().flatten().take(MOST_ELEMENTS);
        elements.filter_map(OrganizationMember::read).collect()
    }
}

impl Serialize for OrganizationMembers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue = serde_json::from_str(&self.json).map_err(serde::ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

/// Somebody who belongs to an organization. None of the names is documented: they are those of a group's members.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct OrganizationMember {
    /// The id.
    pub id: Option<String>,
    /// The address.
    pub email: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// What the member may do.
    pub role: Option<String>,
    /// Further members of the object.
    pub extra: Extra,
}

impl OrganizationMember {
    fn read(json: &[u8]) -> Option<Self> {
        let mut members = Members::read(json).ok()?;
        Some(OrganizationMember {
            id: members.text("id"),
            email: members.text("email"),
            name: members.text("name"),
            role: members.text("role"),
            extra: members.rest(),
        })
    }
}

impl Serialize for OrganizationMember {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.optional("id", self.id.as_ref())?;
        object.optional("email", self.email.as_ref())?;
        object.optional("name", self.name.as_ref())?;
        object.optional("role", self.role.as_ref())?;
        object.end()
    }
}

received! {
    Organization, "an organization";
    OrganizationMembers, "the members of an organization", lists [List::of(ANY)];
    OrganizationMember, "a member of an organization";
}
