#![forbid(unsafe_code)]
//! A loopback router that speaks Requesty's wire format, well or badly, as the model's name says.
//!
//! [`MockRouter::start`] binds a free port and serves `POST /v1/chat/completions`, and the other endpoints, from a
//! thread of its own; its address is inference, management and feedback base in one. The model a request names chooses a [`Scenario`]: `mock/text` answers a question, `mock/cut-after-250`
//! breaks off after 250 bytes, `mock/retry-after-ms` answers 429 once and then succeeds. [`scenarios`] lists them all,
//! and [`MockRouter::script`] adds one at run time.
//!
//! [`Front`] puts a TLS server or a proxy before it, with certificates of an [`Authority`] that is made on the spot.
//!
//! Every request is checked against Requesty's documentation; what is wrong is answered with 400 and kept in
//! [`Received::complaints`].

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
