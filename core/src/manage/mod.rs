//! Keys, groups, access lists, the organization, usage and cost.
//!
//! These endpoints have a host of their own, [`Host::Management`](crate::Host::Management), and need a key with the
//! permission `manage`. Only [`SELF`], the key of the call itself, can always be read.
//!
//! | to | methods of [`Router`](crate::Router) |
//! |---|---|
//! | check a key | [`check_auth`](crate::Router::check_auth) |
//! | make, list, limit, label, expire and delete keys | [`keys`](crate::Router::keys), [`create_key`](crate::Router::create_key), [`key`](crate::Router::key), [`set_key_limit`](crate::Router::set_key_limit), [`set_key_labels`](crate::Router::set_key_labels), [`set_key_expiry`](crate::Router::set_key_expiry), [`delete_key`](crate::Router::delete_key) |
//! | report usage and cost | [`key_usage`](crate::Router::key_usage), [`organization_usage`](crate::Router::organization_usage) |
//! | put people into groups | [`groups`](crate::Router::groups), [`create_group`](crate::Router::create_group), [`group`](crate::Router::group), [`delete_group`](crate::Router::delete_group), [`add_group_member`](crate::Router::add_group_member), [`set_group_member_role`](crate::Router::set_group_member_role), [`remove_group_member`](crate::Router::remove_group_member) |
//! | say which models may be used | [`access_lists`](crate::Router::access_lists), [`create_access_list`](crate::Router::create_access_list), [`access_list`](crate::Router::access_list), [`change_access_list`](crate::Router::change_access_list), [`delete_access_list`](crate::Router::delete_access_list), [`attach_access_list`](crate::Router::attach_access_list), [`detach_access_list`](crate::Router::detach_access_list) |
//! | get the balance and the members | [`organization`](crate::Router::organization), [`organization_members`](crate::Router::organization_members) |
//!
//! # Money
//!
//! Every amount is in US dollars, and an exact [`Decimal`], read from a JSON number or a JSON string. It is written in
//! the form that the endpoint requires: as a string for keys and usage, as a number for groups. A limit of zero is
//! [`UNLIMITED`]. The fields keep the number as it came; the method `limit()` returns `None` for zero.
//!
//! # Errors
//!
//! | status | [`ErrorKind`](crate::ErrorKind) | usual reason |
//! |---|---|---|
//! | 400 | `InvalidRequest` | a value that the router does not accept |
//! | 401 | `Unauthorized` | no key |
//! | 402 | `InsufficientBalance` | the balance is used up |
//! | 403 | `Forbidden` | a wrong or deleted key, or a key without the permission to manage |
//! | 404 | `NotFound` | no such key, group or list |
//! | 409 | `Conflict` | an access list that is still attached |
//! | 412 | `SpendLimit` | only at inference endpoints: the key reached its limit |
//! | 500 | `Server` | |
//!
//! With the default [`Policy`](crate::Policy), a request that the server may have acted on is not sent again. A request
//! that creates something is sent again only if it was not sent, or after a status such as 429 or 503, with which the
//! server refused it.

mod access_lists;
mod auth;
mod groups;
mod keys;
mod labels;
mod names;
mod organization;
mod people;
mod secret;
mod timestamp;
mod usage;
mod usage_query;

pub use access_lists::{AccessList, AccessListFields, AccessListReply, AccessLists, CreatedAccessList};
pub use groups::{CreatedGroup, Group, GroupMember, GroupReply, Groups, NewGroup};
pub use keys::{CreatedKey, Key, Keys, NewKey, Permissions};
pub use labels::Labels;
pub use names::{GroupBy, GroupRole, Permission, Resolution};
pub use organization::{Organization, OrganizationMember, OrganizationMembers};
pub use people::{Creator, KeyGroup};
pub use secret::Secret;
pub use timestamp::{Expiry, Timestamp};
pub use usage::{Counters, GroupedUsage, Period, UsageReport};
pub use usage_query::UsageQuery;

use crate::json::Members;
use crate::{BuildError, Decimal};

/// Stands for the id of the key that makes the call. Reading it needs no permission.
pub const SELF: &str = "self";

/// A limit of zero US dollars, which the API takes as unlimited.
pub const UNLIMITED: Decimal = Decimal::ZERO;

/// Returns the limit in US dollars; `None` for zero, which means unlimited.
fn limit_in_force(limit: Option<Decimal>) -> Option<Decimal> {
    limit.filter(|limit| *limit != UNLIMITED)
}

/// Returns the rest of a limit, in US dollars.
fn remaining(limit: Option<Decimal>, spend: Option<Decimal>) -> Option<Decimal> {
    limit_in_force(limit)?.checked_sub(spend?)
}

fn check_limit(limit: Option<Decimal>) -> Result<(), BuildError> {
    if limit.is_some_and(|limit| limit.is_negative()) {
        return Err(BuildError::new("a monthly limit is negative: zero means unlimited"));
    }
    Ok(())
}

fn check_name(name: &str) -> Result<(), BuildError> {
    if name.trim().is_empty() {
        return Err(BuildError::new("the name is empty"));
    }
    Ok(())
}

/// Takes the main list of a reply. If the list is missing, or none of its elements can be read, the reply is not of
/// this type.
fn read_list<'a, T>(members: &mut Members<'a>, name: &str, read: impl Fn(Members<'a>) -> Option<T>) -> Option<Vec<T>> {
    let there = members.has(name);
    let list = members.objects(name, read);
    // An unreadable value is still among the members; a `null`, which means no elements, is not.
    let unreadable = list.is_empty() && members.has(name);
    (there && !unreadable).then_some(list)
}
