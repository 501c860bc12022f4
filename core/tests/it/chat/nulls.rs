//! What is null is absent, the last of two members counts, and what is of no use is kept as it came: at every level.

use requesty_core::chat::{Arguments, Completion, Content, Message, Role};
use serde_json::{Value, json};

use crate::support::chat::{clean, finished};

fn read(json: &str) -> Completion {
    serde_json::from_str(json).unwrap()
}

#[test]
fn a_later_null_takes_a_member_of_the_answer_back() {
    let completion = read(
        r#"{"id":"a","id":null,"model":"m","model":null,"created":1,"created":null,"usage":{"cost":1},"usage":null,
        "choices":[{"index":0,"message":{"content":"x"},"message":null,"finish_reason":"stop","finish_reason":null}]}"#,
    );
    assert_eq!((completion.id.as_deref(), completion.model.as_deref()), (None, None));
    assert_eq!((completion.created, completion.usage.is_some()), (None, false));
    assert_eq!(completion.extra.iter().count(), 0, "a null is nothing to keep");
    let [choice] = &completion.choices[..] else { panic!("{completion:?}") };
    assert_eq!((choice.finish_reason.as_ref(), choice.extra.len()), (None, 0));
    assert_eq!(completion.text(), "x", "a message that is null is none, and takes nothing back");
}

#[test]
fn a_later_null_takes_a_member_of_the_message_back() {
    let completion = read(
        r#"{"choices":[{"index":0,"message":{"role":"assistant","role":null,"content":"x","content":null,"reasoning":"r",
        "reasoning":null,"refusal":"f","refusal":null,"reasoning_signature":"s","reasoning_signature":null,
        "tool_calls":[{"index":0,"id":"i","id":null,"type":"t","type":null,"function":{"name":"f","name":null,
        "arguments":"{}","arguments":null}}]},"finish_reason":"tool_calls"}]}"#,
    );
    let message = completion.message().unwrap();
    assert_eq!(message.content, Content::Null);
    assert_eq!((message.reasoning.as_deref(), message.refusal.as_deref()), (None, None));
    assert_eq!((message.reasoning_signature.as_deref(), message.extra.len()), (None, 0));
    let [call] = &message.tool_calls[..] else { panic!("{message:?}") };
    assert_eq!((call.kind.as_deref(), call.extra.len()), (Some("function"), 0));
    assert_eq!((call.function.name.as_deref(), call.function.extra.len()), (None, 0));
    assert_eq!(call.function.arguments, Arguments::Null);
}

/// The call of a message that has one, with these members.
fn call(members: &str) -> requesty_core::chat::ToolCall {
    let call = format!(r#"{{"choices":[{{"message":{{"tool_calls":[{{{members}}}]}},"finish_reason":"stop"}}]}}"#);
    read(&call).message().unwrap().tool_calls[0].clone()
}

#[test]
fn of_two_functions_the_last_counts_and_the_rest_of_the_call_stays() {
    let twice = call(r#""id":"i","type":"custom","function":{"x":1,"name":"a"},"function":{"name":"b","y":2}"#);
    assert_eq!((twice.id.as_deref(), twice.kind.as_deref()), (Some("i"), Some("custom")));
    assert_eq!(twice.function.name.as_deref(), Some("b"));
    assert_eq!(twice.function.extra.iter().collect::<Vec<_>>(), [("y", "2")]);
    let taken_back = call(r#""id":"i","type":"custom","function":{"x":1,"name":"a"},"function":null"#);
    assert_eq!((taken_back.id.as_deref(), taken_back.kind.as_deref()), (Some("i"), Some("custom")));
    assert_eq!((taken_back.function.name.as_deref(), taken_back.function.extra.len()), (None, 0));
}

#[test]
fn of_two_messages_the_last_counts() {
    let completion = read(
        r#"{"choices":[{"message":{"content":"a","x":1},"message":{"content":"b","y":2},"finish_reason":"stop"}]}"#,
    );
    assert_eq!(completion.text(), "b");
    assert_eq!(completion.message().unwrap().extra.iter().collect::<Vec<_>>(), [("y", "2")]);
}

#[test]
fn what_is_of_another_type_is_kept_as_it_came() {
    let odd = read(
        r#"{"id":{"a":1},"model":[1],"created":{},"usage":7,"choices":[{"message":{"content":"x"},"delta":"odd",
        "finish_reason":{"b":1}}]}"#,
    );
    let members: Vec<_> = odd.extra.iter().collect();
    assert_eq!(members, [("id", r#"{"a":1}"#), ("model", "[1]"), ("created", "{}"), ("usage", "7")]);
    let choice = odd.choices[0].extra.iter().collect::<Vec<_>>();
    assert_eq!(choice, [("delta", r#""odd""#), ("finish_reason", r#"{"b":1}"#)]);
    let odd = call(r#""id":{"a":1},"type":7,"function":"f""#);
    assert_eq!(odd.extra.iter().collect::<Vec<_>>(), [("id", r#"{"a":1}"#), ("type", "7"), ("function", r#""f""#)]);
}

#[test]
fn a_role_that_did_not_come_is_the_assistants_until_it_is_set() {
    for json in [r#"{"role":"","content":"x"}"#, r#"{"role":null,"content":"x"}"#, r#"{"content":"x"}"#] {
        let mut message: Message = serde_json::from_str(json).unwrap();
        let written = |message: &Message| serde_json::to_value(message).unwrap();
        assert_eq!(message.role, Role::Assistant);
        let unchanged = written(&message);
        message.role = Role::User;
        assert_eq!(written(&message)["role"], "user", "{json}");
        assert_ne!(unchanged.get("role"), Some(&Value::from("user")));
    }
}

#[test]
fn what_is_unfinished_shows_no_arguments() {
    let deltas = [r#""tool_calls":[{"index":0,"id":"i","function":{"name":"f","arguments":"{\"secret\":"}}]"#];
    let played = clean(&finished(&deltas, "tool_calls"));
    let message = played.completion().message().unwrap();
    let unfinished = message.tool_calls[0].finished().unwrap_err();
    assert_eq!(format!("{unfinished:?}"), "UnfinishedCall { why: InvalidArguments, fragment_len: 10, .. }");

    let deltas = [r#""tool_calls":[{"index":0,"id":"i","function":{"name":"f","arguments":"{\"secret\":1}"}}]"#];
    let played = clean(&finished(&deltas, "tool_calls"));
    let message = played.completion().message().unwrap();
    let error = message.tool_calls[0].finished().unwrap().arguments::<Vec<u8>>().unwrap_err();
    let shown = format!("{error:?}");
    assert!(shown.starts_with("ArgumentsError { line: 1,") && shown.contains("raw_len: 12"), "{shown}");
    let written = json!({"secret": 1}).to_string();
    assert_eq!(error.raw(), written);
}
