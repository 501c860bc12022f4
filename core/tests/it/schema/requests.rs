//! Strict schemas in the requests of the three families.

use requesty_core::agent::Tools;
use requesty_core::schema::StrictSchema;
use requesty_core::{BuildError, chat, messages, responses};
use serde_json::{Value, json};

fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 0, "description": "In years."}},
        "required": ["name"],
    })
}

/// What each family sends for a schema.
fn bodies(name: &str, schema: &Value) -> [Result<Value, BuildError>; 3] {
    let history = [chat::Message::user("x")];
    let chat = chat::Request::new(&history).answer_schema(name, schema).whole_body();
    let history = [messages::Message::user("x")];
    let message = messages::Request::new(&history, 9).model("m").answer_schema(name, schema).stream_body();
    let response = responses::Request::new("x").answer_schema(name, schema).whole_body();
    [chat, message, response].map(|body| body.map(|body| serde_json::from_slice(&body).unwrap()))
}

#[test]
fn each_family_has_its_own_member() {
    let [chat, message, response] = bodies("per-son_1", &schema()).map(Result::unwrap);
    let strict = json!({
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "age": {"type": ["integer", "null"], "minimum": 0, "description": "In years."},
        },
        "required": ["name", "age"],
        "additionalProperties": false,
    });
    let format = json!({"type": "json_schema", "json_schema": {"name": "per-son_1", "strict": true, "schema": strict}});
    assert_eq!(chat["response_format"], format);
    let format = json!({"type": "json_schema", "name": "per-son_1", "strict": true, "schema": strict});
    assert_eq!(response["text"], json!({"format": format}));

    let mut in_words = strict;
    in_words["properties"]["age"] = json!({"type": ["integer", "null"], "description": "In years. (minimum: 0)"});
    assert_eq!(message["output_config"], json!({"format": {"type": "json_schema", "schema": in_words}}));
    assert_eq!(message["stream"], true);
}

#[test]
fn members_are_sent_in_the_order_of_required() {
    let history = [chat::Message::user("x")];
    let schema =
        json!({"properties": {"answer": {"type": "string"}, "steps": {"type": "string"}}, "required": ["steps"]});
    let body = chat::Request::new(&history).answer_schema("s", &schema).whole_body().unwrap();
    let text = std::str::from_utf8(&body).unwrap();
    assert!(text.find(r#""steps":{"#) < text.find(r#""answer":{"#), "{text}");
}

#[test]
fn what_has_no_strict_form_is_not_sent() {
    let open = json!({"type": "object", "properties": {"tags": {"type": "object"}}});
    for body in bodies("s", &open) {
        assert!(body.unwrap_err().to_string().contains("`/properties/tags`"));
    }
    for name in ["", "a b", "é", &"x".repeat(65)] {
        for body in bodies(name, &schema()) {
            assert!(body.unwrap_err().to_string().contains("the name of the schema"), "{name}");
        }
    }
    assert!(bodies(&"x".repeat(64), &schema()).iter().all(Result::is_ok));
}

#[test]
fn the_first_mistake_is_the_error() {
    let history = [chat::Message::user("x")];
    let open = json!({"type": "array"});
    let request =
        chat::Request::new(&history).answer_schema("", &open).answer_schema("s", &open).answer_schema("s", &schema());
    let error = request.whole_body().unwrap_err();
    assert!(error.to_string().contains("the name of the schema"), "{error}");
    assert_eq!(serde_json::to_string(&request).unwrap_err().to_string(), error.to_string());
}

#[test]
fn messages_take_no_bounds_and_no_recursion() {
    let schema = json!({
        "type": "object",
        "properties": {
            "some": {"type": "array", "items": {"type": "number", "multipleOf": 0.5}, "minItems": 1, "maxItems": 3},
            "many": {"type": "array", "items": {"$ref": "#/$defs/Share"}, "minItems": 2},
        },
        "required": ["some", "many"],
        "$defs": {"Share": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1, "pattern": "p"}},
    });
    let [_, message, _] = bodies("s", &schema);
    let sent = &message.unwrap()["output_config"]["format"]["schema"];
    let some = json!({"type": "array", "items": {"type": "number", "description": "(multipleOf: 0.5)"}, "minItems": 1,
        "description": "(maxItems: 3)"});
    assert_eq!(sent["properties"]["some"], some);
    let many = json!({"type": "array", "items": {"$ref": "#/$defs/Share"}, "description": "(minItems: 2)"});
    assert_eq!(sent["properties"]["many"], many);
    let share = json!({"type": "number", "description": "(exclusiveMinimum: 0, exclusiveMaximum: 1)", "pattern": "p"});
    assert_eq!(sent["$defs"]["Share"], share);

    for (target, place) in [("#/$defs/A", "`/$defs/A`"), ("#/%24defs/A", "`/$defs/A`"), ("#", "`/`")] {
        let recursive = json!({
            "type": "object",
            "properties": {"a": {"$ref": "#/$defs/A"}},
            "$defs": {
                "A": {"properties": {"b": {"$ref": "#/$defs/B"}}},
                "B": {"type": "array", "items": {"$ref": target}},
            },
        });
        let [chat, message, response] = bodies("s", &recursive);
        assert!(chat.is_ok() && response.is_ok());
        let error = message.unwrap_err().to_string();
        assert!(error.contains("refers to itself") && (error.contains(place) || error.contains("/$defs/B")), "{error}");
    }
}

/// Anthropic's API refuses a schema in which more members have alternatives or a list of types.
#[test]
fn messages_take_sixteen_members_of_several_types() {
    let schema = |members: usize| {
        let member = |at: usize| {
            let either = json!({"anyOf": [{"type": "string"}, {"type": "integer"}]});
            (format!("m{at:02}"), if at % 2 == 0 { either } else { json!({"type": ["string", "null"]}) })
        };
        let inner: serde_json::Map<String, Value> = (1..members).map(member).collect();
        json!({
            "type": "object",
            "properties": {"text": {"type": "string"}, "maybe": {"type": "string"}, "inner": {"$ref": "#/$defs/Inner"}},
            "required": ["text", "inner"],
            "$defs": {"Inner": {"type": "object", "properties": inner, "required": inner.keys().collect::<Vec<_>>()}},
        })
    };
    assert!(bodies("s", &schema(16)).iter().all(Result::is_ok));
    let [chat, message, response] = bodies("s", &schema(17));
    assert!(chat.is_ok() && response.is_ok());
    let error = message.unwrap_err().to_string();
    assert!(error.contains("more than 16 members") && error.contains("`/$defs/Inner/properties/m16`"), "{error}");
}

#[test]
fn a_later_form_replaces_the_schema() {
    let history = [chat::Message::user("x")];
    let request =
        chat::Request::new(&history).answer_schema("s", &schema()).response_format(chat::ResponseFormat::JsonObject);
    let body: Value = serde_json::from_slice(&request.whole_body().unwrap()).unwrap();
    assert_eq!(body["response_format"], json!({"type": "json_object"}));
}

#[test]
fn a_strict_schema_is_one_that_tools_take() {
    let strict = StrictSchema::new(&schema()).unwrap();
    let tools: Tools<chat::Message> = Tools::new().function("f", "d", &strict).unwrap();
    let sent = serde_json::to_value(tools.as_slice()).unwrap();
    assert_eq!(sent[0]["function"]["parameters"], serde_json::to_value(&strict).unwrap());
}
