//! References inside of a schema: `#`, and those into its definitions.

use serde_json::Value;

use super::walk::{below, walk};

/// Returns the schema that a reference leads to or, as an error, what is wrong with it: it leads out of the schema, or back to
/// itself before it comes to a value.
pub(super) fn target<'a>(root: &'a Value, reference: &Value) -> Result<&'a Value, &'static str> {
    let Some(target) = reference.as_str().and_then(|reference| resolve(root, reference)) else {
        return Err("leads to no definition of this schema: refer to `#` or to one in `$defs`");
    };
    if is_circle(root, target, &mut Vec::new(), &mut Vec::new()) {
        return Err("leads back to itself, in a circle without a member or an item between");
    }
    Ok(target)
}

/// Follows references and alternatives. `open` are the definitions on the way, `done` those that lead to no circle.
fn is_circle<'a>(root: &'a Value, schema: &'a Value, open: &mut Vec<&'a Value>, done: &mut Vec<&'a Value>) -> bool {
    let has = |list: &[&Value]| list.iter().any(|known| std::ptr::eq(*known, schema));
    if has(open) {
        return true;
    }
    if has(done) {
        return false;
    }
    open.push(schema);
    let target = schema.get("$ref").and_then(Value::as_str).and_then(|reference| resolve(root, reference));
    let alternatives = schema.get("anyOf").or(schema.get("oneOf")).and_then(Value::as_array);
    let mut next = target.into_iter().chain(alternatives.into_iter().flatten());
    let found = next.any(|schema| is_circle(root, schema, open, done));
    open.pop();
    done.push(schema);
    found
}

/// Returns whether a schema takes `null`.
pub(super) fn is_nullable(root: &Value, schema: &Value) -> bool {
    is_nullable_within(root, schema, MOST_STEPS)
}

/// Returns the places of all references of a schema, each with the place that it leads to.
pub(super) fn edges(root: &Value) -> Vec<(String, String)> {
    let mut edges = Vec::new();
    walk(&mut root.clone(), "", &mut |schema, place| {
        if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
            edges.push((place.to_owned(), place_of(target)));
        }
    });
    edges
}

/// Returns whether references lead from a place back to it.
pub(super) fn is_recursive(edges: &[(String, String)], start: &str) -> bool {
    let mut reached = vec![start];
    let mut next = 0;
    while let Some(&place) = reached.get(next) {
        next += 1;
        let inside = edges
            .iter()
            .filter(|(from, _)| from.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
        for (_, target) in inside {
            if target == start {
                return true;
            }
            if !reached.contains(&target.as_str()) {
                reached.push(target);
            }
        }
    }
    false
}

/// Returns the place of a definition that can be reached from itself.
pub(super) fn recursion(root: &Value) -> Option<String> {
    let edges = edges(root);
    let found = edges.iter().find(|(_, target)| is_recursive(&edges, target));
    found.map(|(_, target)| target.clone())
}

/// Returns the place that a reference leads to, as a JSON pointer.
pub(super) fn place_of(reference: &str) -> String {
    decoded(reference.strip_prefix('#').unwrap_or(reference))
}

/// Returns the schema that a reference names: the root, or one of its definitions.
pub(super) fn resolve<'a>(root: &'a Value, reference: &str) -> Option<&'a Value> {
    let pointer = reference.strip_prefix('#')?;
    if pointer.is_empty() {
        return Some(root);
    }
    definition(root, reference).map(|(_, schema)| schema)
}

/// Returns the name and the schema of the definition that a reference names. Generators write no place inside of one, and the
/// strict form may move it.
pub(super) fn definition<'a>(root: &'a Value, reference: &str) -> Option<(&'a String, &'a Value)> {
    let pointer = reference.starts_with('#').then(|| place_of(reference))?;
    ["$defs", "definitions"].into_iter().find_map(|keyword| {
        let definitions = root.get(keyword)?.as_object()?;
        definitions.iter().find(|(name, _)| below(&format!("/{keyword}"), name) == pointer)
    })
}

/// Takes the percent signs out of a fragment of a URL; a fragment that is not UTF-8 after it stays as it is.
fn decoded(fragment: &str) -> String {
    let mut bytes = Vec::with_capacity(fragment.len());
    let mut rest = fragment;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend_from_slice(before.as_bytes());
        match after.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(b'%');
                rest = after;
            }
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8(bytes).unwrap_or_else(|_| fragment.to_owned())
}

fn is_nullable_within(root: &Value, schema: &Value, steps: usize) -> bool {
    let Some(steps) = steps.checked_sub(1) else { return false };
    if let Some(reference) = schema.get("$ref") {
        let target = reference.as_str().and_then(|reference| resolve(root, reference));
        return target.is_some_and(|target| is_nullable_within(root, target, steps));
    }
    if let Some(Value::Array(alternatives)) = schema.get("anyOf").or(schema.get("oneOf")) {
        return alternatives.iter().any(|alternative| is_nullable_within(root, alternative, steps));
    }
    match (schema.get("type"), schema.get("enum"), schema.get("const")) {
        (Some(Value::Array(kinds)), _, _) => kinds.iter().any(|kind| kind == "null"),
        (Some(kind), _, _) => kind == "null",
        (None, Some(Value::Array(values)), _) => values.contains(&Value::Null),
        (None, _, constant) => constant == Some(&Value::Null),
    }
}

/// More than any schema has references in a row.
pub(super) const MOST_STEPS: usize = 64;
