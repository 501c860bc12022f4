//! The values that a schema lists, and their types.

use serde_json::{Map, Value, json};

/// Returns the type of a schema that does not name it.
pub(super) fn plain_type(schema: &Map<String, Value>) -> Option<Value> {
    if schema.contains_key("properties") {
        return Some(json!("object"));
    }
    if schema.contains_key("items") {
        return Some(json!("array"));
    }
    let (_, values) = listed(schema).next()?;
    let mut kinds: Vec<&str> = Vec::new();
    for kind in values.iter().map(kind) {
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    Some(if let [kind] = kinds.as_slice() { json!(kind) } else { json!(kinds) })
}

/// Returns the keyword, `enum` or `const`, with a value whose type is not in `kinds`.
pub(super) fn of_another_type(schema: &Map<String, Value>, kinds: &[Value]) -> Option<&'static str> {
    let is_of = |value: &Value, wanted: &Value| match value {
        Value::Number(number) => {
            wanted == "number" || (wanted == "integer" && number.as_f64().is_none_or(|number| number.fract() == 0.0))
        }
        value => wanted == kind(value),
    };
    let is_listed = |value: &Value| kinds.iter().any(|wanted| is_of(value, wanted));
    listed(schema).find(|(_, values)| !values.iter().all(is_listed)).map(|(keyword, _)| keyword)
}

/// Walks `enum` and `const`, with the values of each.
fn listed(schema: &Map<String, Value>) -> impl Iterator<Item = (&'static str, &[Value])> {
    ["enum", "const"].into_iter().filter_map(|keyword| {
        let values = match (keyword, schema.get(keyword)?) {
            ("enum", Value::Array(values)) => values.as_slice(),
            (_, value) => std::slice::from_ref(value),
        };
        Some((keyword, values))
    })
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        _ => "string",
    }
}
