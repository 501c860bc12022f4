//! Calls read as variants of an enum.

use requesty_core::agent::{RunnableCall, Tools};
use requesty_core::schema::StrictSchema;
use requesty_core::{chat, messages, responses};
use serde::Deserialize;
use serde_json::json;

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Called {
    Order(Line),
    Pay { amount: u32, note: Option<String> },
    Pair(u8, u8),
    Now,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Line {
    text: String,
}

fn call(name: &str, arguments: &str) -> RunnableCall {
    serde_json::from_value(json!({"id": "c", "name": name, "arguments": arguments})).unwrap()
}

#[test]
fn the_name_is_the_variant() {
    for (name, arguments, expected) in [
        ("order", r#"{"text":"bolt"}"#, Called::Order(Line { text: "bolt".into() })),
        ("pay", r#" {"amount":2} "#, Called::Pay { amount: 2, note: None }),
        ("pair", "[1,2]", Called::Pair(1, 2)),
        ("now", "{}", Called::Now),
        ("now", r#"{"zone":"UTC"}"#, Called::Now),
    ] {
        assert_eq!(call(name, arguments).variant_of::<Called>().unwrap(), expected);
    }
}

#[test]
fn an_error_names_the_place_and_no_value() {
    for (name, arguments, path) in [
        ("order", r#"{"text":["Xyzzy"]}"#, "/text"),
        ("order", r#"{"Xyzzy":1}"#, ""),
        ("pay", r#"{"amount":"Xyzzy"}"#, "/amount"),
        ("pay", "[]", ""),
        ("Xyzzy", "{}", ""),
    ] {
        let error = call(name, arguments).variant_of::<Called>().unwrap_err();
        assert_eq!((error.path(), error.raw()), (path, arguments));
        assert!(!format!("{error} {error:?}").contains("Xyzzy"), "{error}");
    }
}

#[test]
fn a_type_that_is_no_enum_is_an_error() {
    assert!(call("order", r#"{"text":"bolt"}"#).variant_of::<Line>().is_err());
    assert!(call("order", r#"{"text":"bolt"}"#).variant_of::<Vec<u8>>().is_err());
}

#[test]
fn a_strict_tool_says_so_where_its_family_can() {
    let schema = StrictSchema::new(&json!({"properties": {"a": {"type": "string"}}})).unwrap();
    let parameters = serde_json::to_value(&schema).unwrap();
    let function = json!({"name": "f", "description": "d", "parameters": parameters, "strict": true});
    let chat: Tools<chat::Message> = Tools::new().strict("f", "d", &schema);
    assert_eq!(serde_json::to_value(chat.as_slice()).unwrap(), json!([{"type": "function", "function": function}]));
    let responses: Tools<responses::InputItem> = Tools::new().strict("f", "d", &schema);
    assert_eq!(serde_json::to_value(responses.as_slice()).unwrap()[0]["function"]["strict"], true);
    let messages: Tools<messages::Message> = Tools::new().strict("f", "d", &schema);
    let expected = json!([{"name": "f", "description": "d", "input_schema": parameters}]);
    assert_eq!(serde_json::to_value(messages.as_slice()).unwrap(), expected);
    let loose: Tools<chat::Message> = Tools::new().function("f", "d", &schema).unwrap();
    assert_eq!(serde_json::to_value(loose.as_slice()).unwrap()[0]["function"].get("strict"), None);
}
