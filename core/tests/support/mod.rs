//! Drives a chat stream through the core as a transport would, without one.
#![allow(dead_code, unreachable_pub, reason = "each test file uses what it needs")]

pub mod responses;

use std::time::Duration;

use requesty_core::chat::{Chunks, Completion, Message, Request};
use requesty_core::{ApiKey, Call, End, Error, Incomplete, Router, Step};

/// What a stream gave.
#[derive(Debug)]
pub struct Played {
    pub total: Result<Completion, Incomplete<Completion>>,
    /// The first answer's text, chunk by chunk.
    pub texts: Vec<String>,
    /// How many items could not be read.
    pub problems: usize,
    /// What `advance` said at the end.
    pub last: Result<Step, Error>,
}

impl Played {
    pub fn completion(&self) -> &Completion {
        match &self.total {
            Ok(completion) => completion,
            Err(incomplete) => incomplete.partial(),
        }
    }

    pub fn error(&self) -> Option<&Error> {
        self.total.as_ref().err().map(Incomplete::error)
    }

    pub fn text(&self) -> String {
        self.completion().text().into_owned()
    }
}

pub fn router() -> Router {
    Router::new(ApiKey::new("rqsty-sk-test").unwrap())
}

pub fn stream_call() -> Call<Chunks> {
    let messages = [Message::user("hi")];
    router().chat_stream(&Request::new(&messages)).unwrap()
}

pub fn head(status: u16, content_type: &str) -> http::response::Parts {
    let response = http::Response::builder().status(status).header("content-type", content_type);
    response.body(()).unwrap().into_parts().0
}

/// Plays a body in pieces of `piece` bytes and ends it as `end` says.
pub fn play_as(call: &Call<Chunks>, head: http::response::Parts, body: &[u8], piece: usize, end: End) -> Played {
    let mut machine = call.open(head, Duration::ZERO);
    let mut pieces = body.chunks(piece.max(1));
    let mut end = Some(end);
    let (mut texts, mut problems) = (Vec::new(), 0);
    let last = loop {
        match machine.advance() {
            Ok(Step::Ready) => {
                let chunk = machine.item();
                problems += usize::from(chunk.problem().is_some());
                texts.push(chunk.text().to_owned());
            }
            Ok(Step::NeedBytes) => match pieces.next() {
                Some(piece) => machine.push(piece, Duration::ZERO),
                None => machine.end(end.take().expect("asked for bytes after the end")),
            },
            last => break last,
        }
    };
    // After the end, the end stays the end.
    for _ in 0..3 {
        assert_eq!(machine.advance().is_ok(), last.is_ok());
    }
    Played { total: machine.total(), texts, problems, last }
}

/// Plays a body whole, byte by byte and in odd pieces; the outcome must be the same.
pub fn play(body: &[u8], end: &End) -> Played {
    let call = stream_call();
    let whole = play_as(&call, head(200, "text/event-stream"), body, usize::MAX, end.clone());
    for piece in [1, 3, 7, 64] {
        let split = play_as(&call, head(200, "text/event-stream"), body, piece, end.clone());
        assert_eq!(split.completion(), whole.completion(), "pieces of {piece}");
        assert_eq!(split.texts, whole.texts, "pieces of {piece}");
        assert_eq!(format!("{:?}", split.error()), format!("{:?}", whole.error()), "pieces of {piece}");
    }
    if whole.problems == 0 && whole.completion().choices.first().is_some_and(|choice| choice.index == 0 || whole.completion().choices.len() == 1) {
        assert_eq!(whole.texts.concat(), whole.text(), "all texts together are the text");
    }
    whole
}

pub fn clean(body: &str) -> Played {
    play(body.as_bytes(), &End::Clean)
}

pub fn cut() -> End {
    End::Cut(std::sync::Arc::new(std::io::Error::from(std::io::ErrorKind::ConnectionReset)))
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
