#![forbid(unsafe_code)]
//! The one list of scenarios, and of how each comes out, that every transport is held to.
//!
//! ```text
//! cases() ─▶ Case ─┬▶ stream_call / whole_call ─▶ a transport, or the core alone ─▶ outcome() ═ Case::expect ?
//!                  └▶ posts(): how many requests it may take
//! ```
//!
//! An outcome is one line of text that is the same whichever transport carried the bytes: nothing in it comes from an
//! operating system or an HTTP library. The lines are written from what the scenario is, not from what the code did.
//!
//! | line | what came out |
//! |---|---|
//! | `ok stop text="Hi" usage=1/2/3` | a complete answer: finish reason, text, usage (prompt/completion/total) |
//! | `ok … unclean` | a complete answer, but the connection broke after its finish reason |
//! | `truncated …` | the body ended in good order, but before the answer was complete; what came follows |
//! | `broken …` | the connection broke before the answer was complete; what came follows |
//! | `unfinished …` | `[DONE]` came, a finish reason did not |
//! | `api 502 Unavailable …` | the router or the provider reported an error: status, kind, code, message |
//! | `unexpected`, `decode`, `no-choices`, `too-large`, `timeout`, `transport` | the errors of those names |
//!
//! Of the answer: `call` is a tool call that can be run, `cut` one that cannot, `other` one that is not the caller's to run.
//! `text=gateway` is the whole answer that the mock gives to the question of the samples, `text=gateway[..7]` its first 7
//! characters; of other long texts there are length, beginning and end.

mod bare;
mod calls;
mod cases;
pub mod gateway;
mod outcome;
mod relayed;
pub mod spans;

pub use bare::read_request;
pub use calls::{KEY, router, scripts, stream_call, whole_call};
pub use cases::{Case, cases};
pub use outcome::outcome;
pub use relayed::check_relayed;

/// The samples of the README, compiled.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
pub struct Readme;

/// The samples for coding agents, compiled.
#[cfg(doctest)]
#[doc = include_str!("../../../AGENTS.md")]
pub struct Agents;
