//! Everyone who reads a stream here, by the name that the tables use.

pub use requesty_counts::contestants::{
    Contestant, FAMILIES, FRAME, MESSAGES, MESSAGES_PLAIN, OURS, OURS_OWNED, OURS_PLAIN, RESPONSES, RESPONSES_PLAIN,
};

use crate::feed::Feed;
use crate::floors;
use crate::outcome::{Gives, Outcome};
use crate::peers::{
    borrowed, borrowed_events, claude_stream, eventsource_client, eventsource_stream, sample, sse_core, sse_frame,
    sse_stream, sseer,
};

const fn contestant(name: &'static str, read: fn(&Feed) -> Outcome, gives: Gives) -> Contestant {
    Contestant::new(name, read, gives)
}

/// async-openai's path: eventsource-stream and its types.
pub const ASYNC_OPENAI: Contestant = contestant("async-openai", eventsource_stream::decode, Gives::NoReasoning);
/// sseer and async-openai's types.
pub const SSEER_TYPES: Contestant = contestant("sseer+types", sseer::decode, Gives::NoReasoning);
/// sse-stream and async-openai's types.
pub const SSE_STREAM_TYPES: Contestant = contestant("sse-stream+types", sse_stream::decode, Gives::NoReasoning);
/// serde_json into a borrowed chunk.
pub const SERDE: Contestant = contestant("serde-borrowed", borrowed::decode_serde, Gives::All);
/// sonic-rs into a borrowed chunk.
pub const SONIC: Contestant = contestant("sonic-rs-borrowed", borrowed::decode_sonic, Gives::All);
/// The documentation's sample.
pub const SAMPLE: Contestant = contestant("docs-sample", sample::decode, Gives::WholeLinesText);

/// claude-stream, framing and types.
pub const CLAUDE_STREAM: Contestant = contestant("claude-stream", claude_stream::decode, Gives::All);
/// eventsource-stream and claude-stream's types.
pub const EVENTSOURCE_CLAUDE_TYPES: Contestant =
    contestant("eventsource-stream+claude-stream", eventsource_stream::decode_message, Gives::All);
/// sse-stream and claude-stream's types.
pub const SSE_STREAM_CLAUDE_TYPES: Contestant =
    contestant("sse-stream+claude-stream", sse_stream::decode_message, Gives::All);
/// serde_json into a borrowed event of a message.
pub const SERDE_MESSAGES: Contestant =
    contestant("serde-borrowed-messages", borrowed_events::decode_message, Gives::All);

/// async-openai's path for responses.
pub const ASYNC_OPENAI_RESPONSES: Contestant =
    contestant("async-openai-responses", eventsource_stream::decode_response, Gives::All);
/// sse-stream and async-openai's types of responses.
pub const SSE_STREAM_RESPONSE_TYPES: Contestant =
    contestant("sse-stream+response-types", sse_stream::decode_response, Gives::All);
/// serde_json into a borrowed event of a response.
pub const SERDE_RESPONSES: Contestant =
    contestant("serde-borrowed-responses", borrowed_events::decode_response, Gives::All);

/// eventsource-stream's framing.
pub const EVENTSOURCE_STREAM: Contestant = contestant("eventsource-stream", eventsource_stream::frame, Gives::All);
/// sseer's framing.
pub const SSEER: Contestant = contestant("sseer", sseer::frame, Gives::All);
/// sse-stream's framing.
pub const SSE_STREAM: Contestant = contestant("sse-stream", sse_stream::frame, Gives::All);
/// eventsource-client's framing.
pub const EVENTSOURCE_CLIENT: Contestant = contestant("eventsource-client", eventsource_client::frame, Gives::All);
/// sse-core's framing.
pub const SSE_CORE: Contestant = contestant("sse-core", sse_core::frame, Gives::All);
/// sse-frame's framing.
pub const SSE_FRAME: Contestant = contestant("sse-frame", sse_frame::frame, Gives::All);
/// Every line feed.
pub const MEMCHR: Contestant = contestant("memchr", floors::memchr_lf, Gives::All);
/// Every line end.
pub const MEMCHR2: Contestant = contestant("memchr2", floors::memchr2_ends, Gives::All);
/// One copy.
pub const MEMCPY: Contestant = contestant("memcpy", floors::memcpy, Gives::All);

/// Those that decode to typed chunks and add them up.
pub const DECODING: &[Contestant] =
    &[OURS, OURS_PLAIN, OURS_OWNED, ASYNC_OPENAI, SSEER_TYPES, SSE_STREAM_TYPES, SERDE, SONIC, SAMPLE];

/// Those that find events, and the floors.
pub const FRAMING: &[Contestant] =
    &[FRAME, EVENTSOURCE_STREAM, SSEER, SSE_STREAM, SSE_CORE, SSE_FRAME, EVENTSOURCE_CLIENT, MEMCHR, MEMCHR2, MEMCPY];

/// Those that decode messages and add them up.
pub const OF_MESSAGES: &[Contestant] =
    &[MESSAGES, MESSAGES_PLAIN, CLAUDE_STREAM, EVENTSOURCE_CLAUDE_TYPES, SSE_STREAM_CLAUDE_TYPES, SERDE_MESSAGES];

/// Those that decode responses and add them up.
pub const OF_RESPONSES: &[Contestant] =
    &[RESPONSES, RESPONSES_PLAIN, ASYNC_OPENAI_RESPONSES, SSE_STREAM_RESPONSE_TYPES, SERDE_RESPONSES];

/// Finds one by its name.
pub fn named(name: &str) -> Option<Contestant> {
    let families = FAMILIES.iter().map(|(contestant, _)| contestant);
    let events = OF_MESSAGES.iter().chain(OF_RESPONSES);
    DECODING.iter().chain(FRAMING).chain(families).chain(events).find(|contestant| contestant.name == name).copied()
}
