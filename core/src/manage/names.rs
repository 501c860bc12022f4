//! Names that the management endpoints use: open sets, as a new one must not cost a reply.

use std::fmt;

use serde::{Serialize, Serializer};

/// Writes what an open set of names needs: the names both ways.
macro_rules! names {
    ($type:ident { $($variant:ident = $name:literal),+ $(,)? }) => {
        impl $type {
            /// Returns the name on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $($type::$variant => $name,)+
                    $type::Other(name) => name,
                }
            }
        }

        impl From<&str> for $type {
            fn from(name: &str) -> Self {
                match name {
                    $($name => $type::$variant,)+
                    _ => $type::Other(name.into()),
                }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}

/// What a key may do on one of the two axes, managing and completing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Permission {
    /// `none`: nothing.
    None,
    /// `read`: looking.
    Read,
    /// `write`: changing, too; for completions, asking for them.
    Write,
    /// Anything else.
    Other(Box<str>),
}

names!(Permission { None = "none", Read = "read", Write = "write" });

/// What a member of a group may do there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GroupRole {
    /// `admin`: manages the group.
    Admin,
    /// `member`: belongs to it.
    Member,
    /// Anything else.
    Other(Box<str>),
}

names!(GroupRole { Admin = "admin", Member = "member" });

/// How long the periods of a usage report are.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Resolution {
    /// `hour`.
    Hour,
    /// `day`: what the router takes by itself.
    Day,
    /// `month`.
    Month,
    /// Anything else.
    Other(Box<str>),
}

names!(Resolution { Hour = "hour", Day = "day", Month = "month" });

/// What the usage of a period is broken down by.
///
/// A dimension that requests carry in `requesty.extra` is [`Other`](Self::Other), see [`extra`](Self::extra).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GroupBy {
    /// `user_id`: the end user that requests name.
    UserId,
    /// `model_requested`: the model that was asked.
    ModelRequested,
    /// `model_used`: the model that answered.
    ModelUsed,
    /// `provider_used`: the provider that answered.
    ProviderUsed,
    /// `is_byok`: whether the provider's key was the organization's own.
    IsByok,
    /// `origin_title`: the application, as requests name it (`X-Title`).
    OriginTitle,
    /// `group_name`: documented for the usage of the organization only.
    GroupName,
    /// `group_id`: documented for the usage of the organization only.
    GroupId,
    /// `api_key_id`: documented for the usage of the organization only.
    ApiKeyId,
    /// Anything else.
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
    /// Returns a dimension that requests carry in `requesty.extra`: `extra.<field>`.
    pub fn extra(field: &str) -> Self {
        GroupBy::Other(format!("extra.{field}").into())
    }
}
