//! The core's other families of events, read as the chat stream is: bytes are pushed, items are looked at, the total is
//! taken.

use std::hint::black_box;
use std::time::Duration;

use requesty_core::{ApiKey, Call, End, Machine, Reply, Router, Step, chat, http, mcp, messages, responses};
use serde::de::IgnoredAny;

use crate::feed::Feed;
use crate::outcome::{Framed, Outcome, Sums};

/// Raw events.
pub fn events(feed: &Feed) -> Outcome {
    let mut framed = Framed::default();
    let call = router().events(&chat::Request::new(&[chat::Message::user("hi")])).expect("a request");
    read(&call.ending_with_body(), feed, |machine| {
        framed.events += 1;
        framed.data += black_box(machine.item().data()).len();
    });
    Outcome::Framed(framed)
}

/// Events as a type of the caller's, here one that takes any JSON.
pub fn typed(feed: &Feed) -> Outcome {
    // The last one is `[DONE]`, which is no item.
    let mut framed = Framed { events: 1, data: 0 };
    let messages = [chat::Message::user("hi")];
    let call = router().stream_as::<Anything>(&chat::Request::new(&messages)).expect("a request");
    read(&call, feed, |machine| {
        framed.events += 1;
        framed.data += black_box(machine.item().raw()).len();
    });
    Outcome::Framed(framed)
}

/// Messages.
pub fn messages(feed: &Feed) -> Outcome {
    read_messages(&messages_call(), feed)
}

/// Messages, every event read in full.
pub fn messages_plain(feed: &Feed) -> Outcome {
    read_messages(&messages_call().without_template(), feed)
}

fn messages_call() -> Call<messages::MessageEvents> {
    let history = [messages::Message::user("hi")];
    router().messages_stream(&messages::Request::new(&history, 4_096).model("claude")).expect("a request")
}

fn read_messages(call: &Call<messages::MessageEvents>, feed: &Feed) -> Outcome {
    let mut sums = Sums::default();
    read(call, feed, |machine| {
        let event = machine.item();
        sums.chunks += 1;
        sums.text.push_str(event.text());
        if let Some(input) = event.input() {
            sums.arguments.push_str(input.json());
        }
    });
    Outcome::Sums(sums)
}

/// Responses.
pub fn responses(feed: &Feed) -> Outcome {
    read_responses(&responses_call(), feed)
}

/// Responses, every event read in full.
pub fn responses_plain(feed: &Feed) -> Outcome {
    read_responses(&responses_call().without_template(), feed)
}

fn responses_call() -> Call<responses::ResponseEvents> {
    router().responses_stream(&responses::Request::new("hi").model("gpt")).expect("a request")
}

fn read_responses(call: &Call<responses::ResponseEvents>, feed: &Feed) -> Outcome {
    let mut sums = Sums::default();
    read(call, feed, |machine| {
        let event = machine.item();
        sums.chunks += 1;
        sums.text.push_str(event.text());
        if let Some(call) = event.call() {
            sums.arguments.push_str(call.arguments());
        }
    });
    Outcome::Sums(sums)
}

/// JSON-RPC messages.
pub fn mcp(feed: &Feed) -> Outcome {
    let mut framed = Framed::default();
    let call: Call<mcp::Mcp> = router().mcp("hi").expect("a request");
    read(&call, feed, |machine| {
        framed.events += 1;
        framed.data += black_box(machine.item().raw()).len();
    });
    Outcome::Framed(framed)
}

/// A value of any shape, which costs next to nothing to read.
#[derive(Debug)]
struct Anything;

impl<'de> serde::Deserialize<'de> for Anything {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Anything)
    }
}

fn router() -> Router {
    Router::new(ApiKey::new("rqsty-sk-bench").expect("a key"))
}

#[inline(always)]
fn read<R: Reply>(call: &Call<R>, feed: &Feed, mut look: impl FnMut(&mut Machine<R::Dialect>)) {
    let head = http::Response::builder().header("content-type", "text/event-stream").body(()).expect("a head");
    let mut machine = call.open(head.into_parts().0, Duration::ZERO);
    let mut pieces = feed.pieces();
    loop {
        match machine.advance().expect("the corpus is a complete stream") {
            Step::Ready => look(&mut machine),
            Step::NeedBytes => match pieces.next() {
                Some(piece) => machine.push(piece, Duration::ZERO),
                None => machine.end(End::Clean),
            },
            Step::Done => break,
        }
    }
    assert!(machine.total().is_ok(), "the corpus is a complete stream");
}
