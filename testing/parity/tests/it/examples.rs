//! The gallery of examples: both transports have the same, they are short, and the README and the gate name each of them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// What only one transport has.
const ASYNC_ONLY: &[&str] = &["reqwest"];
/// What takes more lines than the others, or must make do with fewer.
const LIMITS: &[(&str, usize)] = &[("gateway", 120), ("tools", 40)];
const LIMIT: usize = 60;
/// Their servers differ.
const NO_TWINS: &[&str] = &["gateway"];

#[test]
fn both_transports_have_the_same_examples() {
    let both: BTreeSet<String> = names("ureq");
    assert!(both.len() > 20, "{both:?}");
    let all = both.iter().cloned().chain(ASYNC_ONLY.iter().map(|name| (*name).to_owned()));
    assert_eq!(names("hyper"), all.collect::<BTreeSet<_>>());
}

/// A support file is held to it, too. What the blocking gateway has beside is a server.
#[test]
fn the_examples_of_both_transports_read_alike() {
    let support = ["support/mod".to_owned(), "support/files".to_owned()];
    for name in names("ureq").into_iter().chain(support).filter(|name| !NO_TWINS.contains(&&**name)) {
        let [hyper, ureq] = ["hyper", "ureq"].map(|transport| bare(&source(transport, &name)));
        let alike = hyper.chars().zip(ureq.chars()).take_while(|(one, other)| one == other).count();
        let [one, other] = [&hyper, &ureq].map(|bare| bare.chars().skip(alike.saturating_sub(40)).take(120));
        assert!(hyper == ureq, "{name}:\n{}\n{}", one.collect::<String>(), other.collect::<String>());
    }
}

#[test]
fn an_example_does_one_thing_in_few_lines() {
    for transport in ["hyper", "ureq"] {
        for name in names(transport) {
            let lines = source(transport, &name).lines().count();
            let most = LIMITS.iter().find(|(long, _)| *long == name).map_or(LIMIT, |(_, most)| *most);
            assert!(lines <= most, "{name} of {transport} has {lines} lines, and may have {most}");
        }
    }
}

/// The table of the README has each example, with its own first line and links to both versions, and nothing else.
#[test]
fn the_readme_has_a_line_for_each_example() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let (_, table) = readme.split_once("| example | what it does | |\n|---|---|---|\n").unwrap();
    let rows: Vec<&str> = table.lines().take_while(|line| line.starts_with('|')).collect();
    for name in names("hyper") {
        let link = |kind: &str, transport: &str| format!("[{kind}](transport-{transport}/examples/{name}.rs)");
        let first = source("hyper", &name).lines().next().unwrap().trim_start_matches("//! ").to_owned();
        let mut links = link("async", "hyper");
        if !ASYNC_ONLY.contains(&&*name) {
            links = format!("{links}, {}", link("blocking", "ureq"));
        }
        let row = format!("| `{name}` | {first} | {links} |");
        assert!(rows.contains(&&*row), "the README has no line\n{row}");
    }
    assert_eq!(rows.len(), names("hyper").len());
}

/// Without the feature an example does not compile. The blocking ones have names of their own, as cargo puts all into one folder.
#[test]
fn the_manifests_have_the_name_and_the_feature_of_each_example() {
    for transport in ["hyper", "ureq"] {
        let manifest = fs::read_to_string(root().join(format!("transport-{transport}/Cargo.toml"))).unwrap();
        for name in names(transport).iter().filter(|name| !ASYNC_ONLY.contains(&&***name)) {
            let named = match transport {
                "ureq" => format!("name = \"blocking_{name}\"\npath = \"examples/{name}.rs\""),
                _ => format!("name = \"{name}\""),
            };
            let entry = format!("[[example]]\n{named}\nrequired-features = [\"{transport}\"]\n");
            assert!(manifest.contains(&entry), "{name} of {transport} has no entry\n{entry}");
        }
    }
}

#[test]
fn the_gate_runs_each_example() {
    let gate = fs::read_to_string(root().join(".ci/run")).unwrap();
    let (_, table) = gate.split_once("examples='\n").unwrap();
    let listed = table.lines().take_while(|line| *line != "'").filter_map(|line| line.split('|').next());
    let listed: BTreeSet<String> = listed.map(str::to_owned).collect();
    assert_eq!(listed, names("ureq"));
    assert!(ASYNC_ONLY.iter().all(|name| gate.contains(&format!("--example {name}"))));
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn names(transport: &str) -> BTreeSet<String> {
    let files = fs::read_dir(root().join(format!("transport-{transport}/examples"))).unwrap();
    let files = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    files.filter_map(|file| file.strip_suffix(".rs").map(str::to_owned)).collect()
}

fn source(transport: &str, name: &str) -> String {
    fs::read_to_string(root().join(format!("transport-{transport}/examples/{name}.rs"))).unwrap()
}

/// Takes out of a source what makes it async, the name of its crate, and where its lines break.
fn bare(source: &str) -> String {
    let mut source = source.to_owned();
    for word in ["#[tokio::main(flavor = \"current_thread\")]", "async ", ".await"] {
        source = source.replace(word, "");
    }
    source = source.replace("requesty_hyper", "requesty_ureq").replace("requesty-hyper", "requesty-ureq");
    source = source.replace("--example blocking_", "--example ");
    // An async function is given the call of a tool, a blocking one a reference to it.
    source = source.replace("get_weather(call: &", "get_weather(call: ").replace("get_weather(_: &", "get_weather(_: ");
    source.chars().filter(|c| !c.is_whitespace() && *c != ',').collect()
}
