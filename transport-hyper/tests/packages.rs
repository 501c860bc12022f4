//! How many packages the crate brings with it.

use std::collections::BTreeSet;
use std::process::Command;

fn packages(more: &[&str]) -> BTreeSet<String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
    cargo.args(["tree", "--offline", "-p", "requesty-hyper", "-e", "normal", "--prefix", "none", "-f", "{p}"]);
    let output = cargo.args(more).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| line.trim_end_matches(" (*)").to_owned()).collect()
}

#[test]
fn the_tree_is_small() {
    let with = packages(&[]);
    assert!(with.len() <= 70, "{} packages: {with:#?}", with.len());
    let has = |name: &str| with.iter().any(|package| package.starts_with(&format!("{name} ")));
    assert!(has("ring") && !has("aws-lc-rs") && !has("h2") && !has("reqwest"));
}

#[test]
fn the_driver_alone_brings_no_client() {
    let without = packages(&["--no-default-features"]);
    assert!(without.len() <= 25, "{} packages: {without:#?}", without.len());
    for name in ["hyper", "tokio", "rustls"] {
        assert!(!without.iter().any(|package| package.starts_with(&format!("{name} "))), "{name}");
    }
}
