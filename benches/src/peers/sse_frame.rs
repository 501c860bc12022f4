//! sse-frame 0.1, which goes byte by byte.

use sse_frame::Parser;

use crate::feed::Feed;
use crate::outcome::{Framed, Outcome};

/// Splits the feed into events, and decodes none of them.
pub fn frame(feed: &Feed) -> Outcome {
    let mut parser = Parser::new();
    let mut framed = Framed::default();
    for piece in feed.pieces() {
        for event in parser.push(piece) {
            framed.events += 1;
            framed.data += event.data.len();
        }
    }
    Outcome::Framed(framed)
}
