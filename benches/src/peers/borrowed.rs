//! A chunk of one's own making, borrowed from the data, read by serde_json or sonic-rs: what a careful program would do
//! without a client. Framed by this project's decoder, so that all the difference is the reading.

use std::borrow::Cow;

use requesty_core::sse;
use serde::Deserialize;

use crate::feed::Feed;
use crate::outcome::{Outcome, Sums};

/// A chunk: what a program looks at, and the members it would keep for its logs.
#[derive(Debug, Deserialize)]
struct Chunk<'a> {
    #[serde(borrow, default)]
    id: Text<'a>,
    #[serde(borrow, default)]
    object: Text<'a>,
    #[serde(default)]
    created: u64,
    #[serde(borrow, default)]
    model: Text<'a>,
    #[serde(borrow, default)]
    service_tier: Option<Text<'a>>,
    #[serde(borrow, default)]
    system_fingerprint: Option<Text<'a>>,
    #[serde(borrow, default)]
    choices: Vec<Choice<'a>>,
    #[serde(default)]
    usage: Option<Usage>,
}

#[derive(Debug, Deserialize)]
struct Choice<'a> {
    #[serde(default)]
    index: u32,
    #[serde(borrow, default)]
    delta: Delta<'a>,
    #[serde(borrow, default)]
    finish_reason: Option<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
struct Delta<'a> {
    #[serde(borrow, default)]
    role: Option<Text<'a>>,
    #[serde(borrow, default)]
    content: Option<Text<'a>>,
    #[serde(borrow, default, alias = "reasoning")]
    reasoning_content: Option<Text<'a>>,
    #[serde(borrow, default)]
    tool_calls: Option<Vec<CallFragment<'a>>>,
}

#[derive(Debug, Deserialize)]
struct CallFragment<'a> {
    #[serde(default)]
    index: u32,
    #[serde(borrow, default)]
    id: Option<Text<'a>>,
    #[serde(borrow, default)]
    function: Option<Function<'a>>,
}

#[derive(Debug, Deserialize)]
struct Function<'a> {
    #[serde(borrow, default)]
    name: Option<Text<'a>>,
    #[serde(borrow, default)]
    arguments: Option<Text<'a>>,
}

#[derive(Debug, Deserialize)]
struct Usage {
    #[serde(default)]
    prompt_tokens: u64,
    #[serde(default)]
    completion_tokens: u64,
    #[serde(default)]
    total_tokens: u64,
}

/// Borrowed where it has no escapes. A newtype, as an option of a bare `Cow` would always be owned.
#[derive(Debug, Default, Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// serde_json.
pub fn decode_serde(feed: &Feed) -> Outcome {
    decode(feed, |data, sums| add(serde_json::from_slice(data).ok(), sums))
}

/// sonic-rs.
pub fn decode_sonic(feed: &Feed) -> Outcome {
    decode(feed, |data, sums| add(sonic_rs::from_slice(data).ok(), sums))
}

#[inline(always)]
fn decode(feed: &Feed, read: impl Fn(&[u8], &mut Sums)) -> Outcome {
    let mut decoder = sse::Decoder::new();
    let mut sums = Sums::default();
    for piece in feed.pieces() {
        decoder.push(piece);
        while let sse::Step::Ready = decoder.advance().expect("no event of a corpus is too large") {
            let data = decoder.event().data();
            if data != b"[DONE]" {
                read(data, &mut sums);
            }
        }
    }
    Outcome::Sums(sums)
}

#[inline]
fn add(chunk: Option<Chunk<'_>>, sums: &mut Sums) {
    let Some(chunk) = chunk else {
        sums.refused += 1;
        return;
    };
    sums.chunks += 1;
    // The members for the logs count as read, or the compiler might leave them out.
    let usage = chunk.usage.as_ref().map(|usage| (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens));
    std::hint::black_box((&chunk.id, &chunk.object, chunk.created, &chunk.model, usage));
    std::hint::black_box((&chunk.service_tier, &chunk.system_fingerprint));
    for choice in &chunk.choices {
        std::hint::black_box((choice.index, &choice.finish_reason, &choice.delta.role));
        if let Some(content) = &choice.delta.content {
            sums.text.push_str(&content.0);
        }
        if let Some(reasoning) = &choice.delta.reasoning_content {
            sums.reasoning.push_str(&reasoning.0);
        }
        for call in choice.delta.tool_calls.iter().flatten() {
            std::hint::black_box((call.index, &call.id));
            if let Some(function) = &call.function {
                std::hint::black_box(&function.name);
                sums.arguments.push_str(function.arguments.as_ref().map_or("", |text| &text.0));
            }
        }
    }
}
