//! The schema of a type.

use std::collections::HashMap;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

use super::references::{self, MOST_STEPS};
use super::walk::walk;

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
