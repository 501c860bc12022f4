//! Bytes to typed chunks to a completion, by the shape of the stream and the size of the reads.
//!
//! `cargo bench -p requesty-benches`

#![allow(missing_docs, reason = "the macros write items without any")]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use requesty_benches::{call, corpora, decode};

fn stream(criterion: &mut Criterion) {
    const EVENTS: usize = 3_000;
    let call = call();
    let mut group = criterion.benchmark_group("decode");
    group.throughput(Throughput::Elements(EVENTS as u64)).sample_size(20);
    for corpus in corpora(EVENTS) {
        for piece in [64, 1_400, 16_384, usize::MAX] {
            let feed = if piece == usize::MAX { "whole".to_owned() } else { piece.to_string() };
            let id = BenchmarkId::new(corpus.name, feed);
            group.bench_with_input(id, &corpus, |bench, corpus| bench.iter(|| decode(&call, corpus, piece)));
        }
    }
    group.finish();
}

criterion_group!(benches, stream);
criterion_main!(benches);
