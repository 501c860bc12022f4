//! The event-stream decoder.

mod conformance;
mod decoder;
mod limits;
mod reference;
