#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
//! The common parts of the transports of the Requesty client: their [`Options`], and the behaviour behind them.
//!
//! So both transports have the same options, the same defaults and the same errors. This crate opens no sockets: the
//! handshake with a proxy is a value that accepts and returns bytes, and TLS is a configuration.
//!
//! ```text
//! Options ─┬▶ Tls ────▶ rustls::ClientConfig
//!          ├▶ Proxy ──▶ Rules ──▶ Route: straight, or by a Server ─▶ Tunnel (CONNECT or SOCKS 5, byte by byte)
//!          ├▶ pool, TCP keep-alive
//!          └▶ observers
//! ```
//!
//! # Features
//!
//! * `tracing`: a span per call, with the attribute names of OpenTelemetry's conventions for generative AI.

mod no_proxy;
mod options;
mod proxy;
mod tls;
#[cfg(feature = "tracing")]
mod trace;
mod tunnel;

pub use options::Options;
pub use proxy::{Proxy, Rules, Server};
pub use rustls;
pub use tls::{Tls, TlsError};
pub use tunnel::{Refused, Step, Tunnel};
