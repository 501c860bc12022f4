//! Finds members that are in an object twice, which a JSON value cannot show.

use std::collections::BTreeSet;

/// Returns the names that are repeated within one object, anywhere in a document that is known to be JSON.
pub(super) fn repeated(json: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Vec<Option<BTreeSet<&[u8]>>> = Vec::new();
    let mut at = 0;
    while at < json.len() {
        match json[at] {
            b'{' => open.push(Some(BTreeSet::new())),
            b'[' => open.push(None),
            b'}' | b']' => {
                open.pop();
            }
            b'"' => {
                let end = string_end(json, at);
                let rest = json[end..].iter().find(|byte| !byte.is_ascii_whitespace());
                // In an object, a text with a colon behind it is a name.
                if rest == Some(&b':') {
                    let name = &json[at + 1..end - 1];
                    if open.last_mut().is_some_and(|names| names.as_mut().is_some_and(|names| !names.insert(name))) {
                        found.push(String::from_utf8_lossy(name).into_owned());
                    }
                }
                at = end;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// Returns where the string that starts at `start` ends, the closing quote included.
fn string_end(json: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < json.len() {
        match json[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    json.len()
}
