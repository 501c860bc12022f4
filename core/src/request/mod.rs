//! The request of a call: its URL, its headers, its body, and the kind of its reply.

mod additions;
mod base;
mod body;
mod call;
mod check;
mod ending;
mod multipart;
mod observers;
mod raw;
mod relaying;
mod replay;
mod slice;

pub(crate) use additions::Additions;
pub(crate) use base::{Base, path, with_query};
pub(crate) use body::{json, json_of_size};
pub use call::Call;
pub(crate) use call::{checked_header, dimension};
pub(crate) use check::{check_choice, check_names, check_numbers, check_stream, fail};
pub(crate) use multipart::Form;
pub(crate) use raw::RawRequest;
pub use slice::Slice;
