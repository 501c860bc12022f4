//! Which tool calls can be run, with which arguments.

use requesty_core::chat::{Arguments, Message, ToolCall, Unfinished};
use serde::Deserialize;

use crate::support::chat::{clean, finished};

/// Reads a call whose function has `arguments` (with the colon before it) as it stands.
fn call(function: &str) -> ToolCall {
    let json =
        format!(r#"{{"role":"assistant","tool_calls":[{{"id":"c1","type":"function","function":{function}}}]}}"#);
    let mut message: Message = serde_json::from_str(&json).unwrap();
    assert_eq!(serde_json::to_string(&message).unwrap(), json);
    message.tool_calls.remove(0)
}

fn with_arguments(arguments: &str) -> ToolCall {
    call(&format!(r#"{{"name":"f","arguments":{arguments}}}"#))
}

#[test]
fn arguments_that_can_be_run() {
    for (wire, json) in [
        (r#""""#, "{}"),
        (r#"" \n\t""#, "{}"),
        ("null", "{}"),
        (r#""null""#, "{}"),
        (r#""{}""#, "{}"),
        (r#""{\"a\":1}""#, r#"{"a":1}"#),
        (r#"" {\"a\": 1.0e3}\n""#, r#"{"a": 1.0e3}"#),
        (r#"{"a":1.0}"#, r#"{"a":1.0}"#),
        (r#"[1,2]"#, "[1,2]"),
        ("7", "7"),
        (r#""7""#, "7"),
        (r#""{}{\"a\":1}""#, r#"{"a":1}"#),
        (r#""{} {\"a\":1}""#, r#"{"a":1}"#),
        (r#""{ }{}""#, "{}"),
    ] {
        let call = with_arguments(wire);
        let finished = call.finished().unwrap();
        assert_eq!(finished.arguments_json(), json, "{wire}");
        assert_eq!((finished.id(), finished.name()), ("c1", "f"));
    }
    assert_eq!(call(r#"{"name":"f"}"#).finished().unwrap().arguments_json(), "{}");
}

#[test]
fn arguments_that_cannot() {
    for wire in [
        r#""{""#,
        r#""{\"a\":""#,
        r#""{\"a\":\"x""#,
        r#""{\"a\":1}}""#,
        r#""{\"a\":1}{\"b\":2}""#,
        r#""{}7""#,
        r#""{}{\"a\":""#,
        r#""{}{}{}""#,
        r#""7 8""#,
        r#""get_weather(Rome)""#,
        r#""{'a':1}""#,
        r#""{\"a\":1,}""#,
    ] {
        let call = with_arguments(wire);
        let unfinished = call.finished().unwrap_err();
        assert_eq!(unfinished.why(), Unfinished::InvalidArguments, "{wire}");
        assert_eq!((unfinished.id(), unfinished.name()), ("c1", Some("f")));
        assert_eq!(unfinished.fragment(), call.function.arguments.as_str());
    }
    let deep = ToolCall::new("c", "f", "[".repeat(100_000));
    assert_eq!(deep.finished().unwrap_err().why(), Unfinished::InvalidArguments);
}

#[test]
fn calls_without_a_name() {
    for function in [r#"{"arguments":"{}"}"#, r#"{"name":null,"arguments":"{}"}"#, r#"{"name":"","arguments":"{}"}"#] {
        assert_eq!(call(function).finished().unwrap_err().why(), Unfinished::NoName);
    }
    for function in ["{}", "null", "\"f\"", "7"] {
        assert_eq!(call(function).finished().unwrap_err().why(), Unfinished::NoName);
    }
}

#[test]
fn arguments_as_they_came() {
    assert_eq!(call(r#"{"name":"f"}"#).function.arguments, Arguments::Absent);
    assert_eq!(with_arguments("null").function.arguments, Arguments::Null);
    assert_eq!(with_arguments(r#""{}{\"a\":1}""#).function.arguments, Arguments::Text(r#"{}{"a":1}"#.into()));
    assert_eq!(with_arguments(r#"{"a" : 1.0}"#).function.arguments, Arguments::Json(r#"{"a" : 1.0}"#.into()));
}

#[test]
fn typed_arguments() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Weather {
        city: String,
    }
    let call = with_arguments(r#""{}{\"city\":\"Rome\"}""#);
    assert_eq!(call.finished().unwrap().arguments::<Weather>().unwrap(), Weather { city: "Rome".into() });

    let call = with_arguments(r#""{\"city\":\"the launch code\"}""#);
    let error = call.finished().unwrap().arguments::<Vec<u8>>().unwrap_err();
    assert_eq!(error.raw(), r#"{"city":"the launch code"}"#);
    let error = ToolCall::new("c", "f", r#"["the launch code"]"#);
    let error = error.finished().unwrap().arguments::<Vec<u8>>().unwrap_err();
    for shown in [error.to_string(), format!("{error:?}")] {
        assert!(!shown.contains("launch"), "{shown}");
    }
    assert!(std::error::Error::source(&error).is_none());
    assert!(error.json_error().to_string().contains("launch"), "the reason why it is not shown");
}

#[test]
fn unfinished_calls_do_not_show_their_arguments() {
    let call = ToolCall::new("c", "f", r#"{"x":"the launch code"#);
    let unfinished = call.finished().unwrap_err();
    for shown in [unfinished.to_string(), format!("{unfinished:?}")] {
        assert!(!shown.contains("launch"), "{shown}");
    }
}

#[test]
fn calls_of_the_provider_itself() {
    assert!(ToolCall::new("srvtoolu_01", "web_search", "{}").finished().unwrap().is_server_side());
    assert!(!ToolCall::new("toolu_01", "web_search", "{}").finished().unwrap().is_server_side());
}

#[test]
fn a_call_without_an_id() {
    let call: Message =
        serde_json::from_str(r#"{"tool_calls":[{"id":null,"function":{"name":"f"}},{"function":{"name":"g"}}]}"#)
            .unwrap();
    for call in &call.tool_calls {
        assert_eq!(call.finished().unwrap().id(), "");
    }
}

/// An index that comes later than the id does not make another call.
#[test]
fn a_call_whose_index_comes_late_is_one_call() {
    for index in 0..3 {
        let begun = r#""tool_calls":[{"id":"a","function":{"name":"f","arguments":"{\"x\""}}]"#;
        let rest = r#""id":"a","function":{"name":"f","arguments":":1}"}"#;
        let rest = format!(r#""tool_calls":[{{"index":{index},{rest}}}]"#);
        let completion = clean(&finished(&[begun, &rest], "tool_calls")).total.unwrap();
        let calls: Vec<_> = completion.tool_calls().map(|call| call.arguments_json().into_owned()).collect();
        assert_eq!(calls, [r#"{"x":1}"#], "{index}");
    }
}

/// Braces inside a string do not decide whether arguments are whole, and so where the next call begins.
#[test]
fn a_brace_in_a_string_does_not_keep_a_call_open() {
    for text in ["{", "[", "}", "]", r#"\\\"{"#] {
        let call = |name: &str, arguments: &str| {
            let arguments = serde_json::to_string(arguments).unwrap();
            format!(r#""tool_calls":[{{"index":0,"function":{{"name":"{name}","arguments":{arguments}}}}}]"#)
        };
        let first = format!(r#"{{"x":"{text}"}}"#);
        let deltas = [call("f", &first), call("g", "{}")];
        let completion = clean(&finished(&deltas.each_ref().map(String::as_str), "tool_calls")).total.unwrap();
        let message = completion.message().unwrap();
        let calls: Vec<_> = message.tool_calls.iter().map(|call| call.function.arguments.as_str()).collect();
        assert_eq!(calls, [&*first, "{}"], "{text}");
    }
}

/// Some servers write a new id in each fragment; only after whole arguments it is the id of another call.
#[test]
fn a_brace_in_a_string_does_not_close_a_call() {
    for text in ["", "}", "]"] {
        let call = |id: &str, arguments: &str| {
            let function = serde_json::json!({"name": "f", "arguments": arguments});
            format!(r#""tool_calls":[{{"index":0,"id":"{id}","function":{function}}}]"#)
        };
        let begun = format!(r#"{{"x":"{text}","y":{{}}"#);
        let deltas = [call("a", &begun), call("b", "}"), call("c", "{}")];
        let completion = clean(&finished(&deltas.each_ref().map(String::as_str), "tool_calls")).total.unwrap();
        let message = completion.message().unwrap();
        let calls: Vec<_> = message.tool_calls.iter().map(|call| call.function.arguments.as_str()).collect();
        assert_eq!(calls, [&*format!("{begun}}}"), "{}"], "{text}");
    }
}
