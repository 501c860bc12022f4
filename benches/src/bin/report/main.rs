//! Prints every figure beside its goal, a line each, and exits with 1 where a goal is missed.
//!
//! `cargo run --release -p requesty-benches --bin report -- [partial-json | families] [--write] [--require-valgrind]`
//!
//! | argument | what it does |
//! |---|---|
//! | `partial-json` | measures unfinished JSON, and nothing else |
//! | `families` | measures messages and responses, and nothing else |
//! | `--write` | writes the figures to `README.md` and `figures.svg` of this crate |
//! | `--require-valgrind` | without valgrind, the goals that need it count as missed |

mod allocator;
mod figure;
mod growth;
mod instructions;
mod machine;
mod memory;
mod partial;
mod profiles;
mod race;
mod readme;
mod speed;
mod svg;

use std::process::ExitCode;
use std::time::Instant;

use requesty_benches::{callgrind, contestants, partial_json};

use crate::figure::Figures;
use crate::machine::Machine;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.split_first().map(|(first, rest)| (first.as_str(), rest)) {
        // Started by itself: to be counted, or with another allocator.
        Some((callgrind::FLAG, rest)) => {
            callgrind::run(rest, contestants::named);
            return ExitCode::SUCCESS;
        }
        Some((partial_json::FLAG, rest)) => {
            partial_json::count(rest);
            return ExitCode::SUCCESS;
        }
        Some((growth::FLAG, _)) => {
            growth::measure();
            return ExitCode::SUCCESS;
        }
        _ => {}
    }
    let is_set = |flag: &str| arguments.iter().any(|argument| argument == flag);
    if let Some(unknown) = arguments
        .iter()
        .find(|flag| !["partial-json", "families", "--write", "--require-valgrind"].contains(&flag.as_str()))
    {
        eprintln!("{unknown} is no argument; there are partial-json, families, --write and --require-valgrind");
        return ExitCode::FAILURE;
    }
    if cfg!(debug_assertions) {
        eprintln!("a debug build measures nothing: add --release");
        return ExitCode::FAILURE;
    }

    let machine = Machine::look();
    println!("# {machine}");
    let begin = Instant::now();
    let mut figures = Figures::default();
    let program = std::env::current_exe().expect("the path of this program");
    if is_set("partial-json") {
        partial::run(&mut figures, &program, is_set("--require-valgrind"));
        return summary(&figures, begin);
    }
    if is_set("families") {
        speed::families(&mut figures);
        return summary(&figures, begin);
    }
    let races = speed::run(&mut figures);
    memory::run(&mut figures);
    growth::run(&mut figures, &program);
    instructions::run(&mut figures, &program, is_set("--require-valgrind"));
    let profiles = profiles::run(&program);

    let code = summary(&figures, begin);
    if is_set("--write") {
        let folder = readme::folder();
        std::fs::write(folder.join("README.md"), readme::write(&machine, &figures, &races, &profiles))
            .expect("README.md");
        std::fs::write(folder.join("figures.svg"), svg::write(&machine, &races)).expect("figures.svg");
    }
    code
}

/// Prints what was missed.
fn summary(figures: &Figures, begin: Instant) -> ExitCode {
    let missed: Vec<_> = figures.list.iter().filter(|figure| figure.is_missed()).collect();
    println!("\n# {} of {} goals missed", missed.len(), figures.with_goal().count());
    missed.iter().for_each(|figure| println!("{figure}"));
    println!("# {:.0} s", begin.elapsed().as_secs_f64());
    if missed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
