//! Events of messages and responses as types of one's own making, borrowed from the data, read by serde_json: what a
//! careful program would do without a client. Each event is one flat type, because a tagged enum copies what it borrows.
//! Framed by this project's decoder, so that all the difference is the reading.

use std::borrow::Cow;
use std::hint::black_box;

use requesty_core::sse;
use serde::Deserialize;

use crate::feed::Feed;
use crate::outcome::{Outcome, Sums};

/// An event of a message: what a program looks at.
#[derive(Debug, Deserialize)]
struct MessageEvent<'a> {
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    #[serde(default)]
    index: u32,
    #[serde(borrow, default)]
    delta: Option<Delta<'a>>,
    #[serde(borrow, default)]
    message: Option<&'a serde_json::value::RawValue>,
    #[serde(borrow, default)]
    content_block: Option<&'a serde_json::value::RawValue>,
    #[serde(borrow, default)]
    usage: Option<&'a serde_json::value::RawValue>,
}

#[derive(Debug, Deserialize)]
struct Delta<'a> {
    #[serde(borrow, default)]
    text: Option<Text<'a>>,
    #[serde(borrow, default)]
    thinking: Option<Text<'a>>,
    #[serde(borrow, default)]
    partial_json: Option<Text<'a>>,
    #[serde(borrow, default)]
    stop_reason: Option<Text<'a>>,
}

/// An event of a response.
#[derive(Debug, Deserialize)]
struct ResponseEvent<'a> {
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    #[serde(default)]
    sequence_number: u64,
    #[serde(borrow, default)]
    item_id: Option<Text<'a>>,
    #[serde(default)]
    output_index: u32,
    #[serde(default)]
    content_index: u32,
    #[serde(borrow, default)]
    delta: Option<Text<'a>>,
    #[serde(borrow, default)]
    item: Option<&'a serde_json::value::RawValue>,
    #[serde(borrow, default)]
    part: Option<&'a serde_json::value::RawValue>,
    #[serde(borrow, default)]
    response: Option<&'a serde_json::value::RawValue>,
}

/// Borrowed where it has no escapes. A newtype, as an option of a bare `Cow` would always be owned.
#[derive(Debug, Default, Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// Messages.
pub fn decode_message(feed: &Feed) -> Outcome {
    decode(feed, |data, sums| {
        let event: MessageEvent<'_> = serde_json::from_slice(data).ok()?;
        // The members that are not added up count as read, or the compiler might leave them out.
        black_box((&event.kind, event.index, event.message, event.content_block, event.usage));
        if let Some(delta) = &event.delta {
            black_box(&delta.stop_reason);
            sums.text.push_str(delta.text.as_ref().map_or("", |text| &text.0));
            sums.reasoning.push_str(delta.thinking.as_ref().map_or("", |text| &text.0));
            sums.arguments.push_str(delta.partial_json.as_ref().map_or("", |text| &text.0));
        }
        Some(())
    })
}

/// Responses.
pub fn decode_response(feed: &Feed) -> Outcome {
    decode(feed, |data, sums| {
        let event: ResponseEvent<'_> = serde_json::from_slice(data).ok()?;
        black_box((event.sequence_number, &event.item_id, event.output_index, event.content_index));
        black_box((event.item, event.part, event.response));
        let delta = event.delta.as_ref().map_or("", |text| &text.0);
        match &*event.kind.0 {
            "response.output_text.delta" => sums.text.push_str(delta),
            "response.function_call_arguments.delta" => sums.arguments.push_str(delta),
            _ => {}
        }
        Some(())
    })
}

#[inline(always)]
fn decode(feed: &Feed, read: impl Fn(&[u8], &mut Sums) -> Option<()>) -> Outcome {
    let mut decoder = sse::Decoder::new();
    let mut sums = Sums::default();
    for piece in feed.pieces() {
        decoder.push(piece);
        while let sse::Step::Ready = decoder.advance().expect("no event of a corpus is too large") {
            match read(decoder.event().data(), &mut sums) {
                Some(()) => sums.chunks += 1,
                None => sums.refused += 1,
            }
        }
    }
    Outcome::Sums(sums)
}
