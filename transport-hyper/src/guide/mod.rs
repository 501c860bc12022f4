//! Guides: how to do one thing at a time, each page with a sample that runs.
//!
//! This module is in the documentation only. The samples run against a mock of the router; with a key they run against the
//! router itself.
//!
//! | to do | page |
//! |---|---|
//! | the first answer, async | [`getting_started`] |
//! | an answer while it is written | [`streaming`] |
//! | what can go wrong, and what is tried again | [`errors_and_retries`] |
//! | waiting less, and stopping | [`timeouts_and_cancelling`] |
//! | functions that the model calls | [`tools`] |
//! | answers as a type | [`structured_outputs`] |
//! | JSON while it is written | [`partial_json`] |
//! | PDFs and images | [`files`] |
//! | passing answers on to clients of your own | [`gateways`] |
//! | your own types, your own HTTP client | [`embedding`] |
//! | tests without a network | [`testing`] |
//! | spans, logs, metrics | [`observability`] |
//! | keys, sizes, hostile servers | [`security_and_limits`] |
//! | a change of client | [`coming_from_async_openai`], [`coming_from_openai_python`] |
//!
//! The blocking client, `requesty-ureq`, has the same types and the same names without `.await`; its own guide says what
//! differs.

#[doc = include_str!("coming_from_async_openai.md")]
pub mod coming_from_async_openai {}
#[doc = include_str!("coming_from_openai_python.md")]
pub mod coming_from_openai_python {}
#[doc = include_str!("embedding.md")]
pub mod embedding {}
#[doc = include_str!("errors_and_retries.md")]
pub mod errors_and_retries {}
#[doc = include_str!("files.md")]
pub mod files {}
#[doc = include_str!("gateways.md")]
pub mod gateways {}
#[doc = include_str!("getting_started.md")]
pub mod getting_started {}
#[doc = include_str!("observability.md")]
pub mod observability {}
#[doc = include_str!("partial_json.md")]
pub mod partial_json {}
#[doc = include_str!("security_and_limits.md")]
pub mod security_and_limits {}
#[doc = include_str!("streaming.md")]
pub mod streaming {}
#[doc = include_str!("structured_outputs.md")]
pub mod structured_outputs {}
#[doc = include_str!("testing.md")]
pub mod testing {}
#[doc = include_str!("timeouts_and_cancelling.md")]
pub mod timeouts_and_cancelling {}
#[doc = include_str!("tools.md")]
pub mod tools {}
