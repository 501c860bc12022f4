//! Guides: what differs when the client blocks. Each page has a sample that runs.
//!
//! This module is in the documentation only.
//!
//! | to do | page |
//! |---|---|
//! | the first answer, and a conversation | [`getting_started`] |
//! | an answer while it is written | [`streaming`] |
//! | waiting less, and stopping from another thread | [`timeouts_and_cancelling`] |
//!
//! Everything else is the same in both clients: requests, errors, retries, tools, structured outputs, files, observers and limits.
//! The guide of `requesty-hyper`, the async client, has a page for each. Its lines hold here without `.await`, and with
//! `requesty_ureq` for `requesty_hyper`, with one difference: a function that [`Client::run`](crate::Client::run) calls gets its
//! call by reference, and the calls of a turn run one after the other.

#[doc = include_str!("getting_started.md")]
pub mod getting_started {}
#[doc = include_str!("streaming.md")]
pub mod streaming {}
#[doc = include_str!("timeouts_and_cancelling.md")]
pub mod timeouts_and_cancelling {}
