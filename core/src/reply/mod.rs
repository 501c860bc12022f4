//! How replies are read: the machine that reads every reply, one driver for all streams of events, one reader for all
//! replies that are one value, and the kinds of replies that belong to no endpoint.
//!
//! ```text
//!                                ┌▶ EventStream<P> ─▶ P: Protocol   one family: reads an event, adds it up, judges the end
//! bytes ─▶ Machine ─▶ a Dialect ─┼▶ OneValue<V> ────▶ V: Value      one kind of reply: reads the whole body
//!                                ├▶ raw bytes
//!                                └▶ RelayDialect<D> ▶ D    any of these, while its bytes are passed on
//! ```
//!
//! You can implement `Protocol` and `Value` for families and values of your own;
//! [`Call::reading`](crate::Call::reading) makes a call with them.

mod accepted;
#[cfg(feature = "base64")]
pub(crate) mod base64;
mod dialect;
mod event_stream;
mod events;
mod liveness;
mod machine;
mod marks;
mod observed;
mod one_value;
mod pace;
mod pattern;
mod protocol;
mod raw_body;
mod relay;
mod reported;
mod text_template;
mod texts;
mod typed;
mod wire;

pub use accepted::Acknowledgement;
pub use dialect::{Context, Dialect, End, Media, Reply, Step};
pub use event_stream::{EventStream, Seen};
pub use events::{RawEvent, RawEvents, RawReader};
pub use liveness::Liveness;
pub use machine::Machine;
pub(crate) use marks::is_glued;
pub use marks::is_keep_alive;
pub use observed::Observed;
pub(crate) use one_value::read_whole;
pub use one_value::{OneValue, Value};
pub(crate) use pattern::{Candidates, Pattern, Slot, SlotKind};
#[doc(hidden)]
pub use protocol::Met;
pub use protocol::{Ended, Outcome, Protocol, Standing};
pub use raw_body::{RawBody, RawBodyDialect};
pub use relay::{Relay, RelayDialect};
pub(crate) use text_template::TextTemplate;
pub use texts::TextDialect;
pub use typed::{EventsAs, Json, TypedEvent, TypedReader};
