//! Other people's parsers over the same bytes, one file each, wired as lean as their interfaces allow: no runtime, no
//! channel, no copy that the peer does not ask for. They are given shared [`bytes::Bytes`], as HTTP clients do.
//!
//! Typed decoding is framing, then one chunk of a typed value from the data, then content, reasoning and arguments appended
//! to strings.

pub mod async_openai;
pub mod borrowed;
pub mod borrowed_events;
pub mod claude_stream;
pub mod eventsource_client;
pub mod eventsource_stream;
pub mod sample;
pub mod sse_core;
pub mod sse_frame;
pub mod sse_stream;
pub mod sseer;
