//! The core, as a program uses it: a call is opened, bytes are pushed, items are looked at, the total is taken.

use std::hint::black_box;
use std::sync::LazyLock;
use std::time::Duration;

use requesty_core::chat::{Chunk, ChunkStream, Chunks, Message, OwnedChunk, Request};
use requesty_core::{ApiKey, Call, End, Machine, Router, Step, http, sse};

use crate::feed::Feed;
use crate::outcome::{Framed, Outcome};

/// The call whose reply the corpora are.
pub static CALL: LazyLock<Call<Chunks>> = LazyLock::new(|| {
    let messages = [Message::user("hi")];
    let router = Router::new(ApiKey::new("rqsty-sk-bench").expect("a key"));
    router.chat_stream(&Request::new(&messages)).expect("a request")
});

/// The same call, which reads every chunk in full and remembers no template: the plain scan.
static PLAIN_CALL: LazyLock<Call<Chunks>> = LazyLock::new(|| CALL.clone().without_template());

/// What is seen of the items on the way.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen {
    /// How many there were.
    pub chunks: usize,
    /// The bytes of text, reasoning and arguments.
    pub bytes: [usize; 3],
}

impl Seen {
    /// Looks at a lent item: each delta's text, reasoning and arguments.
    #[inline]
    pub fn look(&mut self, chunk: &Chunk<'_>) {
        self.chunks += 1;
        for delta in chunk.deltas() {
            self.bytes[0] += black_box(delta.text()).len();
            self.bytes[1] += black_box(delta.reasoning()).len();
            for call in delta.tool_calls() {
                self.bytes[2] += black_box(call.arguments()).len();
            }
        }
    }

    /// Looks at an item of the consumer's own.
    #[inline]
    pub fn look_owned(&mut self, chunk: &OwnedChunk) {
        self.chunks += 1;
        for delta in chunk.deltas() {
            self.bytes[0] += black_box(delta.text()).len();
            self.bytes[1] += black_box(delta.reasoning()).len();
            for call in delta.tool_calls() {
                self.bytes[2] += black_box(call.arguments()).len();
            }
        }
    }
}

/// Opens a machine on a reply that is a stream.
pub fn open(call: &Call<Chunks>) -> Machine<ChunkStream> {
    let head = http::Response::builder().header("content-type", "text/event-stream").body(()).expect("a head");
    call.open(head.into_parts().0, Duration::ZERO)
}

/// Reads a stream with lent items.
pub fn decode(feed: &Feed) -> Outcome {
    read(&CALL, feed, |seen, machine| seen.look(&machine.item()))
}

/// Reads a stream with lent items, every chunk in full.
pub fn decode_plain(feed: &Feed) -> Outcome {
    read(&PLAIN_CALL, feed, |seen, machine| seen.look(&machine.item()))
}

/// Returns how many chunks of a stream the template read.
///
/// # Panics
/// Panics where the stream is not complete.
pub fn hits(feed: &Feed) -> u64 {
    let mut machine = open(&CALL);
    for piece in feed.pieces() {
        machine.push(piece, Duration::ZERO);
        while let Step::Ready = machine.advance().expect("the corpus is a complete stream") {}
    }
    machine.dialect().template_hits()
}

/// Reads a stream with items that are the consumer's own, and dropped after a look.
pub fn decode_owned(feed: &Feed) -> Outcome {
    /// An item may go to another thread and live as long as it likes.
    fn sendable<T: Send + 'static>(item: T) -> T {
        item
    }
    read(&CALL, feed, |seen, machine| seen.look_owned(&sendable(machine.owned())))
}

#[inline(always)]
fn read(call: &Call<Chunks>, feed: &Feed, look: impl Fn(&mut Seen, &mut Machine<ChunkStream>)) -> Outcome {
    let mut machine = open(call);
    let mut pieces = feed.pieces();
    let mut seen = Seen::default();
    loop {
        match machine.advance().expect("the corpus is a complete stream") {
            Step::Ready => look(&mut seen, &mut machine),
            Step::NeedBytes => match pieces.next() {
                Some(piece) => machine.push(piece, Duration::ZERO),
                None => machine.end(End::Clean),
            },
            Step::Done => break,
        }
    }
    let completion = Box::new(machine.total().expect("the corpus is a complete stream"));
    Outcome::Completion { chunks: seen.chunks, seen: seen.bytes, completion }
}

/// Frames a stream and looks at the length of each event's data.
pub fn frame(feed: &Feed) -> Outcome {
    let mut decoder = sse::Decoder::new();
    let mut framed = Framed::default();
    let mut take = |decoder: &mut sse::Decoder| {
        while let Step::Ready = decoder.advance().expect("no event of a corpus is too large") {
            framed.events += 1;
            framed.data += black_box(decoder.event().data()).len();
        }
    };
    for piece in feed.pieces() {
        decoder.push(piece);
        take(&mut decoder);
    }
    decoder.end();
    take(&mut decoder);
    Outcome::Framed(framed)
}
