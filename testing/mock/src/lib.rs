#![forbid(unsafe_code)]
//! A mock of the Requesty router, for the tests of programs that call it: on a loopback port, without a key and without a
//! network.
//!
//! [`Mock::start`] serves every endpoint from a thread of its own, so it is of use to blocking and async tests alike.
//! [`Mock::router`] gives the router that a program is to call, [`Mock::reply`] says what comes back, and [`Mock::requests`]
//! what was asked.
//!
//! ```
//! use requesty_mock::{Mock, Reply};
//! use requesty_ureq::{Client, Router, chat};
//!
//! /// The code to be tested.
//! fn greet(client: &Client, router: &Router, name: &str) -> Result<String, requesty_ureq::Error> {
//!     let request = chat::Request::user(format!("Greet {name}.")).model("openai/gpt-4o-mini");
//!     let mut greeting = String::new();
//!     for text in client.stream(&router.chat_stream(&request)?)?.texts() {
//!         greeting.push_str(&text?);
//!     }
//!     Ok(greeting)
//! }
//!
//! let mock = Mock::start()?;
//! mock.reply(Reply::text(["Hi, ", "Ada", "!"]));
//! mock.reply(Reply::cut_after("Hi, "));
//!
//! assert_eq!(greet(&Client::new(), &mock.router(), "Ada")?, "Hi, Ada!");
//! assert_eq!(mock.requests()[0].json()["messages"][0]["content"], "Greet Ada.");
//! // An answer that is cut is never taken for a whole one.
//! assert!(greet(&Client::new(), &mock.router(), "Ada").is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! In an async test:
//!
//! ```
//! use requesty_mock::{Mock, Reply};
//! use requesty_hyper::{Client, chat};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mock = Mock::start()?;
//! mock.reply(Reply::tool_call("get_weather", serde_json::json!({"city": "Rome"})));
//! let call = mock.router().chat(&chat::Request::user("How warm is Rome?").model("openai/gpt-4o-mini"))?;
//! let completion = Client::new().send(&call).await?;
//! assert_eq!(completion.finish_reason().map(|reason| reason.as_str()), Some("tool_calls"));
//! # Ok(())
//! # }
//! ```
//!
//! # Scenarios
//!
//! Where no reply is queued, the model that a request names chooses a [`Scenario`]: `mock/text` answers a question,
//! `mock/cut-after-250` breaks off after 250 bytes, `mock/retry-after-ms` answers 429 once and then succeeds. [`scenarios`]
//! lists them all, and [`Mock::script`] adds one. The program `requesty-mock` serves them until it is stopped.
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
mod reply;
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
pub use reply::Reply;
pub use scenarios::{Outcome, Scenario, find, scenarios};
pub use script::{Ending, Response, Script, Step};
pub use server::Mock;
pub use state::Received;
