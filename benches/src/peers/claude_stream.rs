//! claude-stream 0.1: types of the events of Anthropic's API, through serde_json, and framing of its own.

use claude_stream::{Delta, Event, EventParser};

use crate::feed::Feed;
use crate::outcome::{Outcome, Sums};

/// Its own framing and its types. It drops an event that its types refuse.
pub fn decode(feed: &Feed) -> Outcome {
    let mut sums = Sums::default();
    let mut parser = EventParser::new();
    for piece in feed.pieces() {
        parser.feed(piece);
        while let Ok(Some(event)) = parser.next_event() {
            add(&event, &mut sums);
        }
    }
    Outcome::Sums(sums)
}

/// Decodes the data of one event and adds it up.
#[inline]
pub fn accumulate(data: &str, sums: &mut Sums) {
    match serde_json::from_str::<Event>(data) {
        Ok(event) => add(&event, sums),
        Err(_) => sums.refused += 1,
    }
}

#[inline]
fn add(event: &Event, sums: &mut Sums) {
    sums.chunks += 1;
    match event {
        Event::ContentBlockDelta { delta: Delta::TextDelta { text }, .. } => sums.text.push_str(text),
        Event::ContentBlockDelta { delta: Delta::ThinkingDelta { thinking }, .. } => sums.reasoning.push_str(thinking),
        Event::ContentBlockDelta { delta: Delta::InputJsonDelta { partial_json }, .. } => {
            sums.arguments.push_str(partial_json);
        }
        _ => {}
    }
}
