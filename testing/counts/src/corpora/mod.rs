//! Streams made by rule, the same in every run, each with what must come out of it.
//!
//! | name | what it is |
//! |---|---|
//! | `text` | OpenAI's full chunk, about 297 bytes an event: id, object, created, model, service tier, fingerprint, one choice with null `logprobs` and `finish_reason`; English tokens |
//! | `text_min` | the least a chunk of OpenAI's has, about 206 bytes: no tier, no fingerprint, no `logprobs` |
//! | `text_obf` | `text` with an `obfuscation` of random length at the end of each chunk |
//! | `text_rand` | `text` with another `id` and `created` on every chunk, as some gateways have it |
//! | `tool` | one long call after another: a first fragment with id and name, then index and arguments; the arguments are JSON, so that every third fragment has escapes |
//! | `reason` | `reasoning_content` in a reasoning model's chunk, about 257 bytes |
//! | `mixed` | a day of it: phases of reasoning, text, obfuscated text and tool calls, each with its own line end and with or without a space after the colon; keep-alive comments; escapes, `\u` escapes and surrogate pairs |
//! | `zh` | `text` in raw Chinese |
//! | `zh_esc` | `text` in Chinese as `\uXXXX` |
//! | `requesty` | the shape of a recording of the router: members in alphabetical order, no `finish_reason` until the end, role and cumulative usage on every chunk, its counts growing |
//! | `adversarial` | no two consecutive chunks have the same shape: order and set of the members change from chunk to chunk, at the front or at the very end |
//! | `recorded` | complete streams recorded from providers, from the folder that `REQUESTY_CONFORMANCE` names; nothing where it is not set. Each is read as a stream of its own, one after the other, opening and total included |
//! | `messages`, `responses` | long answers in the events of the other families, with types of their own: about 131 and 281 bytes an event |
//! | `mcp` | notifications of JSON-RPC; only [`families`](crate::families) reads them |
//! | `huge` | one event of many MiB, with escapes; see [`huge`]; by name with so many KiB |
//! | `slots` | two long events of the same shape, after two short ones; by name with so many KiB each |
//! | `long4`, `long40` | events of 4 KiB and of 40 KiB, without escapes |
//! | `silent` | `text` without any text, so that whatever memory is held is the parser's; see [`silent`] |

mod adversarial;
mod families;
mod mixed;
mod plain;
mod recorded;
mod script;
mod words;

use std::sync::Arc;

use bytes::Bytes;

pub use plain::{huge, silent};

/// Streams of one shape.
#[derive(Clone, Debug)]
pub struct Corpus {
    /// What it is called in every table.
    pub name: &'static str,
    /// The streams, each to be read on its own: one, but for `recorded`.
    pub streams: Vec<Stream>,
}

/// One stream, and what must come out.
#[derive(Clone, Debug)]
pub struct Stream {
    /// The bytes on the wire.
    pub body: Bytes,
    /// Where each block of lines ends, its blank line included.
    pub ends: Arc<[usize]>,
    /// How many events have data, `[DONE]` included.
    pub events: usize,
    /// What must come out.
    pub expected: Expected,
}

/// What a stream adds up to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// How many chunks it has, those without text included.
    pub chunks: usize,
    /// The texts of all answers, in order of their index.
    pub text: String,
    /// What the model thought.
    pub reasoning: String,
    /// The arguments of all calls, one after the other.
    pub arguments: String,
    /// Why the first answer ended.
    pub finish_reason: Option<String>,
    /// Several answers take turns in the stream, so that who appends as it comes gets the same bytes in another order.
    pub interleaved: bool,
}

impl Corpus {
    /// Returns how many events have data.
    pub fn events(&self) -> usize {
        self.streams.iter().map(|stream| stream.events).sum()
    }

    /// Returns the number of bytes.
    pub fn bytes(&self) -> usize {
        self.streams.iter().map(|stream| stream.body.len()).sum()
    }
}

/// The names of the corpora that have about as many events as are asked for.
pub const NAMES: &[&str] = &[
    "text",
    "text_min",
    "text_obf",
    "text_rand",
    "tool",
    "reason",
    "mixed",
    "zh",
    "zh_esc",
    "requesty",
    "adversarial",
    "recorded",
];

/// Returns a corpus with about `events` events; `None` if no corpus has that name, or its recordings are not there.
pub fn named(name: &str, events: usize) -> Option<Corpus> {
    let stream = match name {
        "text" => plain::text(events),
        "text_min" => plain::text_min(events),
        "text_obf" => plain::text_obf(events),
        "text_rand" => plain::text_rand(events),
        "tool" => plain::tool(events),
        "reason" => plain::reason(events),
        "mixed" => mixed::mixed(events),
        "zh" => plain::zh(events),
        "zh_esc" => plain::zh_esc(events),
        "requesty" => plain::requesty(events),
        "adversarial" => adversarial::adversarial(events),
        "recorded" => return recorded::recorded(),
        "messages" => families::messages(events),
        "responses" => families::responses(events),
        "mcp" => families::mcp(events),
        "huge" => huge(events << 10),
        "slots" => plain::slots(events << 10),
        "long4" => plain::long(events, 4 << 10),
        "long40" => plain::long(events, 40 << 10),
        "silent" => silent(events),
        _ => return None,
    };
    let unlisted = ["messages", "responses", "mcp", "huge", "slots", "long4", "long40", "silent"];
    let name = NAMES.iter().chain(&unlisted).find(|known| **known == name).copied()?;
    Some(Corpus { name, streams: vec![stream] })
}

/// Returns all corpora that are there.
pub fn all(events: usize) -> Vec<Corpus> {
    NAMES.iter().filter_map(|name| named(name, events)).collect()
}
