//! Twice the stream is twice the work, however it is cut. What is allocated and copied is counted by the core's own test of that
//! name, `core/tests/alloc/growth.rs`, in any build.

use requesty_counts::callgrind;
use requesty_counts::feed::Cut;

/// Twice the work may take a little more than twice the instructions.
const PER_DOUBLING: f64 = 2.3;

/// What is read, how it is cut, and the larger of two sizes: events, or KiB for those of one large event.
const CASES: &[(&str, Cut, usize)] = &[
    // About a MiB, byte by byte.
    ("text", Cut::Every(1), 3_600),
    ("text", Cut::Whole, 60_000),
    ("tool", Cut::Every(1_400), 40_000),
    // One event of 8 MiB.
    ("huge", Cut::Every(1_400), 8 << 10),
    ("huge", Cut::Every(1), 256),
    ("slots", Cut::Every(1), 256),
    ("adversarial", Cut::Every(1_400), 4_000),
];

#[test]
fn twice_the_stream_takes_twice_the_instructions() {
    let Some(program) = super::program() else { return };
    let mut over = Vec::new();
    for &(corpus, cut, size) in CASES {
        let count = |size| callgrind::count_all(program, "requesty", corpus, cut, size).expect("a count").0;
        let (half, whole) = (count(size / 2), count(size));
        let growth = whole as f64 / half as f64;
        println!("{corpus} {cut}, {size}: {whole} instructions, {growth:.2} times those of half of it");
        if growth >= PER_DOUBLING {
            over.push(format!("{corpus} {cut}: {growth:.2}"));
        }
    }
    assert!(over.is_empty(), "per doubling: {}", over.join("; "));
}
