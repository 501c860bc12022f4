//! Doc comments and pages hold no riddle of the kinds listed here.

use std::path::{Path, PathBuf};

/// A construction, and what to write instead.
const BANNED: &[(&str, &str)] = &[
    ("that is none", "name what it is instead"),
    ("it is none that", "say what cannot be done with it"),
    ("is none of", "name what it is instead"),
    ("that none has", "say when it happens"),
    ("which none", "say when it happens"),
    ("where none", "write `if`, and name what is missing"),
    ("there is none", "name what is missing"),
    ("where it has none", "write `if`, and name what is missing"),
    ("for want of", "name what is missing"),
    ("of which there", "start a sentence of its own"),
    ("is not one that", "say what cannot be done with it"),
    ("is no more than", "name what it is"),
    ("are told", "name who sends what"),
    ("is told", "name who sends what"),
    ("was told", "name who sends what"),
    ("were told", "name who sends what"),
    (" told ", "name who sends what"),
    ("is said", "name who writes what"),
    ("was said", "name who writes what"),
    ("what it says", "name the text or the member"),
    ("that it says", "name the text or the member"),
    ("a telling", "name the event"),
    ("whoever", "name who does it"),
    ("Whoever", "name who does it"),
    ("as it stands", "write `byte for byte`, or `as it came`"),
    ("as they stand", "write `byte for byte`, or `as they came`"),
    ("in good order", "write `cleanly`"),
    ("takes nothing away", "say what stays"),
    ("takes the answer further", "say what it adds to"),
    ("but for ", "write `except`, or say what differs"),
    ("Documented.", "link to the page of the router's documentation"),
];

#[test]
fn docs_hold_no_riddles() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = vec![root.join("README.md"), root.join("AGENTS.md")];
    for crate_folder in ["core", "transport-net", "transport-hyper", "transport-ureq", "testing/mock"] {
        collect(&root.join(crate_folder).join("src"), "rs", &mut files);
    }
    for folder in ["docs", "transport-hyper/src/guide", "transport-ureq/src/guide"] {
        collect(&root.join(folder), "md", &mut files);
    }
    assert!(files.len() > 250, "only {} files were found", files.len());
    let mut found = Vec::new();
    for file in &files {
        let text = std::fs::read_to_string(file).unwrap();
        let is_code = file.extension().is_some_and(|extension| extension == "rs");
        for (number, paragraph) in paragraphs(&text, is_code) {
            for (words, instead) in BANNED.iter().filter(|(words, _)| paragraph.contains(words)) {
                found.push(format!("{}:{number}: `{words}`: {instead}", file.display()));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The rooms of the core whose public types go over the wire.
const FAMILIES: &[&str] =
    &["audio", "chat", "embeddings", "feedback.rs", "images", "manage", "mcp", "messages", "models", "responses"];

/// Files whose public types are this crate's own, or a notation that no page of the router describes.
const OWN_TYPES: &[&str] =
    &["chat/chunk_reader.rs", "manage/secret.rs", "mcp/dialect.rs", "messages/reader.rs", "responses/reader.rs"];

#[test]
fn types_on_the_wire_link_to_the_page_of_the_router() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    for family in FAMILIES.iter().map(|family| source.join(family)) {
        if family.is_dir() { collect(&family, "rs", &mut files) } else { files.push(family) }
    }
    let (mut without, mut own) = (Vec::new(), 0);
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let has_type = text.lines().any(|line| line.starts_with("pub struct ") || line.starts_with("pub enum "));
        if !has_type || text.contains("https://docs.requesty.ai/") {
            continue;
        }
        let name = file.strip_prefix(&source).unwrap().to_string_lossy().replace('\\', "/");
        if OWN_TYPES.contains(&name.as_str()) { own += 1 } else { without.push(name) }
    }
    assert!(without.is_empty(), "no link to the router's documentation: {}", without.join(", "));
    assert_eq!(own, OWN_TYPES.len(), "a file of OWN_TYPES is gone, or has a link");
}

/// Returns the paragraphs of a page, or of the doc comments of a file, each in one line, with the number of its first
/// line. So a construction is found across the end of a line, too.
fn paragraphs(text: &str, is_code: bool) -> Vec<(usize, String)> {
    let mut paragraphs: Vec<(usize, String)> = Vec::new();
    let mut is_open = false;
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        let doc = if is_code { line.strip_prefix("///").or_else(|| line.strip_prefix("//!")) } else { Some(line) };
        match doc.map(str::trim).filter(|doc| !doc.is_empty()) {
            Some(doc) if is_open => paragraphs.last_mut().into_iter().for_each(|(_, text)| *text += &format!(" {doc}")),
            Some(doc) => paragraphs.push((number, doc.to_owned())),
            None => {}
        }
        is_open = doc.is_some_and(|doc| !doc.trim().is_empty());
    }
    paragraphs
}

#[test]
fn a_paragraph_is_read_across_its_lines() {
    let code = "/// It is\n/// told.\nfn f() {}\n    //! One.\n    //!\n    //! Two.\n";
    assert_eq!(paragraphs(code, true), [(1, "It is told.".into()), (4, "One.".into()), (6, "Two.".into())]);
    assert_eq!(paragraphs("a\nb\n\nc", false), [(1, "a b".into()), (4, "c".into())]);
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
