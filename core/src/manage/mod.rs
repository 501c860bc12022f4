//! Keys, groups, access lists, the organization, and what was spent.
//!
//! All of it is on a host of its own, [`Host::Management`](crate::Host::Management), and wants a key that is allowed to
//! `manage`; only [`SELF`], the key that asks, may always look at itself.
//!
//! | to | methods of [`Router`](crate::Router) |
//! |---|---|
//! | see whether a key works | [`check_auth`](crate::Router::check_auth) |
//! | make, list, limit, label, expire and delete keys | [`keys`](crate::Router::keys), [`create_key`](crate::Router::create_key), [`key`](crate::Router::key), [`set_key_limit`](crate::Router::set_key_limit), [`set_key_labels`](crate::Router::set_key_labels), [`set_key_expiry`](crate::Router::set_key_expiry), [`delete_key`](crate::Router::delete_key) |
//! | see what was spent | [`key_usage`](crate::Router::key_usage), [`organization_usage`](crate::Router::organization_usage) |
//! | put people into groups | [`groups`](crate::Router::groups), [`create_group`](crate::Router::create_group), [`group`](crate::Router::group), [`delete_group`](crate::Router::delete_group), [`add_group_member`](crate::Router::add_group_member), [`set_group_member_role`](crate::Router::set_group_member_role), [`remove_group_member`](crate::Router::remove_group_member) |
//! | say which models may be used | [`access_lists`](crate::Router::access_lists), [`create_access_list`](crate::Router::create_access_list), [`access_list`](crate::Router::access_list), [`change_access_list`](crate::Router::change_access_list), [`delete_access_list`](crate::Router::delete_access_list), [`attach_access_list`](crate::Router::attach_access_list), [`detach_access_list`](crate::Router::detach_access_list) |
//! | see the balance and who belongs to it | [`organization`](crate::Router::organization), [`organization_members`](crate::Router::organization_members) |
//!
//! # Money
//!
//! Every amount is in US dollars, and a [`Decimal`]: exact, read from a JSON number or a JSON string. It is written as the
//! endpoint wants it: as a string for keys and usage, as a number for groups. A limit of zero is [`UNLIMITED`]; the fields
//! keep the number as it came, and `limit()` of each type gives the limit that holds.
//!
//! # Errors
//!
//! | status | [`ErrorKind`](crate::ErrorKind) | mostly |
//! |---|---|---|
//! | 400 | `InvalidRequest` | a value that the router does not take |
//! | 401 | `Unauthorized` | no key |
//! | 402 | `InsufficientBalance` | nothing is left to spend |
//! | 403 | `Forbidden` | a wrong or deleted key, or a key without the permission to manage |
//! | 404 | `NotFound` | no such key, group or list |
//! | 409 | `Conflict` | an access list that is still attached |
//! | 412 | `SpendLimit` | not here: what the inference endpoints answer to a key that reached its limit |
//! | 500 | `Server` | |
//!
//! By the default [`Policy`](crate::Policy), what may have been done is not done again: a request that creates something is
//! repeated only if it did not leave, or after a status by which the server turned it away, such as 429 or 503.

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

/// In place of a key's id: the key that asks. It needs no permission for that.
pub const SELF: &str = "self";

/// A limit of zero US dollars, which the API takes as unlimited.
pub const UNLIMITED: Decimal = Decimal::ZERO;

/// Returns the limit in US dollars; `None` for zero, which means unlimited.
fn limit_in_force(limit: Option<Decimal>) -> Option<Decimal> {
    limit.filter(|limit| *limit != UNLIMITED)
}

/// Returns what is left of a limit.
fn remaining(limit: Option<Decimal>, spend: Option<Decimal>) -> Option<Decimal> {
    limit_in_force(limit)?.checked_sub(spend?)
}

fn check_limit(limit: Option<Decimal>) -> Result<(), BuildError> {
    if limit.is_some_and(|limit| limit.is_negative()) {
        return Err(BuildError::new("a monthly limit is negative: zero is no limit"));
    }
    Ok(())
}

fn check_name(name: &str) -> Result<(), BuildError> {
    if name.trim().is_empty() {
        return Err(BuildError::new("the name is empty"));
    }
    Ok(())
}

/// Takes the list that a reply is about. Without it, or with nothing in it that can be read, the reply is another one.
fn read_list<'a, T>(members: &mut Members<'a>, name: &str, read: impl Fn(&'a [u8]) -> Option<T>) -> Option<Vec<T>> {
    let there = members.has(name);
    let list = members.list(name, read);
    // What could not be read is still among the members; null, for no elements, is not.
    let unreadable = list.is_empty() && members.has(name);
    (there && !unreadable).then_some(list)
}
