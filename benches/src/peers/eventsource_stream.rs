//! eventsource-stream 0.2.3, which most clients frame with.

use std::pin::pin;

use eventsource_stream::EventStream;

use super::{async_openai, claude_stream};
use crate::feed::{Feed, SharedPieces, drain};
use crate::outcome::{Framed, Outcome, Sums};

/// Splits the feed into events, and decodes none of them.
pub fn frame(feed: &Feed) -> Outcome {
    let mut framed = Framed::default();
    drain(pin!(EventStream::new(SharedPieces::new(feed))), |event| {
        framed.events += 1;
        framed.data += event.expect("a corpus is UTF-8").data.len();
    });
    Outcome::Framed(framed)
}

/// async-openai's path: its types over this framing.
pub fn decode(feed: &Feed) -> Outcome {
    decode_with(feed, async_openai::accumulate)
}

/// async-openai's path for responses: its types over this framing.
pub fn decode_response(feed: &Feed) -> Outcome {
    decode_with(feed, async_openai::accumulate_response)
}

/// claude-stream's types over this framing.
pub fn decode_message(feed: &Feed) -> Outcome {
    decode_with(feed, claude_stream::accumulate)
}

#[inline(always)]
fn decode_with(feed: &Feed, accumulate: impl Fn(&str, &mut Sums)) -> Outcome {
    let mut sums = Sums::default();
    drain(pin!(EventStream::new(SharedPieces::new(feed))), |event| {
        accumulate(&event.expect("a corpus is UTF-8").data, &mut sums);
    });
    Outcome::Sums(sums)
}
