//! Doc comments and pages hold no riddle of the kinds listed here.

use std::path::{Path, PathBuf};

/// A construction, and what to write instead.
const BANNED: &[(&str, &str)] = &[
    ("that is none", "name what it is instead"),
    ("it is none that", "say what cannot be done with it"),
    ("is none of", "name what it is instead"),
    ("that none has", "say when it happens"),
    ("of which there", "start a sentence of its own"),
    ("is not one that", "say what cannot be done with it"),
    ("are told", "name who sends what"),
    ("is told", "name who sends what"),
    ("was told", "name who sends what"),
    ("were told", "name who sends what"),
    ("but for ", "write `except`, or say what differs"),
    ("Documented.", "link to the page of the router's documentation"),
];

#[test]
fn docs_hold_no_riddles() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = vec![root.join("README.md")];
    collect(&root.join("core/src"), "rs", &mut files);
    collect(&root.join("docs"), "md", &mut files);
    assert!(files.len() > 150, "only {} files were found", files.len());
    let mut found = Vec::new();
    for file in &files {
        let text = std::fs::read_to_string(file).unwrap();
        let is_code = file.extension().is_some_and(|extension| extension == "rs");
        for (number, line) in text.lines().enumerate() {
            let start = line.trim_start();
            if is_code && !start.starts_with("///") && !start.starts_with("//!") {
                continue;
            }
            for (words, instead) in BANNED.iter().filter(|(words, _)| line.contains(words)) {
                found.push(format!("{}:{}: `{words}`: {instead}", file.display(), number + 1));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

fn collect(folder: &Path, extension: &str, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, extension, files);
        } else if path.extension().is_some_and(|found| found == extension) {
            files.push(path);
        }
    }
}
