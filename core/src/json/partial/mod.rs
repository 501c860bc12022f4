//! JSON that is still being written: arguments of a tool, structured output, anything that a model writes piece by piece.
//!
//! ```text
//! pieces, cut anywhere ──feed──▶ Partial ──next──▶ PartialEvent, lent: opened, key, text, final value, closed
//!                                   ├──value──▶ View: what is there so far, without work
//! a text someone else keeps ─────▶ Follow  ├──state──▶ State of any place: absent, pending, incomplete, complete
//! item.written(), of a stream              └──────────▶ Watch, Elements: one place, or one list, looked at after each piece
//! ```
//!
//! Each byte is read once, however the text is cut. Nothing is repaired: what is no JSON is a [`PartialError`] with its place.
//!
//! ```
//! use requesty_core::json::partial::{Partial, PartialEvent, State};
//!
//! let mut partial = Partial::default();
//! let mut shown = String::new();
//! for piece in [r#"{"title":"On t"#, r#"ea","tags":["a","b"#, r#""],"pages":12"#, "}"] {
//!     partial.feed_str(piece);
//!     while let Some(event) = partial.next()? {
//!         match event {
//!             PartialEvent::Text { path, text } if path.is("/title") => shown.push_str(text),
//!             PartialEvent::Value { path, value } => println!("{path} is {value:?}"),
//!             _ => {}
//!         }
//!     }
//!     // A number is final at the byte after it, and not shown before.
//!     assert!(partial.value().unwrap().get("pages").is_none_or(|pages| pages.as_u64() == Some(12)));
//! }
//! assert_eq!(shown, "On tea");
//! assert_eq!(partial.state("/tags/1"), State::Complete);
//! assert_eq!(partial.finish()?, serde_json::json!({"title": "On tea", "tags": ["a", "b"], "pages": 12}));
//! # Ok::<(), requesty_core::json::partial::PartialError>(())
//! ```
//!
//! # What a snapshot promises
//!
//! A value that is shown never changes its type, a string that is shown only grows, and what is
//! [complete](View::is_complete) never changes, with one exception: a key that is given twice in one object. Then the last
//! value counts, as in serde_json. The earlier one stands until the new one has something to show, and is then replaced;
//! [`PartialEvent::Key`] says so beforehand, and [`PartialOptions::refuse_repeated`] makes it an error.
//!
//! # How it differs from serde_json
//!
//! A whole text gives the value that serde_json reads, and what serde_json refuses is refused, except that
//!
//! * the limits of [`PartialOptions`] are its own: 127 levels, which are serde_json's, and 16 MiB;
//! * [`Leading::Fence`] and [`Leading::Prose`] take what is around the value.
//!
//! Numbers are kept as they are written, and read by serde_json when they are asked for: equal under any of its features.

mod de;
mod elements;
mod error;
mod event;
mod follow;
mod follows;
mod frame;
mod machine;
mod mismatch;
mod number;
mod options;
mod path;
mod push;
mod snapshot;
mod string;
mod tape;
mod value;
mod view;
mod watch;
mod written;

pub use elements::Elements;
pub use error::{Fault, PartialError};
pub use event::PartialEvent;
pub use follow::Follow;
pub use follows::Follows;
pub use mismatch::{Mismatch, MismatchError};
pub use options::{Leading, PartialOptions, Show};
pub use path::{Path, Segment};
pub use push::Partial;
pub use snapshot::{Snapshot, State};
pub use view::{View, ViewKind};
pub use watch::Watch;
pub use written::{Origin, Written};
