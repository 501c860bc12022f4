//! JSON that is still being written, beside everyone else who reads it: `report partial-json`.

use std::path::Path;
use std::time::Instant;

use requesty_benches::callgrind;
use requesty_benches::partial_json::{self as readers, FLAG, Load};
use requesty_core::json::partial::{Partial, PartialOptions};
use serde_json::Value;

use crate::allocator;
use crate::figure::{Figure, Figures, Goal};

const KIB: usize = 1_000;
const MIB: usize = 1_000_000;
/// Of the fast ones, the best of so many rounds counts; of those that read everything anew, of three.
const ROUNDS: usize = 25;
const SLOW_ROUNDS: usize = 3;

/// Adds all figures of unfinished JSON.
pub(crate) fn run(figures: &mut Figures, program: &Path, require_valgrind: bool) {
    say_what_snapshots_leave_out();
    race(figures, &readers::list(99 * KIB));
    race(figures, &readers::code(99 * KIB));
    race_string(figures);
    for load in [readers::deep(99 * KIB), Load { name: "list-bytewise", deltas: 99 * KIB, ..readers::list(99 * KIB) }] {
        beside(figures, &load);
    }
    growth(figures);
    memory(figures);
    instructions(figures, program, require_valgrind);
}

/// The speed of a contestant is worth as much as what it shows.
fn say_what_snapshots_leave_out() {
    let text = r#"{"a":{"b":[1,2,{"c":"xy"#;
    let ours = readers::ours(&[text]).value().map(|value| value.to_value());
    println!("# snapshots of {text}");
    println!("# requesty: {}", ours.unwrap_or_default());
    println!(
        "# json-stream-parser: {}: what is open hangs outside until it is closed",
        readers::json_stream_parser(&[text])
    );
    println!("# jiter: {}", readers::jiter_value(text));
    println!("# serde_json: nothing before the text is whole");
}

/// The best of a few rounds in milliseconds; what each round came to is checked, outside of its time.
fn best<T>(rounds: usize, load: &Load, read: impl Fn(&[&str]) -> T, value: impl Fn(T) -> Value) -> f64 {
    let deltas = load.cut();
    let expected: Value = serde_json::from_str(&load.text).expect("JSON");
    let mut best = f64::MAX;
    for _ in 0..rounds {
        let begin = Instant::now();
        let read = read(&deltas);
        best = best.min(begin.elapsed().as_secs_f64() * 1e3);
        assert!(value(read) == expected, "{} came to something else", load.name);
    }
    best
}

fn once(load: &Load) -> f64 {
    best(ROUNDS, load, |_| serde_json::from_str::<Value>(&load.text).expect("JSON"), |value| value)
}

fn jiter(load: &Load) -> f64 {
    best(SLOW_ROUNDS, load, readers::jiter, |text| readers::jiter_value(&text))
}

/// Every contestant on one text, with the goals.
fn race(figures: &mut Figures, load: &Load) {
    let name = load.name;
    let mut add = |what: &str, value: f64, digits, goal: Option<Goal>| {
        figures.add(Figure::new(format!("partial-json {name} {what}"), value, digits).goal(goal));
    };
    println!("# {name}: {} bytes in {} deltas, a snapshot after each; milliseconds", load.text.len(), load.cut().len());
    // Ours twice, with the others between: the best of both.
    let mut ours = best(ROUNDS, load, readers::ours, readers::value_of);
    let events = best(ROUNDS, load, readers::ours_with_events, readers::value_of);
    let once = once(load);
    let parser = best(ROUNDS, load, readers::json_stream_parser, |value| value);
    ours = ours.min(best(ROUNDS, load, readers::ours, readers::value_of));
    let jiter = jiter(load);
    let each = best(1, load, readers::serde_json_each, |text| serde_json::from_str(&text).expect("JSON"));
    add("requesty ms", ours, 3, Some(Goal::Times(1.0)));
    add("requesty, all events ms", events, 3, Some(Goal::Times(1.5)));
    add("serde_json once ms", once, 3, None);
    add("json-stream-parser ms", parser, 2, None);
    add("jiter each ms", jiter, 0, None);
    add("serde_json each ms", each, 0, None);
    add("json-stream-parser / requesty", parser / ours, 1, Some(Goal::AtLeast(8.0)));
    add("jiter / requesty", jiter / ours, 0, Some(Goal::AtLeast(400.0)));
    add("requesty / serde_json once", ours / once, 2, Some(Goal::AtMost(2.0)));
}

/// A plain string, in which reading anew is as fast as it can be.
fn race_string(figures: &mut Figures) {
    let load = readers::plain(100 * KIB);
    let ours = best(ROUNDS, &load, readers::ours, readers::value_of);
    let jiter = jiter(&load);
    figures.add(Figure::new("partial-json string requesty ms", ours, 3).goal(Goal::Times(0.1)));
    figures.add(Figure::new("partial-json string jiter each ms", jiter, 1));
    figures.add(Figure::new("partial-json string jiter / requesty", jiter / ours, 0).goal(Goal::AtLeast(50.0)));
}

/// What is printed beside, without a goal.
fn beside(figures: &mut Figures, load: &Load) {
    let ours = best(ROUNDS, load, readers::ours, readers::value_of);
    let parser = best(ROUNDS, load, readers::json_stream_parser, |value| value);
    figures.add(Figure::new(format!("partial-json {} requesty ms", load.name), ours, 3));
    figures.add(Figure::new(format!("partial-json {} json-stream-parser / requesty", load.name), parser / ours, 1));
}

/// At 10 MB the machine's pages show in the time, so it is compared with serde_json's own growth in the same run.
fn growth(figures: &mut Figures) {
    let (half, whole) = (readers::list(5 * MIB), readers::list(10 * MIB));
    let mut times = [f64::MAX; 4];
    for _ in 0..5 {
        for (at, load) in [&half, &whole].into_iter().enumerate() {
            times[at] = times[at].min(best(1, load, readers::ours, readers::value_of));
            times[2 + at] = times[2 + at].min(best(
                1,
                load,
                |_| serde_json::from_str::<Value>(&load.text).expect("JSON"),
                |value| value,
            ));
        }
    }
    let [ours_half, ours, serde_half, serde] = times;
    let ratio = (ours / ours_half) / (serde / serde_half);
    let note = format!("{ours_half:.1} and {ours:.1} ms, serde_json {serde_half:.1} and {serde:.1} ms");
    let name = "partial-json growth of time, 5 to 10 MB, beside serde_json's";
    figures.add(Figure::new(name, ratio, 2).goal(Goal::AtMost(1.15)).note(note));
}

fn memory(figures: &mut Figures) {
    for load in [readers::list(99 * KIB), readers::code(99 * KIB), readers::plain(100 * KIB)] {
        let deltas = load.cut();
        let mut partial = readers::ours(&deltas);
        partial.clear();
        let ((), counts) = allocator::count(|| deltas.iter().for_each(|delta| partial.push_str(delta).expect("JSON")));
        let name = format!("partial-json {} allocations once there is room", load.name);
        figures.add(Figure::new(name, counts.allocations as f64, 0).goal(Goal::AtMost(0.0)));
    }
    let load = readers::list(MIB);
    let (_, counts) = allocator::count(|| readers::ours(&load.cut()));
    // What the deltas are kept in is not the reader's.
    let cut = load.cut().len() * size_of::<&str>();
    let held = (counts.peak - cut) as f64 / load.text.len() as f64;
    figures.add(Figure::new("partial-json list heap / bytes", held, 1).goal(Goal::AtMost(8.0)));
    let mut options = PartialOptions::default();
    options.max_bytes = MIB as u32;
    let worst = ["0,", "[],", "\"\\n\",", "{\"\":0},", "{\"\\n\":{}},", "[[[[[[[[]]]]]]]],"].map(|element| {
        let mut partial = Partial::new(options);
        let ((), counts) = allocator::count(|| {
            partial.push(b"[").expect("JSON");
            while partial.push_str(element).is_ok() {}
        });
        counts.peak as f64 / MIB as f64
    });
    let worst = worst.into_iter().fold(0.0, f64::max);
    figures.add(Figure::new("partial-json worst heap / byte limit", worst, 1).goal(Goal::AtMost(20.0)));
}

fn instructions(figures: &mut Figures, program: &Path, require_valgrind: bool) {
    for bytes in [100 * KIB, MIB, 10 * MIB] {
        let name = format!("partial-json growth of instructions to {bytes} bytes");
        if !callgrind::is_there() {
            let goal = require_valgrind.then_some(Goal::AtMost(2.1));
            figures.add(Figure::unknown(name, "there is no valgrind").goal(goal));
            continue;
        }
        let count = |bytes: usize| {
            let counted = callgrind::instructions(program, &[FLAG, &bytes.to_string()]);
            counted.expect("a count of instructions").0 as f64
        };
        let (half, whole) = (count(bytes / 2), count(bytes));
        let note = format!("{:.0} for each byte", whole / bytes as f64);
        figures.add(Figure::new(name, whole / half, 2).goal(Goal::AtMost(2.1)).note(note));
    }
}
