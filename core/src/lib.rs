#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
//! The sans-IO client for the Requesty LLM router. It turns requests into bytes and the bytes of replies into typed
//! values.
//!
//! It does no IO and has no runtime, no clock and no environment. A transport moves the bytes: `requesty-hyper`,
//! `requesty-ureq`, or about forty lines of your own. This crate makes every decision. Is the reply a stream, an error
//! or an HTML page? Should the call be tried again, and when? Is the answer complete, or was it cut? Has it stalled?
//!
//! ```text
//! chat::Request ─▶ Router ─▶ Call ──request()──▶ http::Request ───────────┐
//!                                                                         │ the transport: connect, send,
//!                   Attempts::failed(error, now, …) ◀──────failed─────────┤ sleep, read
//!                                                                         ▼
//! head ──call.open(head, now)──▶ Machine: error status? page? one value? events?
//! body ──room/commit or push───▶ sse::Decoder ─▶ dialect ──item()───▶ chat::Chunk, lent
//!                                                   └─────total()──▶ chat::Completion, or Incomplete
//! ```
//!
//! | to find | look into |
//! |---|---|
//! | base URLs, the key, and the constructors of calls | [`Router`]; the module of each endpoint adds its constructors |
//! | chat completions | [`chat`] |
//! | the same completions in Anthropic's and in OpenAI's newer format | [`messages`], [`responses`] |
//! | models and their prices, embeddings, images, audio, tools over MCP | [`models`], [`embeddings`], [`images`], [`audio`], [`mcp`] |
//! | answers and arguments as a type: strict schemas, and why an answer is not a value | [`schema`] |
//! | agents: conversations, tools, and a loop with bounds | [`agent`] |
//! | keys, groups, access lists, the organization, usage and cost | [`manage`] |
//! | feedback on an answer | [`feedback`] |
//! | one call: its request, and how its reply is read | [`Call`] |
//! | how a reply is read, and how to add a kind of reply | [`reply`] |
//! | logs, metrics and traces of calls; changing the headers of a request | [`observe`] |
//! | replies as the network cut them: a wire log, and tests without a socket | [`record`] |
//! | when to try again, and how long to wait | [`retry`] |
//! | JSON that is still incomplete: structured output, arguments of tool calls | [`json::partial`] |
//! | all errors | [`error`] |
//! | the head of a reply, and how long the server asks to wait | [`head`] |
//! | server-sent events | [`sse`] |
//! | limits in bytes and in time | [`Limits`], [`Timeouts`], [`Deadlines`] |
//! | unknown JSON members, exact numbers | [`Extra`], [`Decimal`] |
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
//! // The reply of a server, cut as a network may cut it.
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
//! [`Step::Done`] comes only after a complete answer: each choice has a finish reason. Any other end is an error, and
//! the same error again on each later step: [`Error::Truncated`], [`Error::Unfinished`], [`Error::Api`] for an error
//! inside the stream, [`Error::Timeout`], [`Error::TooLarge`]. [`Machine::total`] then returns an [`Incomplete`], which
//! holds what arrived. An event that cannot be read does not end the stream: it is an item with a
//! [`problem`](chat::Chunk::problem), and only the total fails.
//!
//! # Guides
//!
//! `requesty_hyper::guide` has a page for each task: getting started, streaming, errors and retries, timeouts and cancelling,
//! tools, structured outputs, partial JSON, files, gateways, embedding, testing, observability, security and limits, coming from
//! async-openai, coming from openai-python. `requesty_ureq::guide` says what differs when the client blocks. `AGENTS.md` of the
//! repository is one page for coding agents.
//!
//! # Promises
//!
//! `docs/promises.md` of the repository lists what is promised, which test holds each promise, and what is not
//! promised. `docs/limits.md` lists all limits.
//!
//! # Features
//!
//! `base64` (default): builds message parts from bytes, and decodes images, streamed speech and embeddings.
//!
//! `schemars`: answers and the arguments of tools are asked for by a type, `answer_as::<T>()`. A schema written by hand needs
//! no feature. It adds four packages: `schemars`, `dyn-clone`, `ref-cast` and `ref-cast-impl`. The types derive `JsonSchema`
//! with the feature `derive` of `schemars`, which adds two more: `schemars_derive` and `serde_derive_internals`.

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
