//! What has no strict form, and the place that the error names.

use requesty_core::schema::StrictSchema;
use serde_json::{Map, Value, json};

/// Asserts that the error names `place` and holds `word`.
#[track_caller]
fn refused(schema: &Value, place: &str, word: &str) {
    let error = StrictSchema::new(schema).expect_err(&schema.to_string()).to_string();
    let start = format!("the schema has no strict form: `{place}` ");
    assert!(error.starts_with(&start) && error.contains(word), "{error}\n{schema}");
}

/// The same for a member `m` of an object, and inside of an array, a definition and an alternative.
#[track_caller]
fn member_refused(member: &Value, place: &str, word: &str) {
    let object = |member: &Value| json!({"type": "object", "properties": {"m": member}, "required": ["m"]});
    refused(&object(member), &format!("/properties/m{place}"), word);
    let list = json!({"type": "array", "items": member});
    refused(&object(&list), &format!("/properties/m/items{place}"), word);
    let either = json!({"anyOf": [{"type": "null"}, member]});
    refused(&object(&either), &format!("/properties/m/anyOf/1{place}"), word);
    let mut defined = object(&json!({"type": "string"}));
    defined["$defs"] = json!({"a~/b": member});
    refused(&defined, &format!("/$defs/a~0~1b{place}"), word);
}

#[test]
fn keywords() {
    for keyword in [
        "allOf",
        "not",
        "if",
        "then",
        "else",
        "dependentRequired",
        "dependentSchemas",
        "patternProperties",
        "propertyNames",
        "minProperties",
        "maxProperties",
        "prefixItems",
        "contains",
        "uniqueItems",
        "minLength",
        "maxLength",
        "nullable",
        "x-mine",
        "$anchor",
        "$dynamicRef",
    ] {
        member_refused(&json!({"type": "string", keyword: 1}), &format!("/{keyword}"), "leave the keyword out");
    }
}

#[test]
fn open_objects() {
    let with = |value: Value| json!({"type": "object", "properties": {}, "additionalProperties": value});
    member_refused(&with(json!(true)), "/additionalProperties", "any name");
    member_refused(&with(json!({"type": "string"})), "/additionalProperties", "any name");
    member_refused(&json!({"type": "object", "unevaluatedProperties": {}}), "/unevaluatedProperties", "any name");
    member_refused(&json!({"type": "object"}), "", "list them");
    member_refused(&json!({"type": ["null", "object"]}), "", "list them");
    member_refused(&json!({"type": "object", "properties": []}), "/properties", "not an object");
}

#[test]
fn what_may_be_anything() {
    for any in [json!(true), json!(false), json!(null), json!([]), json!("string")] {
        member_refused(&any, "", "any value");
    }
    member_refused(&json!({}), "", "give it a type");
    member_refused(&json!({"description": "anything"}), "", "give it a type");
    member_refused(&json!({"type": "array"}), "/items", "any value");
}

#[test]
fn what_is_no_schema() {
    member_refused(&json!({"type": "text"}), "/type", "type of JSON");
    member_refused(&json!({"type": []}), "/type", "type of JSON");
    member_refused(&json!({"type": ["string", 1]}), "/type", "type of JSON");
    member_refused(&json!({"enum": []}), "/enum", "list of values");
    member_refused(&json!({"enum": "a"}), "/enum", "list of values");
    member_refused(&json!({"enum": [{}]}), "/enum", "single values");
    member_refused(&json!({"const": [1]}), "/const", "single values");
    member_refused(&json!({"anyOf": []}), "/anyOf", "list of alternatives");
    member_refused(&json!({"oneOf": {}}), "/oneOf", "list of alternatives");
    member_refused(&json!({"oneOf": [{"type": "null"}], "anyOf": [{"type": "null"}]}), "", "two lists");
    let required = |required: Value| json!({"properties": {"a": {"type": "null"}}, "required": required});
    member_refused(&required(json!(["b"])), "/required", "does not have");
    member_refused(&required(json!([1])), "/required", "does not have");
    member_refused(&required(json!("a")), "/required", "list of names");
    member_refused(&json!({"type": "string", "$defs": {}}), "/$defs", "not at the root");
}

/// The value cannot mean what its keyword says.
#[test]
fn values_that_contradict_their_keyword() {
    for (keyword, value, word) in [
        ("minimum", json!("1"), "not a number"),
        ("exclusiveMinimum", json!(true), "not a number"),
        ("multipleOf", json!(null), "not a number"),
        ("minItems", json!(-1), "number of items"),
        ("maxItems", json!(1.5), "number of items"),
        ("pattern", json!(1), "not a text"),
        ("title", json!([]), "not a text"),
        ("description", json!(null), "not a text"),
    ] {
        member_refused(&json!({"type": "string", keyword: value}), &format!("/{keyword}"), word);
    }
    let other = "another type";
    member_refused(&json!({"type": "string", "enum": ["a", null]}), "/enum", other);
    member_refused(&json!({"type": "integer", "enum": [1, 1.5]}), "/enum", other);
    member_refused(&json!({"type": ["integer", "null"], "enum": ["0"]}), "/enum", other);
    member_refused(&json!({"type": "boolean", "const": "a"}), "/const", other);
    for fine in [
        json!({"type": ["string", "null"], "enum": ["a", null]}),
        json!({"type": "integer", "enum": [1, 2.0]}),
        json!({"type": "number", "enum": [1, 2.5]}),
        json!({"type": "boolean", "const": true}),
    ] {
        let schema = json!({"type": "object", "properties": {"m": fine}});
        assert!(StrictSchema::new(&schema).is_ok(), "{schema}");
    }
}

#[test]
fn alternatives_and_references_beside_other_bounds() {
    let either = json!([{"type": "string"}]);
    member_refused(&json!({"anyOf": either, "type": "string"}), "/type", "each of them");
    member_refused(&json!({"oneOf": either, "properties": {}}), "/properties", "each of them");
    member_refused(&json!({"$ref": "#", "type": "object"}), "/type", "one schema");
    member_refused(&json!({"$ref": "#", "anyOf": either}), "/anyOf", "one schema");
}

#[test]
fn references_that_lead_nowhere() {
    for target in [
        json!("#/$defs/Nobody"),
        json!("#/properties/m"),
        json!("https://schemas.example/a.json"),
        json!("other.json#/$defs/A"),
        json!("#named"),
        json!("#/$defs/%ff"),
        json!(1),
    ] {
        member_refused(&json!({"$ref": target}), "/$ref", "no definition");
    }
}

#[test]
fn references_in_a_circle() {
    for (one, two) in [
        (json!({"$ref": "#/$defs/A"}), json!({"type": "null"})),
        (json!({"$ref": "#/$defs/B"}), json!({"$ref": "#/%24defs/A", "description": "d"})),
        (json!({"anyOf": [{"type": "null"}, {"$ref": "#/$defs/B"}]}), json!({"oneOf": [{"$ref": "#/$defs/A"}]})),
    ] {
        let schema = json!({
            "type": "object",
            "properties": {"m": {"$ref": "#/$defs/A"}},
            "$defs": {"A": one, "B": two},
        });
        let error = StrictSchema::new(&schema).unwrap_err().to_string();
        assert!(error.contains("`/$defs/A") && error.contains("in a circle"), "{error}");
    }
    let list = json!({"type": "object", "properties": {"m": {"$ref": "#/$defs/A"}}, "$defs": {"A": {"anyOf": [
        {"type": "null"}, {"items": {"$ref": "#/$defs/A"}}, {"properties": {"m": {"$ref": "#"}}}]}}});
    assert!(StrictSchema::new(&list).is_ok());
}

#[test]
fn the_root_is_an_object() {
    refused(&json!([]), "/", "not an object");
    refused(&json!("object"), "/", "not an object");
    refused(&json!({"type": "array", "items": {"type": "string"}}), "/", "not of the type `object`");
    refused(&json!({"type": ["object", "null"], "properties": {}}), "/", "not of the type `object`");
    refused(&json!({"anyOf": [{"type": "object", "properties": {}}]}), "/anyOf", "not of one object");
    refused(&json!({"oneOf": []}), "/oneOf", "not of one object");
    refused(&json!({"$ref": "#/$defs/A", "$defs": {"A": {"properties": {}}}}), "/$ref", "not of one object");
    refused(&json!({"type": "object", "properties": {}, "$defs": []}), "/$defs", "not an object");
}

/// An object of so many members that are texts.
fn wide(members: usize) -> Value {
    let members: Map<String, Value> = (0..members).map(|n| (format!("m{n}"), json!({"type": "string"}))).collect();
    json!({"type": "object", "properties": members})
}

fn deep(levels: usize) -> Value {
    (1..levels).fold(json!({"properties": {}}), |inner, _| json!({"properties": {"m": inner}}))
}

#[test]
fn limits() {
    assert!(StrictSchema::new(&wide(5000)).is_ok());
    refused(&wide(5001), "/properties", "more than 5000 members");
    assert!(StrictSchema::new(&deep(10)).is_ok());
    refused(&deep(11), &"/properties/m".repeat(10), "inside of 10 objects");

    let listed = |values: Vec<String>| json!({"properties": {"m": {"enum": values}}});
    assert!(StrictSchema::new(&listed((0..1000).map(|n| n.to_string()).collect())).is_ok());
    refused(&listed((0..1001).map(|n| n.to_string()).collect()), "/properties/m/enum", "more than 1000 values");
    let long = |values: usize, characters: usize| listed((0..values).map(|n| format!("{n:é>characters$}")).collect());
    assert!(StrictSchema::new(&long(250, 61)).is_ok());
    assert!(StrictSchema::new(&long(300, 50)).is_ok());
    refused(&long(300, 51), "/properties/m/enum", "more than 250 values, of more than 15000 characters");
    assert!(StrictSchema::new(&listed(vec!["é".repeat(119_999)])).is_ok());
    refused(&listed(vec!["é".repeat(120_001)]), "/properties/m/enum", "120000 characters");
    refused(&json!({"properties": {"é".repeat(120_001): {"type": "null"}}}), "/properties", "120000 characters");
}
