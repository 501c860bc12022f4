//! Bytes to events, and bytes to typed chunks to a completion, by the shape of the stream and the size of the reads.
//!
//! `cargo bench -p requesty-benches`, or `cargo bench -p requesty-benches -- decode/text/` for a part of it. What a figure
//! means beside the others of the same run is what `report` prints; these are for watching one of them closely.

#![allow(missing_docs, reason = "the macros write items without any")]

use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use requesty_benches::contestants::{self, Contestant};
use requesty_benches::corpora::{self, Corpus};
use requesty_benches::feed::{CUTS, Cut, Feed};

const EVENTS: usize = 3_000;
/// With pieces of one byte, and with one piece for everything, some peers take a hundred times as long for an event.
const FEW_EVENTS: usize = 300;

fn framing(criterion: &mut Criterion) {
    for cut in CUTS {
        race(criterion, "frame", &corpus("text", *cut), *cut, contestants::FRAMING);
    }
}

fn decoding_by_cut(criterion: &mut Criterion) {
    for cut in CUTS {
        race(criterion, "decode", &corpus("text", *cut), *cut, contestants::DECODING);
    }
}

fn decoding_by_corpus(criterion: &mut Criterion) {
    let some = [contestants::OURS, contestants::OURS_OWNED, contestants::ASYNC_OPENAI, contestants::SSE_STREAM_TYPES];
    for corpus in corpora::all(EVENTS).iter().filter(|corpus| corpus.name != "text") {
        race(criterion, "decode", corpus, Cut::Every(1_400), &some);
    }
}

fn corpus(name: &str, cut: Cut) -> Corpus {
    let few = matches!(cut, Cut::Every(1) | Cut::Whole);
    corpora::named(name, if few { FEW_EVENTS } else { EVENTS }).expect("a corpus")
}

fn race(criterion: &mut Criterion, what: &str, corpus: &Corpus, cut: Cut, contestants: &[Contestant]) {
    let feeds: Vec<Feed> = corpus.streams.iter().map(|stream| Feed::new(stream, cut)).collect();
    let mut group = criterion.benchmark_group(format!("{what}/{}/{cut}", corpus.name));
    group.throughput(Throughput::Elements(corpus.events() as u64));
    group.sample_size(10).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_millis(700));
    for contestant in contestants {
        group.bench_function(BenchmarkId::from_parameter(contestant.name), |bench| {
            // What came out is dropped, and checked below, outside of the time that is taken.
            bench.iter_with_large_drop(|| feeds.iter().map(|feed| (contestant.read)(feed)).collect::<Vec<_>>());
        });
        for (feed, stream) in feeds.iter().zip(&corpus.streams) {
            (contestant.read)(feed).check(contestant.name, contestant.gives, &stream.expected, stream.events);
        }
    }
    group.finish();
}

criterion_group!(benches, framing, decoding_by_cut, decoding_by_corpus);
criterion_main!(benches);
