//! Instructions per event, counted by valgrind's callgrind: the same number in every run, whatever else the machine does.
//!
//! Who asks starts a program under valgrind, with [`FLAG`] and what to read; the report of `benches` starts itself once more. That
//! process reads the corpus once to warm up, and once inside [`region_of_interest`], the only function in which callgrind counts.

use std::hint::black_box;
use std::io;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::contestants::Contestant;
use crate::corpora::{self, Corpus};
use crate::feed::{Cut, Feed};
use crate::outcome::Outcome;

/// The first argument of the process whose instructions are counted. The contestant, the corpus, the cut and the number
/// of events follow.
pub const FLAG: &str = "--region-of-interest";

/// How many events are counted: enough that a stream's first and last chunk do not show.
pub const EVENTS: usize = 3_000;

/// Returns whether valgrind can be started.
pub fn is_there() -> bool {
    let status = Command::new("valgrind").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

/// Counts the instructions that a contestant takes for an event of a corpus, in `program`, which has to call [`run`] where
/// its first argument is [`FLAG`].
///
/// # Errors
/// An [`io::Error`] where valgrind cannot be started, or gives no count.
pub fn count(program: &Path, contestant: &str, corpus: &str, cut: Cut) -> io::Result<f64> {
    let (instructions, events) = count_all(program, contestant, corpus, cut, EVENTS)?;
    Ok(instructions as f64 / events as f64)
}

/// Counts the instructions that a contestant takes for a corpus of some size, as [`corpora::named`] takes it; returns them,
/// and the number of events.
///
/// # Errors
/// As [`count`].
pub fn count_all(program: &Path, contestant: &str, corpus: &str, cut: Cut, size: usize) -> io::Result<(u64, u64)> {
    let (instructions, said) = instructions(program, &[FLAG, contestant, corpus, &cut.to_string(), &size.to_string()])?;
    match said.trim().parse() {
        Ok(events) => Ok((instructions, events)),
        Err(_) => Err(io::Error::other(format!("{contestant} on {corpus} counted no events: {said}"))),
    }
}

/// Counts the instructions that `program` takes with those arguments in its functions whose names have `region_of_interest`
/// in them; returns them, and what it printed.
///
/// # Errors
/// As [`count`].
pub fn instructions(program: &Path, arguments: &[&str]) -> io::Result<(u64, String)> {
    let output = start(program, arguments, "/dev/null")?;
    let said = String::from_utf8_lossy(&output.stderr);
    let count = said.lines().find_map(|line| line.split_once("Collected :")?.1.trim().parse::<u64>().ok());
    match count {
        Some(count) if output.status.success() => Ok((count, String::from_utf8_lossy(&output.stdout).into_owned())),
        _ => Err(io::Error::other(format!("callgrind counted nothing for {arguments:?}: {said}"))),
    }
}

/// Starts `program` with those arguments under callgrind, which writes its profile to that file.
pub(crate) fn start(program: &Path, arguments: &[&str], profile: &str) -> io::Result<Output> {
    Command::new("valgrind")
        .args(["--tool=callgrind", "--toggle-collect=*region_of_interest*"])
        .arg(format!("--callgrind-out-file={profile}"))
        .arg(program)
        .args(arguments)
        .output()
}

/// Does what [`count`] asks for in the process that is counted, whose contestants `named` finds, and prints the number of events.
///
/// # Panics
/// Panics where the arguments after the flag are not those that [`count`] gives, or where something else comes out than
/// has to.
pub fn run(arguments: &[String], named: impl FnOnce(&str) -> Option<Contestant>) {
    let [contestant, corpus, cut, events] = arguments else { panic!("contestant, corpus, cut, events") };
    let contestant = named(contestant).expect("a contestant");
    let corpus = corpora::named(corpus, events.parse().expect("a number")).expect("a corpus");
    let feeds = feeds(&corpus, Cut::parse(cut).expect("a cut"));
    for outcomes in [read_all(contestant, &feeds), region_of_interest(contestant, &feeds)] {
        for (outcome, stream) in outcomes.iter().zip(&corpus.streams) {
            outcome.check(contestant.name, contestant.gives, &stream.expected, stream.events);
        }
    }
    println!("{}", corpus.events());
}

/// Cuts every stream of a corpus.
pub fn feeds(corpus: &Corpus, cut: Cut) -> Vec<Feed> {
    corpus.streams.iter().map(|stream| Feed::new(stream, cut)).collect()
}

/// Reads every stream once. A function of its own, and never inlined, so that callgrind finds it by its name.
#[inline(never)]
pub fn region_of_interest(contestant: Contestant, feeds: &[Feed]) -> Vec<Outcome> {
    black_box(read_all(contestant, feeds))
}

fn read_all(contestant: Contestant, feeds: &[Feed]) -> Vec<Outcome> {
    feeds.iter().map(|feed| (contestant.read)(feed)).collect()
}
