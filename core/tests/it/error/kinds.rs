//! What kind of error a reply or an event is: by its status, else by its code and type, else by its words.

use requesty_core::chat::Completion;
use requesty_core::error::ErrorKind;
use requesty_core::{End, Error};

use crate::support::chat::{clean, play_as, stream_call};
use crate::support::head;

/// Returns the error of a reply.
#[track_caller]
fn reply(status: u16, body: &str) -> Error {
    let played = play_as(&stream_call(), head(status, "application/json"), body.as_bytes(), 4096, End::Clean);
    played.total.unwrap_err().into_parts().1
}

/// Returns the error of an event, which came by no status of its own.
#[track_caller]
fn event(data: &str) -> Error {
    clean(&format!("data: {data}\n\n")).total.map(|_: Completion| ()).unwrap_err().into_parts().1
}

#[test]
fn each_status_is_of_a_kind() {
    use ErrorKind::*;
    let kinds = [
        (300, Redirect),
        (301, Redirect),
        (399, Redirect),
        (400, InvalidRequest),
        (401, Unauthorized),
        (402, InsufficientBalance),
        (403, Forbidden),
        (404, NotFound),
        (405, InvalidRequest),
        (406, InvalidRequest),
        (408, TimedOut),
        (409, Conflict),
        (410, Other),
        (412, SpendLimit),
        (413, PayloadTooLarge),
        (415, InvalidRequest),
        (418, Other),
        (422, InvalidRequest),
        (424, ProviderResponse),
        (429, RateLimited),
        (500, Server),
        (501, Server),
        (502, Unavailable),
        (503, Unavailable),
        (504, TimedOut),
        (529, Overloaded),
        (599, Server),
        (600, Other),
        (999, Other),
    ];
    for (status, kind) in kinds {
        let error = reply(status, "{}");
        assert_eq!(error.kind(), Some(kind), "{status}");
        let again = matches!(kind, ProviderResponse | RateLimited | Unavailable | Overloaded);
        assert_eq!(error.is_retryable(), again, "{status}");
    }
}

#[test]
fn words_decide_between_kinds_of_one_status() {
    use ErrorKind::*;
    let named = [
        ("context_length_exceeded", ContextLength, [400, 413, 422]),
        ("content_policy_violation", ContentPolicy, [400, 403, 422]),
        ("content_filter", ContentPolicy, [400, 403, 422]),
        ("insufficient_quota", QuotaExceeded, [429, 403, 400]),
        ("insufficient_credits", QuotaExceeded, [429, 403, 400]),
        ("quota_exceeded", QuotaExceeded, [429, 403, 400]),
        ("billing_hard_limit_reached", QuotaExceeded, [429, 403, 400]),
    ];
    for (word, kind, statuses) in named {
        for member in ["code", "type"] {
            let body = format!(r#"{{"error":{{"message":"x","{member}":"{word}"}}}}"#);
            for status in statuses {
                assert_eq!(reply(status, &body).kind(), Some(kind), "{status} {body}");
            }
            assert_eq!(event(&body).kind(), Some(kind), "{body}");
            // Where the status says something else, it is right.
            assert_eq!(reply(500, &body).kind(), Some(Server), "{body}");
            assert_eq!(reply(401, &body).kind(), Some(Unauthorized), "{body}");
        }
    }
    let said = [
        ("This model's Maximum Context length is 8192", ContextLength),
        ("the prompt is too long", ContextLength),
        ("beyond the context window", ContextLength),
        ("exceeds the context length", ContextLength),
        ("against our content policy", ContentPolicy),
    ];
    for (message, kind) in said {
        let body = format!(r#"{{"error":{{"message":"{message}"}}}}"#);
        assert_eq!(reply(400, &body).kind(), Some(kind), "{body}");
        assert_eq!(event(&body).kind(), Some(kind), "{body}");
        assert_eq!(reply(404, &body).kind(), Some(NotFound), "{body}");
    }
    // A quota is a name, not a word that may stand in any sentence.
    let quota = r#"{"error":{"message":"no insufficient_quota here"}}"#;
    assert_eq!(reply(429, quota).kind(), Some(RateLimited));
}

#[test]
fn an_event_without_a_status_is_of_the_kind_that_it_names() {
    use ErrorKind::*;
    let names = [
        ("rate_limit_error", RateLimited),
        ("rate_limit_exceeded", RateLimited),
        ("rate_limited", RateLimited),
        ("overloaded_error", Overloaded),
        ("overloaded", Overloaded),
        ("invalid_request_error", InvalidRequest),
        ("BadRequestError", InvalidRequest),
        ("invalid_request", InvalidRequest),
        ("authentication_error", Unauthorized),
        ("permission_error", Forbidden),
        ("not_found_error", NotFound),
        ("timeout_error", TimedOut),
        ("timeout", TimedOut),
        ("server_error", Server),
        ("api_error", Server),
        ("internal_error", Server),
        ("INTERNAL_SERVER_ERROR", Server),
        ("anything_else", Other),
    ];
    for (name, kind) in names {
        for member in ["code", "type"] {
            let data = format!(r#"{{"error":{{"message":"x","{member}":"{name}"}}}}"#);
            assert_eq!(event(&data).kind(), Some(kind), "{data}");
        }
    }
    let sentences = [
        ("Problem with the provider stream", Unavailable),
        ("Provider timed out", Unavailable),
        ("The provider is down", Unavailable),
        ("Too many requests", RateLimited),
        ("Insufficient balance", InsufficientBalance),
        ("Monthly spend limit reached", SpendLimit),
        ("Invalid authorization token", Forbidden),
        ("Provider blocked by policy", Forbidden),
        ("Invalid provider response", ProviderResponse),
        ("Provider response missing", ProviderResponse),
        ("Something else", Other),
    ];
    for (message, kind) in sentences {
        let data = format!(r#"{{"error":{{"message":"{message}"}}}}"#);
        assert_eq!(event(&data).kind(), Some(kind), "{data}");
    }
}

#[test]
fn an_event_names_its_status_in_many_places() {
    for data in [
        r#"{"error":{"message":"x","code":503}}"#,
        r#"{"error":{"message":"x","code":"503"}}"#,
        r#"{"error":{"message":"x","status":503}}"#,
        r#"{"error":{"message":"x","status_code":503}}"#,
        r#"{"error":{"message":"x","status":503,"code":429}}"#,
        r#"{"error":{"message":"x"},"code":503}"#,
        r#"{"error":{"message":"x"},"status":503}"#,
    ] {
        let error = event(data);
        assert_eq!(error.status().map(|status| status.as_u16()), Some(503), "{data}");
        assert_eq!(error.api().unwrap().http_status(), 200, "{data}");
        assert_eq!(error.kind(), Some(ErrorKind::Unavailable), "{data}");
    }
    // What is no status of an error is none.
    for code in ["399", "600", "200", "0", "70000", "-1", r#""no""#] {
        let error = event(&format!(r#"{{"error":{{"message":"x","code":{code}}}}}"#));
        assert_eq!(error.status(), None, "{code}");
    }
    for (code, status) in [("400", 400), ("599", 599)] {
        let error = event(&format!(r#"{{"error":{{"message":"x","code":{code}}}}}"#));
        assert_eq!(error.status().unwrap(), status);
    }
}

#[test]
fn what_an_error_says_of_itself_is_kept() {
    let body = r#"{"error":{"message":"m","code":"c","type":"t","param":"p","origin":"provider"}}"#;
    for error in [reply(400, body), event(body)] {
        let api = error.api().unwrap();
        assert_eq!((api.message(), api.code(), api.error_type()), (Some("m"), Some("c"), Some("t")));
        assert_eq!((api.param(), api.origin()), (Some("p"), Some("provider")));
        assert_eq!(api.body(), body);
    }
    assert!(!reply(400, body).api().unwrap().is_in_stream());
    assert!(event(body).api().unwrap().is_in_stream());
    // What stands inside goes before what stands beside it, and `error` is no type.
    let both = r#"{"type":"error","message":"outer","code":"o","error":{"message":"inner"}}"#;
    let error = event(both);
    let api = error.api().unwrap();
    assert_eq!((api.message(), api.code(), api.error_type()), (Some("inner"), Some("o"), None));
}

#[test]
fn the_sentence_is_found_under_any_name() {
    for name in ["message", "detail", "details", "msg", "error_description", "reason"] {
        assert_eq!(reply(400, &format!(r#"{{"error":{{"{name}":"m"}}}}"#)).api().unwrap().message(), Some("m"));
        assert_eq!(reply(400, &format!(r#"{{"{name}":"m"}}"#)).api().unwrap().message(), Some("m"), "{name}");
    }
    for (body, message) in [
        (r#"{"error":{"message":"","detail":"d"}}"#, "d"),
        (r#"{"detail":[{"msg":"first"},{"msg":"second"}]}"#, "first"),
        (r#"{"detail":["first","second"]}"#, "first"),
        (r#"{"error":{"message":{"detail":"deep"}}}"#, "deep"),
        (r#"{"error":"flat"}"#, "flat"),
        (r#"{"error":502}"#, "502"),
        (r#"["first"]"#, r#""first""#),
        (r#"[]"#, "[]"),
        (r#""text""#, "text"),
        (r#"{"error":{"message":"{\"error\":{\"message\":\"nested\"}}"}}"#, "nested"),
        (r#"{"error":{"message":"{\"other\":1}"}}"#, r#"{"other":1}"#),
        (r#"{"error":{"message":"{\"error\":{\"code\":1}}"}}"#, r#"{"error":{"code":1}}"#),
        ("event: error\ndata: {\"message\":\"framed\"}", "framed"),
        ("  two\n\n words  ", "two words"),
    ] {
        assert_eq!(reply(500, body).api().unwrap().message(), Some(message), "{body}");
    }
}

/// What the router says, as it is documented, and what can be done about it.
#[test]
fn each_documented_error_is_of_a_kind_of_its_own() {
    use ErrorKind::*;
    let documented = [
        (401, "router", "Unauthorized", Unauthorized, false),
        (
            402,
            "router",
            "Insufficient balance, top up at: https://app.requesty.ai/settings",
            InsufficientBalance,
            false,
        ),
        (403, "router", "Invalid authorization token", Forbidden, false),
        (403, "router", "Your account has been restricted", Forbidden, false),
        (403, "router", "Provider blocked by policy", Forbidden, false),
        (404, "router", "Provider and/or model not supported", NotFound, false),
        (409, "router", "The access list is attached", Conflict, false),
        (412, "router", "Reached monthly spend limit for API key", SpendLimit, false),
        (413, "router", "Payload too large", PayloadTooLarge, false),
        (424, "router", "Invalid provider response format", ProviderResponse, true),
        (424, "router", "Provider response missing usage", ProviderResponse, true),
        (429, "provider", "Too many requests", RateLimited, true),
        (502, "provider", "Provider is down: Bad Gateway", Unavailable, true),
        (502, "router", "There was a problem with the provider stream", Unavailable, true),
        (503, "router", "The provider timed out, please try again", Unavailable, true),
        (529, "provider", "Overloaded", Overloaded, true),
    ];
    for (status, origin, message, kind, again) in documented {
        let body = format!(r#"{{"error":{{"origin":"{origin}","message":"{message}"}}}}"#);
        let error = reply(status, &body);
        assert_eq!((error.kind(), error.is_retryable()), (Some(kind), again), "{status} {message}");
        let api = error.api().unwrap();
        assert_eq!((api.origin(), api.message()), (Some(origin), Some(message)));
        assert_eq!(api.status().unwrap().as_u16(), status);
        // What the router says to do is shown.
        let shown = error.to_string();
        assert!(shown.starts_with(&format!("error reply {status}: {message}")), "{shown}");
    }
}
