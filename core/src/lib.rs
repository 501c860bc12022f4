#![forbid(unsafe_code)]
//! Sans-IO client for the Requesty LLM router.

pub mod chat;
mod decimal;
pub mod error;
mod extra;
mod json;
mod liveness;
pub mod retry;
pub mod sse;

pub use decimal::Decimal;
pub use error::{ApiError, BuildError, Error, ErrorKind, Incomplete};
pub use extra::Extra;
pub use liveness::*;
pub use retry::Policy;
