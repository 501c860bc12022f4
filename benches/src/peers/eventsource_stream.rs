//! eventsource-stream 0.2.3, which most clients frame with.

use std::pin::pin;

use eventsource_stream::EventStream;

use super::async_openai;
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
    let mut sums = Sums::default();
    drain(pin!(EventStream::new(SharedPieces::new(feed))), |event| {
        async_openai::accumulate(&event.expect("a corpus is UTF-8").data, &mut sums);
    });
    Outcome::Sums(sums)
}
