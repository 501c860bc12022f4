//! How a stream ended: only a complete answer is called one.

use std::time::Duration;

use requesty_core::error::{Phase, Timeout};
use requesty_core::{End, Error, ErrorKind};

use crate::support::chat::{clean, delta, events, play, play_as, stream_call};
use crate::support::{cut, head};

const HEL: &str =
    r#"{"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":"Hel"},"finish_reason":null}]}"#;
const STOP: &str = r#"{"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#;

#[test]
fn only_a_finish_reason_makes_an_answer_complete() {
    let timed_out = End::TimedOut(Timeout::new(Phase::IdleBytes, Duration::from_secs(120)));
    for finish in [true, false] {
        for done in [true, false] {
            for end in [End::Clean, cut(), timed_out.clone()] {
                let mut body = events([HEL]);
                if finish {
                    body += &events([STOP]);
                }
                if done {
                    body += "data: [DONE]\n\n";
                }
                let played = play(body.as_bytes(), &end);
                assert_eq!(played.text(), "Hel");
                let row = format!("finish {finish}, done {done}, {end:?}");
                match (finish, done, &end, played.error()) {
                    (true, _, _, None) => {
                        let clean = done || matches!(end, End::Clean);
                        assert_eq!(played.completion().clean_end(), clean, "{row}");
                    }
                    (false, true, _, Some(Error::Unfinished(_))) => {}
                    (false, false, End::Clean, Some(Error::Truncated(truncated))) => assert!(!truncated.is_cut()),
                    (false, false, End::Cut(_), Some(Error::Truncated(truncated))) => assert!(truncated.is_cut()),
                    (false, false, End::TimedOut(_), Some(Error::Timeout(timeout))) => {
                        assert_eq!(timeout.phase(), Phase::IdleBytes);
                    }
                    (_, _, _, other) => panic!("{row}: {other:?}"),
                }
            }
        }
    }
}

#[test]
fn done_without_finish_can_be_accepted() {
    let body = events([HEL]) + "data: [DONE]\n\n";
    let call = stream_call().accepting_unfinished();
    let played = play_as(&call, head(200, "text/event-stream"), body.as_bytes(), 5, End::Clean);
    assert_eq!(played.total.unwrap().text(), "Hel");
    let nothing = play_as(&call, head(200, "text/event-stream"), b"data: [DONE]\n\n", 5, End::Clean);
    assert!(matches!(nothing.error(), Some(Error::Unfinished(_))));
}

#[test]
fn done_ends_the_stream_at_once_and_what_follows_is_ignored() {
    let body = events([HEL, STOP]) + "data: [DONE]\n\ndata: {\"error\":\"late\"}\n\ngarbage";
    let played = play(body.as_bytes(), &cut());
    assert_eq!(played.total.unwrap().text(), "Hel");
}

#[test]
fn an_answer_for_each_choice_that_was_asked_for() {
    use requesty_core::chat::{Message, Request};
    let messages = [Message::user("hi")];
    let call = crate::support::router().chat_stream(&Request::new(&messages).n(2)).unwrap();
    let play = |body: &str| play_as(&call, head(200, "text/event-stream"), body.as_bytes(), 9, End::Clean);
    let second = r#"{"choices":[{"index":1,"delta":{"content":"x"},"finish_reason":"stop"}]}"#;
    assert!(matches!(play(&events([HEL, STOP])).error(), Some(Error::Truncated(_))));
    assert!(play(&events([HEL, STOP, second])).total.is_ok());
    assert!(play(&(events([HEL, STOP]) + "data: [DONE]\n\n")).total.is_ok(), "a server may ignore n");
    assert!(matches!(play(&(events([HEL, second]) + "data: [DONE]\n\n")).error(), Some(Error::Unfinished(_))));
}

#[test]
fn the_last_event_may_lack_its_blank_line_at_a_clean_end_only() {
    let whole = events([HEL]) + &format!("data: {STOP}\n");
    assert_eq!(clean(&whole).total.unwrap().text(), "Hel");
    let no_newline = events([HEL, STOP]) + "data: [DONE]";
    assert!(clean(&no_newline).total.unwrap().clean_end());
    assert!(matches!(play(whole.as_bytes(), &cut()).error(), Some(Error::Truncated(_))));
    let half = events([HEL]) + r#"data: {"choices":[{"delta":{"conte"#;
    let played = clean(&half);
    assert!(matches!(played.error(), Some(Error::Truncated(_))));
    assert_eq!(played.text(), "Hel");
}

#[test]
fn usage_and_late_deltas_after_the_finish_reason_count() {
    let late = delta(r#""annotations":[{"type":"url_citation","url":"https://a.example"}]"#);
    let usage = r#"{"choices":[],"usage":{"prompt_tokens":8,"completion_tokens":4,"total_tokens":12,"cost":0.000038}}"#;
    let completion = clean(&(events([HEL, STOP, &late, usage]) + "data: [DONE]\n\n")).total.unwrap();
    assert_eq!(completion.usage.as_ref().unwrap().total_tokens, Some(12));
    assert_eq!(completion.cost().unwrap().to_string(), "0.000038");
    assert_eq!(completion.citations().len(), 1);
}

#[test]
fn every_shape_of_error_is_one_with_the_partial_kept() {
    let shapes = [
        (r#"data: {"error":{"message":"m1","type":"server_error","code":502}}"#, Some(502), "m1"),
        (r#"data: {"id":"x","choices":[],"error":{"code":502,"message":"limit (33/32)"}}"#, Some(502), "limit (33/32)"),
        (r#"data: {"choices":[{"index":0,"delta":{},"finish_reason":"error"}],"error":{"message":"m3"}}"#, None, "m3"),
        (r#"data: {"choices":[{"index":0,"delta":{},"error":{"message":"m4","code":400}}]}"#, Some(400), "m4"),
        ("event: error\ndata: {\"code\":400,\"details\":\"m5\"}", Some(400), "m5"),
        (
            r#"data: {"type":"error","error":{"type":"server_error","code":null,"message":"m6","param":null}}"#,
            None,
            "m6",
        ),
        (r#"data: {"type":"error","code":"rate_limit_exceeded","message":"m7"}"#, None, "m7"),
        (
            r#"data: {"success":false,"error":{"code":"INTERNAL_SERVER_ERROR","status":500,"message":"m8"}}"#,
            Some(500),
            "m8",
        ),
        (r#"data: {"object":"error","message":"m9","type":"BadRequestError","code":400}"#, Some(400), "m9"),
        (r#"data: {"error":"m10"}"#, None, "m10"),
    ];
    for (shape, status, message) in shapes {
        for before in ["", &*events([HEL])] {
            for after in ["", "data: [DONE]\n\n"] {
                let played = clean(&format!("{before}{shape}\n\n{after}"));
                let error =
                    played.error().and_then(Error::api).unwrap_or_else(|| panic!("{shape}: {:?}", played.error()));
                assert_eq!(error.status().map(|status| status.as_u16()), status, "{shape}");
                assert_eq!(error.message(), Some(message), "{shape}");
                assert!(error.is_in_stream());
                assert_eq!(played.text(), if before.is_empty() { "" } else { "Hel" });
                assert!(played.last.is_err());
            }
        }
    }
}

#[test]
fn an_error_beside_content_is_the_next_result() {
    let both = r#"{"choices":[{"index":0,"delta":{"content":"lo"}}],"error":{"message":"broke","code":429}}"#;
    let played = clean(&events([HEL, both]));
    assert_eq!(played.texts(), ["Hel", "lo"]);
    assert_eq!(played.error().unwrap().kind(), Some(ErrorKind::RateLimited));
    assert!(played.error().unwrap().is_retryable());
}

#[test]
fn no_error_in_an_error_that_is_null() {
    let chunk = r#"{"error":null,"choices":[{"index":0,"delta":{"content":"ok"},"finish_reason":"stop"}]}"#;
    assert_eq!(clean(&events([chunk])).total.unwrap().text(), "ok");
}

#[test]
fn a_finish_reason_of_error_is_one() {
    let chunk = r#"{"choices":[{"index":0,"delta":{"content":"x"},"finish_reason":"error"}]}"#;
    let played = clean(&(events([chunk]) + "data: [DONE]\n\n"));
    assert!(played.error().unwrap().api().is_some());
    assert_eq!(played.text(), "x");
}

#[test]
fn what_is_no_stream_is_an_error_or_one_answer() {
    let completion = r#"{"id":"c","choices":[{"index":0,"message":{"role":"assistant","content":"whole"},"finish_reason":"stop"}],"usage":{"total_tokens":3}}"#;
    let types = ["application/json", "text/html", "text/plain", "text/event-stream", ""];
    for content_type in types {
        for piece in [1, 1000] {
            let play =
                |body: &str| play_as(&stream_call(), head(200, content_type), body.as_bytes(), piece, End::Clean);
            let whole = play(completion);
            assert_eq!(whole.texts(), ["whole"], "{content_type}");
            assert_eq!(whole.total.unwrap().text(), "whole");
            let error = play(r#"{"error":{"message":"no","code":403}}"#);
            assert_eq!(error.error().unwrap().kind(), Some(ErrorKind::Forbidden));
            let page = play("<!doctype html><html><head><title>Log in</title></head></html>");
            let Some(Error::Unexpected(unexpected)) = page.error() else { panic!("{:?}", page.error()) };
            assert!(unexpected.to_string().contains("Log in"));
            let nothing = play("");
            assert!(
                matches!(nothing.error(), Some(Error::Unexpected(_) | Error::Truncated(_))),
                "{:?}",
                nothing.error()
            );
        }
    }
}

#[test]
fn event_streams_under_any_label_work() {
    let body = events([HEL, STOP]) + "data: [DONE]\n\n";
    for content_type in
        ["text/plain", "application/json", "text/event-stream; charset=ISO-8859-1", "TEXT/EVENT-STREAM", ""]
    {
        for body in [body.clone(), format!("\u{feff}{body}"), format!("\n: hello\n\n{body}")] {
            let played = play_as(&stream_call(), head(200, content_type), body.as_bytes(), 1, End::Clean);
            assert_eq!(played.total.unwrap().text(), "Hel", "{content_type}");
        }
    }
}

#[test]
fn an_error_status_hides_behind_no_body() {
    for (body, message) in [
        (r#"{"error":{"message":"list index","type":"BadRequestError","param":null,"code":400}}"#, Some("list index")),
        (r#"[{"error":{"code":400,"message":"arg","status":"INVALID_ARGUMENT"}}]"#, Some("arg")),
        (r#"{"error":"flat"}"#, Some("flat")),
        (r#"{"detail":"fast"}"#, Some("fast")),
        (r#"{"error":{"message":{"message":"deep"}}}"#, Some("deep")),
        ("upstream is down", Some("upstream is down")),
        ("<html><title>502 Bad Gateway</title></html>", Some("502 Bad Gateway")),
        (r#"{"cloudflare_error":true,"status":520}"#, None),
        (r#"{"error":{"message":"cut"#, Some(r#"{"error":{"message":"cut"#)),
        ("", None),
        ("null", Some("null")),
        ("data: {\"error\":{\"message\":\"framed\"}}\n\ndata: [DONE]\n\n", Some("framed")),
        ("data: nonsense", Some("data: nonsense")),
        ("\u{1f}\u{8b}\u{8}\u{0}binary", None),
        (r#"{"detail":[{"loc":["body","model"],"msg":"field required"}]}"#, Some("field required")),
    ] {
        for status in [400, 401, 429, 500, 502, 529] {
            for piece in [1, 4096] {
                let played =
                    play_as(&stream_call(), head(status, "application/json"), body.as_bytes(), piece, End::Clean);
                let error = played.error().and_then(Error::api).unwrap();
                assert_eq!(error.status().unwrap().as_u16(), status, "{body}");
                assert_eq!(error.message(), message, "{body}");
                let cut = play_as(&stream_call(), head(status, "application/json"), body.as_bytes(), piece, cut());
                assert_eq!(cut.error().unwrap().status().unwrap().as_u16(), status);
            }
        }
    }
}

#[test]
fn an_error_body_is_read_to_its_limit_and_no_further() {
    use requesty_core::Limits;
    let call = stream_call().with_limits(Limits::default().with_error_body(100));
    let mut machine = call.open(head(500, "text/plain"), Duration::ZERO);
    machine.push(&[b'x'; 99], Duration::ZERO);
    assert!(machine.advance().is_ok(), "one byte less than the limit is not all there may be");
    machine.push(&[b'x'; 1000], Duration::ZERO);
    let error = machine.advance().unwrap_err();
    assert_eq!(error.api().unwrap().body().len(), 100);
}
