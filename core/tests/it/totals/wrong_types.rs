//! Members of the wrong type never hide the right ones.

use super::*;

/// A value of the right type, wherever it came, is what is written; one of a wrong type only where no other came.
#[test]
fn an_odd_member_never_hides_the_right_one() {
    let choice = r#"{"index":0,"delta":{"role":"assistant","content":"x","refusal":"r","reasoning_content":"t","tool_calls":
        [{"index":0,"id":"i","type":"function","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"stop"}"#;
    let right = format!(
        r#"{{"id":"c","model":"m","created":5,"choices":[{choice}],"usage":{{"prompt_tokens":1,"completion_tokens":2,
        "total_tokens":3,"cost":0.5,"prompt_tokens_details":{{"cached_tokens":4}},
        "completion_tokens_details":{{"reasoning_tokens":1}}}}}}"#
    )
    .replace('\n', "");
    let wanted = serde_json::to_value(chat::clean(&format!("data: {right}\n\ndata: [DONE]\n\n")).completion()).unwrap();
    let odd = ["42", "true", r#"{"odd":1}"#, r#"[{"odd":1}]"#, r#""odd""#];
    let places = [
        ("id", r#"{"id":ODD}"#),
        ("model", r#"{"model":ODD}"#),
        ("created", r#"{"created":ODD}"#),
        ("choices", r#"{"choices":ODD}"#),
        ("usage", r#"{"usage":ODD}"#),
        ("finish_reason", r#"{"choices":[{"finish_reason":ODD}]}"#),
        ("message", r#"{"choices":[{"message":ODD}]}"#),
        ("content", r#"{"choices":[{"delta":{"content":ODD}}]}"#),
        ("role", r#"{"choices":[{"delta":{"role":ODD}}]}"#),
        ("refusal", r#"{"choices":[{"delta":{"refusal":ODD}}]}"#),
        ("reasoning_content", r#"{"choices":[{"delta":{"reasoning_content":ODD}}]}"#),
        ("tool_calls", r#"{"choices":[{"delta":{"tool_calls":ODD}}]}"#),
        ("id", r#"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":ODD}]}}]}"#),
        ("type", r#"{"choices":[{"delta":{"tool_calls":[{"index":0,"type":ODD}]}}]}"#),
        ("function", r#"{"choices":[{"delta":{"tool_calls":[{"index":0,"function":ODD}]}}]}"#),
        ("name", r#"{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"name":ODD}}]}}]}"#),
        ("prompt_tokens", r#"{"usage":{"prompt_tokens":ODD}}"#),
        ("total_tokens", r#"{"usage":{"total_tokens":ODD}}"#),
        ("cost", r#"{"usage":{"cost":ODD}}"#),
        ("prompt_tokens_details", r#"{"usage":{"prompt_tokens_details":ODD}}"#),
        ("cached_tokens", r#"{"usage":{"prompt_tokens_details":{"cached_tokens":ODD}}}"#),
        ("reasoning_tokens", r#"{"usage":{"completion_tokens_details":{"reasoning_tokens":ODD}}}"#),
    ];
    for (name, place) in places {
        for odd in odd {
            let event = place.replace("ODD", odd);
            for events in [[&event, &right], [&right, &event]] {
                let body: String = events.iter().map(|event| format!("data: {event}\n\n")).collect();
                let total =
                    serde_json::to_value(chat::clean(&(body.clone() + "data: [DONE]\n\n")).completion()).unwrap();
                // Some are not odd there: an id may be a number, a list of objects are choices, a text is a text.
                if is_odd(name, odd, place) {
                    assert_eq!(total, wanted, "{body}");
                }
            }
            // Where no other came, it is kept.
            let alone = chat::clean(&format!("data: {event}\n\n"));
            let alone = serde_json::to_string(alone.completion()).unwrap();
            assert!(!is_odd(name, odd, place) || alone.contains(&format!(r#""{name}":{odd}"#)), "{event}: {alone}");
        }
    }
}

fn is_odd(name: &str, odd: &str, place: &str) -> bool {
    let (text, number, list) = (odd.starts_with('"'), odd == "42", odd.starts_with('['));
    let object = odd.starts_with('{');
    match name {
        "id" | "model" => !text && !number,
        "created" => !text && !number,
        "choices" | "tool_calls" => !list,
        "content" => !text && !list,
        "usage" | "message" | "function" | "prompt_tokens_details" => !object,
        "prompt_tokens" | "total_tokens" | "cost" | "cached_tokens" | "reasoning_tokens" => !number,
        _ => !text && !place.is_empty(),
    }
}

/// In messages, too: in what begins, in what ends, and in usage.
#[test]
fn an_odd_member_of_a_message_never_hides_the_right_one() {
    let right = [
        r#"{"type":"message_start","message":{"id":"i","type":"message","role":"assistant","model":"m","content":[],"usage":{"input_tokens":25}}}"#,
        r#"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":"hi"}}"#,
        r#"{"type":"message_delta","delta":{"stop_reason":"stop_sequence","stop_sequence":"s"},"usage":{"output_tokens":2}}"#,
        r#"{"type":"message_stop"}"#,
    ];
    let played = |events: &[&str]| {
        let body: String = events.iter().map(|event| format!("data: {event}\n\n")).collect();
        serde_json::to_value(messages::play(body.as_bytes(), &requesty_core::End::Clean).reply()).unwrap()
    };
    let wanted = played(&right);
    for name in ["id", "model", "role", "content", "stop_reason", "stop_sequence", "usage"] {
        for odd in ["42", "true", r#"[[1]]"#] {
            if name == "content" && odd.starts_with('[') {
                continue;
            }
            for event in [
                format!(r#"{{"type":"message_delta","delta":{{"{name}":{odd}}}}}"#),
                format!(r#"{{"type":"message_start","message":{{"{name}":{odd}}}}}"#),
            ] {
                for at in 0..3 {
                    let mut events = right.to_vec();
                    events.insert(at, &event);
                    assert_eq!(played(&events), wanted, "{name} {odd} {at}");
                }
            }
        }
    }
    for name in ["input_tokens", "output_tokens"] {
        for at in 0..3 {
            let event = format!(r#"{{"type":"message_delta","delta":{{}},"usage":{{"{name}":"odd"}}}}"#);
            let mut events = right.to_vec();
            events.insert(at, &event);
            assert_eq!(played(&events), wanted, "{name} {at}");
        }
    }
}
