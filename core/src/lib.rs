#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
//! The sans-IO client for the Requesty LLM router: requests to bytes, bytes to typed answers, and nothing in between.
//!
//! No IO, no runtime, no clock and no environment: a transport moves the bytes (`requesty-hyper`, `requesty-ureq`, or forty
//! lines of your own), and everything that can be decided is decided here. Is this a stream, an error, a page? Is it worth
//! another attempt, and when? Did the answer end, or was it cut? Is it stalled?
//!
//! ```text
//! chat::Request ─▶ Router ─▶ Call ──request()──▶ http::Request ───────────┐
//!                                                                         │ the transport: connect, send,
//!                  Policy::delay(attempt, error, …) ◀──────failed─────────┤ sleep, read
//!                                                                         ▼
//! head ──call.open(head, now)──▶ Machine: error status? page? one value? events?
//! body ──room/commit or push───▶ sse::Decoder ─▶ dialect ──item()───▶ chat::Chunk, lent
//!                                                   └─────total()──▶ chat::Completion, or Incomplete
//! ```
//!
//! | to find | look into |
//! |---|---|
//! | where calls go | [`Router`]; each room of an endpoint adds its constructors |
//! | chat completions | [`chat`] |
//! | the same in Anthropic's and in OpenAI's newer dialect | [`messages`], [`responses`] |
//! | models and their prices, embeddings, images, audio, tools over MCP | [`models`], [`embeddings`], [`images`], [`audio`], [`mcp`] |
//! | answers and arguments as a type: strict schemas, and why an answer is not a value | [`schema`] |
//! | agents: conversations, tools, and a loop with bounds | [`agent`] |
//! | keys, groups, access lists, the organization, what was spent | [`manage`] |
//! | saying how good an answer was | [`feedback`] |
//! | the request of a call | [`Call`] |
//! | what decides on its reply, what a reply is made of, and how to add a kind | [`reply`] |
//! | looking on, and changing heads | [`observe`] |
//! | recording replies and replaying them: a wire log, tests without a socket | [`record`] |
//! | when to try again | [`retry`] |
//! | JSON while it is being written: structured output, arguments of tools | [`json::partial`] |
//! | everything that can go wrong | [`error`] |
//! | the head of a reply, and how long the server asks to wait | [`head`] |
//! | events, cut out of the bytes | [`sse`] |
//! | what a call may cost | [`Limits`], [`Timeouts`], [`Deadlines`] |
//! | members without a field, exact numbers | [`Extra`], [`Decimal`] |
//!
//! # A stream without any IO
//!
//! ```
//! use std::time::Duration;
//!
//! use requesty_core::chat::{Message, Request};
//! use requesty_core::{ApiKey, End, Error, Router, Step, http};
//!
//! let router = Router::new(ApiKey::new("rqsty-sk-example")?);
//! let messages = [Message::user("What is an LLM gateway?")];
//! let call = router.chat_stream(&Request::new(&messages).model("openai/gpt-4o-mini"))?;
//! assert_eq!(call.request().uri(), "https://router.requesty.ai/v1/chat/completions");
//!
//! // What a server would answer, cut where a network would.
//! let head = http::Response::builder().header("content-type", "text/event-stream").body(()).unwrap().into_parts().0;
//! let mut body = [
//!     &b"data: {\"choices\":[{\"delta\":{\"content\":\"One API, \"}}]}\n\nda"[..],
//!     b"ta: {\"choices\":[{\"delta\":{\"content\":\"many models.\"},\"finish_reason\":\"stop\"}]}\n\n",
//!     b"data: {\"choices\":[],\"usage\":{\"total_tokens\":9,\"cost\":0.000038}}\n\ndata: [DONE]\n\n",
//! ]
//! .into_iter();
//!
//! let now = Duration::ZERO; // any clock will do: the time since a fixed start
//! let mut machine = call.open(head, now);
//! let mut text = String::new();
//! loop {
//!     match machine.advance()? {
//!         Step::Ready => text += machine.item().text(),
//!         Step::NeedBytes => match body.next() {
//!             Some(bytes) => machine.push(bytes, now),
//!             None => machine.end(End::Clean),
//!         },
//!         Step::Done => break, // only ever after a complete answer
//!     }
//! }
//! let completion = machine.total()?;
//! assert_eq!(completion.text(), text);
//! assert_eq!(completion.cost().unwrap().to_string(), "0.000038");
//! # Ok::<(), Error>(())
//! ```
//!
//! # How a stream ends
//!
//! [`Step::Done`] comes only after a complete answer: each choice has a finish reason. Every other end is one `Err`, and
//! then the same again: [`Error::Truncated`], [`Error::Unfinished`], [`Error::Api`] for an error inside the stream,
//! [`Error::Timeout`], [`Error::TooLarge`]. What arrived is in the [`Incomplete`] that [`Machine::total`] gives. An event
//! that cannot be read is not an end: it is an item with a [`problem`](chat::Chunk::problem), and only the total fails.
//!
//! # Promises
//!
//! What is promised, how each promise is tested, and what is not promised is in `docs/promises.md` of the repository; all
//! limits are in `docs/limits.md`.
//!
//! # Features
//!
//! `base64` (default): parts of messages can be built from bytes; images, streamed speech and embeddings are decoded.
//!
//! `schemars`: answers and the arguments of tools are asked for by a type, `answer_as::<T>()`. A schema written by hand needs
//! no feature.

pub mod agent;
pub mod audio;
mod build_error;
pub mod chat;
pub mod embeddings;
mod ending;
pub mod error;
pub mod feedback;
pub mod head;
pub mod images;
pub mod json;
mod key;
mod limits;
pub mod manage;
pub mod mcp;
pub mod messages;
pub mod models;
pub mod observe;
pub mod record;
pub mod reply;
mod request;
pub mod responses;
pub mod retry;
mod router;
pub mod schema;
pub mod sse;

pub use error::{ApiError, BuildError, Error, ErrorKind, Incomplete};
pub use head::{Head, Received};
pub use http;
pub use json::{Decimal, DecimalError, DecimalString, Extra};
pub use key::ApiKey;
pub use limits::{Deadlines, Limits, Timeouts};
pub use reply::{Acknowledgement, Dialect, End, Liveness, Machine, Reply, Step, TextDialect};
pub use request::{Call, Slice};
pub use retry::Policy;
pub use router::{Host, Router};
