//! Server-sent events: from bytes, however they arrive, to events.
//!
//! ```text
//!  room() + commit(n) ─┐
//!                      ├─▶ Decoder ── advance() ─▶ Ready ─────▶ event()
//!  push(bytes) ────────┘      ▲                 ─▶ NeedBytes ─▶ more bytes, or end()
//!  end() ─────────────────────┘                 ─▶ Done ──────▶ unterminated()
//! ```
//!
//! The rules are those of the WHATWG HTML standard. The standard lets a client act by itself: reconnect, wait for
//! `retry` milliseconds, send `Last-Event-ID`. This module only reports, because a request that costs money must not be
//! repeated by itself.
//!
//! # Examples
//!
//! ```
//! use requesty_core::sse::{Decoder, Step};
//!
//! let mut decoder = Decoder::new();
//! let mut seen = Vec::new();
//! for piece in [": keep-alive\r\n\r\ndata: Hel", "lo\ndata: world\r", "\n\r\nevent: usage\nda", "ta: {}\n\n"] {
//!     decoder.push(piece.as_bytes());
//!     while decoder.advance()? == Step::Ready {
//!         let event = decoder.event();
//!         seen.push((event.name().into_owned(), event.text().into_owned()));
//!     }
//! }
//! decoder.end();
//! assert_eq!(decoder.advance()?, Step::Done);
//! assert_eq!(seen, [("message".into(), "Hello\nworld".into()), ("usage".into(), "{}".into())]);
//! # Ok::<(), requesty_core::error::TooLarge>(())
//! ```

mod aside;
mod buffer;
mod decoder;
mod event;
mod few;
mod field;

pub use decoder::Decoder;
pub use event::Event;

/// The next step of a decoder, for its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub enum Step {
    /// The next item is ready. Call `advance` again when it is no longer needed.
    Ready,
    /// The bytes so far hold no further item. Call `advance` again after more bytes, or after their end.
    NeedBytes,
    /// There are no more bytes and no more items. Every later call returns the same.
    Done,
}
