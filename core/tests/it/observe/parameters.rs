//! What observers learn of a request.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use requesty_core::observe::{CallInfo, Observe, Observer, Observers};
use requesty_core::{ApiKey, Router};
use serde_json::value::RawValue;

const KEY: &str = "rqsty-sk-test-0123456789";

struct Idle;

impl Observer for Idle {}

/// Returns what observers get of a call with that body, sent as it is.
pub(super) fn info(path: &str, body: &str) -> CallInfo {
    let router = Router::new(ApiKey::new(KEY).unwrap());
    let body = RawValue::from_string(body.to_owned()).unwrap();
    let call = router.post_events(path, &body).unwrap();
    let kept = Arc::new(Mutex::new(None));
    let found = kept.clone();
    let observe: Observe = Arc::new(move |call: &CallInfo| {
        *found.lock().unwrap() = Some(call.clone());
        Box::new(Idle)
    });
    drop(Observers::new(&call, &[observe], Duration::ZERO));
    kept.lock().unwrap().take().unwrap()
}

#[test]
fn parameters_are_read_from_the_body_in_the_words_of_each_family() {
    let chat = r#"{"max_tokens":1,"max_completion_tokens":2,"n":3,"temperature":0.5,"top_p":1,"top_k":4,"seed":-5,
        "frequency_penalty":0.1,"presence_penalty":-0.2,"stop":["a","b"],"reasoning_effort":"high",
        "response_format":{"type":"json_schema"}}"#;
    let asked = info("chat/completions", chat).parameters;
    assert_eq!((asked.max_tokens, asked.choice_count, asked.top_k, asked.seed), (Some(2), Some(3), Some(4), Some(-5)));
    assert_eq!((asked.temperature, asked.top_p), (Some(0.5), Some(1.0)));
    assert_eq!((asked.frequency_penalty, asked.presence_penalty), (Some(0.1), Some(-0.2)));
    assert_eq!((&asked.stop_sequences[..], asked.output_type), (&["a".to_owned(), "b".to_owned()][..], Some("json")));
    assert_eq!(asked.reasoning_level.as_deref(), Some("high"));

    let asked = info("messages", r#"{"max_tokens":9,"stop_sequences":["x"]}"#).parameters;
    assert_eq!((asked.max_tokens, &asked.stop_sequences[..]), (Some(9), &["x".to_owned()][..]));

    let responses = r#"{"max_output_tokens":8,"reasoning":{"effort":"low"},"text":{"format":{"type":"text"}},
        "previous_response_id":"resp_1"}"#;
    let asked = info("responses", responses).parameters;
    assert_eq!((asked.max_tokens, asked.output_type), (Some(8), Some("text")));
    assert_eq!(
        (asked.reasoning_level.as_deref(), asked.previous_response_id.as_deref()),
        (Some("low"), Some("resp_1"))
    );

    let asked = info("embeddings", r#"{"dimensions":512,"encoding_format":"base64"}"#).parameters;
    assert_eq!((asked.dimensions, asked.encoding_format.as_deref()), (Some(512), Some("base64")));
    assert_eq!(info("images/generations", "{}").parameters.output_type, Some("image"));
    assert_eq!(info("audio/speech", "{}").parameters.output_type, Some("speech"));
    assert_eq!(info("chat/completions", r#"{"modalities":["text","audio"]}"#).parameters.output_type, Some("speech"));
}

#[test]
fn what_is_odd_is_left_out_and_what_is_long_is_cut() {
    for body in [r#""a text""#, "[]", r#"{"n":"many","seed":0.5,"stop":{},"temperature":[],"text":7,"modalities":1}"#] {
        assert_eq!(info("chat/completions", body).parameters, Default::default(), "{body}");
    }
    let many = format!(
        r#"{{"stop":["{}",{}"end"],"previous_response_id":"{KEY}\n{}"}}"#,
        "x".repeat(70),
        r#""é","#.repeat(20),
        "y".repeat(300)
    );
    let asked = info("chat/completions", &many).parameters;
    assert_eq!((asked.stop_sequences.len(), &*asked.stop_sequences[0]), (16, &*"x".repeat(64)));
    let id = asked.previous_response_id.unwrap();
    assert!(id.starts_with(r"[key]\nyyy") && id.len() == 256, "{id}");
}

#[test]
fn an_operation_is_a_word_and_never_a_path() {
    for (path, operation) in [
        ("chat/completions", "chat"),
        ("messages", "chat"),
        ("responses", "chat"),
        ("completions", "text_completion"),
        ("embeddings", "embeddings"),
        ("images/generations", "generate_content"),
        ("images/edits", "generate_content"),
        ("audio/speech", "generate_content"),
        ("audio/transcriptions", "transcribe"),
        ("models", "list_models"),
        ("models/managed", "list_models"),
        ("mcp", "mcp"),
        ("feedback", "feedback"),
        ("feedback/req-1", "feedback"),
        ("manage/keys/key-1", "manage"),
        ("auth/check", "manage"),
        ("anything/of-1/else", "other"),
    ] {
        assert_eq!(info(path, "{}").operation, operation, "{path}");
    }
}
