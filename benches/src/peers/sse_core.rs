//! sse-core 0.2, a push decoder like this project's own.

use sse_core::{SseDecoder, SseEvent};

use crate::feed::Feed;
use crate::outcome::{Framed, Outcome};

/// Splits the feed into events, and decodes none of them.
pub fn frame(feed: &Feed) -> Outcome {
    let mut decoder = SseDecoder::new();
    let mut framed = Framed::default();
    for mut piece in feed.pieces() {
        while let Some(event) = decoder.next(&mut piece) {
            if let SseEvent::Message(message) = event.expect("no event of a corpus is too large") {
                framed.events += 1;
                framed.data += message.data.len();
            }
        }
    }
    Outcome::Framed(framed)
}
