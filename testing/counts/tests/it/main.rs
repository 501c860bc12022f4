//! Instructions, counted by callgrind, so the same on a busy machine.
//!
//! `cargo test --release -p requesty-counts -- --nocapture`. A debug build counts something else and passes all of it over, and
//! so does a machine without valgrind; both say so.

mod growth;
mod instructions;
mod profile;
mod whole_replies;

use std::path::Path;

use requesty_counts::callgrind;

/// Returns the program that is counted; `None` where nothing can be counted.
fn program() -> Option<&'static Path> {
    if cfg!(debug_assertions) {
        println!("skipped: a debug build counts nothing of use; add --release");
        return None;
    }
    if !callgrind::is_there() {
        println!("skipped: there is no valgrind to count with");
        return None;
    }
    Some(Path::new(env!("CARGO_BIN_EXE_counted")))
}
