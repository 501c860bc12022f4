//! Groups of people who share a budget.

use bytes::Bytes;
use http::Method;
use serde::{Serialize, Serializer};

use super::{Creator, GroupRole, check_limit, check_name, limit_in_force, read_list, remaining};
use crate::json::{List, Members, ObjectWriter, fields, received};
use crate::reply::Json;
use crate::request::json;
use crate::{Acknowledgement, BuildError, Call, Decimal, Error, Extra, Router};

impl Router {
    /// Lists the groups: `GET /v1/manage/group` on the management host. See the [API reference][api].
    ///
    /// # Errors
    /// [`Error::Build`] if the key would travel unencrypted.
    ///
    /// [api]: https://docs.requesty.ai/api-reference/requesty_management-openapi.json
    pub fn groups(&self) -> Result<Call<Json<Groups>>, Error> {
        self.manage(Method::GET, &["group"], Bytes::new(), Json::received())
    }

    /// Creates a group: `POST /v1/manage/group` on the management host. See the [API reference][api].
    ///
    /// # Errors
    /// [`Error::Build`] if the name is empty or the limit is negative.
    ///
    /// [api]: https://docs.requesty.ai/api-reference/requesty_management-openapi.json
    pub fn create_group(&self, group: &NewGroup) -> Result<Call<Json<CreatedGroup>>, Error> {
        check_name(&group.name)?;
        check_limit(group.monthly_limit)?;
        self.manage(Method::POST, &["group"], json(group)?, Json::received())
    }

    /// Gets one group, with its members: `GET /v1/manage/group/{id}` on the management host. See the [API reference][api].
    ///
    /// # Errors
    /// [`Error::Build`] if the id is empty.
    ///
    /// [api]: https://docs.requesty.ai/api-reference/requesty_management-openapi.json
    pub fn group(&self, id: &str) -> Result<Call<Json<GroupReply>>, Error> {
        self.manage(Method::GET, &["group", id], Bytes::new(), Json::received())
    }

    /// Deletes a group: `DELETE /v1/manage/group/{id}` on the management host. See the [API reference][api].
    ///
    /// # Errors
    /// As [`group`](Self::group).
    ///
    /// [api]: https://docs.requesty.ai/api-reference/requesty_management-openapi.json
    pub fn delete_group(&self, id: &str) -> Result<Call<Json<()>>, Error> {
        self.manage(Method::DELETE, &["group", id], Bytes::new(), Json::accepted())
    }

    /// Adds a user to a group: `POST /v1/manage/group/{id}/member` on the management host. See the [API reference][api].
    ///
    /// # Errors
    /// [`Error::Build`] if an id is empty.
    ///
    /// [api]: https://docs.requesty.ai/api-reference/requesty_management-openapi.json
    pub fn add_group_member(&self, id: &str, user_id: &str, role: &GroupRole) -> Result<Call<Json<()>>, Error> {
        let body = member(user_id, Some(role))?;
        self.manage(Method::POST, &["group", id, "member"], body, Json::accepted())
    }

    /// Sets the role of a member of a group: `PUT /v1/manage/group/{id}/member/{user_id}/role` on the management host.
    ///
    /// The router's own command line uses this path. The router's collection of skills lists `PUT …/member` instead,
    /// which [`Router::ask`] can send. The reply is not described.
    ///
    /// # Errors
    /// [`Error::Build`] if an id is empty.
    pub fn set_group_member_role(
        &self,
        id: &str,
        user_id: &str,
        role: &GroupRole,
    ) -> Result<Call<Json<Acknowledgement>>, Error> {
        #[derive(Serialize)]
        struct Body<'a> {
            role: &'a GroupRole,
        }
        self.manage(Method::PUT, &["group", id, "member", user_id, "role"], json(&Body { role })?, Json::acknowledged())
    }

    /// Removes a user from a group: `DELETE /v1/manage/group/{id}/member` on the management host, with the `user_id` in
    /// the body. See the [API reference][api]. It fails behind a proxy that removes the body of a `DELETE`.
    ///
    /// # Errors
    /// [`Error::Build`] if an id is empty.
    ///
    /// [api]: https://docs.requesty.ai/api-reference/requesty_management-openapi.json
    pub fn remove_group_member(&self, id: &str, user_id: &str) -> Result<Call<Json<()>>, Error> {
        let body = member(user_id, None)?;
        self.manage(Method::DELETE, &["group", id, "member"], body, Json::accepted())
    }
}

/// The path of the groups.
/// Writes a body with the id of a user.
fn member(user_id: &str, role: Option<&GroupRole>) -> Result<Bytes, BuildError> {
    #[derive(Serialize)]
    struct Body<'a> {
        user_id: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        role: Option<&'a GroupRole>,
    }
    if user_id.is_empty() {
        return Err(BuildError::new("the id of a member is empty"));
    }
    json(&Body { user_id, role })
}

/// A group to create.
///
/// # Examples
/// ```
/// use requesty_core::manage::NewGroup;
/// use requesty_core::{ApiKey, Decimal, Router};
///
/// let router = Router::new(ApiKey::new("rqsty-sk-example")?);
/// let call = router.create_group(&NewGroup::new("docs").monthly_limit(Decimal::new(125, -1)))?;
/// assert_eq!(call.request().body(), r#"{"name":"docs","monthly_limit":12.5}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The router's page: [management API](https://docs.requesty.ai/api-reference/requesty_management-openapi.json).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewGroup {
    name: String,
    monthly_limit: Option<Decimal>,
    extra: Extra,
}

impl NewGroup {
    /// Creates a group with a name and no other field.
    pub fn new(name: impl Into<String>) -> Self {
        NewGroup { name: name.into(), monthly_limit: None, extra: Extra::new() }
    }

    /// Sets the limit of the group's spending, in US dollars per month; zero means unlimited.
    #[must_use]
    pub fn monthly_limit(mut self, monthly_limit: Decimal) -> Self {
        self.monthly_limit = Some(monthly_limit);
        self
    }

    /// Sets any other member. It replaces a member of the same name.
    ///
    /// # Errors
    /// [`serde_json::Error`] if `value` cannot be written as JSON.
    pub fn extra<T: Serialize + ?Sized>(mut self, key: &str, value: &T) -> Result<Self, serde_json::Error> {
        self.extra.insert(key, value)?;
        Ok(self)
    }
}

impl Serialize for NewGroup {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.field("name", &self.name)?;
        object.optional("monthly_limit", self.monthly_limit.as_ref())?;
        object.end()
    }
}

/// The reply to the creation of a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CreatedGroup {
    /// The id, for the other methods (`group_id`).
    pub id: String,
    /// Members without a field.
    pub extra: Extra,
}

/// The groups of the organization.
///
/// The router's page: [management API](https://docs.requesty.ai/api-reference/requesty_management-openapi.json).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Groups {
    /// The groups, without their members. If a group has no id, the whole list stays in `extra`.
    pub groups: Vec<Group>,
    /// Members without a field.
    pub extra: Extra,
}

impl Groups {
    fn read(mut members: Members<'_>) -> Option<Self> {
        let groups = read_list(&mut members, "groups", Group::read)?;
        Some(Groups { groups, extra: members.rest() })
    }
}

impl Serialize for Groups {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.field("groups", &self.groups)?;
        object.end()
    }
}

/// The reply with one group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct GroupReply {
    /// The group, with its members.
    pub group: Group,
    /// Members of the reply without a field.
    pub extra: Extra,
}

/// A group of people who share a budget.
///
/// The router's page: [management API](https://docs.requesty.ai/api-reference/requesty_management-openapi.json).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Group {
    /// The id of the group.
    pub id: String,
    /// The id of the organization.
    pub organization_id: Option<String>,
    /// The name of the group.
    pub name: Option<String>,
    /// The number of members.
    pub members_count: Option<u64>,
    /// The spending of this month, in US dollars.
    pub monthly_spend: Option<Decimal>,
    /// The limit in US dollars per month, as it came; zero means unlimited, see [`limit`](Self::limit).
    pub monthly_limit: Option<Decimal>,
    /// The budget in US dollars per month. How it differs from the limit is not described.
    pub monthly_budget: Option<Decimal>,
    /// The budget of each member, in US dollars per month.
    pub monthly_budget_per_user: Option<Decimal>,
    /// The creator. Only the name of this member is described; a value that is not an object is in `extra`.
    pub created_by: Option<Creator>,
    /// When the group was created, as it came.
    pub created_at: Option<String>,
    /// The members; empty in the list of all groups.
    pub members: Vec<GroupMember>,
    /// Members of the JSON object without a field.
    pub extra: Extra,
}

impl Group {
    /// Returns the limit in US dollars per month; `None` if there is no limit, or if the reply does not have it.
    pub fn limit(&self) -> Option<Decimal> {
        limit_in_force(self.monthly_limit)
    }

    /// Returns the rest of the limit for this month, in US dollars, negative if it is exceeded; `None` if there is no
    /// limit, or if the reply does not have the amounts.
    pub fn remaining(&self) -> Option<Decimal> {
        remaining(self.monthly_limit, self.monthly_spend)
    }
}

/// A member of a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct GroupMember {
    /// The id of the user.
    pub id: String,
    /// The email address.
    pub email: Option<String>,
    /// The role in the group.
    pub role: Option<GroupRole>,
    /// The limit in US dollars per month, as it came; zero means unlimited, see [`limit`](Self::limit).
    pub monthly_limit: Option<Decimal>,
    /// The spending of this month, in US dollars.
    pub monthly_spend: Option<Decimal>,
    /// The limit for requests. Its period is not described.
    pub rate_limit: Option<u64>,
    /// Whether the member is active.
    pub active: Option<bool>,
    /// Members of the JSON object without a field.
    pub extra: Extra,
}

impl GroupMember {
    /// Returns the limit in US dollars per month; `None` if there is no limit, or if the reply does not have it.
    pub fn limit(&self) -> Option<Decimal> {
        limit_in_force(self.monthly_limit)
    }
}

fields! {
    CreatedGroup { id as "group_id": text }
    GroupReply { group: object_with(Group::read) }
    Group {
        id: text,
        organization_id: text,
        name: text,
        members_count: uint,
        monthly_spend: decimal,
        monthly_limit: decimal,
        monthly_budget: decimal,
        monthly_budget_per_user: decimal,
        created_by: object_with(Creator::read),
        created_at: text,
        members: objects(GroupMember::read),
    }
    GroupMember {
        id: text,
        email: text,
        role: named,
        monthly_limit: decimal,
        monthly_spend: decimal,
        rate_limit: uint,
        active: flag,
    }
}

received! {
    CreatedGroup, "a new group";
    Groups, "a list of groups", lists [List::with("groups", &[List::of("members")])];
    GroupReply, "a group", lists [List::with("group", &[List::of("members")])];
    Group, "a group";
    GroupMember, "a member of a group";
}
