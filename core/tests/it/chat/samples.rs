//! The router's documented and recorded replies, whole and at every split.

use std::time::Duration;

use requesty_core::chat::{Completion, FinishReason};
use requesty_core::{End, Step};

use crate::support::chat::{play, stream_call};
use crate::support::head;

const RECORDED: &[u8] = include_bytes!("../../../testdata/recorded.sse");
const TOOLS: &[u8] = include_bytes!("../../../testdata/tools.sse");

#[test]
fn the_recorded_stream() {
    let played = play(RECORDED, &End::Clean);
    assert_eq!(played.texts(), ["*   Nigel\n*   ", "Bill"]);
    let completion = played.total.unwrap();
    assert_eq!(completion.text(), "*   Nigel\n*   Bill");
    assert_eq!(completion.id.as_deref(), Some("rqsty-cmpl-10412e26-abc3-474f-83ad-54cc0a35e365"));
    assert_eq!(completion.model.as_deref(), Some("gemini-2.5-pro"));
    assert_eq!(completion.finish_reason(), Some(&FinishReason::Stop));
    let usage = completion.usage.as_ref().unwrap();
    // Cumulative on each chunk, and not the sum of its parts.
    assert_eq!((usage.prompt_tokens, usage.completion_tokens, usage.total_tokens), (Some(11), Some(7), Some(1251)));
}

#[test]
fn the_tool_stream() {
    let completion = play(TOOLS, &End::Clean).total.unwrap();
    let call = completion.tool_calls().next().unwrap();
    assert_eq!((call.id(), call.name(), &*call.arguments_json()), ("toolu_01", "get_weather", r#"{"city":"Rome"}"#));
    let message = serde_json::to_string(completion.message().unwrap()).unwrap();
    assert_eq!(
        message,
        r#"{"role":"assistant","content":null,"reasoning_signature":"sig_abc123","tool_calls":[{"id":"toolu_01","type":"function","function":{"name":"get_weather","arguments":"{\"city\":\"Rome\"}"}}]}"#
    );
    assert_eq!(completion.cost().unwrap().to_string(), "0.00027");
}

#[test]
fn every_split_in_two_has_the_same_outcome() {
    for body in [RECORDED, TOOLS] {
        let whole = format!("{:?}", play(body, &End::Clean).total.unwrap());
        for at in 0..=body.len() {
            let (one, two) = body.split_at(at);
            let mut machine = stream_call().open(head(200, "text/event-stream"), Duration::ZERO);
            let mut pieces = [one, two].into_iter();
            loop {
                match machine.advance().unwrap() {
                    Step::Ready => {}
                    Step::NeedBytes => match pieces.next() {
                        Some(piece) => machine.push(piece, Duration::ZERO),
                        None => machine.end(End::Clean),
                    },
                    Step::Done => break,
                }
            }
            assert_eq!(format!("{:?}", machine.total().unwrap()), whole, "split at {at}");
        }
    }
}

#[test]
fn every_cut_keeps_what_came_and_is_none_but_a_cut() {
    for body in [RECORDED, TOOLS] {
        let all = play(body, &End::Clean).completion().text().into_owned();
        let mut longest = 0;
        for at in 0..body.len() {
            let played = crate::support::chat::play_as(
                &stream_call(),
                head(200, "text/event-stream"),
                &body[..at],
                13,
                crate::support::cut(),
            );
            let text = played.text();
            assert!(all.starts_with(&text) && text.len() >= longest, "cut at {at}");
            longest = text.len();
            let finished = played.completion().finish_reason().is_some();
            assert_eq!(played.total.is_ok(), finished, "cut at {at}");
            if !finished {
                assert_eq!(played.completion().tool_calls().count(), 0, "cut at {at}");
            }
        }
    }
}

#[test]
fn the_documented_reply() {
    let reply = r#"{"id":"chatcmpl-abc123def456","object":"chat.completion","created":1748200000,"model":"openai/gpt-4o-mini","choices":[{"index":0,"message":{"role":"assistant","content":"An LLM gateway is a unified API layer."},"finish_reason":"stop"}],"usage":{"prompt_tokens":24,"completion_tokens":52,"total_tokens":76,"cost":0.000038}}"#;
    let completion: Completion = serde_json::from_str(reply).unwrap();
    assert_eq!(completion.whole_text().unwrap(), "An LLM gateway is a unified API layer.");
    assert_eq!(completion.created, Some(1_748_200_000));
    assert_eq!(completion.cost().unwrap().to_string(), "0.000038");
    assert_eq!(completion.extra.get("object"), Some("\"chat.completion\""));
}

#[test]
fn usage_in_full() {
    let usage = r#"{"prompt_tokens":3010,"completion_tokens":50,"total_tokens":3060,"cost":0.0123,"prompt_tokens_details":{"cached_tokens":0,"caching_tokens":2755,"caching_token_details":{"caching_5m_tokens":2755,"caching_1h_tokens":0}},"completion_tokens_details":{"reasoning_tokens":127}}"#;
    let reply = format!(r#"{{"choices":[{{"message":{{"content":"x"}}}}],"usage":{usage}}}"#);
    let completion: Completion = serde_json::from_str(&reply).unwrap();
    let read = completion.usage.as_ref().unwrap();
    assert_eq!((read.cached_tokens, read.caching_tokens, read.caching_5m_tokens), (Some(0), Some(2755), Some(2755)));
    assert_eq!(serde_json::to_string(read).unwrap(), usage);
}
