#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
//! Async transport for the Requesty LLM router: a client on hyper, and a driver for the body of any other one.
//!
//! The core builds requests and reads replies, and does no IO; this crate does the IO, and decides nothing.
//!
//! ```text
//! chat::Request ─▶ Router ─▶ Call ─▶ Client ─▶ connection
//!                                      │ ▲
//!                    limits, attempts ─┘ └─ head, body
//!                                            │
//!        send:   the whole reply ◀───────────┤
//!        stream: ItemStream, at its first item
//!        open:   ItemStream, at its head
//! ```
//!
//! # Examples
//!
#![cfg_attr(feature = "hyper", doc = "```no_run")]
#![cfg_attr(not(feature = "hyper"), doc = "```ignore")]
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use requesty_hyper::{Client, chat, router_from_env};
//!
//! let client = Client::new();
//! let router = router_from_env()?;
//! let request = chat::Request::user("Why is the sky blue?").model("openai/gpt-4o-mini");
//!
//! let mut stream = client.stream(&router.chat_stream(&request)?).await?;
//! while let Some(chunk) = stream.next_item().await? {
//!     print!("{}", chunk.text());
//! }
//! // `None` came, so the answer is whole; this is what it adds up to.
//! let completion = stream.finish().await?;
//! println!("\n{} dollars", completion.cost().unwrap_or_default());
//! # Ok(())
//! # }
//! ```
//!
//! # Features
//!
//! * `hyper` (default): the client, and tokio as a [`Timer`]. Without it there is no HTTP library and no runtime in the tree, and
//!   [`ItemStream`] drives any [`http_body::Body`], given a [`Timer`]; [`stream_over`] adds retries over another HTTP client.
//! * `http2`: HTTP/2, for clients that ask for it.
//! * `tracing`: a span for each call, with the attribute names of OpenTelemetry's conventions for generative AI.
//! * `schemars`: answers and the arguments of tools are asked for by a type; see [`requesty_core::schema`].
//!
//! # Over another client
//!
//! A program that has an HTTP client needs no second one: [`stream_over`] takes a function that sends one request, and gives the
//! stream, with the retries and the limits of this crate. Its page shows it over reqwest. Without retries, [`ItemStream::open`] is
//! enough. Neither needs a feature.
//!
//! # Cancelling
//!
//! Every future can be dropped. Dropping one of the client ends the attempt or the wait between two; dropping an
//! [`ItemStream`] closes its connection. The server may have billed for what it had made by then.
//!
//! # Tasks
//!
//! With HTTP/1.1, a stream has no task: whoever waits for it drives its connection. While connections are idle, one task for
//! each runtime closes those that are of no more use. With HTTP/2, a task drives each connection.

mod alarm;
mod env;
mod over;
mod stream;
mod timer;

#[cfg(feature = "hyper")]
mod client;
#[cfg(feature = "hyper")]
mod run;

#[cfg(feature = "hyper")]
pub use client::{
    ChatStream, Client, Connect, Connector, MessageStream, ReplyStream, ResponseBody, ResponseStream, TokioTimer,
};
pub use env::router_from_env;
pub use over::stream_over;
pub use requesty_core;
pub use requesty_core::{
    ApiError, ApiKey, BuildError, Call, Decimal, Dialect, Error, ErrorKind, Head, Incomplete, Limits, Machine, Policy,
    Received, Reply, Router, Timeouts, chat, error, observe,
};
pub use requesty_core::{agent, audio, embeddings, feedback, images, json, manage, mcp, messages, models, responses};
#[cfg(feature = "hyper")]
pub use requesty_net::{self, Options, Proxy, Refused, Tls, TlsError, rustls};
pub use stream::{ItemStream, Texts};
pub use timer::Timer;
