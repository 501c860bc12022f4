//! The differential test in short, on any toolchain. The program `differential` runs it for long.

use requesty_fuzz::differential::Differential;
use requesty_fuzz::generate;
use requesty_fuzz::random::Random;
use requesty_fuzz::tally::Tally;

#[test]
fn every_reading_of_made_up_streams_is_the_same() {
    let differential = Differential::new();
    let mut sum = Tally::default();
    for round in 0..2_000 {
        sum = sum + differential.check(&generate::sample(&mut Random::of_round(3, round)));
    }
    println!("{sum}");
    assert!(sum.shows_enough(), "{sum}");
}
