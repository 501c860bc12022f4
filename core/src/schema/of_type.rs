//! The schema of a type.

use std::collections::HashMap;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::references::{self, MOST_STEPS};
use super::walk::walk;
use crate::BuildError;

/// Returns the schema of what `T` is read from. Every member is required: whether it may be `null` is what its type says.
pub(super) fn schema<T: JsonSchema + ?Sized>() -> Value {
    let settings = SchemaSettings::draft2020_12();
    let mut read = settings.clone().for_deserialize().into_generator().into_root_schema_for::<T>().to_value();
    let mut written = settings.for_serialize().into_generator().into_root_schema_for::<T>().to_value();
    join(&mut read);
    join(&mut written);
    // What is read may miss its optional members. What is written has all of them, in the order of the fields.
    let mut orders = HashMap::new();
    walk(&mut written, "", &mut |schema, place| {
        orders.extend(schema.remove("required").map(|order| (place.to_owned(), order)));
    });
    walk(&mut read, "", &mut |schema, place| require_all(schema, orders.get(place)));
    read
}

/// Writes an object that has members beside a reference as one object: so an enum is described whose tag stands among the
/// members of its variant.
fn join(root: &mut Value) {
    let whole = root.clone();
    walk(root, "", &mut |schema, _| {
        for _ in 0..MOST_STEPS {
            let (Some(Value::String(reference)), true) = (schema.get("$ref"), schema.contains_key("properties")) else {
                return;
            };
            let Some(Value::Object(target)) = references::resolve(&whole, reference) else { return };
            let is_object = target.get("type").is_some_and(|kind| kind == "object") || target.contains_key("$ref");
            if !is_object || target.contains_key("additionalProperties") {
                return;
            }
            let target = target.clone();
            schema.remove("$ref");
            for (keyword, value) in target {
                match (schema.get_mut(&keyword), value) {
                    (Some(Value::Object(members)), Value::Object(more)) if keyword == "properties" => {
                        members.extend(more)
                    }
                    (Some(Value::Array(names)), Value::Array(more)) if keyword == "required" => names.extend(more),
                    (None, value) if !keyword.starts_with("$defs") => drop(schema.insert(keyword, value)),
                    _ => {}
                }
            }
        }
    });
}

/// A variant of an enum, as a function to call.
pub(super) struct Variant {
    pub(super) name: String,
    pub(super) description: String,
    /// The schema of its fields.
    pub(super) schema: Value,
}

/// Returns the variants of an enum that is tagged externally.
pub(super) fn variants<T: JsonSchema + ?Sized>() -> Result<Vec<Variant>, BuildError> {
    let root = schema::<T>();
    let alternatives = match root.get("oneOf") {
        Some(Value::Array(alternatives)) => alternatives.as_slice(),
        _ => std::slice::from_ref(&root),
    };
    let variants: Option<Vec<Vec<Variant>>> = alternatives.iter().map(|it| variants_in(&root, it)).collect();
    let variants = variants.filter(|variants| !variants.is_empty());
    let what = "the type is not an enum whose variants are tagged externally: write it without `tag` and `untagged`";
    Ok(variants.ok_or_else(|| BuildError::new(what))?.into_iter().flatten().collect())
}

/// Returns the variants that an alternative describes; `None` where it describes something else. Variants without fields
/// may share one.
fn variants_in(root: &Value, alternative: &Value) -> Option<Vec<Variant>> {
    let description = alternative.get("description").and_then(Value::as_str).unwrap_or_default();
    let variant = |name: &str, schema| Variant { name: name.to_owned(), description: description.to_owned(), schema };
    if let Some(Value::Object(properties)) = alternative.get("properties") {
        let mut properties = properties.iter();
        let ((name, fields), None) = (properties.next()?, properties.next()) else { return None };
        return Some(vec![variant(name, fields_of(root, fields))]);
    }
    let names = match (alternative.get("enum"), alternative.get("const")) {
        (Some(Value::Array(names)), _) => names.as_slice(),
        (_, Some(name)) => std::slice::from_ref(name),
        _ => return None,
    };
    let nothing = || json!({"type": "object", "properties": {}});
    names.iter().map(|name| Some(variant(name.as_str()?, nothing()))).collect()
}

/// Returns the schema of the fields of a variant as one of its own, with the definitions that it needs.
fn fields_of(root: &Value, fields: &Value) -> Value {
    let target = fields.get("$ref").and_then(Value::as_str).and_then(|reference| references::resolve(root, reference));
    let mut schema = target.unwrap_or(fields).clone();
    let mut needed = Map::new();
    let mut parts = vec![schema.clone()];
    while let Some(mut part) = parts.pop() {
        walk(&mut part, "", &mut |schema, _| {
            let name = schema.get("$ref").and_then(Value::as_str).and_then(|it| references::definition(root, it));
            if let Some((name, definition)) = name.filter(|(name, _)| !needed.contains_key(*name)) {
                needed.insert(name.clone(), definition.clone());
                parts.push(definition.clone());
            }
        });
    }
    if let Value::Object(schema) = &mut schema {
        schema.retain(|keyword, _| keyword != "$defs");
        if !needed.is_empty() {
            schema.insert("$defs".to_owned(), Value::Object(needed));
        }
    }
    schema
}

fn require_all(schema: &mut Map<String, Value>, order: Option<&Value>) {
    // A struct without fields is written as an object and no more; a map says what its values are.
    if schema.get("type").is_some_and(|kind| kind == "object") && !schema.contains_key("additionalProperties") {
        schema.entry("properties").or_insert_with(|| Value::Object(Map::new()));
    }
    let Some(Value::Object(properties)) = schema.get("properties") else { return };
    let listed = [order, schema.get("required")].into_iter().flatten().filter_map(Value::as_array).flatten();
    let listed = listed.filter(|name| name.as_str().is_some_and(|name| properties.contains_key(name))).cloned();
    let names: Vec<Value> = listed.chain(properties.keys().map(|name| Value::from(name.as_str()))).collect();
    schema.insert("required".to_owned(), Value::Array(names));
}
