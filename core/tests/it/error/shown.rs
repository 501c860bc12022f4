//! What an error answers about itself, shows, and was caused by.

use std::error::Error as _;
use std::io;
use std::time::{Duration, SystemTime};

use requesty_core::chat::Request;
use requesty_core::error::{BuildError, Limit, NoFinishReason, Phase, Timeout, TransportError};
use requesty_core::{ApiKey, End, Error, ErrorKind, Host, Incomplete, Limits, Router, http};

use crate::support::chat::{clean, delta, events, play_as, stream_call};
use crate::support::{cut, head, router};

fn response(status: u16) -> http::response::Builder {
    http::Response::builder().status(status)
}

/// Returns the error of a reply with this head and body.
fn reply(head: http::response::Builder, body: &str) -> Error {
    let head = head.body(()).unwrap().into_parts().0;
    play_as(&stream_call(), head, body.as_bytes(), 4096, End::Clean).total.unwrap_err().into_parts().1
}

fn error_reply() -> Error {
    let head = response(503).header("x-request-id", "r-1").header("retry-after", "7");
    reply(head, r#"{"error":{"message":"busy","code":"c","param":"p"}}"#)
}

fn page() -> Error {
    let head = response(200).header("x-request-id", "r-2").header("content-type", "text/html");
    reply(head, "<title>Log in</title>")
}

fn truncated() -> Error {
    End::Clean.into_error()
}

/// Returns the error of a whole reply of another type than was asked for.
fn decode() -> Error {
    let mut machine = router().get::<Vec<u8>>("models").unwrap().open(head(200, "application/json"), Duration::ZERO);
    machine.push(b"7", Duration::ZERO);
    machine.end(End::Clean);
    machine.total().unwrap_err().into_parts().1
}

fn too_large() -> Error {
    let call = stream_call().with_limits(Limits::default().with_event(64));
    let body = events([&delta(r#""content":"a text that is longer than the limit of an event""#)]);
    play_as(&call, head(200, "text/event-stream"), body.as_bytes(), 4096, End::Clean).total.unwrap_err().into_parts().1
}

fn transport(phase: Phase, maybe_processed: bool) -> Error {
    TransportError::new(phase, maybe_processed, io::Error::other("cable pulled")).into()
}

fn timeout(phase: Phase) -> Error {
    Timeout::new(phase, Duration::from_secs(3)).into()
}

fn build() -> Error {
    BuildError::new("mend this").into()
}

#[test]
fn only_what_may_help_is_worth_another_attempt() {
    let again = [error_reply(), transport(Phase::Connect, false), timeout(Phase::Connect), timeout(Phase::Tls)];
    for error in again {
        assert!(error.is_retryable(), "{error}");
    }
    let not = [
        build(),
        page(),
        truncated(),
        decode(),
        too_large(),
        Error::Unfinished(NoFinishReason::default().into()),
        Error::NoChoices(().into()),
        transport(Phase::FirstByte, true),
        timeout(Phase::Write),
        timeout(Phase::FirstByte),
        timeout(Phase::IdleBytes),
        timeout(Phase::IdleProgress),
        timeout(Phase::Total),
        reply(response(400), "{}"),
    ];
    for error in not {
        assert!(!error.is_retryable(), "{error}");
    }
}

#[test]
fn what_the_server_may_have_acted_on_is_said() {
    let unseen = [build(), transport(Phase::Resolve, false), timeout(Phase::Resolve), timeout(Phase::Proxy)];
    for error in unseen {
        assert!(!error.request_maybe_processed(), "{error}");
    }
    let seen = [error_reply(), page(), truncated(), transport(Phase::Write, true), timeout(Phase::Write)];
    for error in seen.into_iter().chain([
        timeout(Phase::FirstByte),
        timeout(Phase::IdleBytes),
        Error::Unfinished(NoFinishReason::default().into()),
    ]) {
        assert!(error.request_maybe_processed(), "{error}");
    }
}

#[test]
fn each_answers_for_its_own_kind_and_no_other() {
    let (api, page, decode) = (error_reply(), page(), decode());
    assert_eq!((api.status().unwrap().as_u16(), api.request_id()), (503, Some("r-1")));
    assert_eq!((api.kind(), api.api().is_some()), (Some(ErrorKind::Unavailable), true));
    assert_eq!(api.retry_after(SystemTime::UNIX_EPOCH), Some(Duration::from_secs(7)));
    assert_eq!(api.api().unwrap().headers().get("retry-after").unwrap(), "7");
    assert_eq!((page.status().unwrap().as_u16(), page.request_id()), (200, Some("r-2")));
    let Error::Unexpected(unexpected) = &page else { panic!("{page:?}") };
    assert_eq!(unexpected.content_type(), Some("text/html"));
    assert_eq!(unexpected.body(), "<title>Log in</title>");
    assert_eq!((decode.status().unwrap().as_u16(), decode.request_id()), (200, None));
    let Error::Decode(decoding) = &decode else { panic!("{decode:?}") };
    assert_eq!(decoding.body(), "7");

    assert!(timeout(Phase::Total).is_timeout());
    for error in [
        build(),
        page,
        truncated(),
        decode,
        too_large(),
        Error::Unfinished(NoFinishReason::default().into()),
        transport(Phase::Tls, false),
    ] {
        assert!(!error.is_timeout(), "{error}");
        assert!(error.kind().is_none() && error.api().is_none(), "{error}");
        assert_eq!(error.retry_after(SystemTime::UNIX_EPOCH), None);
    }
    assert_eq!((too_large().status().unwrap().as_u16(), too_large().request_id()), (200, None));
    for error in [build(), truncated(), Error::NoChoices(().into()), transport(Phase::Tls, false)] {
        assert_eq!((error.status(), error.request_id()), (None, None), "{error}");
    }
    assert!(!api.is_timeout());
}

#[test]
fn the_cause_of_a_broken_connection_is_its_source() {
    let cut = cut().into_error();
    assert_eq!(cut.source().unwrap().downcast_ref::<io::Error>().unwrap().kind(), io::ErrorKind::ConnectionReset);
    assert_eq!(transport(Phase::Connect, false).source().unwrap().to_string(), "cable pulled");
    for error in [
        build(),
        decode(),
        truncated(),
        too_large(),
        timeout(Phase::Tls),
        error_reply(),
        page(),
        Error::Unfinished(NoFinishReason::default().into()),
    ] {
        assert!(error.source().is_none(), "{error}");
    }
    let broken = Incomplete::new("text", cut);
    assert_eq!(broken.source().unwrap().to_string(), broken.error().source().unwrap().to_string());
    assert_eq!(broken.to_string(), broken.error().to_string());
    let longer = broken.map(str::len);
    assert_eq!((*longer.partial(), Error::from(longer).is_retryable()), (4, false));
}

#[test]
fn each_is_told_in_one_line() {
    let shown = [
        (build(), "mend this"),
        (error_reply(), "error reply 503 (c): busy; about p; request id r-1"),
        (truncated(), "the body ended before the answer was complete"),
        (cut().into_error(), "the connection was cut before the answer was complete: connection reset"),
        (
            Error::Unfinished(NoFinishReason::default().into()),
            "the stream was declared done, but the answer has no finish reason",
        ),
        (Error::NoChoices(().into()), "the completion has no choices"),
        (too_large(), "an event exceeds the limit of 64 bytes; Limits::event changes it"),
        (transport(Phase::Connect, false), "the connection failed while connecting: cable pulled"),
        (reply(response(500), ""), "error reply 500: Internal Server Error"),
        (reply(response(404), ""), "error reply 404: Not Found; asked https://router.requesty.ai/v1/chat/completions"),
        (reply(response(302), ""), "error reply 302: Found; asked https://router.requesty.ai/v1/chat/completions"),
        (
            reply(response(299).header("content-encoding", "br"), "x"),
            concat!(
                "unexpected reply: status 299, no content type, content-encoding br, though none was asked for; ",
                "asked https://router.requesty.ai/v1/chat/completions",
            ),
        ),
        (
            page(),
            "unexpected reply: status 200, text/html, a page titled \"Log in\"; asked https://router.requesty.ai/v1/chat/completions; request id r-2",
        ),
    ];
    for (error, line) in shown {
        assert_eq!(error.to_string(), line);
        assert!(!format!("{error:?}").is_empty());
    }
    let event = clean(&events([r#"{"error":{"message":"gone","code":404}}"#])).total.unwrap_err();
    assert_eq!(event.to_string(), "error inside the stream 404 (404): gone", "the base URL was right");
}

#[test]
fn a_base_without_its_version_is_asked_about() {
    let key = || ApiKey::new("rqsty-sk-test").unwrap();
    let hint = "does the base URL end in /v1?";
    let shown = |router: Router, host: Host, path: &str| {
        let call = router.ask::<()>(host, http::Method::GET, path, None::<&()>).unwrap();
        let mut machine = call.open(response(404).body(()).unwrap().into_parts().0, Duration::ZERO);
        machine.end(End::Clean);
        machine.advance().unwrap_err().to_string()
    };
    let bare = Router::new(key()).with_inference_base("https://r.example/api").unwrap();
    let said = shown(bare, Host::Inference, "models");
    assert!(said.ends_with(&format!("; asked https://r.example/api/models: {hint}")), "{said}");
    let right = [(Host::Inference, "models"), (Host::Management, "v1/manage/org"), (Host::Feedback, "feedback/c-1")];
    for (host, path) in right {
        let said = shown(Router::new(key()), host, path);
        assert!(said.contains("; asked https://") && !said.contains(hint), "{said}");
    }
}

#[test]
fn each_phase_is_told_by_its_name() {
    let phases = [
        (Phase::Resolve, "resolving the host"),
        (Phase::Connect, "connecting"),
        (Phase::Tls, "the TLS handshake"),
        (Phase::Proxy, "asking the proxy for a tunnel"),
        (Phase::Write, "writing the request"),
        (Phase::FirstByte, "waiting for the response head"),
        (Phase::IdleBytes, "waiting for more of the body"),
        (Phase::IdleProgress, "waiting for the next event"),
    ];
    for (phase, name) in phases {
        assert_eq!(timeout(phase).to_string(), format!("timed out after 3s while {name}"));
        let Error::Timeout(timeout) = timeout(phase) else { unreachable!() };
        assert_eq!((timeout.phase(), timeout.limit()), (phase, Duration::from_secs(3)));
        assert_ne!(timeout, Timeout::new(phase, Duration::from_secs(4)));
        assert_eq!(timeout, Timeout::new(phase, Duration::from_secs(3)));
        let Error::Transport(failed) = transport(phase, true) else { unreachable!() };
        assert_eq!((failed.phase(), failed.request_maybe_processed()), (phase, true));
        assert!(format!("{failed:?}").contains("cable pulled"));
    }
    assert_eq!(timeout(Phase::Total).to_string(), "timed out: the call as a whole took longer than 3s");
}

#[test]
fn each_limit_names_the_option_that_changes_it() {
    let options = [
        (Limit::Event, "Limits::event"),
        (Limit::Reply, "Limits::reply"),
        (Limit::Total, "Limits::total"),
        (Limit::ToolCalls, "Limits::tool_calls"),
    ];
    for (limit, option) in options {
        assert_eq!(limit.option(), Some(option));
    }
    let Error::TooLarge(error) = too_large() else { panic!("{:?}", too_large()) };
    assert_eq!((error.what(), error.limit()), (Limit::Event, 64));
}

#[test]
fn what_was_cut_shows_its_cause() {
    let shown = |error: Error| match error {
        Error::Truncated(truncated) => format!("{truncated:?}"),
        other => panic!("{other:?}"),
    };
    assert_eq!(shown(truncated()), "Truncated { cause: None }");
    assert_eq!(shown(cut().into_error()), "Truncated { cause: Some(Kind(ConnectionReset)) }");
}

/// Libraries repeat a cause in the message of what it caused.
#[test]
fn a_chain_of_causes_is_told_once_each() {
    #[derive(Debug)]
    struct Wrapped(&'static str, Option<Box<Wrapped>>);
    impl std::fmt::Display for Wrapped {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str(self.0)
        }
    }
    impl std::error::Error for Wrapped {
        fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
            self.1.as_deref().map(|inner| inner as _)
        }
    }
    let wrap = |text, inner| Wrapped(text, Some(Box::new(inner)));
    let chain = wrap("sending failed", wrap("connect: refused", Wrapped("refused", None)));
    let error = TransportError::new(Phase::Connect, false, chain);
    assert_eq!(error.to_string(), "the connection failed while connecting: sending failed: connect: refused");
}

#[test]
fn a_long_message_is_shortened_at_a_character() {
    let long = format!(r#"{{"error":{{"message":"{}é{}"}}}}"#, "x".repeat(299), "y".repeat(50));
    let shown = reply(response(500), &long).to_string();
    assert_eq!(shown, format!("error reply 500: {}", "x".repeat(299)));
    let text = format!("{} {}", "é".repeat(100), "word ".repeat(80));
    let error = reply(response(500), &text);
    let message = error.api().unwrap().message().unwrap();
    assert!(text.starts_with(message) && (299..=300).contains(&message.len()), "{}", message.len());
}

#[test]
fn an_error_of_the_build_names_the_key_by_no_letter() {
    let error = ApiKey::new("rqsty-\u{0}secret").unwrap_err();
    assert!(!error.to_string().contains("secret"));
    let error = Request::new(&[]).whole_body().unwrap_err();
    assert!(error.to_string().contains("there are no messages"), "{error}");
}
