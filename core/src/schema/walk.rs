//! The schemas inside of a schema.

use serde_json::{Map, Value};

/// Visits a schema and all schemas inside of it, each with its place as a JSON pointer.
pub(super) fn walk(schema: &mut Value, place: &str, visit: &mut dyn FnMut(&mut Map<String, Value>, &str)) {
    let Value::Object(members) = schema else { return };
    visit(members, place);
    for (keyword, value) in members.iter_mut() {
        let here = below(place, keyword);
        match (keyword.as_str(), value) {
            ("properties" | "$defs" | "definitions", Value::Object(named)) => {
                named.iter_mut().for_each(|(name, schema)| walk(schema, &below(&here, name), visit));
            }
            ("anyOf" | "oneOf", Value::Array(list)) => {
                list.iter_mut()
                    .enumerate()
                    .for_each(|(index, schema)| walk(schema, &below(&here, &index.to_string()), visit));
            }
            ("items", schema) => walk(schema, &here, visit),
            _ => {}
        }
    }
}

/// Returns the place of a member, as a JSON pointer.
pub(super) fn below(place: &str, name: &str) -> String {
    format!("{place}/{}", name.replace('~', "~0").replace('/', "~1"))
}
