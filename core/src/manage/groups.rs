//! Groups of people who share a budget.

use bytes::Bytes;
use http::Method;
use serde::{Serialize, Serializer};

use super::{Creator, GroupRole, check_limit, check_name, limit_in_force, read_list, remaining};
use crate::json::{List, Members, ObjectWriter, received};
use crate::reply::Json;
use crate::request::json;
use crate::{Acknowledgement, BuildError, Call, Decimal, Error, Extra, Host, Router};

impl Router {
    /// Lists the groups: `GET /v1/manage/group` on the management host. [Documented][api].
    ///
    /// # Errors
    /// [`Error::Build`] if the key would travel unencrypted.
    ///
    /// [api]: https://docs.requesty.ai/api-reference/requesty_management-openapi.json
    pub fn groups(&self) -> Result<Call<Json<Groups>>, Error> {
        self.endpoint(Host::Management, Method::GET, &PATH, Bytes::new(), Json::received())
    }

    /// Makes a group: `POST /v1/manage/group` on the management host. [Documented][api].
    ///
    /// # Errors
    /// [`Error::Build`] if the name is empty or the limit negative.
    ///
    /// [api]: https://docs.requesty.ai/api-reference/requesty_management-openapi.json
    pub fn create_group(&self, group: &NewGroup) -> Result<Call<Json<CreatedGroup>>, Error> {
        check_name(&group.name)?;
        check_limit(group.monthly_limit)?;
        self.endpoint(Host::Management, Method::POST, &PATH, json(group)?, Json::received())
    }

    /// Asks for one group, with its members: `GET /v1/manage/group/{id}` on the management host. [Documented][api].
    ///
    /// # Errors
    /// [`Error::Build`] if the id is empty.
    ///
    /// [api]: https://docs.requesty.ai/api-reference/requesty_management-openapi.json
    pub fn group(&self, id: &str) -> Result<Call<Json<GroupReply>>, Error> {
        let [v1, manage, group] = PATH;
        self.endpoint(Host::Management, Method::GET, &[v1, manage, group, id], Bytes::new(), Json::received())
    }

    /// Deletes a group: `DELETE /v1/manage/group/{id}` on the management host. [Documented][api].
    ///
    /// # Errors
    /// As [`group`](Self::group).
    ///
    /// [api]: https://docs.requesty.ai/api-reference/requesty_management-openapi.json
    pub fn delete_group(&self, id: &str) -> Result<Call<Json<()>>, Error> {
        let [v1, manage, group] = PATH;
        self.endpoint(Host::Management, Method::DELETE, &[v1, manage, group, id], Bytes::new(), Json::accepted())
    }

    /// Puts somebody into a group: `POST /v1/manage/group/{id}/member` on the management host. [Documented][api].
    ///
    /// # Errors
    /// [`Error::Build`] if an id is empty.
    ///
    /// [api]: https://docs.requesty.ai/api-reference/requesty_management-openapi.json
    pub fn add_group_member(&self, id: &str, user_id: &str, role: &GroupRole) -> Result<Call<Json<()>>, Error> {
        let [v1, manage, group] = PATH;
        let body = member(user_id, Some(role))?;
        let path = [v1, manage, group, id, "member"];
        self.endpoint(Host::Management, Method::POST, &path, body, Json::accepted())
    }

    /// Changes what a member of a group may do: `PUT /v1/manage/group/{id}/member/{user_id}/role` on the management host.
    ///
    /// Documented, and sent by the router's own command line; its collection of skills lists `PUT …/member` instead, which
    /// [`Router::ask`] can send. What it answers is not documented.
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
        let [v1, manage, group] = PATH;
        let path = [v1, manage, group, id, "member", user_id, "role"];
        self.endpoint(Host::Management, Method::PUT, &path, json(&Body { role })?, Json::acknowledged())
    }

    /// Takes somebody out of a group: `DELETE /v1/manage/group/{id}/member` on the management host, with a body that says
    /// whom. [Documented][api]. A proxy that takes the body off a `DELETE` makes it fail.
    ///
    /// # Errors
    /// [`Error::Build`] if an id is empty.
    ///
    /// [api]: https://docs.requesty.ai/api-reference/requesty_management-openapi.json
    pub fn remove_group_member(&self, id: &str, user_id: &str) -> Result<Call<Json<()>>, Error> {
        let [v1, manage, group] = PATH;
        let body = member(user_id, None)?;
        let path = [v1, manage, group, id, "member"];
        self.endpoint(Host::Management, Method::DELETE, &path, body, Json::accepted())
    }
}

/// Where groups are.
const PATH: [&str; 3] = ["v1", "manage", "group"];

/// Writes the body that names a member.
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

/// A group to make.
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewGroup {
    name: String,
    monthly_limit: Option<Decimal>,
    extra: Extra,
}

impl NewGroup {
    /// Creates a group with a name and nothing else set.
    pub fn new(name: impl Into<String>) -> Self {
        NewGroup { name: name.into(), monthly_limit: None, extra: Extra::new() }
    }

    /// Sets what the group may spend in a month; zero is no limit.
    #[must_use]
    pub fn monthly_limit(mut self, monthly_limit: Decimal) -> Self {
        self.monthly_limit = Some(monthly_limit);
        self
    }

    /// Sets any other member. It replaces one of the same name.
    ///
    /// # Errors
    /// [`serde_json::Error`] where `value` cannot be written as JSON.
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

/// A group that was made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CreatedGroup {
    /// The id, which the other methods take (`group_id`).
    pub id: String,
    /// Further members.
    pub extra: Extra,
}

impl CreatedGroup {
    fn read(json: &[u8]) -> Option<Self> {
        let mut members = Members::read(json).ok()?;
        Some(CreatedGroup { id: members.text("group_id")?, extra: members.rest() })
    }
}

impl Serialize for CreatedGroup {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.field("group_id", &self.id)?;
        object.end()
    }
}

/// The groups of the organization.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Groups {
    /// The groups, without their members. One that has no id stays in `extra`, with all the list.
    pub groups: Vec<Group>,
    /// Further members.
    pub extra: Extra,
}

impl Groups {
    fn read(json: &[u8]) -> Option<Self> {
        let mut members = Members::read(json).ok()?;
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

/// One group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct GroupReply {
    /// The group, with its members.
    pub group: Group,
    /// Further members of the reply.
    pub extra: Extra,
}

impl GroupReply {
    fn read(json: &[u8]) -> Option<Self> {
        let mut members = Members::read(json).ok()?;
        Some(GroupReply { group: members.take_with("group", Group::read)?, extra: members.rest() })
    }
}

impl Serialize for GroupReply {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.field("group", &self.group)?;
        object.end()
    }
}

/// A group of people who share a budget.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Group {
    /// The id.
    pub id: String,
    /// The organization that it belongs to.
    pub organization_id: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// How many members it has.
    pub members_count: Option<u64>,
    /// What it spent this month.
    pub monthly_spend: Option<Decimal>,
    /// What it may spend in a month, as it came: zero is no limit, see [`limit`](Self::limit).
    pub monthly_limit: Option<Decimal>,
    /// Its budget for a month; how that differs from the limit is not documented.
    pub monthly_budget: Option<Decimal>,
    /// The budget of each of its members.
    pub monthly_budget_per_user: Option<Decimal>,
    /// Who made it. What is documented is the name of this member only: anything but an object is in `extra`.
    pub created_by: Option<Creator>,
    /// When it was made, as it came.
    pub created_at: Option<String>,
    /// Its members; none in the list of all groups.
    pub members: Vec<GroupMember>,
    /// Further members of the object.
    pub extra: Extra,
}

impl Group {
    fn read(json: &[u8]) -> Option<Self> {
        let mut members = Members::read(json).ok()?;
        Some(Group {
            id: members.text("id")?,
            organization_id: members.text("organization_id"),
            name: members.text("name"),
            members_count: members.uint("members_count"),
            monthly_spend: members.decimal("monthly_spend"),
            monthly_limit: members.decimal("monthly_limit"),
            monthly_budget: members.decimal("monthly_budget"),
            monthly_budget_per_user: members.decimal("monthly_budget_per_user"),
            created_by: members.take_with("created_by", Creator::read),
            created_at: members.text("created_at"),
            members: members.list("members", GroupMember::read),
            extra: members.rest(),
        })
    }

    /// Returns what the group may spend in a month; `None` if there is no limit, or none was said.
    pub fn limit(&self) -> Option<Decimal> {
        limit_in_force(self.monthly_limit)
    }

    /// Returns what is left of the limit this month, negative where more was spent; `None` if there is no limit, or
    /// the reply does not say.
    pub fn remaining(&self) -> Option<Decimal> {
        remaining(self.monthly_limit, self.monthly_spend)
    }
}

impl Serialize for Group {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.field("id", &self.id)?;
        object.optional("organization_id", self.organization_id.as_ref())?;
        object.optional("name", self.name.as_ref())?;
        object.optional("members_count", self.members_count.as_ref())?;
        object.optional("monthly_spend", self.monthly_spend.as_ref())?;
        object.optional("monthly_limit", self.monthly_limit.as_ref())?;
        object.optional("monthly_budget", self.monthly_budget.as_ref())?;
        object.optional("monthly_budget_per_user", self.monthly_budget_per_user.as_ref())?;
        object.optional("created_by", self.created_by.as_ref())?;
        object.optional("created_at", self.created_at.as_ref())?;
        object.optional("members", (!self.members.is_empty()).then_some(&self.members))?;
        object.end()
    }
}

/// A member of a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct GroupMember {
    /// The id.
    pub id: String,
    /// The address.
    pub email: Option<String>,
    /// What the member may do in the group.
    pub role: Option<GroupRole>,
    /// What the member may spend in a month, as it came: zero is no limit, see [`limit`](Self::limit).
    pub monthly_limit: Option<Decimal>,
    /// What the member spent this month.
    pub monthly_spend: Option<Decimal>,
    /// How often the member may ask; per what is not documented.
    pub rate_limit: Option<u64>,
    /// Whether the member takes part at present.
    pub active: Option<bool>,
    /// Further members of the object.
    pub extra: Extra,
}

impl GroupMember {
    fn read(json: &[u8]) -> Option<Self> {
        let mut members = Members::read(json).ok()?;
        Some(GroupMember {
            id: members.text("id")?,
            email: members.text("email"),
            role: members.string("role").map(|role| GroupRole::from(&*role)),
            monthly_limit: members.decimal("monthly_limit"),
            monthly_spend: members.decimal("monthly_spend"),
            rate_limit: members.uint("rate_limit"),
            active: members.flag("active"),
            extra: members.rest(),
        })
    }

    /// Returns what the member may spend in a month; `None` if there is no limit, or none was said.
    pub fn limit(&self) -> Option<Decimal> {
        limit_in_force(self.monthly_limit)
    }
}

impl Serialize for GroupMember {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.field("id", &self.id)?;
        object.optional("email", self.email.as_ref())?;
        object.optional("role", self.role.as_ref())?;
        object.optional("monthly_limit", self.monthly_limit.as_ref())?;
        object.optional("monthly_spend", self.monthly_spend.as_ref())?;
        object.optional("rate_limit", self.rate_limit.as_ref())?;
        object.optional("active", self.active.as_ref())?;
        object.end()
    }
}

received! {
    CreatedGroup, "a new group";
    Groups, "a list of groups", lists [List::with("groups", &[List::of("members")])];
    GroupReply, "a group", lists [List::with("group", &[List::of("members")])];
    Group, "a group";
    GroupMember, "a member of a group";
}
