//! Which room of `core/src` may import which: a table, read against every path that starts with `crate::`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A room, the rooms that it may import, and the reason where that is not plain from the names.
///
/// From the bottom up: a room imports only rooms that stand before it in this list, so that no two import each other.
const ROOMS: &[(&str, &[&str], &str)] = &[
    ("limits", &[], ""),
    ("json", &["limits"], "the elements of a list are counted while they are read"),
    ("ending", &[], ""),
    ("build_error", &["json"], "a decimal that cannot be read is a wrong request"),
    ("sse", &["json", "limits"], "a byte order mark is the same bytes in both; an event may be too large"),
    ("key", &["build_error"], ""),
    ("head", &[], ""),
    ("error", &["build_error", "head", "json", "limits"], "it names every error, and reads the JSON of an error body"),
    (
        "observe",
        &["error", "head", "json", "key"],
        "the cost in a summary is a decimal; the key is taken out of content",
    ),
    ("retry", &["error", "limits", "observe"], "the observers learn of each attempt"),
    ("record", &["head", "key", "limits"], "the key is taken out of what is recorded"),
    (
        "reply",
        &["error", "head", "json", "key", "limits", "observe", "record", "sse"],
        "the key is taken out of what a server says",
    ),
    (
        "request",
        &["error", "head", "json", "key", "limits", "observe", "record", "reply", "retry"],
        "a call makes the machine that reads its reply",
    ),
    ("router", &["error", "key", "limits", "record", "reply", "request", "retry"], ""),
    (
        "schema",
        &["ending", "error", "json", "observe"],
        "what is wrong with a schema is a wrong request; what is wrong with an answer begins with how it ended",
    ),
    ("chat", &["ending", "error", "json", "limits", "observe", "reply", "request", "router", "schema"], ""),
    (
        "messages",
        &["chat", "ending", "error", "json", "limits", "observe", "reply", "request", "router", "schema"],
        "roles, arguments and cache marks are written in the same form as in chat",
    ),
    (
        "responses",
        &["chat", "ending", "error", "json", "limits", "observe", "reply", "request", "router", "schema"],
        "tools, formats, images and files are those of chat",
    ),
    ("embeddings", &["error", "json", "limits", "observe", "reply", "request", "router"], ""),
    ("audio", &["error", "json", "observe", "reply", "request", "router"], ""),
    ("images", &["error", "json", "reply", "request", "router"], ""),
    ("models", &["error", "json", "reply", "request", "router"], ""),
    ("mcp", &["error", "json", "limits", "reply", "request", "router"], ""),
    ("manage", &["error", "json", "key", "reply", "request", "router"], "a new key comes in a reply"),
    ("feedback", &["error", "json", "reply", "request", "router"], ""),
    (
        "agent",
        &["chat", "error", "json", "messages", "models", "reply", "request", "responses", "router", "schema"],
        "a loop is the same over three families, and counts by the prices of the list of models",
    ),
];

#[test]
fn rooms_import_only_what_the_table_allows() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let exported = exported(&std::fs::read_to_string(source.join("lib.rs")).unwrap());
    let mut found: BTreeMap<(String, String), String> = BTreeMap::new();
    let mut wrong = Vec::new();
    for file in files(&source) {
        let relative = file.strip_prefix(&source).unwrap().to_str().unwrap();
        let room = room(&source, &file);
        if relative == "lib.rs" || relative.ends_with("/tests.rs") {
            continue;
        }
        for (line, name) in imports(&std::fs::read_to_string(&file).unwrap(), relative) {
            let place = format!("core/src/{relative}:{line}");
            let target = match exported.get(&name) {
                Some(room) => room.clone(),
                None => name,
            };
            if target == room {
                continue;
            }
            let allowed = ROOMS.iter().find(|(name, ..)| *name == room).map_or(&[][..], |(_, allowed, _)| allowed);
            if !allowed.contains(&&*target) {
                wrong.push(format!("{place}: {room} → {target}"));
            }
            found.entry((room.clone(), target)).or_insert(place);
        }
    }
    assert!(found.len() > 50, "the paths are no longer found: {found:?}");
    assert!(wrong.is_empty(), "arrows that the table does not have:\n{}", wrong.join("\n"));
    let unused: Vec<_> = ROOMS
        .iter()
        .flat_map(|(room, allowed, _)| allowed.iter().map(move |target| (room.to_string(), target.to_string())))
        .filter(|arrow| !found.contains_key(arrow))
        .map(|(room, target)| format!("{room} → {target}"))
        .collect();
    assert!(unused.is_empty(), "arrows of the table that no file needs:\n{}", unused.join("\n"));
}

#[test]
fn the_table_has_every_room_and_no_circle() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut there: BTreeSet<String> = files(&source).iter().map(|file| room(&source, file)).collect();
    assert!(there.remove("lib"));
    assert_eq!(ROOMS.iter().map(|(room, ..)| room.to_string()).collect::<BTreeSet<_>>(), there);
    for (index, (room, allowed, _)) in ROOMS.iter().enumerate() {
        for target in *allowed {
            let below = ROOMS.iter().position(|(name, ..)| name == target).is_some_and(|place| place < index);
            assert!(below, "{room} → {target}: not from a room to one before it in the table");
        }
    }
}

/// A longer file has more than one subject: it becomes a folder.
#[test]
fn no_source_file_is_longer_than_400_lines() {
    let files = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    assert!(files.len() > 200, "the files are no longer found");
    for file in files {
        let lines = std::fs::read_to_string(&file).unwrap().lines().count();
        assert!(lines <= 400, "{} has {lines} lines", file.display());
    }
}

#[test]
fn paths_are_read_in_every_form() {
    let source = "\
//! [`Call`](crate::Call)
use crate::json::{self, Members};
use crate::{
    BuildError, // the first
    error::{Error, Incomplete},
    request,
};
pub use crate::chat::Role;
pub(crate) fn kind(a: &crate::sse::Event<'_>) -> &'static str { super::super::retry::words(\"crate::head\") }
macro_rules! reply { () => { $crate::reply::Step } }
#[cfg(test)]
mod tests {
    use crate::router::Router;
}
";
    let expected = [
        (2, "json"),
        (4, "BuildError"),
        (5, "error"),
        (6, "request"),
        (8, "chat"),
        (9, "retry"),
        (9, "sse"),
        (10, "reply"),
    ];
    let mut read = imports(source, "manage/keys.rs");
    read.sort();
    assert_eq!(read, expected.map(|(line, name)| (line, name.to_owned())));
}

/// Returns the first segment of each path of this crate in `source`, with its line; inline tests and comments are left
/// out. The paths are those after `crate::`, and after as many `super::` as lead out of the room.
fn imports(source: &str, relative: &str) -> Vec<(usize, String)> {
    let folders = relative.split('/').count() - 1;
    let depth = if relative.ends_with("mod.rs") { folders } else { folders + 1 };
    let climb = "super::".repeat(depth);
    let code = without_comments(source);
    let mut found = Vec::new();
    for root in ["crate::", &climb] {
        for (at, _) in code.match_indices(root) {
            // Part of a longer chain, or of a longer name.
            if code[..at].ends_with("super::") || code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
                continue;
            }
            for (place, name) in first_segments(&code, at + root.len()) {
                found.push((code[..place].matches('\n').count() + 1, name));
            }
        }
    }
    found
}

/// Returns the names that a path goes on with at `start`: one, or those of a group in braces.
fn first_segments(code: &str, start: usize) -> Vec<(usize, String)> {
    let word = |at: usize| code[at..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    if !code[start..].starts_with('{') {
        return vec![(start, word(start))];
    }
    let (mut names, mut depth, mut expected) = (Vec::new(), 0, false);
    for (offset, c) in code[start..].char_indices() {
        match c {
            '{' => (depth, expected) = (depth + 1, true),
            '}' => depth -= 1,
            ',' => expected = true,
            c if c.is_whitespace() => {}
            _ if depth == 1 && expected => {
                names.push((start + offset, word(start + offset)));
                expected = false;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    names
}

/// Blanks comments and strings out and cuts inline tests off, line by line, so that lines keep their numbers.
fn without_comments(source: &str) -> String {
    let mut code = String::new();
    for line in source.lines() {
        if line.trim_start().starts_with("mod tests {") {
            break;
        }
        let line = line.split("//").next().unwrap();
        // Every second piece between quotes is a string.
        code.extend(line.split('"').step_by(2));
        code.push('\n');
    }
    code
}

/// Returns which room each name at the crate's root comes from.
fn exported(root: &str) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for line in root.lines().filter_map(|line| line.strip_prefix("pub use ")?.strip_suffix(';')) {
        let Some((room, list)) = line.split_once("::") else { continue };
        for name in list.trim_matches(['{', '}']).split(", ") {
            names.insert(name.to_owned(), room.to_owned());
        }
    }
    names
}

fn room(source: &Path, file: &Path) -> String {
    let relative = file.strip_prefix(source).unwrap().to_str().unwrap();
    relative.split(['/', '.']).next().unwrap().to_owned()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> =
        entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect();
    found.sort();
    found
}
