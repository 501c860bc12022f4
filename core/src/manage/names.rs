//! Names that the management endpoints use. An unknown name does not make a reply unreadable.

use crate::json::names;

/// The permission of a key for management or for completions.
///
/// The router's page: [management API](https://docs.requesty.ai/api-reference/requesty_management-openapi.json).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Permission {
    /// `none`: no access.
    None,
    /// `read`: reading.
    Read,
    /// `write`: reading and changing; for completions, calling models.
    Write,
    /// Any other permission.
    Other(Box<str>),
}

names!(Permission { None = "none", Read = "read", Write = "write" });

/// The role of a member of a group.
///
/// The router's page: [management API](https://docs.requesty.ai/api-reference/requesty_management-openapi.json).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GroupRole {
    /// `admin`: may manage the group.
    Admin,
    /// `member`: belongs to the group.
    Member,
    /// Any other role.
    Other(Box<str>),
}

names!(GroupRole { Admin = "admin", Member = "member" });

/// The length of the periods of a usage report.
///
/// The router's page: [management API](https://docs.requesty.ai/api-reference/requesty_management-openapi.json).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Resolution {
    /// `hour`: one hour.
    Hour,
    /// `day`: one day, the router's default.
    Day,
    /// `month`: one month.
    Month,
    /// Any other length.
    Other(Box<str>),
}

names!(Resolution { Hour = "hour", Day = "day", Month = "month" });

/// A dimension by which the usage of a period is split.
///
/// Dimensions from `requesty.extra` of requests are [`Other`](Self::Other), see [`extra`](Self::extra).
///
/// The router's page: [management API](https://docs.requesty.ai/api-reference/requesty_management-openapi.json).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GroupBy {
    /// `user_id`: the end user in requests.
    UserId,
    /// `model_requested`: the model in requests.
    ModelRequested,
    /// `model_used`: the model that generated the answer.
    ModelUsed,
    /// `provider_used`: the provider that generated the answer.
    ProviderUsed,
    /// `is_byok`: whether the organization's own key for the provider was used.
    IsByok,
    /// `origin_title`: the application in requests (`X-Title`).
    OriginTitle,
    /// `group_name`: the name of the group; described for the usage of the organization only.
    GroupName,
    /// `group_id`: the id of the group; described for the usage of the organization only.
    GroupId,
    /// `api_key_id`: the id of the key; described for the usage of the organization only.
    ApiKeyId,
    /// Any other dimension.
    Other(Box<str>),
}

names!(GroupBy {
    UserId = "user_id",
    ModelRequested = "model_requested",
    ModelUsed = "model_used",
    ProviderUsed = "provider_used",
    IsByok = "is_byok",
    OriginTitle = "origin_title",
    GroupName = "group_name",
    GroupId = "group_id",
    ApiKeyId = "api_key_id",
});

impl GroupBy {
    /// Returns the dimension of a field of `requesty.extra`: `extra.<field>`.
    pub fn extra(field: &str) -> Self {
        GroupBy::Other(format!("extra.{field}").into())
    }
}
