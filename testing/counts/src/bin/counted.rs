//! What the tests start under valgrind: it reads what its arguments name, and has nothing in it but the core.

use std::process::ExitCode;

use requesty_counts::{callgrind, contestants, whole_replies};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.split_first().map(|(first, rest)| (first.as_str(), rest)) {
        Some((callgrind::FLAG, rest)) => callgrind::run(rest, contestants::named),
        Some((whole_replies::FLAG, rest)) => whole_replies::run(rest),
        _ => {
            eprintln!("the first argument is {} or {}", callgrind::FLAG, whole_replies::FLAG);
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
