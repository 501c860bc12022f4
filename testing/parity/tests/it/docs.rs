//! What the documents say of the code is so: tests that they name exist, and what they say of all sources holds.

use std::fs;
use std::path::{Path, PathBuf};

/// Every document is reached from the README, and each test that it names is there.
#[test]
fn every_test_that_a_document_names_exists() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let mut named = 0;
    for document in files(&root().join("docs"), "md") {
        let name = document.file_name().unwrap().to_str().unwrap();
        assert!(readme.contains(&format!("docs/{name}")), "the README leads to {name}");
        let text = fs::read_to_string(&document).unwrap();
        for code in text.split('`').skip(1).step_by(2) {
            let parts: Vec<&str> = code.split("::").collect();
            // A test that the macro makes has the endpoint's name, with the one that plays it below it.
            let parts = match &parts[..] {
                [before @ .., "mock" | "hyper" | "ureq"] => before,
                parts => parts,
            };
            let [package, file @ .., function] = parts else { continue };
            if file.is_empty() {
                continue;
            }
            let Some(package) = folder(package) else { continue };
            if *function == "…" {
                continue;
            }
            named += 1;
            assert!(has_test(&package, &file.join("/"), function), "{name} names {code}, which is not there");
        }
    }
    assert!(named > 150, "{named}");
}

/// The table of endpoints has a test in each cell; at most five cells are empty.
#[test]
fn every_endpoint_is_tested() {
    let page = fs::read_to_string(root().join("docs/api.md")).unwrap();
    let rows = page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| endpoint"));
    let (mut endpoints, mut empty) = (0, 0);
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let [_, _, tests @ ..] = &cells[..] else { panic!("{row}") };
        assert_eq!(tests.len(), 6, "{row}");
        endpoints += 1;
        empty += tests.iter().filter(|cell| !cell.contains("::")).count();
    }
    assert!(endpoints > 40 && empty <= 5, "{endpoints} endpoints, {empty} empty cells");
}

/// The table of what both transports do names a test in each cell, except what only one of them has: 14 cells at most.
#[test]
fn every_behaviour_of_the_transports_is_tested() {
    let page = fs::read_to_string(root().join("docs/transports.md")).unwrap();
    let (mut rows, mut empty) = (0, 0);
    for line in page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| **")).skip(1) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [behaviour, hyper, ureq] = cells[..] else { panic!("three cells: {line}") };
        rows += 1;
        for (own, cell) in [("transport-hyper", hyper), ("transport-ureq", ureq)] {
            if cell.is_empty() {
                empty += 1;
                continue;
            }
            let name = cell.trim_matches('`');
            let (place, function) = name.split_once("::").unwrap_or_else(|| panic!("{behaviour}: {cell}"));
            let (package, file) = place.split_once('/').unwrap_or((own, place));
            let found = folder(package).is_some_and(|folder| has_test(&folder, file, function));
            assert!(found, "{behaviour}: there is no test {name} of {package}");
        }
    }
    assert!(rows > 50 && empty <= 14, "{rows} rows, {empty} empty cells");
}

/// The page of the architecture names files that exist, each room of the core, and for each walk at most so many files.
#[test]
fn the_architecture_is_as_its_page_says() {
    const WALKS: [(&str, usize); 5] =
        [("A chat stream", 20), ("An error", 7), ("A retry", 7), ("A piece of a tool call", 7), ("A new endpoint", 7)];
    let page = fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    let named: Vec<&str> = page.lines().filter(|line| !line.starts_with("```")).flat_map(in_backticks).collect();
    let paths: Vec<&&str> = named.iter().filter(|name| name.contains('/')).collect();
    assert!(paths.len() > 60, "{paths:?}");
    for path in paths {
        assert!(root().join(path).exists(), "docs/architecture.md names {path}, which is not there");
    }
    for entry in fs::read_dir(root().join("core/src")).unwrap() {
        let room = format!("core/src/{}", entry.unwrap().file_name().to_str().unwrap());
        assert!(room == "core/src/lib.rs" || named.contains(&&*room), "docs/architecture.md has no line for {room}");
    }
    let walks: Vec<_> = page.split("\n### ").skip(1).collect();
    assert_eq!(walks.iter().map(|walk| walk.lines().next().unwrap()).collect::<Vec<_>>(), WALKS.map(|(name, _)| name));
    for (walk, (name, most)) in walks.iter().zip(WALKS) {
        let steps: Vec<&str> = walk.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_digit())).collect();
        assert!((4..=most).contains(&steps.len()), "{name}: {} steps", steps.len());
        for (number, step) in (1..).zip(steps) {
            assert!(step.starts_with(&format!("{number}. `")) && in_backticks(step)[0].contains('/'), "{name}: {step}");
        }
    }
}

#[test]
fn crates_that_ship_forbid_unsafe_code() {
    for package in ["core", "transport-net", "transport-hyper", "transport-ureq", "testing/mock"] {
        let source = fs::read_to_string(root().join(package).join("src/lib.rs")).unwrap();
        assert!(source.contains("#![forbid(unsafe_code)]"), "{package}");
    }
}

/// So it builds wherever there is an allocator, WebAssembly included, and two streams can have nothing in common.
#[test]
fn the_core_reads_no_clock_environment_file_or_socket() {
    const FORBIDDEN: &[&str] = &[
        "Instant",
        "SystemTime::now",
        "std::env",
        "std::fs",
        "std::process",
        "std::thread",
        "TcpStream",
        "UdpSocket",
        "thread_local!",
        "OnceLock",
        "LazyLock",
        "static mut",
        "async fn",
        "println!",
        "tracing",
        "log::",
    ];
    for file in files(&root().join("core/src"), "rs") {
        let source = fs::read_to_string(&file).unwrap();
        let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
        for (number, line) in code.enumerate() {
            let found = FORBIDDEN.iter().find(|name| line.contains(**name));
            assert!(found.is_none(), "{}, about line {number}: {line}", file.display());
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// What stands between backticks in a line.
fn in_backticks(line: &str) -> Vec<&str> {
    line.split('`').skip(1).step_by(2).collect()
}

/// The folder of a crate, by the name that documents give it.
fn folder(package: &str) -> Option<PathBuf> {
    let folders = [root().join(package), root().join("testing").join(package)];
    folders.into_iter().find(|folder| folder.join("Cargo.toml").exists())
}

/// Looks where a test of that name may be: beside the sources, or in them.
fn has_test(package: &Path, file: &str, function: &str) -> bool {
    let places = ["tests/{}.rs", "tests/it/{}.rs", "src/{}.rs", "src/{}/mod.rs", "src/{}/tests.rs"];
    let head = format!("fn {function}(");
    places.iter().any(|place| {
        let source = fs::read_to_string(package.join(place.replace("{}", file))).unwrap_or_default();
        let made =
            source.split("endpoint!(").skip(1).any(|made| made.trim_start().starts_with(&format!("{function},")));
        let in_every_family = source.split("every_family! {").skip(1).any(|list| {
            list.split('}').next().is_some_and(|names| names.split(',').any(|name| name.trim() == function))
        });
        if made || in_every_family {
            return true;
        }
        let Some(at) = source.find(&head) else { return false };
        source[..at].rsplit("\n\n").next().is_some_and(|before| before.contains("test"))
    })
}

/// All files of a kind in a folder and those in it.
fn files(folder: &Path, kind: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, kind));
        } else if path.extension().is_some_and(|extension| extension == kind) {
            found.push(path);
        }
    }
    found.sort();
    found
}
