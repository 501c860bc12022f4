//! Answers read as a type: the same checks, in the same order, in every family.

use requesty_core::schema::{AnswerError, FailedAnswer};
use requesty_core::{chat, messages, responses};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, PartialEq, Deserialize)]
struct Trip {
    city: String,
    days: Vec<u32>,
}

/// An answer that a server could give: its text, what it says instead, and why it ended.
#[derive(Clone, Copy)]
struct Said<'a> {
    text: &'a str,
    refusal: &'a str,
    reason: &'a str,
}

fn said(text: &str) -> Said<'_> {
    Said { text, refusal: "", reason: "stop" }
}

fn chat(said: Said<'_>) -> chat::Completion {
    let refusal = Some(said.refusal).filter(|refusal| !refusal.is_empty());
    from(json!({
        "choices": [{"finish_reason": said.reason, "message": {"content": said.text, "refusal": refusal}}],
        "usage": {"completion_tokens": 9, "cost": 0.5},
    }))
}

fn message(said: Said<'_>) -> messages::AssistantMessage {
    let reason = if said.refusal.is_empty() { said.reason } else { "refusal" };
    from(json!({
        "content": [{"type": "text", "text": said.text}],
        "stop_reason": reason,
        "usage": {"output_tokens": 9, "cost": 0.5},
    }))
}

fn response(said: Said<'_>) -> responses::Response {
    let mut content = vec![json!({"type": "output_text", "text": said.text})];
    if !said.refusal.is_empty() {
        content.push(json!({"type": "refusal", "refusal": said.refusal}));
    }
    let is_whole = said.reason == "stop";
    let details = (!is_whole).then(|| json!({"reason": said.reason}));
    from(json!({
        "status": if is_whole { "completed" } else { "incomplete" },
        "incomplete_details": details,
        "output": [{"type": "message", "role": "assistant", "content": content}],
        "usage": {"output_tokens": 9, "cost": 0.5},
    }))
}

fn from<T: for<'de> Deserialize<'de>>(value: Value) -> T {
    serde_json::from_str(&value.to_string()).unwrap()
}

/// What each family makes of an answer.
fn in_all(said: Said<'_>) -> [Result<Trip, AnswerError>; 3] {
    [chat(said).parse(), message(said).parse(), response(said).parse()]
}

#[track_caller]
fn fails(said: Said<'_>, is_expected: fn(&AnswerError) -> bool) -> [FailedAnswer; 3] {
    in_all(said).map(|parsed| {
        let error = parsed.unwrap_err();
        assert!(is_expected(&error), "{error:?}");
        let answer = error.answer();
        assert_eq!(answer.text(), said.text);
        assert_eq!(answer.summary().output_tokens, Some(9));
        assert_eq!(answer.summary().cost.unwrap().to_string(), "0.5");
        answer.clone()
    })
}

const WHOLE: &str = r#"{"city":"Rome","days":[1,2]}"#;

#[test]
fn a_whole_answer_is_a_value() {
    for text in [WHOLE, &format!("\n {WHOLE} ")] {
        for parsed in in_all(said(text)) {
            assert_eq!(parsed.unwrap(), Trip { city: "Rome".into(), days: vec![1, 2] });
        }
    }
}

#[test]
fn the_first_check_that_fails_is_the_error() {
    let cut = r#"{"city":"Ro"#;
    fails(Said { refusal: "I cannot.", ..said("") }, |error| matches!(error, AnswerError::Refused(_)));
    fails(Said { refusal: "I cannot.", ..said(WHOLE) }, |error| matches!(error, AnswerError::Refused(_)));
    for text in [cut, "", WHOLE] {
        for reason in ["length", "max_tokens", "MAX_TOKENS", "max_output_tokens", "model_context_window_exceeded"] {
            let [answer, ..] = fails(Said { reason, ..said(text) }, |error| matches!(error, AnswerError::Length(_)));
            assert_eq!((answer.finish_reason(), answer.position()), (Some(reason), None));
        }
        for reason in ["content_filter", "SAFETY"] {
            fails(Said { reason, ..said(text) }, |error| matches!(error, AnswerError::Filtered(_)));
        }
        for reason in ["abort", "error", "pause_turn"] {
            fails(Said { reason, ..said(text) }, |error| matches!(error, AnswerError::Stopped(_)));
        }
        fails(Said { reason: "refusal", ..said(text) }, |error| matches!(error, AnswerError::Refused(_)));
    }
    fails(said(""), |error| matches!(error, AnswerError::Empty(_)));
    fails(said(" \n"), |error| matches!(error, AnswerError::Empty(_)));
    let words = |said: Said<'_>| chat(said).parse::<Trip>().unwrap_err().to_string();
    assert_eq!(words(Said { refusal: "I cannot.", ..said("") }), "the model refused to answer");
    assert_eq!(words(Said { reason: "length", ..said(cut) }), "the answer was cut by a limit on its tokens");
    assert_eq!(words(Said { reason: "safety", ..said(cut) }), "the answer was cut by a filter");
    assert_eq!(words(Said { reason: "abort", ..said(cut) }), "the answer was stopped early");
    assert_eq!(words(said("")), "the answer has no text");
    let refused = chat(Said { refusal: "I cannot.", ..said("") }).parse::<Trip>().unwrap_err();
    assert_eq!(refused.answer().refusal(), "I cannot.");
}

#[test]
fn what_is_not_json_is_not_mended() {
    for (text, position) in [
        (r#"{"city":"Ro"#, (1, 11)),
        ("```json\n{}\n```", (1, 1)),
        ("{\"city\":\"Rome\",\n\"days\":[1,]}", (2, 11)),
        ("{'city':1}", (1, 2)),
        (r#"{"city":"Rome","days":[]} and more"#, (1, 27)),
        // A wrong type before a wrong byte.
        (r#"{"city":7,"days":[}"#, (1, 19)),
    ] {
        for answer in fails(said(text), |error| matches!(error, AnswerError::NotJson(_))) {
            assert_eq!(answer.position(), Some(position), "{text}");
        }
    }
}

#[test]
fn json_of_another_form_names_the_place() {
    for (text, path) in [
        ("[]", ""),
        ("17", ""),
        ("null", ""),
        (r#"{"city":"Rome"}"#, ""),
        (r#"{"city":7,"days":[]}"#, "/city"),
        (r#"{"city":"a\"}{[,","days":[1,{}]}"#, "/days/1"),
        (r#"{"city":"Rome","days":[1,-2,3]}"#, "/days/1"),
        (r#"{"city":"Rome","days":[1,2.5]}"#, "/days/1"),
        (r#"{"x":{"a/b":[[],{"c":[1]}]},"city":["Rome"],"days":[]}"#, "/city"),
        ("{\n \"city\": \"Rome\",\n \"days\": [\n 1,\n \"2\"]}", "/days/1"),
    ] {
        for answer in fails(said(text), |error| matches!(error, AnswerError::Mismatch(_))) {
            assert_eq!(answer.path(), Some(path), "{text}");
        }
    }
}

#[test]
fn names_in_a_path_are_escaped() {
    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "read by serde only")]
    struct Odd {
        #[serde(rename = "a/b~\"é")]
        odd: Vec<Inner>,
    }
    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "read by serde only")]
    struct Inner {
        wanted: bool,
    }
    let text = r#"{"a/b~\"\u00e9":[{"wanted":true},{"wanted":true},{"other":1}]}"#;
    let error = chat(said(text)).parse::<Odd>().unwrap_err();
    assert_eq!(error.answer().path(), Some("/a~1b~0\"é/2"));
}

#[test]
fn no_error_shows_the_answer() {
    const SECRET: &str = "Xyzzy-7";
    let texts = [
        Said { refusal: SECRET, ..said(SECRET) },
        Said { reason: "length", ..said(SECRET) },
        said(SECRET),
        said(r#"{"city":"Rome","days":["Xyzzy-7"]}"#),
        said(r#"{"city":"Rome","days":[],"Xyzzy-7":}"#),
        said(r#"{"Xyzzy-7":1}"#),
    ];
    for text in texts {
        for parsed in in_all(text) {
            let error = parsed.unwrap_err();
            for shown in [format!("{error}"), format!("{error:?}"), format!("{:?}", error.answer())] {
                assert!(!shown.contains("Xyzzy"), "{shown}");
            }
            assert!(std::error::Error::source(&error).is_none());
        }
    }
}

#[test]
fn an_answer_without_an_end_is_stopped() {
    let open: chat::Completion = from(json!({"choices": [{"message": {"content": WHOLE}}]}));
    assert!(matches!(open.parse::<Trip>(), Err(AnswerError::Stopped(_))));
    assert!(matches!(chat::Completion::default().parse::<Trip>(), Err(AnswerError::Stopped(_))));
    let open: messages::AssistantMessage = from(json!({"content": [{"type": "text", "text": WHOLE}]}));
    assert!(matches!(open.parse::<Trip>(), Err(AnswerError::Stopped(_))));
    let unnamed: responses::Response = from(json!({"output": [{"type": "message", "content":
        [{"type": "output_text", "text": "{"}]}]}));
    let error = unnamed.parse::<Trip>().unwrap_err();
    assert!(matches!(error, AnswerError::NotJson(_)) && error.answer().finish_reason().is_none());
    for status in ["in_progress", "failed", "cancelled"] {
        let open: responses::Response = from(json!({"status": status, "output": [{"type": "message", "content":
            [{"type": "output_text", "text": WHOLE}]}]}));
        assert!(matches!(open.parse::<Trip>(), Err(AnswerError::Stopped(_))), "{status}");
    }
}

#[test]
fn a_call_of_a_tool_is_no_answer() {
    let called: chat::Completion =
        from(json!({"choices": [{"finish_reason": "tool_calls", "message": {"content": null,
        "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}]}}]}));
    assert!(matches!(called.parse::<Trip>(), Err(AnswerError::Empty(_))));
}

#[test]
fn the_error_is_small() {
    assert!(size_of::<AnswerError>() <= 16);
}
