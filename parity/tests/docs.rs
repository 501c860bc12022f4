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
            if !root().join(package).join("Cargo.toml").exists() || *function == "…" {
                continue;
            }
            named += 1;
            assert!(
                has_test(&root().join(package), &file.join("/"), function),
                "{name} names {code}, which is not there"
            );
        }
    }
    assert!(named > 150, "{named}");
}

/// The table of endpoints has a test in each cell, but for five at most.
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

#[test]
fn crates_that_ship_forbid_unsafe_code() {
    for package in ["core", "transport-hyper", "transport-ureq"] {
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
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Looks where a test of that name may be: beside the sources, or in them.
fn has_test(package: &Path, file: &str, function: &str) -> bool {
    let places = ["tests/{}.rs", "tests/it/{}.rs", "src/{}.rs", "src/{}/mod.rs", "src/{}/tests.rs"];
    let head = format!("fn {function}(");
    places.iter().any(|place| {
        let source = fs::read_to_string(package.join(place.replace("{}", file))).unwrap_or_default();
        let made =
            source.split("endpoint!(").skip(1).any(|made| made.trim_start().starts_with(&format!("{function},")));
        if made {
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
