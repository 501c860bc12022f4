//! Whether time grows with the bytes and no faster: the same work twice as large, and twice again.
//!
//! The sizes are past every cache, so that the memory costs the same for each. Measured in a process of its own, whose allocator keeps what is freed instead of giving it back. Otherwise large buffers
//! are new pages in each round, from some size on, and that step would look like growth.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use requesty_benches::contestants::{Contestant, FRAME, OURS};
use requesty_benches::corpora::{self, Stream};
use requesty_benches::feed::{Cut, Feed};

use crate::figure::{Figure, Figures, Goal};
use crate::speed::PACKET;

/// The only argument of the process that measures.
pub(crate) const FLAG: &str = "--growth";

/// For glibc: no mapping of its own for a large block, no trimming. Elsewhere it says nothing.
const KEEP_MEMORY: &str = "glibc.malloc.mmap_threshold=4294967296:glibc.malloc.trim_threshold=4294967296";

/// Twice the work may take a little more than twice the time.
const PER_DOUBLING: f64 = 2.3;
const ROUNDS: usize = 9;

/// Adds the mean factor from one size to the next, for each kind of growth.
pub(crate) fn run(figures: &mut Figures, program: &Path) {
    let output = Command::new(program).arg(FLAG).env("GLIBC_TUNABLES", KEEP_MEMORY).output();
    let output = output.expect("this program can be started again");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let (name, times) = line.split_once(": ").expect("a name and times");
        let times: Vec<f64> = times.split(' ').map(|time| time.parse().expect("a time")).collect();
        let factor = (times[times.len() - 1] / times[0]).powf(1.0 / (times.len() - 1) as f64);
        let milliseconds: Vec<String> = times.iter().map(|time| format!("{time:.2}")).collect();
        let note = format!("{} ms", milliseconds.join(", "));
        // Framing alone is about as fast as the memory, and shows its steps: a figure to look at.
        let goal = (!name.ends_with(FRAME.name)).then_some(Goal::AtMost(PER_DOUBLING));
        figures.add(Figure::new(name, factor, 2).goal(goal).note(note));
    }
}

/// Measures, and prints a line for each kind of growth.
pub(crate) fn measure() {
    let mib = |n: usize| corpora::huge(n << 20);
    let text = |n: usize| corpora::named("text", n).expect("a corpus").streams.remove(0);
    for contestant in [OURS, FRAME] {
        let who = contestant.name;
        let grow = |name: &str, cut: Cut, sizes: [usize; 3], stream: &dyn Fn(usize) -> Stream| {
            let times = best(contestant, cut, sizes.map(stream)).map(|time| time.to_string());
            println!("growth {name} {cut} {who}: {}", times.join(" "));
        };
        // The largest is just within what the core takes as one event.
        grow("one-event-of-14-28-56-MiB", PACKET, [14, 28, 56], &mib);
        grow("200000-400000-800000-events", Cut::Whole, [200_000, 400_000, 800_000], &text);
        grow("1000-2000-4000-events", Cut::Every(1), [1_000, 2_000, 4_000], &text);
    }
}

/// Returns the best time of a few rounds for each stream, in milliseconds. The streams take turns, so that whatever disturbs
/// the machine disturbs all of them.
fn best<const N: usize>(contestant: Contestant, cut: Cut, streams: [Stream; N]) -> [f64; N] {
    let mut best = [f64::MAX; N];
    for _ in 0..ROUNDS {
        for (stream, best) in streams.iter().zip(&mut best) {
            let feed = Feed::new(stream, cut);
            let begin = Instant::now();
            let outcome = (contestant.read)(&feed);
            *best = best.min(begin.elapsed().as_secs_f64() * 1e3);
            outcome.check(contestant.name, contestant.gives, &stream.expected, stream.events);
        }
    }
    best
}
