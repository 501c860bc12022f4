//! How replies are read: one driver for all streams of events, one reader for all replies that are one value.
//!
//! ```text
//! a stream of events ─▶ EventStream<P> ─▶ P: Protocol   one family: reads an event, adds it up, judges the end
//! one value          ─▶ OneValue<V>    ─▶ V: Value      one kind of reply: reads the whole body
//! ```
//!
//! Both traits can be implemented for families and values of one's own: [`Call::reading`](crate::Call::reading) makes a call
//! of one.

mod event_stream;
mod marks;
mod one_value;
mod protocol;

pub use event_stream::EventStream;
pub use marks::is_keep_alive;
pub(crate) use one_value::read_whole;
pub use one_value::{OneValue, Value};
pub use protocol::{Ended, Outcome, Protocol, Seen, Standing};
