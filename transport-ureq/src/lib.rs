#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
//! Blocking transport for [`requesty_core`]: a client on ureq, and a driver for any [`std::io::Read`].
//!
//! ```text
//! Router ─▶ Call ──▶ Client ── send ───▶ the whole answer, with its head
//!                      │  ├──── stream ─▶ ItemIter, at its first item
//!                      │  └──── open ───▶ ItemIter, at the head of the reply
//!                      │                     │ read ─▶ Machine ─▶ item, item, …
//!                      └── again, if the     └▶ finish ─▶ the total
//!                          call's policy says so
//! ```
//!
//! The core makes all decisions: whether a reply is an error, is worth another attempt, or is cut. This crate connects,
//! writes, sleeps and reads, all on the calling thread. It uses no async runtime, so a `Client` can also be created,
//! used and dropped inside one, on a thread that may block.
//!
#![cfg_attr(feature = "ureq", doc = "```no_run")]
#![cfg_attr(not(feature = "ureq"), doc = "```ignore")]
//! use std::io::Write as _;
//! use requesty_ureq::{Client, chat, router_from_env};
//!
//! let router = router_from_env()?;
//! let call = router.chat_stream(&chat::Request::user("Hello, world!").model("openai/gpt-4o"))?;
//!
//! let mut stream = Client::new().stream(&call)?;
//! while let Some(chunk) = stream.next_item()? {
//!     print!("{}", chunk.text());
//!     std::io::stdout().flush()?;
//! }
//! let completion = stream.finish()?;
//! println!("\n{} dollars", completion.cost().unwrap_or_default());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Features
//!
//! * `ureq` (default): `Client`, with TLS by rustls, a pool of connections, and proxies.
//! * `tracing`: a span per call, with the attribute names of OpenTelemetry's conventions for generative AI.
//! * `schemars`: answers and the arguments of tools are asked for by a type; see [`requesty_core::schema`].
//!
//! Without `ureq`, use [`ItemIter`] with any other HTTP library that has read the head of the reply.

#[cfg(feature = "ureq")]
mod attempts;
#[cfg(feature = "ureq")]
mod client;
#[cfg(feature = "ureq")]
mod connect;
#[cfg(feature = "ureq")]
mod control;
mod env;
#[cfg(feature = "ureq")]
mod failure;
#[cfg(all(feature = "ureq", any(doc, doctest)))]
pub mod guide;
mod iter;
#[cfg(feature = "ureq")]
mod named;
mod relay;
#[cfg(feature = "ureq")]
mod run;
#[cfg(feature = "ureq")]
mod socket;
mod texts;
#[cfg(feature = "ureq")]
mod wire;

pub use requesty_core;
pub use requesty_core::{
    ApiError, ApiKey, BuildError, Call, Decimal, Dialect, Error, ErrorKind, Head, Incomplete, Limits, Machine, Policy,
    Received, Reply, Router, Timeouts, chat, error, observe,
};
pub use requesty_core::{
    agent, audio, embeddings, feedback, images, json, manage, mcp, messages, models, responses, schema,
};

#[cfg(feature = "ureq")]
pub use client::{Body, Client};
#[cfg(feature = "ureq")]
pub use control::CancelHandle;
pub use env::router_from_env;
pub use iter::ItemIter;
#[cfg(feature = "ureq")]
pub use named::{ChatIter, MessageIter, ReplyIter, ReplyTexts, ResponseIter};
#[cfg(feature = "ureq")]
pub use requesty_net::{self, Options, Proxy, Refused, Tls, TlsError, rustls};
pub use texts::{IntoTexts, Texts};
#[cfg(feature = "ureq")]
pub use wire::FramingError;
