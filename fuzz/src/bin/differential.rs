//! Runs the differential test over as many events as it is told, and prints what it saw.
//!
//! `cargo run --release -p requesty-fuzz --bin differential -- 10000000 [seed]`
//!
//! It fails where two readings differ, and says which round of which seed it was, so that
//! `… -- 0 <seed> <round>` repeats that one alone. It also fails where the run shows too little: see [`Tally`].

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use requesty_fuzz::differential::{Differential, Sample};
use requesty_fuzz::generate;
use requesty_fuzz::random::Random;
use requesty_fuzz::shrink::shrink;
use requesty_fuzz::tally::Tally;

const THREADS: u64 = 2;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse::<u64>());
    let mut argument = |default: Option<u64>| arguments.next().map_or(Ok(default), |given| given.map(Some));
    let (Ok(Some(events)), Ok(Some(seed)), Ok(round)) = (argument(Some(100_000)), argument(Some(1)), argument(None))
    else {
        eprintln!("usage: differential [events] [seed] [round]");
        return ExitCode::FAILURE;
    };
    if let Some(round) = round {
        return repeat(seed, round);
    }

    let started = Instant::now();
    let (seen, failed) = (AtomicU64::new(0), AtomicBool::new(false));
    let tally = thread::scope(|scope| {
        let run = |thread| run(events, seed, thread, &seen, &failed);
        let threads: Vec<_> = (0..THREADS).map(|thread| scope.spawn(move || run(thread))).collect();
        let tallies = threads.into_iter().map(|thread| thread.join().expect("panics are caught"));
        tallies.fold(Tally::default(), |sum, tally| sum + tally)
    });
    print!("{tally}");
    println!("{:>12} seconds, seed {seed}", started.elapsed().as_secs());
    let enough = !failed.load(Ordering::Relaxed) && tally.shows_enough();
    if enough { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs one round alone; where it fails, makes it small and shows it.
fn repeat(seed: u64, round: u64) -> ExitCode {
    let differential = Differential::new();
    let mut sample = generate::sample(&mut Random::of_round(seed, round));
    if let Some(tally) = check(&differential, &sample) {
        print!("{tally}");
        return ExitCode::SUCCESS;
    }
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    sample = shrink(&sample, |sample| check(&differential, sample).is_none());
    std::panic::set_hook(hook);
    check(&differential, &sample);
    let Sample { body, cuts, breaks, closely, limits } = sample;
    println!("{}\ncut at {cuts:?}, breaks: {breaks}, closely: {closely}, limits: {limits:?}", body.escape_ascii());
    ExitCode::FAILURE
}

/// Runs every so-manieth round until all threads together saw enough events.
fn run(events: u64, seed: u64, thread: u64, seen: &AtomicU64, failed: &AtomicBool) -> Tally {
    let differential = Differential::new();
    let mut sum = Tally::default();
    let mut round = thread;
    while seen.load(Ordering::Relaxed) < events && !failed.load(Ordering::Relaxed) {
        let sample = generate::sample(&mut Random::of_round(seed, round));
        let Some(tally) = check(&differential, &sample) else {
            println!("a difference: seed {seed}, round {round}");
            failed.store(true, Ordering::Relaxed);
            break;
        };
        seen.fetch_add(tally.events, Ordering::Relaxed);
        sum = sum + tally;
        round += THREADS;
    }
    sum
}

fn check(differential: &Differential, sample: &Sample) -> Option<Tally> {
    catch_unwind(AssertUnwindSafe(|| differential.check(sample))).ok()
}
