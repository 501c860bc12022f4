#![forbid(unsafe_code)]
//! A loopback router that speaks Requesty's wire format. The model's name decides whether it behaves correctly or
//! wrongly.
//!
//! [`MockRouter::start`] binds a free port and serves `POST /v1/chat/completions` and the other endpoints from a thread
//! of its own. Its address serves as inference, management and feedback base. The model in a request chooses a
//! [`Scenario`]: `mock/text` answers a question, `mock/cut-after-250` closes the connection after 250 bytes,
//! `mock/retry-after-ms` replies 429 once and then succeeds. [`scenarios`] lists them all, and [`MockRouter::script`]
//! adds one at run time.
//!
//! [`Front`] puts a TLS server or a proxy in front of it, with certificates of an [`Authority`] that the test creates.
//!
//! Every request is checked against Requesty's documentation. A wrong request is answered with 400, and
//! [`Received::complaints`] lists what is wrong.

mod answer;
mod api;
mod ask;
mod authority;
mod check;
mod front;
mod net;
mod scenarios;
mod schema;
mod script;
mod server;
mod service;
mod state;

pub use ask::Ask;
pub use authority::{Authority, Identity};
pub use front::{Front, Jammed};
pub use net::ClosedBy;
pub use scenarios::{Outcome, Scenario, find, scenarios};
pub use script::{Ending, Reply, Script, Step};
pub use server::MockRouter;
pub use state::Received;
