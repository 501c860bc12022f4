#![forbid(unsafe_code)]
//! Async transport for the Requesty LLM router.

mod env;
mod stream;
mod timer;

#[cfg(feature = "hyper")]
mod client;

#[cfg(feature = "hyper")]
pub use client::{Client, TokioTimer};
pub use env::router_from_env;
pub use requesty_core;
pub use requesty_core::{ApiKey, Call, Error, Incomplete, Policy, Received, Router, chat};
pub use stream::ItemStream;
pub use timer::Timer;
