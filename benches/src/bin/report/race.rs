//! Races: everyone reads the same bytes in turn, round after round, and the best round of each counts. Whatever disturbs
//! the machine disturbs all of them.

use std::time::{Duration, Instant};

use requesty_benches::callgrind::feeds;
use requesty_benches::contestants::Contestant;
use requesty_benches::corpora::Corpus;
use requesty_benches::feed::Cut;
use requesty_benches::outcome::Outcome;

/// How long a race takes, unless [`ROUNDS`] take longer.
const BUDGET: Duration = Duration::from_millis(1_500);
/// The least number of rounds.
const ROUNDS: usize = 7;

/// The best times of one race.
#[derive(Clone, Debug)]
pub(crate) struct Times {
    pub(crate) corpus: &'static str,
    pub(crate) cut: Cut,
    /// Nanoseconds for an event, by contestant.
    pub(crate) rows: Vec<(Contestant, f64)>,
    /// What share of which member was lost, in percent, by those that lose any.
    pub(crate) lost: Vec<Loss>,
    /// How many of the chunks were refused, by those that refuse any.
    pub(crate) refused: Vec<(&'static str, usize, usize)>,
}

/// What a contestant did not give of a corpus.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Loss {
    pub(crate) who: &'static str,
    /// `text`, `reasoning` or `arguments`.
    pub(crate) member: &'static str,
    pub(crate) percent: f64,
}

impl Times {
    /// Returns the nanoseconds of a contestant that ran.
    pub(crate) fn of(&self, name: &str) -> Option<f64> {
        self.rows.iter().find(|(contestant, _)| contestant.name == name).map(|(_, ns)| *ns)
    }

    /// Returns how many times as long `slow` takes as `fast`.
    pub(crate) fn ratio(&self, slow: Contestant, fast: Contestant) -> Option<f64> {
        Some(self.of(slow.name)? / self.of(fast.name)?)
    }
}

/// Runs a race over a corpus.
///
/// # Panics
/// Panics where something else comes out than has to, in any round.
pub(crate) fn race(corpus: &Corpus, cut: Cut, contestants: &[Contestant]) -> Times {
    let feeds = feeds(corpus, cut);
    let mut best = vec![Duration::MAX; contestants.len()];
    let mut times = Times { corpus: corpus.name, cut, rows: Vec::new(), lost: Vec::new(), refused: Vec::new() };
    let start = Instant::now();
    let mut round = 0;
    while round < ROUNDS || start.elapsed() < BUDGET {
        for (contestant, best) in contestants.iter().zip(&mut best) {
            let mut outcomes = Vec::with_capacity(feeds.len());
            let begin = Instant::now();
            for feed in &feeds {
                outcomes.push((contestant.read)(feed));
            }
            *best = begin.elapsed().min(*best);
            for (outcome, stream) in outcomes.iter().zip(&corpus.streams) {
                outcome.check(contestant.name, contestant.gives, &stream.expected, stream.events);
            }
            if round == 0 {
                times.note_losses(contestant.name, corpus, &outcomes);
            }
        }
        round += 1;
    }
    let per_event = |best: &Duration| best.as_nanos() as f64 / corpus.events() as f64;
    times.rows = contestants.iter().copied().zip(best.iter().map(per_event)).collect();
    times
}

impl Times {
    fn note_losses(&mut self, who: &'static str, corpus: &Corpus, outcomes: &[Outcome]) {
        let (mut given, mut refused) = ([0; 3], 0);
        for outcome in outcomes {
            let Outcome::Sums(sums) = outcome else { return };
            let lengths = [sums.text.len(), sums.reasoning.len(), sums.arguments.len()];
            given.iter_mut().zip(lengths).for_each(|(sum, length)| *sum += length);
            refused += sums.refused;
        }
        let mut wanted = [0; 3];
        for expected in corpus.streams.iter().map(|stream| &stream.expected) {
            let lengths = [expected.text.len(), expected.reasoning.len(), expected.arguments.len()];
            wanted.iter_mut().zip(lengths).for_each(|(sum, length)| *sum += length);
        }
        for ((member, given), wanted) in ["text", "reasoning", "arguments"].into_iter().zip(given).zip(wanted) {
            if given < wanted {
                let percent = 100.0 * (1.0 - given as f64 / wanted as f64);
                self.lost.push(Loss { who, member, percent });
            }
        }
        if refused > 0 {
            let chunks = corpus.streams.iter().map(|stream| stream.expected.chunks).sum();
            self.refused.push((who, refused, chunks));
        }
    }
}
