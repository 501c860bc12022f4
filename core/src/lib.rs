#![forbid(unsafe_code)]
//! Sans-IO client for the Requesty LLM router.

mod base;
mod call;
pub mod chat;
mod decimal;
pub mod dialect;
pub mod error;
pub mod events;
mod extra;
mod head;
mod json;
mod key;
mod limits;
mod liveness;
mod machine;
pub mod octets;
pub mod retry;
mod router;
pub mod sse;
pub mod typed;

pub use call::{Call, Reply};
pub use decimal::{Decimal, DecimalString};
pub use dialect::{Dialect, End, Step};
pub use error::{ApiError, BuildError, Error, ErrorKind, Incomplete};
pub use extra::Extra;
pub use head::{Head, Received};
pub use http;
pub use key::ApiKey;
pub use limits::{Limits, Timeouts};
pub use liveness::Liveness;
pub use machine::Machine;
pub use retry::Policy;
pub use router::{Host, Router};
