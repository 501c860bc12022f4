//! Strict schemas of types.
#![allow(dead_code, reason = "types that only their schemas are made of")]

use requesty_core::agent::{Action, Conversation, Loop, Tools};
use requesty_core::schema::StrictSchema;
use requesty_core::{chat, messages, responses};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// An invoice.
#[derive(Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Invoice {
    /// As printed.
    number: String,
    total: Option<f64>,
    #[serde(default)]
    currency: Currency,
    lines: Vec<Line>,
    #[serde(rename = "paid-by")]
    paid_by: Payment,
    /// The line that costs most.
    dearest: Option<Box<Line>>,
    /// The first line.
    first: Line,
    after: Option<Box<Invoice>>,
}

#[derive(Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
enum Currency {
    #[default]
    Eur,
    Usd,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Line {
    text: String,
    count: u32,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Payment {
    Card {
        digits: String,
    },
    /// In coins.
    Cash,
    Split(Line),
}

fn of<T: JsonSchema>() -> Value {
    serde_json::to_value(StrictSchema::of::<T>().unwrap_or_else(|error| panic!("{error}"))).unwrap()
}

#[track_caller]
fn refused<T: JsonSchema>(place: &str) {
    let error = StrictSchema::of::<T>().unwrap_err().to_string();
    assert!(error.contains(&format!("`{place}`")), "{error}");
}

#[test]
fn a_type_is_closed_and_all_of_it_is_required() {
    let schema = of::<Invoice>();
    let names = json!(["number", "total", "currency", "lines", "paid-by", "dearest", "first", "after"]);
    assert_eq!(schema["required"], names);
    assert_eq!(schema["description"], "An invoice.");
    let member = |name: &str| &schema["properties"][name];
    assert_eq!(*member("number"), json!({"type": "string", "description": "As printed."}));
    assert_eq!(*member("total"), json!({"type": ["number", "null"]}));
    assert_eq!(*member("currency"), json!({"$ref": "#/$defs/Currency"}));
    assert_eq!(*member("lines"), json!({"type": "array", "items": {"$ref": "#/$defs/Line"}}));
    let dearest =
        json!({"description": "The line that costs most.", "anyOf": [{"$ref": "#/$defs/Line"}, {"type": "null"}]});
    assert_eq!(*member("dearest"), dearest);
    assert_eq!(*member("after"), json!({"anyOf": [{"$ref": "#"}, {"type": "null"}]}));
    let line = json!({
        "type": "object",
        "properties": {"text": {"type": "string"}, "count": {"type": "integer", "minimum": 0}},
        "required": ["text", "count"],
        "additionalProperties": false,
    });
    assert_eq!(schema["$defs"]["Line"], line);
    let mut first = line;
    first["description"] = json!("The first line.");
    assert_eq!((member("first"), schema["$defs"]["Line"].get("description")), (&first, None));
    let kinds: Vec<&Value> = schema["$defs"]["Payment"]["anyOf"].as_array().unwrap().iter().collect();
    assert_eq!(kinds.len(), 3);
    assert!(kinds.iter().all(|kind| kind["additionalProperties"] == json!(false)), "{kinds:?}");
    assert_eq!(kinds[0]["properties"]["kind"], json!({"type": "string", "const": "card"}));
    assert_eq!(kinds[1]["description"], "In coins.");
    assert_eq!(kinds[2]["required"], json!(["kind", "text", "count"]));
}

#[test]
fn members_come_in_the_order_of_the_fields() {
    let text = serde_json::to_string(&StrictSchema::of::<Invoice>().unwrap()).unwrap();
    let places = ["number", "total", "currency", "lines", "paid-by", "dearest", "first", "after"]
        .map(|name| text.rfind(&format!("\"{name}\":{{")).unwrap());
    assert!(places.is_sorted(), "{text}");
}

#[test]
fn a_type_without_fields_is_a_closed_object() {
    #[derive(JsonSchema)]
    struct Nothing {}
    let schema = of::<Nothing>();
    assert_eq!((&schema["properties"], &schema["additionalProperties"]), (&json!({}), &json!(false)));
}

#[test]
fn what_a_type_may_have_instead() {
    #[derive(Serialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[serde(flatten)]
        inner: Line,
        #[serde(skip_serializing_if = "Option::is_none")]
        note: Option<String>,
        #[serde(rename(serialize = "a", deserialize = "b"))]
        renamed: bool,
        either: Either,
    }
    #[derive(Serialize, JsonSchema)]
    #[serde(untagged)]
    enum Either {
        Text(String),
        Number(i8),
    }
    let schema = of::<Outer>();
    let mut names: Vec<&str> =
        schema["required"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["b", "count", "either", "note", "text"]);
    let number = json!({"type": "integer", "minimum": -128, "maximum": 127});
    assert_eq!(schema["$defs"]["Either"], json!({"anyOf": [{"type": "string"}, number]}));
}

#[test]
fn a_type_without_a_strict_form_names_the_field() {
    use std::collections::{BTreeMap, BTreeSet};
    #[derive(JsonSchema)]
    struct Of<T> {
        a: Vec<Inner<T>>,
    }
    #[derive(JsonSchema)]
    struct Inner<T> {
        b: T,
    }
    #[derive(JsonSchema)]
    struct Flat {
        #[serde(flatten)]
        either: Payment,
        other: bool,
    }
    let place = |rest: &str| format!("/$defs/Inner/properties/b{rest}");
    refused::<Of<BTreeMap<String, u8>>>(&place("/additionalProperties"));
    refused::<Of<BTreeSet<u8>>>(&place("/uniqueItems"));
    refused::<Of<Value>>(&place(""));
    refused::<Of<(u8, u8)>>(&place("/maxItems").replace("maxItems", "prefixItems"));
    refused::<Of<char>>(&place("/maxLength"));
    refused::<Flat>("/oneOf");
    refused::<Payment>("/oneOf");
    refused::<Vec<Line>>("/");
    refused::<String>("/");
}

#[test]
fn every_family_asks_for_a_type_and_reads_it() {
    let history = [chat::Message::user("x")];
    let body = chat::Request::new(&history).answer_as::<Line>().whole_body().unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    let schema = of::<Line>();
    let format = json!({"name": "Line", "strict": true, "schema": schema});
    assert_eq!(body["response_format"]["json_schema"], format);

    let body = responses::Request::new("x").answer_as::<Line>().whole_body().unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["text"]["format"]["schema"], schema);

    let history = [messages::Message::user("x")];
    let body = messages::Request::new(&history, 9).model("m").answer_as::<Line>().whole_body().unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    let count = json!({"type": "integer", "description": "(minimum: 0)"});
    assert_eq!(body["output_config"]["format"]["schema"]["properties"]["count"], count);
    let recursive = messages::Request::new(&history, 9).model("m").answer_as::<Invoice>().whole_body();
    assert!(recursive.unwrap_err().to_string().contains("refers to itself"));

    let completion: chat::Completion = serde_json::from_str(
        r#"{"choices":[{"finish_reason":"stop","message":{"content":"{\"text\":\"a\",\"count\":2}"}}]}"#,
    )
    .unwrap();
    assert_eq!(completion.parse::<Line>().unwrap(), Line { text: "a".into(), count: 2 });
}

#[test]
fn a_name_of_a_type_is_made_one_that_providers_take() {
    #[derive(JsonSchema)]
    #[schemars(rename = "Überweisung <A, B> mit einem Namen von mehr als vierundsechzig Zeichen")]
    struct Long {
        a: bool,
    }
    let history = [chat::Message::user("x")];
    let body = chat::Request::new(&history).answer_as::<Long>().whole_body().unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    let name = body["response_format"]["json_schema"]["name"].as_str().unwrap();
    assert_eq!((name.len(), &name[..19]), (64, "_berweisung__A__B__"));
}

#[test]
fn a_tool_of_a_type_is_strict() {
    let tool = serde_json::to_value(chat::Tool::typed::<Line>("f", "d").unwrap()).unwrap();
    let function = json!({"name": "f", "description": "d", "parameters": of::<Line>(), "strict": true});
    assert_eq!(tool, json!({"type": "function", "function": function}));
    let tool = serde_json::to_value(messages::Tool::typed::<Line>("f", "d").unwrap()).unwrap();
    assert_eq!(tool, json!({"name": "f", "description": "d", "input_schema": of::<Line>()}));
    assert!(chat::Tool::typed::<Payment>("f", "d").unwrap_err().to_string().contains("`/oneOf`"));
    assert!(messages::Tool::typed::<Payment>("f", "d").is_err());
}

/// Calls of typed tools, in a loop: one that is right, and one whose error goes back to the model.
#[test]
fn a_loop_reads_typed_arguments() {
    let tools = Tools::new().typed::<Line>("order", "Orders.").unwrap();
    assert!(Tools::<chat::Message>::new().typed::<Payment>("pay", "Pays.").is_err());
    let conversation = Conversation::from([chat::Message::user("Two bolts, and some nuts.")]);
    let mut agent = Loop::new(conversation, tools, chat::Request::new(&[]));
    let call = |id: &str, arguments: &str| json!({"id": id, "type": "function", "function": {"name": "order", "arguments": arguments}});
    let calls = [call("c1", r#"{"text":"bolt","count":2}"#), call("c2", r#"{"text":"nut","count":"Xyzzy"}"#)];
    let answer =
        json!({"choices": [{"finish_reason": "tool_calls", "message": {"role": "assistant", "tool_calls": calls}}]});
    assert!(matches!(agent.next(), Action::Send(_)));
    agent.answered(serde_json::from_str(&answer.to_string()).unwrap()).unwrap();
    let Action::Call(calls) = agent.next() else { panic!("two calls") };
    assert_eq!(calls[0].arguments_as::<Line>().unwrap(), Line { text: "bolt".into(), count: 2 });
    let error = calls[1].arguments_as::<Line>().unwrap_err();
    assert_eq!(error.path(), "/count");
    let shown = error.to_string();
    assert!(
        shown.contains("`/count`") && !shown.contains("Xyzzy") && !format!("{error:?}").contains("Xyzzy"),
        "{shown}"
    );
}

/// The functions of a workshop.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Called {
    /// Orders a line.
    Order(Line),
    Pay {
        how: Payment,
        note: Option<String>,
    },
    /// Tells the time.
    Now,
    Stop,
    Invoice(Box<Invoice>),
}

#[test]
fn the_variants_of_an_enum_are_tools() {
    let tools: Tools<chat::Message> = Tools::new().variants_of::<Called>().unwrap();
    let tools = serde_json::to_value(tools.as_slice()).unwrap();
    let function = |name: &str| {
        let named = |tool: &&Value| tool["function"]["name"] == name;
        &tools.as_array().unwrap().iter().find(named).unwrap()["function"]
    };
    assert_eq!(tools.as_array().unwrap().len(), 5);
    assert!(tools.as_array().unwrap().iter().all(|tool| tool["function"]["strict"] == true));
    assert_eq!(
        (&function("order")["description"], &function("now")["description"]),
        (&json!("Orders a line."), &json!("Tells the time."))
    );
    let parameters = |name: &str| &function(name)["parameters"];
    assert_eq!(parameters("order")["required"], json!(["text", "count"]));
    assert_eq!(parameters("order").get("$defs"), None);
    assert_eq!(parameters("pay")["required"], json!(["how", "note"]));
    assert_eq!(parameters("pay")["$defs"].as_object().unwrap().keys().collect::<Vec<_>>(), ["Payment"]);
    let nothing = json!({"type": "object", "properties": {}, "required": [], "additionalProperties": false});
    assert_eq!((parameters("now"), parameters("stop")), (&nothing, &nothing));
    let definitions: Vec<&String> = parameters("invoice")["$defs"].as_object().unwrap().keys().collect();
    assert_eq!(definitions, ["Currency", "Invoice", "Line", "Payment"]);
}

#[test]
fn what_is_no_set_of_functions_is_refused() {
    #[derive(JsonSchema)]
    enum Open {
        Fine {},
        Bag(std::collections::BTreeMap<String, u8>),
    }
    #[derive(JsonSchema)]
    enum Pair {
        Two(u8, u8),
    }
    let error = |tools: Result<Tools<chat::Message>, requesty_core::BuildError>| tools.unwrap_err().to_string();
    assert!(error(Tools::new().variants_of::<Payment>()).contains("externally"));
    assert!(error(Tools::new().variants_of::<Line>()).contains("externally"));
    assert!(error(Tools::new().variants_of::<bool>()).contains("externally"));
    let open = error(Tools::new().variants_of::<Open>());
    assert!(open.starts_with("the variant `Bag`: ") && open.contains("`/additionalProperties`"), "{open}");
    assert!(error(Tools::new().variants_of::<Pair>()).contains("the variant `Two`"));
}
