//! Messages: what each odd shape is read as, what is written, and what is sent.

use requesty_core::chat::{Arguments, Content, Message, Part, ReasoningNames, Request, Role, ToolCall};

fn read(json: &str) -> Message {
    serde_json::from_str(json).unwrap()
}

fn written(message: &Message) -> String {
    serde_json::to_string(message).unwrap()
}

#[track_caller]
fn sent(message: &Message, json: &str) {
    let body = Request::new(std::slice::from_ref(message)).whole_body().unwrap();
    assert_eq!(std::str::from_utf8(&body).unwrap(), format!(r#"{{"messages":[{json}]}}"#));
}

#[test]
fn constructors() {
    assert_eq!(written(&Message::system("s")), r#"{"role":"system","content":"s"}"#);
    assert_eq!(written(&Message::developer("d")), r#"{"role":"developer","content":"d"}"#);
    assert_eq!(written(&Message::user("u")), r#"{"role":"user","content":"u"}"#);
    assert_eq!(written(&Message::assistant("a")), r#"{"role":"assistant","content":"a"}"#);
    assert_eq!(written(&Message::tool("c", "t")), r#"{"role":"tool","content":"t","tool_call_id":"c"}"#);
    assert_eq!(written(&Message::new("critic".into(), "x")), r#"{"role":"critic","content":"x"}"#);
}

#[test]
fn a_reply_goes_back_as_it_came() {
    let json = concat!(
        r#"{"role":"assistant","content":null,"reasoning_content":"Hm…","reasoning_signature":"EqQB","tool_calls":["#,
        r#"{"id":"toolu_01","type":"function","function":{"name":"get_weather","arguments":"{\"city\":\"Rome\"}","#,
        r#""strict":1.0},"extra_content":{"google":{"thought_signature":"Cs=="}}}],"#,
        r#""reasoning_details":[{"type":"reasoning.text","n":1.0e3}]}"#,
    );
    let message = read(json);
    assert_eq!(message.role, Role::Assistant);
    assert_eq!(message.content, Content::Null);
    assert_eq!(message.reasoning.as_deref(), Some("Hm…"));
    assert_eq!(message.reasoning_signature.as_deref(), Some("EqQB"));
    assert_eq!(message.tool_calls[0].extra.get("extra_content"), Some(r#"{"google":{"thought_signature":"Cs=="}}"#));
    assert_eq!(message.extra.get("reasoning_details"), Some(r#"[{"type":"reasoning.text","n":1.0e3}]"#));
    assert_eq!(written(&message), json);
    sent(&message, json);
}

/// The three ways to say nothing are kept apart.
#[test]
fn content_is_tri_state() {
    for (json, content) in [
        (r#"{"role":"assistant"}"#, Content::Omit),
        (r#"{"role":"assistant","content":null}"#, Content::Null),
        (r#"{"role":"assistant","content":""}"#, Content::Text(String::new())),
        (r#"{"role":"assistant","content":[]}"#, Content::Parts(Vec::new())),
    ] {
        let message = read(json);
        assert_eq!(message.content, content);
        assert!(message.content.is_empty());
        assert_eq!(message.text(), "");
        assert_eq!(written(&message), json);
        sent(&message, json);
    }
}

/// What came without a value is written as it came, and left out of requests.
#[test]
fn nothing_is_written_but_not_sent() {
    let json = concat!(
        r#"{"role":"assistant","content":"x","name":null,"tool_call_id":null,"reasoning_content":null,"reasoning":null,"#,
        r#""reasoning_signature":null,"tool_calls":[],"function_call":null,"refusal":null,"annotations":[]}"#,
    );
    let message = read(json);
    assert_eq!(written(&message), json);
    sent(&message, r#"{"role":"assistant","content":"x","annotations":[]}"#);
    let null_calls = read(r#"{"role":"assistant","tool_calls":null}"#);
    assert_eq!(written(&null_calls), r#"{"role":"assistant","tool_calls":null}"#);
    sent(&null_calls, r#"{"role":"assistant"}"#);
    // Nothing and absence mean the same.
    assert_eq!(null_calls, read(r#"{"role":"assistant"}"#));
}

#[test]
fn a_field_that_is_set_later_counts() {
    let mut message = read(r#"{"role":null,"name":null,"refusal":null,"tool_calls":[]}"#);
    message.role = Role::User;
    message.name = Some("ada".into());
    message.refusal = Some("no".into());
    message.tool_calls.push(ToolCall::new("c", "f", "{}"));
    let json = concat!(
        r#"{"role":"user","name":"ada","tool_calls":[{"id":"c","type":"function","function":"#,
        r#"{"name":"f","arguments":"{}"}}],"refusal":"no"}"#,
    );
    assert_eq!(written(&message), json);
}

#[test]
fn a_missing_role_is_the_assistants() {
    for json in [r#"{"content":"x"}"#, r#"{"role":null,"content":"x"}"#, r#"{"role":"","content":"x"}"#] {
        let message = read(json);
        assert_eq!(message.role, Role::Assistant);
        assert_eq!(written(&message), json);
        sent(&message, r#"{"role":"assistant","content":"x"}"#);
    }
}

#[test]
fn fields_of_the_wrong_type_stay_as_they_came() {
    let json = concat!(
        r#"{"role":7,"content":{"a":1.50},"name":["n"],"tool_call_id":1e2,"reasoning_content":{"t":1},"reasoning":5,"#,
        r#""reasoning_signature":true,"tool_calls":{"0":{}},"function_call":"auto","refusal":false}"#,
    );
    let message = read(json);
    assert_eq!(message.role, Role::Assistant);
    assert_eq!(message.content, Content::Omit);
    assert_eq!(message.extra.len(), 10);
    assert_eq!(message.extra.get("content"), Some(r#"{"a":1.50}"#));
    assert_eq!(written(&message), json);
    // One call that is no object, and the whole list stays.
    let message = read(r#"{"role":"assistant","tool_calls":[{"id":"c"},7]}"#);
    assert!(message.tool_calls.is_empty());
    assert_eq!(message.extra.get("tool_calls"), Some(r#"[{"id":"c"},7]"#));
}

#[test]
fn names_of_the_reasoning_are_kept() {
    use ReasoningNames::{Both, Reasoning, ReasoningContent};
    for (json, names) in [
        (r#"{"role":"assistant","reasoning_content":"t"}"#, ReasoningContent),
        (r#"{"role":"assistant","reasoning":"t"}"#, Reasoning),
        (r#"{"role":"assistant","reasoning_content":"t","reasoning":"t"}"#, Both),
        (r#"{"role":"assistant","reasoning_content":"t","reasoning":""}"#, ReasoningContent),
        (r#"{"role":"assistant","reasoning_content":"","reasoning":"t"}"#, Reasoning),
        (r#"{"role":"assistant","reasoning_content":null,"reasoning":"t"}"#, Reasoning),
        (r#"{"role":"assistant","reasoning_content":"t","reasoning":null}"#, ReasoningContent),
        (r#"{"role":"assistant","reasoning_content":"t","reasoning":"other"}"#, ReasoningContent),
        (r#"{"role":"assistant","reasoning_content":"t","reasoning":{"effort":"low"}}"#, ReasoningContent),
    ] {
        let message = read(json);
        assert_eq!(message.reasoning.as_deref(), Some("t"), "{json}");
        assert_eq!(message.reasoning_names, names, "{json}");
        assert_eq!(written(&message), json);
    }
}

#[test]
fn text_of_parts_is_joined() {
    let message = read(concat!(
        r#"{"role":"assistant","content":[{"type":"thinking","thinking":[{"type":"text","text":"no"}]},"#,
        r#"{"type":"text","text":"a"},{"type":"reference","reference_ids":[1]},{"type":"text","text":"b"}]}"#,
    ));
    assert_eq!(message.text(), "ab");
    let Content::Parts(parts) = &message.content else { panic!("{message:?}") };
    assert_eq!(parts.iter().filter(|part| matches!(part, Part::Other(_))).count(), 2);
}

#[test]
fn legacy_function_call() {
    let json = r#"{"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}}"#;
    let message = read(json);
    let call = message.function_call.as_ref().unwrap();
    assert_eq!(call.name.as_deref(), Some("f"));
    assert_eq!(call.arguments, Arguments::Text("{}".into()));
    assert_eq!(written(&message), json);
}

#[test]
fn extra_replaces_a_field() {
    let message = Message::user("x").with_extra("content", &7).unwrap().with_extra("name", &()).unwrap();
    assert_eq!(written(&message), r#"{"role":"user","content":7,"name":null}"#);
    sent(&message, r#"{"role":"user","content":7,"name":null}"#);
}

#[test]
fn what_is_no_object_is_no_message() {
    for json in ["[]", "null", "\"x\"", "7"] {
        assert!(serde_json::from_str::<Message>(json).is_err(), "{json}");
    }
    let deep = format!(r#"{{"x":{}{}}}"#, "[".repeat(1000), "]".repeat(1000));
    assert!(serde_json::from_str::<Message>(&deep).is_err());
}

/// From a reader, and from a tree, too.
#[test]
fn other_ways_to_read() {
    let json = r#"{"role":"user","content":"x","k":1}"#;
    let message = read(json);
    let from_reader: Message = serde_json::from_reader(json.as_bytes()).unwrap();
    let from_tree: Message = serde_json::from_value(serde_json::from_str(json).unwrap()).unwrap();
    assert_eq!((&message, &message), (&from_reader, &from_tree));
}

#[test]
fn debug_shows_text_and_abbreviates_data() {
    let data = "QUJD".repeat(5_000);
    let url = format!("data:image/png;base64,{data}");
    let mut message =
        Message::user([Part::text("a prompt"), Part::image_url(url.as_str()), Part::Other(format!("\"{url}\""))]);
    message.tool_calls.push(ToolCall::new("c", "f", data.as_str()));
    for shown in [format!("{message:?}"), format!("{message:#?}"), format!("{:?}", Message::user(url))] {
        assert!(shown.len() < 2_500, "{} bytes", shown.len());
    }
    assert!(format!("{message:?}").contains("a prompt"));
}

#[test]
fn messages_are_send_and_sync() {
    fn check<T: Clone + Send + Sync + 'static>() {}
    check::<Message>();
    check::<Request<'static>>();
}

/// Half a surrogate pair costs one character, not the message; where nobody reads it, it stays.
#[test]
fn lone_surrogates() {
    let message = read(r#"{"role":"assistant","content":"a\ud83db","k":"\ud83d","\udf0d":1}"#);
    assert_eq!(message.text(), "a\u{fffd}b");
    assert_eq!(message.extra.get("k"), Some(r#""\ud83d""#));
    assert_eq!(
        written(&message),
        "{\"role\":\"assistant\",\"content\":\"a\u{fffd}b\",\"k\":\"\\ud83d\",\"\u{fffd}\":1}"
    );
}

#[test]
fn of_a_key_given_twice_the_last_counts() {
    let message = read(r#"{"role":"user","content":"a","role":"assistant","content":"b","k":1,"k":2}"#);
    assert_eq!(written(&message), r#"{"role":"assistant","content":"b","k":2}"#);
}
