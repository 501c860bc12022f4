//! The strict form of schemas written by hand.

use serde_json::{Value, json};

use super::{strict, text};

/// A schema with one member, `m`, and what becomes of the member.
fn member(schema: Value, is_required: bool) -> Value {
    let required = if is_required { json!(["m"]) } else { json!([]) };
    let defs = json!({"S": {"type": "string"}, "N": {"type": ["string", "null"]}, "A": {"$ref": "#/$defs/N"}});
    let form = strict(&json!({"type": "object", "properties": {"m": schema}, "required": required, "$defs": defs}));
    assert_eq!(form["required"], json!(["m"]));
    form["properties"]["m"].clone()
}

#[test]
fn an_optional_member_may_be_null() {
    for (schema, expected) in [
        (json!({"type": "string"}), json!({"type": ["string", "null"]})),
        (json!({"type": ["string", "integer"]}), json!({"type": ["string", "integer", "null"]})),
        (json!({"type": ["string", "null"]}), json!({"type": ["string", "null"]})),
        (json!({"type": "null"}), json!({"type": "null"})),
        (
            json!({"type": "array", "items": {"type": "string"}}),
            json!({"type": ["array", "null"], "items": {"type": "string"}}),
        ),
        (
            json!({"type": "string", "enum": ["a"]}),
            json!({"anyOf": [{"type": "string", "enum": ["a"]}, {"type": "null"}]}),
        ),
        (json!({"enum": ["a", null]}), json!({"enum": ["a", null], "type": ["string", "null"]})),
        (json!({"const": 1}), json!({"anyOf": [{"const": 1, "type": "integer"}, {"type": "null"}]})),
        (json!({"$ref": "#/$defs/S"}), json!({"anyOf": [{"$ref": "#/$defs/S"}, {"type": "null"}]})),
        (json!({"$ref": "#/$defs/N"}), json!({"$ref": "#/$defs/N"})),
        (json!({"$ref": "#/$defs/A"}), json!({"$ref": "#/$defs/A"})),
        (
            json!({"oneOf": [{"type": "string"}, {"type": "integer"}]}),
            json!({"anyOf": [{"type": "string"}, {"type": "integer"}, {"type": "null"}]}),
        ),
        (
            json!({"anyOf": [{"type": "string"}, {"$ref": "#/$defs/N"}]}),
            json!({"anyOf": [{"type": "string"}, {"$ref": "#/$defs/N"}]}),
        ),
        (
            json!({"type": "object", "properties": {}}),
            json!({"anyOf": [
                {"type": "object", "properties": {}, "required": [], "additionalProperties": false},
                {"type": "null"},
            ]}),
        ),
    ] {
        assert_eq!(member(schema.clone(), false), expected, "{schema}");
    }
}

#[test]
fn a_required_member_stays_as_it_is() {
    for schema in [
        json!({"type": "string", "description": "d", "title": "t", "pattern": "^a", "format": "date-time"}),
        json!({"type": "integer", "minimum": 0, "maximum": 9, "multipleOf": 3}),
        json!({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 9.5}),
        json!({"type": "array", "items": {"$ref": "#/$defs/S"}, "minItems": 2, "maxItems": 3}),
        json!({"type": "string", "enum": ["a", "b"]}),
        json!({"$ref": "#"}),
    ] {
        assert_eq!(member(schema.clone(), true), schema);
    }
}

#[test]
fn what_binds_nothing_is_left_out() {
    let schema = json!({"type": "integer", "format": "uint32", "default": 7, "examples": [1], "$comment": "c", "$id": "i",
        "deprecated": true, "readOnly": false, "writeOnly": false, "$schema": "s"});
    assert_eq!(member(schema, true), json!({"type": "integer"}));
    assert_eq!(member(json!({"type": "string", "format": "uri"}), true), json!({"type": "string"}));
}

#[test]
fn a_reference_that_is_described_is_written_out() {
    let described = json!({"$ref": "#/$defs/S", "description": "d", "default": "x"});
    assert_eq!(member(described.clone(), true), json!({"description": "d", "type": "string"}));
    assert_eq!(member(described, false), json!({"description": "d", "type": ["string", "null"]}));
    let twice = json!({"$ref": "#/$defs/A", "title": "t"});
    assert_eq!(member(twice.clone(), true), json!({"title": "t", "type": ["string", "null"]}));
    assert_eq!(member(twice, false), json!({"title": "t", "type": ["string", "null"]}));
    assert_eq!(member(json!({"$ref": "#/$defs/S", "default": 1}), true), json!({"$ref": "#/$defs/S"}));
    // It would be written out without an end.
    let wrapped = json!({"description": "d", "anyOf": [{"$ref": "#"}]});
    assert_eq!(member(json!({"$ref": "#", "description": "d"}), true), wrapped);
}

#[test]
fn definitions_are_kept_and_closed() {
    let form = strict(&json!({
        "type": "object",
        "properties": {"tree": {"$ref": "#/definitions/a~1b%20c"}},
        "required": ["tree"],
        "definitions": {
            "a/b c": {"properties": {"below": {"items": {"$ref": "#/definitions/a~1b%20c"}}}},
        },
    }));
    assert_eq!(form["properties"]["tree"], json!({"$ref": "#/definitions/a~1b%20c"}));
    let tree = json!({
        "type": "object",
        "properties": {"below": {"type": ["array", "null"], "items": {"$ref": "#/definitions/a~1b%20c"}}},
        "required": ["below"],
        "additionalProperties": false,
    });
    assert_eq!(form["definitions"]["a/b c"], tree);
}

#[test]
fn members_come_in_the_order_of_required() {
    let schema = json!({
        "type": "object",
        "properties": {"a": {"type": "string"}, "b": {"type": "object", "properties": {
            "properties": {"type": "string"}, "required": {"type": "string"}}, "required": ["required", "properties", "required"]},
            "z": {"type": "string"}},
        "required": ["z", "b"],
    });
    let text = text(&schema);
    assert_eq!(
        text,
        concat!(
            r#"{"additionalProperties":false,"properties":{"z":{"type":"string"},"b":{"additionalProperties":false,"#,
            r#""properties":{"required":{"type":"string"},"properties":{"type":"string"}},"required":["required","properties"],"#,
            r#""type":"object"},"a":{"type":["string","null"]}},"required":["z","b","a"],"type":"object"}"#,
        )
    );
}

#[test]
fn a_closed_object_may_be_empty() {
    let closed = json!({"type": "object", "properties": {}, "required": [], "additionalProperties": false});
    assert_eq!(strict(&json!({"type": "object", "additionalProperties": false})), closed);
    assert_eq!(strict(&json!({"type": "object", "unevaluatedProperties": false})), closed);
    assert_eq!(strict(&json!({"properties": {}})), closed);
}
