//! Names that the management endpoints use. An unknown name does not make a reply unreadable.

use crate::json::names;

names! {
    /// The permission of a key for management or for completions.
    ///
    /// The router's page: [management API](https://docs.requesty.ai/api-reference/requesty_management-openapi.json).
    pub enum Permission {
        /// `none`: no access.
        None = "none",
        /// `read`: reading.
        Read = "read",
        /// `write`: reading and changing; for completions, calling models.
        Write = "write",
        _ => Other: "Any other permission.",
    }

    /// The role of a member of a group.
    ///
    /// The router's page: [management API](https://docs.requesty.ai/api-reference/requesty_management-openapi.json).
    pub enum GroupRole {
        /// `admin`: may manage the group.
        Admin = "admin",
        /// `member`: belongs to the group.
        Member = "member",
        _ => Other: "Any other role.",
    }

    /// The length of the periods of a usage report.
    ///
    /// The router's page: [management API](https://docs.requesty.ai/api-reference/requesty_management-openapi.json).
    pub enum Resolution {
        /// `hour`: one hour.
        Hour = "hour",
        /// `day`: one day, the router's default.
        Day = "day",
        /// `month`: one month.
        Month = "month",
        _ => Other: "Any other length.",
    }

    /// A dimension by which the usage of a period is split.
    ///
    /// Dimensions from `requesty.extra` of requests are [`Other`](Self::Other), see [`extra`](Self::extra).
    ///
    /// The router's page: [management API](https://docs.requesty.ai/api-reference/requesty_management-openapi.json).
    pub enum GroupBy {
        /// `user_id`: the end user in requests.
        UserId = "user_id",
        /// `model_requested`: the model in requests.
        ModelRequested = "model_requested",
        /// `model_used`: the model that generated the answer.
        ModelUsed = "model_used",
        /// `provider_used`: the provider that generated the answer.
        ProviderUsed = "provider_used",
        /// `is_byok`: whether the organization's own key for the provider was used.
        IsByok = "is_byok",
        /// `origin_title`: the application in requests (`X-Title`).
        OriginTitle = "origin_title",
        /// `group_name`: the name of the group; described for the usage of the organization only.
        GroupName = "group_name",
        /// `group_id`: the id of the group; described for the usage of the organization only.
        GroupId = "group_id",
        /// `api_key_id`: the id of the key; described for the usage of the organization only.
        ApiKeyId = "api_key_id",
        _ => Other: "Any other dimension.",
    }
}

impl GroupBy {
    /// Returns the dimension of a field of `requesty.extra`: `extra.<field>`.
    pub fn extra(field: &str) -> Self {
        GroupBy::Other(format!("extra.{field}").into())
    }
}
