//! The differential test in short, on any toolchain. The program `differential` runs it for long.

use std::thread;

use requesty_fuzz::differential::Differential;
use requesty_fuzz::generate;
use requesty_fuzz::random::Random;
use requesty_fuzz::tally::Tally;

const ROUNDS: u64 = 700;
const THREADS: u64 = 2;

#[test]
fn every_reading_of_made_up_streams_is_the_same() {
    let run = |thread: u64| {
        let differential = Differential::new();
        let rounds = (thread..ROUNDS).step_by(usize::try_from(THREADS).expect("few"));
        let tallies = rounds.map(|round| differential.check(&generate::sample(&mut Random::of_round(3, round))));
        tallies.fold(Tally::default(), |sum, tally| sum + tally)
    };
    let sum = thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|thread| scope.spawn(move || run(thread))).collect();
        let tallies = threads.into_iter().map(|thread| thread.join().expect("no difference"));
        tallies.fold(Tally::default(), |sum, tally| sum + tally)
    });
    println!("{sum}");
    assert!(sum.shows_enough(), "{sum}");
}
