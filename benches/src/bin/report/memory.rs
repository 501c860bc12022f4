//! Allocations per delta once a stream is under way, and the memory that the parser holds.

use std::hint::black_box;
use std::time::Duration;

use requesty_benches::contestants::{ASYNC_OPENAI, SERDE, SONIC, SSE_STREAM_TYPES, SSEER_TYPES};
use requesty_benches::corpora::{self, Corpus, NAMES, Stream};
use requesty_benches::feed::{Cut, Feed};
use requesty_benches::ours::{self, Seen};
use requesty_core::chat::Chunk;
use requesty_core::{End, Step, sse};

use crate::allocator;
use crate::figure::{Figure, Figures, Goal};
use crate::speed::PACKET;

const EVENTS: usize = 3_000;
/// What is let through beside a goal: the strings of the answer double as they grow.
const DOUBLING: f64 = 0.02;
/// How much the parser may hold beside what it was given and has not read.
const STATE: f64 = 28.0 * 1024.0;

/// Measures both.
pub(crate) fn run(figures: &mut Figures) {
    // Recordings are too short for a steady state; what they cost is in the races.
    for name in NAMES.iter().filter(|name| **name != "recorded") {
        let corpus = corpora::named(name, EVENTS).expect("a corpus");
        let stream = &corpus.streams[0];
        let lent = steady(stream, PACKET, false);
        figures.add(allocs(name, PACKET, "").value(lent).goal(Goal::Allocations { most: 0.0, doubling: DOUBLING }));
        let owned = allocs(name, PACKET, " owned").value(steady(stream, PACKET, true));
        figures.add(if *name == "text" {
            owned.goal(Goal::Allocations { most: 1.0, doubling: DOUBLING })
        } else {
            owned
        });
    }
    let text = corpora::named("text", EVENTS).expect("a corpus");
    for cut in [Cut::Event, Cut::Every(64)] {
        let lent = steady(&text.streams[0], cut, false);
        figures.add(allocs("text", cut, "").value(lent).goal(Goal::Allocations { most: 0.0, doubling: DOUBLING }));
    }
    for peer in [ASYNC_OPENAI, SSEER_TYPES, SSE_STREAM_TYPES, SERDE, SONIC] {
        let feed = Feed::new(&text.streams[0], PACKET);
        let (_, counts) = allocator::count(|| (peer.read)(&feed));
        let name = format!("allocs text {PACKET} {}", peer.name);
        figures.add(Figure::new(name, counts.allocations as f64 / text.events() as f64, 2).note("the whole stream"));
    }
    held(figures, &text);
}

fn allocs(corpus: &str, cut: Cut, what: &str) -> Named {
    Named(format!("allocs {corpus} {cut}{what}"))
}

struct Named(String);

impl Named {
    fn value(self, value: f64) -> Figure {
        Figure::new(self.0, value, 3)
    }
}

/// Returns the allocations per delta in the second half of a stream, from one item to the next, pushing included. Deltas
/// that open a call, or end an answer, are left out: they bring something new to keep.
fn steady(stream: &Stream, cut: Cut, owned: bool) -> f64 {
    let feed = Feed::new(stream, cut);
    let mut machine = ours::open(&ours::CALL);
    let mut pieces = feed.pieces();
    let (mut seen, mut deltas, mut allocations) = (Seen::default(), 0_usize, 0);
    let ((), _) = allocator::count(|| {
        let mut before = 0;
        loop {
            match machine.advance().expect("the corpus is a complete stream") {
                Step::Ready => {
                    let arrived = allocator::allocations() - before;
                    let counts = goes_on(&machine.item()) && seen.chunks > stream.expected.chunks / 2;
                    let taken = allocator::allocations();
                    if owned {
                        seen.look_owned(&machine.owned());
                    } else {
                        seen.look(&machine.item());
                    }
                    before = allocator::allocations();
                    if counts {
                        deltas += 1;
                        allocations += arrived + (before - taken);
                    }
                }
                Step::NeedBytes => match pieces.next() {
                    Some(piece) => machine.push(piece, Duration::ZERO),
                    None => machine.end(End::Clean),
                },
                Step::Done => break,
            }
        }
    });
    allocations as f64 / deltas.max(1) as f64
}

/// Returns whether a chunk only goes on with what there is.
fn goes_on(chunk: &Chunk<'_>) -> bool {
    chunk
        .deltas()
        .all(|delta| delta.finish_reason().is_none() && delta.tool_calls().all(|call| call.name_fragment().is_none()))
}

/// Memory: of the decoder beside what it buffers, and of everything while an answer without text goes by, so that all of
/// it is state; less one piece, which is what was pushed.
fn held(figures: &mut Figures, text: &Corpus) {
    let mixed = corpora::named("mixed", EVENTS).expect("a corpus");
    let silent = corpora::silent(EVENTS);
    for (cut, piece) in [(Cut::Event, 0), (PACKET, 1_400), (Cut::Every(16_384), 16_384)] {
        for corpus in [text, &mixed] {
            let name = format!("memory framing {} {cut}", corpus.name);
            figures.add(Figure::new(name, framing_state(&corpus.streams[0], cut) as f64, 0).goal(Goal::AtMost(STATE)));
        }
        let feed = Feed::new(&silent, cut);
        let (machine, counts) = allocator::count(|| stream_only(&feed));
        let state = (counts.peak + machine).saturating_sub(piece);
        figures.add(Figure::new(format!("memory silent {cut}"), state as f64, 0).goal(Goal::AtMost(STATE)));
    }
}

/// Returns the most that the decoder holds beyond what it buffers for events that were not handed out yet.
fn framing_state(stream: &Stream, cut: Cut) -> usize {
    let feed = Feed::new(stream, cut);
    let mut decoder = sse::Decoder::new();
    let mut most = 0;
    for piece in feed.pieces() {
        decoder.push(piece);
        most = most.max(decoder.capacity().saturating_sub(decoder.buffered()));
        while let Step::Ready = decoder.advance().expect("no event of a corpus is too large") {
            black_box(decoder.event().data());
        }
        most = most.max(decoder.capacity().saturating_sub(decoder.buffered()));
    }
    most + size_of::<sse::Decoder>()
}

/// Reads a stream without asking for its total, and returns the size of the machine itself.
fn stream_only(feed: &Feed) -> usize {
    let mut machine = ours::open(&ours::CALL);
    for piece in feed.pieces() {
        machine.push(piece, Duration::ZERO);
        while let Step::Ready = machine.advance().expect("the corpus is a complete stream") {
            black_box(machine.item().text());
        }
    }
    size_of_val(&machine)
}
