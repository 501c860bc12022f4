//! Progress is what changed the total: nothing else puts the clock back that waits for it.

use requesty_core::End;

use crate::support::families::families;

fn progress(name: &str, body: &str) -> Vec<bool> {
    let families = families();
    let family = families.iter().find(|family| family.name == name).unwrap();
    family.play(body, End::Clean).items.iter().map(|(_, progressed)| *progressed).collect()
}

fn stream<'a>(events: impl IntoIterator<Item = &'a str>) -> String {
    events.into_iter().map(|event| format!("data: {event}\n\n")).collect()
}

#[test]
fn a_chunk_without_anything_is_no_progress() {
    let role = r#"{"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}"#;
    let text = r#"{"id":"c","choices":[{"index":0,"delta":{"content":"a"}}]}"#;
    let empty = r#"{"id":"c","choices":[{"index":0,"delta":{"content":""}}]}"#;
    let call =
        r#"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"t","function":{"name":"f","arguments":""}}]}}]}"#;
    let arguments = r#"{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]}}]}"#;
    let nothing = r#"{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":""}}]}}]}"#;
    let member = r#"{"choices":[{"delta":{}}],"x":1}"#;
    let usage = |tokens: u32| format!(r#"{{"choices":[],"usage":{{"completion_tokens":{tokens}}}}}"#);
    let finish = r#"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#;
    let steps: Vec<(String, bool)> = [
        ("{}", false),
        (r#"{"choices":[]}"#, false),
        ("nonsense", false),
        (role, true),
        (role, false),
        (empty, false),
        (text, true),
        (text, true),
        // From here on chunks are read by their difference from the one before, too.
        (text, true),
        (empty, false),
        (empty, false),
        (text, true),
        (call, true),
        (call, false),
        (arguments, true),
        (arguments, true),
        (nothing, false),
        (nothing, false),
        (member, true),
        (member, false),
        (&usage(1), true),
        (&usage(1), false),
        (&usage(2), true),
        (&usage(3), true),
        (&usage(3), false),
        (finish, true),
        (finish, false),
        ("{}", false),
    ]
    .map(|(event, progressed)| (event.to_owned(), progressed))
    .into();
    let expected: Vec<bool> = steps.iter().map(|(_, progressed)| *progressed).collect();
    assert_eq!(progress("chat", &stream(steps.iter().map(|(event, _)| &**event))), expected);
}

/// Some send their usage, which grows, with each chunk: that is read by its difference from the one before.
#[test]
fn a_usage_that_grows_is_progress() {
    let chunk = |tokens: u32, text: &str| {
        format!(r#"{{"choices":[{{"delta":{{"content":"{text}"}}}}],"usage":{{"completion_tokens":{tokens}}}}}"#)
    };
    let steps = [(1, "a"), (2, "b"), (3, "c"), (4, ""), (4, ""), (5, ""), (5, "d"), (5, "")];
    let body: Vec<String> = steps.iter().map(|(tokens, text)| chunk(*tokens, text)).collect();
    let expected = [true, true, true, true, false, true, true, false];
    assert_eq!(progress("chat", &stream(body.iter().map(String::as_str))), expected);
}

#[test]
fn an_event_of_a_message_that_adds_nothing_is_no_progress() {
    let steps = [
        (r#"{"type":"message_start","message":{"id":"m","content":[],"usage":{"input_tokens":3}}}"#, true),
        (r#"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#, true),
        (r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":""}}"#, false),
        (r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}"#, true),
        (r#"{"type":"strange"}"#, false),
        ("{}", false),
        (r#"{"type":"content_block_stop","index":0}"#, true),
        (r#"{"type":"content_block_stop","index":0}"#, false),
        (r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":1}}"#, true),
        (r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":1}}"#, false),
        (r#"{"type":"message_delta","delta":{},"usage":{"output_tokens":2}}"#, true),
    ];
    assert_eq!(progress("messages", &stream(steps.map(|(event, _)| event))), steps.map(|(_, progressed)| progressed));
}

#[test]
fn an_event_of_a_response_that_adds_nothing_is_no_progress() {
    let created = r#"{"type":"response.created","response":{"id":"r","status":"in_progress"}}"#;
    let steps = [
        (created, true),
        (created, false),
        (r#"{"type":"response.output_text.delta","output_index":0,"delta":"a"}"#, true),
        (r#"{"type":"response.output_text.delta","output_index":0,"delta":""}"#, false),
        (r#"{"type":"response.strange"}"#, false),
        (r#"{"type":"response.function_call_arguments.delta","output_index":1,"delta":"{"}"#, true),
    ];
    assert_eq!(progress("responses", &stream(steps.map(|(event, _)| event))), steps.map(|(_, progressed)| progressed));
}

#[cfg(feature = "base64")] // Speech comes as base64.
#[test]
fn speech_without_audio_is_no_progress() {
    let steps = [
        (r#"{"type":"speech.audio.delta","audio":"AAAA"}"#, true),
        (r#"{"type":"speech.audio.delta","audio":""}"#, false),
        (r#"{"type":"speech.strange"}"#, false),
    ];
    assert_eq!(progress("speech", &stream(steps.map(|(event, _)| event))), steps.map(|(_, progressed)| progressed));
}

/// Nothing is known of them but that they are no keep-alives.
#[test]
fn every_other_event_is_progress_where_nothing_is_known_of_it() {
    for name in ["raw", "typed", "mcp"] {
        assert_eq!(progress(name, &stream(["{}", "{\"a\":1}", "{}"])), [true; 3], "{name}");
    }
}
