//! Where the instructions of an event go: the functions that callgrind saw, without those that they call.

use std::collections::HashMap;
use std::io;
use std::path::Path;

use crate::callgrind::{self, EVENTS, FLAG};
use crate::feed::Cut;

/// Returns the instructions for an event in each function, the most costly first.
///
/// # Errors
/// An [`io::Error`] where valgrind cannot be started, or leaves no profile.
pub fn profile(program: &Path, contestant: &str, corpus: &str, cut: Cut) -> io::Result<Vec<(String, f64)>> {
    let arguments = [FLAG, contestant, corpus, &cut.to_string(), &EVENTS.to_string()];
    let output = callgrind::start(program, &arguments, "/dev/stderr")?;
    if !output.status.success() {
        return Err(io::Error::other(format!("valgrind ended with {}", output.status)));
    }
    let profile = String::from_utf8_lossy(&output.stderr);
    let mut functions: Vec<_> = read(&profile).into_iter().collect();
    functions.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    Ok(functions.into_iter().map(|(name, cost)| (name, cost as f64 / EVENTS as f64)).collect())
}

/// Adds up the costs in a profile by function. The line behind `calls=` has the cost of what is called, which counts there.
fn read(profile: &str) -> HashMap<String, u64> {
    let mut names = HashMap::new();
    let mut costs = HashMap::new();
    let (mut function, mut is_call) = (String::new(), false);
    for line in profile.lines() {
        if let Some(name) = line.strip_prefix("fn=") {
            function = name_of(name, &mut names);
        } else if let Some(name) = line.strip_prefix("cfn=") {
            name_of(name, &mut names);
        } else if line.starts_with("calls=") {
            is_call = true;
        } else if line.starts_with(|first: char| first.is_ascii_digit() || "+-*".contains(first)) {
            let cost = line.split(' ').nth(1).and_then(|cost| cost.parse::<u64>().ok()).unwrap_or(0);
            if !std::mem::take(&mut is_call) {
                *costs.entry(function.clone()).or_default() += cost;
            }
        }
    }
    costs
}

/// A name comes as `(7) name` once, and as `(7)` from then on.
fn name_of(text: &str, names: &mut HashMap<String, String>) -> String {
    let (id, name) = text.split_once(' ').unwrap_or((text, ""));
    if !name.is_empty() {
        names.insert(id.to_owned(), name.to_owned());
    }
    names.get(id).cloned().unwrap_or_default()
}
