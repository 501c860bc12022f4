//! Small values that fit a JSON schema, for tool arguments and structured output.

use serde_json::{Map, Value, json};

use crate::ask::list;

/// How deep references are followed; a recursive schema ends here.
const DEPTH: u32 = 8;

/// Returns a small value that fits a schema; the keywords it does not know are taken as satisfied.
pub(crate) fn example(schema: &Value) -> Value {
    value(schema, schema, DEPTH)
}

fn value(schema: &Value, root: &Value, depth: u32) -> Value {
    if depth == 0 {
        return Value::Null;
    }
    if let Some(path) = schema["$ref"].as_str() {
        let target = path.strip_prefix('#').and_then(|pointer| root.pointer(pointer));
        return target.map_or(Value::Null, |target| value(target, root, depth - 1));
    }
    if let Some(fixed) = schema.get("const") {
        return fixed.clone();
    }
    if let Some(first) = list(&schema["enum"]).first() {
        return first.clone();
    }
    for keyword in ["anyOf", "oneOf", "allOf"] {
        if let Some(first) = list(&schema[keyword]).first() {
            return value(first, root, depth - 1);
        }
    }
    let kind = match &schema["type"] {
        Value::String(kind) => kind.as_str(),
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or("null"),
        _ if schema["properties"].is_object() => "object",
        _ => "null",
    };
    match kind {
        "object" => object(schema, root, depth),
        "array" => {
            let count = schema["minItems"].as_u64().unwrap_or(1).clamp(1, 16);
            (0..count).map(|_| value(&schema["items"], root, depth - 1)).collect()
        }
        "string" => json!(text(schema)),
        "integer" => schema.get("minimum").and_then(Value::as_i64).map_or(json!(1), |least| json!(least)),
        "number" => schema.get("minimum").and_then(Value::as_f64).map_or(json!(1.5), |least| json!(least)),
        "boolean" => json!(true),
        _ => Value::Null,
    }
}

fn object(schema: &Value, root: &Value, depth: u32) -> Value {
    let Some(properties) = schema["properties"].as_object() else { return json!({}) };
    let required: Vec<&str> = list(&schema["required"]).iter().filter_map(Value::as_str).collect();
    let wanted = properties.iter().filter(|(name, _)| required.is_empty() || required.contains(&name.as_str()));
    let members: Map<String, Value> =
        wanted.map(|(name, member)| (name.clone(), value(member, root, depth - 1))).collect();
    Value::Object(members)
}

fn text(schema: &Value) -> &'static str {
    match schema["format"].as_str() {
        Some("date") => "2026-01-31",
        Some("date-time") => "2026-01-31T12:00:00Z",
        Some("email") => "someone@example.com",
        Some("uri") => "https://example.com/",
        _ => "an LLM gateway",
    }
}
