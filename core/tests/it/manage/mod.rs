//! The management endpoints.

mod access_lists;
mod groups;
mod keys;
mod organization;
mod shared;
mod usage;
