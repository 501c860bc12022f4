//! A text event costs no more instructions than it should: counted by callgrind, so the same on a busy machine.
//!
//! `cargo test --release -p requesty-benches --test instructions`. A debug build counts something else and passes this over,
//! and so does a machine without valgrind; both say so.

use std::path::Path;

use requesty_benches::callgrind;
use requesty_benches::feed::Cut;

/// What is let through beyond what was reached: another compiler may choose other instructions.
const SLACK: f64 = 1.2;

/// What was reached; the report says what the goals are, and how far it is to them.
const REACHED: &[(Cut, f64)] = &[(Cut::Every(1_400), 960.0), (Cut::Event, 1_060.0)];

#[test]
fn a_text_event_takes_few_instructions() {
    if cfg!(debug_assertions) {
        println!("skipped: a debug build counts nothing of use; add --release");
        return;
    }
    if !callgrind::is_there() {
        println!("skipped: there is no valgrind to count with");
        return;
    }
    let program = Path::new(env!("CARGO_BIN_EXE_report"));
    let mut over = Vec::new();
    for &(cut, reached) in REACHED {
        let count = callgrind::count(program, "requesty", "text", cut).expect("a count");
        println!("text {cut}: {count:.0} instructions per event, {reached} when last looked at");
        if count > reached * SLACK {
            over.push(format!("{count:.0} at {cut}, once {reached}"));
        }
    }
    assert!(over.is_empty(), "instructions per text event: {}", over.join("; "));
}
