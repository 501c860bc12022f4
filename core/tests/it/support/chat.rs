//! Drives calls for chat completions.

use std::time::Duration;

use requesty_core::chat::{Chunks, Completion, Message, Request};
use requesty_core::{Call, End};

use super::{drive, head, router};

/// What a stream gave.
pub type Played = super::Played<Completion, Seen>;

/// What a test keeps of a chunk.
#[derive(Debug, PartialEq, Eq)]
pub struct Seen {
    /// The first choice's text.
    pub text: String,
    /// Whether the chunk could not be read.
    pub problem: bool,
}

impl Played {
    pub fn completion(&self) -> &Completion {
        self.so_far()
    }

    /// The first choice's text, chunk by chunk.
    pub fn texts(&self) -> Vec<&str> {
        self.items.iter().map(|seen| seen.text.as_str()).collect()
    }

    /// How many chunks could not be read.
    pub fn problems(&self) -> usize {
        self.items.iter().filter(|seen| seen.problem).count()
    }

    pub fn text(&self) -> String {
        self.so_far().text().into_owned()
    }
}

pub fn stream_call() -> Call<Chunks> {
    let messages = [Message::user("hi")];
    router().chat_stream(&Request::new(&messages)).unwrap()
}

/// Plays a body in pieces of `piece` bytes and ends it as `end` says.
pub fn play_as(call: &Call<Chunks>, head: http::response::Parts, body: &[u8], piece: usize, end: End) -> Played {
    let mut machine = call.open(head, Duration::ZERO);
    let (items, last) = drive(&mut machine, body.chunks(piece.max(1)), end, |machine| {
        let chunk = machine.item();
        Seen { text: chunk.text().to_owned(), problem: chunk.problem().is_some() }
    });
    Played { total: machine.total(), items, last }
}

/// Plays a body whole, byte by byte and in odd pieces; the outcome must be the same.
pub fn play(body: &[u8], end: &End) -> Played {
    let call = stream_call();
    let whole = play_as(&call, head(200, "text/event-stream"), body, usize::MAX, end.clone());
    for piece in [1, 3, 7, 64] {
        let split = play_as(&call, head(200, "text/event-stream"), body, piece, end.clone());
        assert_eq!(split.completion(), whole.completion(), "pieces of {piece}");
        assert_eq!(split.items, whole.items, "pieces of {piece}");
        assert_eq!(format!("{:?}", split.error()), format!("{:?}", whole.error()), "pieces of {piece}");
    }
    if whole.problems() == 0 {
        assert_eq!(whole.texts().concat(), whole.text(), "all texts together are the text");
    }
    whole
}

pub fn clean(body: &str) -> Played {
    play(body.as_bytes(), &End::Clean)
}

/// Frames each JSON text as an event.
pub fn events<const N: usize>(chunks: [&str; N]) -> String {
    chunks.iter().map(|chunk| format!("data: {chunk}\n\n")).collect()
}

/// A chunk whose delta has these members.
pub fn delta(members: &str) -> String {
    format!(r#"{{"id":"c-1","choices":[{{"index":0,"delta":{{{members}}}}}]}}"#)
}

/// Frames deltas, then a finish reason and `[DONE]`.
pub fn finished(deltas: &[&str], reason: &str) -> String {
    let mut body: String = deltas.iter().map(|members| format!("data: {}\n\n", delta(members))).collect();
    body += &format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{{}},\"finish_reason\":\"{reason}\"}}]}}\n\n");
    body + "data: [DONE]\n\n"
}
