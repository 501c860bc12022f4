//! For any schema that has a strict form: the form is its own, keeps the rules, and takes the same values.

use proptest::collection::vec;
use proptest::prelude::*;
use requesty_core::schema::StrictSchema;
use serde_json::{Map, Value, json};

use super::strict;

const NAMES: &[&str] = &["a", "b", "properties", "required", "$ref", "type", "é/~"];

fn name() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(NAMES)
}

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!({"type": "string"})),
        Just(json!({"type": "integer", "minimum": 0, "format": "uint8", "default": 1})),
        Just(json!({"type": ["boolean", "null"]})),
        Just(json!({"enum": ["x", 1, null]})),
        Just(json!({"type": "string", "enum": ["x"], "description": "d"})),
        Just(json!({"const": true})),
        Just(json!({"$ref": "#"})),
        Just(json!({"$ref": "#/$defs/One"})),
        Just(json!({"$ref": "#/$defs/Two", "description": "d"})),
    ]
}

/// An object of these members, of which some are required.
fn object(member: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    vec((name(), member, any::<bool>()), 0..4).prop_map(|members| {
        let properties: Map<String, Value> =
            members.iter().map(|(name, it, _)| ((*name).to_owned(), it.clone())).collect();
        let required: Vec<&str> = members.iter().filter(|(.., required)| *required).map(|(name, ..)| *name).collect();
        json!({"type": "object", "properties": properties, "required": required})
    })
}

fn schema() -> impl Strategy<Value = Value> {
    let node = leaf().prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            object(inner.clone()),
            inner.clone().prop_map(|items| json!({"type": "array", "items": items, "description": "d"})),
            vec(inner.clone(), 1..4).prop_map(|list| json!({"anyOf": list})),
            vec(inner, 1..3).prop_map(|list| json!({"oneOf": list, "title": "t"})),
        ]
    });
    let whole = (object(node.clone()), node.clone(), object(node)).prop_map(|(mut root, one, two)| {
        root["$defs"] = json!({"One": one, "Two": two});
        root
    });
    whole.prop_filter("a definition that is nothing but itself", |schema| !is_circle(&schema["$defs"]["One"]))
}

/// Whether the first definition is itself, or may be: the others are objects.
fn is_circle(schema: &Value) -> bool {
    let alternatives = schema.get("anyOf").or(schema.get("oneOf")).and_then(Value::as_array);
    schema.get("$ref").is_some_and(|target| target == "#/$defs/One")
        || alternatives.is_some_and(|alternatives| alternatives.iter().any(is_circle))
}

/// A value that a schema takes, or nearly: `pick` decides. An optional member that is left out is so in the answer, too.
fn sample(root: &Value, schema: &Value, pick: &mut impl FnMut(usize) -> usize, depth: usize) -> Value {
    if depth > 6 {
        return Value::Null;
    }
    if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
        return sample(root, root.pointer(&target[1..]).unwrap(), pick, depth + 1);
    }
    if let Some(list) = schema.get("anyOf").or(schema.get("oneOf")).and_then(Value::as_array) {
        return sample(root, &list[pick(list.len())], pick, depth + 1);
    }
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        return values[pick(values.len())].clone();
    }
    if let Some(value) = schema.get("const") {
        return value.clone();
    }
    if let Some(members) = schema.get("properties").and_then(Value::as_object) {
        let mut value = Map::new();
        for (name, member) in members {
            let is_required = schema["required"].as_array().unwrap().iter().any(|required| required == name);
            if is_required || pick(2) == 0 {
                value.insert(name.clone(), sample(root, member, pick, depth + 1));
            }
        }
        return Value::Object(value);
    }
    match pick(5) {
        0 => json!("x"),
        1 => json!(1),
        2 => json!(true),
        3 => Value::Null,
        _ => json!([json!("x")]),
    }
}

/// The obvious reading of a schema: whether it takes a value.
fn takes(root: &Value, schema: &Value, value: &Value) -> bool {
    if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
        return takes(root, root.pointer(&target[1..]).unwrap(), value);
    }
    // Of `oneOf`, too: that only one takes the value is what the strict form cannot say.
    if let Some(list) = schema.get("anyOf").or(schema.get("oneOf")).and_then(Value::as_array) {
        return list.iter().any(|schema| takes(root, schema, value));
    }
    if schema.get("enum").is_some_and(|values| !values.as_array().unwrap().contains(value)) {
        return false;
    }
    if schema.get("const").is_some_and(|constant| constant != value) {
        return false;
    }
    let is_of = |kind: &Value| match kind.as_str().unwrap() {
        "string" => value.is_string(),
        "integer" => value.is_i64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "array" => value.is_array(),
        _ => value.is_object(),
    };
    match schema.get("type") {
        Some(Value::Array(kinds)) if !kinds.iter().any(is_of) => return false,
        Some(kind) if kind.is_string() && !is_of(kind) => return false,
        _ => {}
    }
    if let (Some(items), Value::Array(list)) = (schema.get("items"), value) {
        return list.iter().all(|item| takes(root, items, item));
    }
    let (Some(members), Value::Object(object)) = (schema.get("properties"), value) else { return true };
    let required = schema["required"].as_array().unwrap();
    required.iter().all(|name| object.contains_key(name.as_str().unwrap()))
        && object.iter().all(|(name, value)| members.get(name).is_some_and(|member| takes(root, member, value)))
}

/// The value as the strict form wants it: an optional member that is missing is there, and null.
fn filled(root: &Value, schema: &Value, value: &Value) -> Vec<Value> {
    if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
        return filled(root, root.pointer(&target[1..]).unwrap(), value);
    }
    if let Some(list) = schema.get("anyOf").or(schema.get("oneOf")).and_then(Value::as_array) {
        return list
            .iter()
            .filter(|schema| takes(root, schema, value))
            .flat_map(|schema| filled(root, schema, value))
            .collect();
    }
    if let (Some(items), Value::Array(list)) = (schema.get("items"), value) {
        return vec![list.iter().map(|item| filled(root, items, item).swap_remove(0)).collect()];
    }
    let (Some(Value::Object(members)), Value::Object(object)) = (schema.get("properties"), value) else {
        return vec![value.clone()];
    };
    let member = |(name, schema): (&String, &Value)| {
        let value = object.get(name).map_or(Value::Null, |value| filled(root, schema, value).swap_remove(0));
        (name.clone(), value)
    };
    vec![Value::Object(members.iter().map(member).collect())]
}

/// The rules of strict mode, looked up at every schema inside of a schema.
fn assert_is_strict(schema: &Value) {
    let schema = schema.as_object().unwrap();
    for keyword in ["oneOf", "default"] {
        assert!(!schema.contains_key(keyword), "{keyword}");
    }
    assert!(!schema.contains_key("$ref") || schema.len() == 1);
    assert!(["type", "$ref", "anyOf"].iter().filter(|it| schema.contains_key(**it)).count() == 1, "{schema:?}");
    if let Some(Value::Object(members)) = schema.get("properties") {
        assert_eq!(schema["additionalProperties"], json!(false));
        let mut required: Vec<&str> =
            schema["required"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        required.sort_unstable();
        assert_eq!(required, members.keys().collect::<Vec<_>>());
        members.values().for_each(assert_is_strict);
    }
    if let Some(Value::Object(definitions)) = schema.get("$defs") {
        definitions.values().for_each(assert_is_strict);
    }
    schema.get("items").into_iter().for_each(assert_is_strict);
    schema.get("anyOf").and_then(Value::as_array).into_iter().flatten().for_each(assert_is_strict);
}

proptest! {
    #[test]
    fn the_strict_form_keeps_the_rules_and_is_its_own(schema in schema()) {
        let form = strict(&schema);
        assert_is_strict(&form);
        assert_eq!(strict(&form), form);
        let text = serde_json::to_string(&StrictSchema::new(&schema).unwrap()).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), form);
    }

    #[test]
    fn the_strict_form_takes_what_the_schema_takes(schema in schema(), picks in vec(0..60_usize, 64)) {
        let mut picks = picks.into_iter().cycle();
        let form = strict(&schema);
        let value = sample(&schema, &schema, &mut |count| picks.next().unwrap() % count, 0);
        if takes(&schema, &schema, &value) {
            let filled = filled(&schema, &schema, &value).swap_remove(0);
            prop_assert!(takes(&form, &form, &filled), "{filled}\n{form}");
        } else if !value.to_string().contains("null") {
            // What the strict form adds is that an optional member may be null.
            prop_assert!(!takes(&form, &form, &value), "{value}\n{form}");
        }
    }
}
