//! Where the instructions of an event go, for the readers whose goals are hard to reach.

use std::collections::HashMap;
use std::path::Path;

use requesty_benches::feed::Cut;
use requesty_benches::{callgrind, profile};

/// The functions of one reader, with the instructions that each takes for an event.
pub(crate) struct Profile {
    pub(crate) name: String,
    pub(crate) functions: Vec<(String, f64)>,
}

const PACKET: Cut = Cut::Every(1_400);
const READERS: [(&str, &str, Cut); 6] = [
    ("requesty", "text", PACKET),
    ("requesty", "text", Cut::Event),
    ("requesty-plain", "text", PACKET),
    ("requesty", "adversarial", PACKET),
    ("requesty-messages", "messages", PACKET),
    ("requesty-responses", "responses", PACKET),
];
/// Functions with a smaller share of the event are added up.
const SHARE: f64 = 0.03;

/// Takes the profiles, by starting this program again. Without valgrind there are none.
pub(crate) fn run(program: &Path) -> Vec<Profile> {
    if !callgrind::is_there() {
        return Vec::new();
    }
    let mut profiles = Vec::new();
    for (who, corpus, cut) in READERS {
        let Ok(functions) = profile::profile(program, who, corpus, cut) else { continue };
        let profile = Profile { name: format!("{corpus} {cut} {who}"), functions: shortened(functions) };
        for (function, cost) in &profile.functions {
            println!("profile {}: {cost:.0} {function}", profile.name);
        }
        profiles.push(profile);
    }
    profiles
}

/// Gives functions their short names, and adds up those that are then the same, and those that take little.
fn shortened(functions: Vec<(String, f64)>) -> Vec<(String, f64)> {
    let least = SHARE * functions.iter().map(|(_, cost)| cost).sum::<f64>();
    let mut short: HashMap<String, f64> = HashMap::new();
    for (name, cost) in functions {
        *short.entry(short_name(&name)).or_default() += cost;
    }
    let (mut large, small): (Vec<_>, Vec<_>) = short.into_iter().partition(|(_, cost)| *cost >= least);
    large.sort_by(|one, other| other.1.total_cmp(&one.1));
    large.push(("all others".to_owned(), small.iter().map(|(_, cost)| cost).sum()));
    large
}

/// The type and the function of a path, without the mark of a recursion; `memcmp` and the like without their variants.
fn short_name(name: &str) -> String {
    let name = name.split('\'').next().unwrap_or(name);
    if let Some(foreign) = name.strip_prefix("__") {
        return foreign.split('_').next().unwrap_or(foreign).to_owned();
    }
    let last = |path: &str| path.rsplit("::").next().unwrap_or(path).to_owned();
    let (owner, function) = name.rsplit_once("::").unwrap_or(("", name));
    // `path::<impl path::Type>::function`, or `<path::Type as path::Trait>::function`.
    let owner = owner.split(" as ").next().unwrap_or(owner);
    let owner = if owner.contains("<impl ") { owner.trim_end_matches('>') } else { owner };
    if owner.is_empty() { function.to_owned() } else { format!("{}::{function}", last(owner)) }
}
