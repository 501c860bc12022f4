//! Writes the crate's README from one run: no number in it was not printed by that run.

use std::fmt::Write as _;
use std::path::PathBuf;

use crate::figure::{Figure, Figures};
use crate::machine::Machine;
use crate::profiles::Profile;
use crate::race::Times;
use crate::speed::Races;

/// Returns where the README goes: this crate's folder.
///
/// # Panics
/// Panics where the program was not started by cargo, which says where that is.
pub(crate) fn folder() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR").expect("to be run by cargo").into()
}

const HEAD: &str = "\
# Benchmarks

How fast the core reads a stream, beside everyone else who reads one: the same bytes, the same process, one thread,
taking turns. Written by

```sh
cargo run --release -p requesty-benches --bin report -- --write
```

which takes about two minutes once it is built, and exits with 1 where a goal is missed. `REQUESTY_CONFORMANCE` names the
folder of recorded streams; instructions are counted by valgrind. `cargo bench -p requesty-benches` runs criterion benches
over the same.

![Nanoseconds per event](figures.svg)
";

const NOTES: &str = "\
Nanoseconds for an event, the best of many rounds. Decoding is bytes to typed chunks to a completion: `requesty` through
`Call::open`, `push` (its copy included), `advance`, `item`, and `total` at the end; the others through framing, a typed
chunk and strings that are appended to. `async-openai` is what its client does without its channel, eventsource-stream and
its types; these have no reasoning, which is then lost. The `borrowed` ones read a chunk of this crate's own out of this
project's framing. `docs-sample` is the logic of the router's documentation, which keeps nothing between two pieces.
The corpora are described in `../testing/counts/src/corpora/mod.rs`.
";

const FAMILIES: &str = "\
Nanoseconds for an event of a long answer in pieces of 1,400 bytes, measured in the same way. `plain` reads every event in full.
`claude-stream` has types of messages and framing of its own, which the others replace; `async-openai-responses` is
eventsource-stream and async-openai's types of responses. The `borrowed` ones read types of this crate's own out of this
project's framing.
";

const LEGEND: &str = "\
A line of the report is a kind of figure, a corpus, where it is cut (after so many bytes, after each `event`, or `whole`),
and whom it is about.

| kind | what it says |
|---|---|
| ratio | how many times as long the other takes |
| slowdown | how many times as long this project takes, beside the same without its template, or beside a floor |
| allocs | allocations for a delta once the stream is under way |
| memory | bytes held beside those that were pushed and not yet read: by the decoder, or by everything while a stream without text goes by |
| growth | the factor in time for twice the work; the times in milliseconds behind it |
| instr | instructions for an event |
| template-hits | the share of the chunks that the template read |
";

const PROFILES: &str = "\
Instructions of an event by function, as callgrind counts them, without the functions that it calls. They show what a missed goal
is made of. Four of them no reader can leave out: `Seen::look` is the consumer, `from_utf8` checks the text, `memcpy` takes the
bytes in and adds the text to the answer, and `memcmp` compares all other bytes with those of the event before.

* **Deltas** (`text`, `reason`, `zh`, messages and responses): `advance` keeps the promises about limits, ends and time for each
  event. Each promise costs a few instructions, and none costs many.
* **`adversarial`, `recorded`, the plain scan**: every member of an event is read, and what is new is kept for the caller. The
  others drop it.
* **Single bytes**: each byte is one `push` and one `advance`, which do little but return.
* **Responses beside sse-stream**: four events at the end of an answer repeat all of its text. They are compared with the text that
  came before, so that nothing is lost if they differ.
* **One push of everything**: the system gives the memory for the answer page by page, which takes longer than reading it.
";

/// Writes the page.
pub(crate) fn write(machine: &Machine, figures: &Figures, races: &Races, profiles: &[Profile]) -> String {
    let mut page = String::from(HEAD);
    let (watches, goals): (Vec<_>, Vec<_>) = figures.with_goal().partition(|figure| figure.is_watch());
    let reached = goals.iter().filter(|figure| !figure.is_missed()).count();
    let _ = writeln!(page, "\n{machine}.\n\n## Goals\n\n{reached} of {} reached.\n\n{LEGEND}", goals.len());
    goal_table(&mut page, &goals);
    let _ = writeln!(page, "\n## Decoding\n\n{NOTES}");
    page.push_str("By corpus, in pieces of 1,400 bytes:\n\n");
    table(&mut page, &races.by_corpus, |times| times.corpus.to_owned(), time);
    page.push_str("\nWhat each lost of the text, the reasoning or the arguments of calls in that run, in percent:\n\n");
    table(&mut page, &races.by_corpus, |times| times.corpus.to_owned(), loss);
    page.push_str("\n`text`, by where it is cut (1 and whole: 300 events, elsewhere 3,000):\n\n");
    table(&mut page, &races.by_cut, |times| times.cut.to_string(), time);
    page.push_str("\nWhat each lost of it, in percent:\n\n");
    table(&mut page, &races.by_cut, |times| times.cut.to_string(), loss);
    let _ = writeln!(page, "\n## Messages and responses\n\n{FAMILIES}");
    for times in &races.families {
        table(&mut page, std::slice::from_ref(times), |times| times.corpus.to_owned(), time);
        page.push('\n');
    }
    page.push_str("## Framing\n\n`text`, by where it is cut. ");
    page.push_str("`memchr` finds every line feed, `memchr2` every line end, `memcpy` copies.\n\n");
    table(&mut page, &races.framing, |times| times.cut.to_string(), time);
    let _ = writeln!(page, "\n## Where the instructions go\n\n{PROFILES}");
    for profile in profiles {
        let _ = writeln!(page, "| {} | |\n|---|--:|", profile.name);
        for (function, cost) in &profile.functions {
            let _ = writeln!(page, "| `{function}` | {cost:.0} |");
        }
        page.push('\n');
    }
    page.push_str("## The peers' wiring\n\nInstructions for an event beside what they were when the goals were set: ");
    page.push_str("a peer that takes many more is wired worse than it deserves.\n\n");
    goal_table(&mut page, &watches);
    page.push_str("\n## Everything else that was measured\n\n| figure | measured | |\n|---|--:|---|\n");
    let rest = figures.list.iter().filter(|figure| figure.goal.is_none() && !is_time(&figure.name));
    for figure in rest.filter(|figure| !is_loss(&figure.name)) {
        let _ = writeln!(page, "| {} | {} | {} |", figure.name, figure.value_text(), figure.note);
    }
    page
}

fn goal_table(page: &mut String, figures: &[&Figure]) {
    page.push_str("| figure | measured | goal | |\n|---|--:|---|---|\n");
    for figure in figures {
        let goal = figure.goal.map(|goal| goal.to_string()).unwrap_or_default();
        let goal = goal.strip_prefix("goal ").unwrap_or(&goal);
        let state = if figure.is_missed() { "missed" } else { "" };
        let state = [state, &figure.note].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("; ");
        let _ = writeln!(page, "| {} | {} | {goal} | {state} |", figure.name, figure.value_text());
    }
}

fn is_loss(name: &str) -> bool {
    name.starts_with("lost-") || name.starts_with("refused-")
}

fn is_time(name: &str) -> bool {
    name.starts_with("ns ") || name.starts_with("frame-ns ")
}

/// A column for each race, a row for each contestant.
fn table(
    page: &mut String,
    races: &[Times],
    title: impl Fn(&Times) -> String,
    cell: impl Fn(&Times, &'static str) -> String,
) {
    let Some(first) = races.first() else { return };
    let titles: Vec<String> = races.iter().map(title).collect();
    let _ = writeln!(page, "| | {} |\n|---|{}", titles.join(" | "), "--:|".repeat(races.len()));
    for (contestant, _) in &first.rows {
        let cells: Vec<String> = races.iter().map(|times| cell(times, contestant.name)).collect();
        let _ = writeln!(page, "| {} | {} |", contestant.name, cells.join(" | "));
    }
}

fn time(times: &Times, who: &'static str) -> String {
    times.of(who).map(|ns| format!("{ns:.1}")).unwrap_or_default()
}

/// What a contestant lost; `0` where it gave everything.
fn loss(times: &Times, who: &'static str) -> String {
    let lost = times.lost.iter().filter(|loss| loss.who == who);
    let mut lost: Vec<String> = lost.map(|loss| format!("{} {:.0}", loss.member, loss.percent.max(1.0))).collect();
    let refused = times.refused.iter().filter(|(name, ..)| *name == who);
    lost.extend(refused.map(|(_, refused, chunks)| format!("{refused} of {chunks} chunks refused")));
    if lost.is_empty() { "0".to_owned() } else { lost.join(", ") }
}
