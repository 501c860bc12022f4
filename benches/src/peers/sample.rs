//! The logic of the router's documentation samples: each piece is split at its line feeds on its own, and what does not
//! parse is passed over. Nothing is carried from one piece to the next, so a line that is cut is lost.

use serde_json::Value;

use crate::feed::Feed;
use crate::outcome::{Outcome, Sums};

/// Reads a stream as the sample does; only the first answer's text.
pub fn decode(feed: &Feed) -> Outcome {
    let mut sums = Sums::default();
    for piece in feed.pieces() {
        for line in String::from_utf8_lossy(piece).split('\n') {
            let Some(data) = line.trim().strip_prefix("data:") else { continue };
            let data = data.trim();
            if data == "[DONE]" {
                break;
            }
            let Ok(chunk) = serde_json::from_str::<Value>(data) else { continue };
            sums.chunks += 1;
            if let Some(content) = chunk["choices"][0]["delta"]["content"].as_str() {
                sums.text.push_str(content);
            }
        }
    }
    Outcome::Sums(sums)
}
