//! A server that echoes the key, in any spelling and anywhere: nothing that is shown has it.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use requesty_core::chat::{Chunks, Message, Request};
use requesty_core::{ApiKey, Call, End, Error, Incomplete, Limits, Router, Step};

const KEY: &str = "rqsty-sk-Ab/Cd+Ef=01.23456789";

fn call() -> Call<Chunks> {
    let messages = [Message::user("hi")];
    Router::new(ApiKey::new(KEY).unwrap()).chat_stream(&Request::new(&messages)).unwrap()
}

fn json(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_string() } else { format!("\\u{:04x}", c as u32) })
        .collect()
}

fn slashes(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('/', "\\/")
}

fn percent(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

fn html(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_string() } else { format!("&#{};", c as u32) }).collect()
}

fn base64(text: &str) -> String {
    base64::engine::general_purpose::STANDARD.encode(text)
}

/// The key, each of its spellings, and each two of these, one in the other.
fn spellings() -> Vec<String> {
    let ways: [fn(&str) -> String; 5] = [json, slashes, percent, html, base64];
    let mut all = vec![KEY.to_owned()];
    for outer in ways {
        all.push(outer(KEY));
        all.extend(ways.iter().map(|inner| outer(&inner(KEY))));
    }
    all
}

/// Undoes every spelling there is, as someone would who wants the key.
fn shows_the_key(text: &str) -> bool {
    fn undone(text: &str, depth: u8) -> bool {
        if text.contains(KEY) {
            return true;
        }
        let Some(depth) = depth.checked_sub(1) else { return false };
        let unescaped = |mark: &str, read: &dyn Fn(&str) -> Option<(char, usize)>| {
            let (mut out, mut rest) = (String::new(), text);
            while let Some(at) = rest.find(mark) {
                out += &rest[..at];
                let (c, length) = read(&rest[at..]).unwrap_or((mark.chars().next().unwrap(), 1));
                out.push(c);
                rest = &rest[at + length..];
            }
            out + rest
        };
        let hex = |digits: Option<&str>| char::from_u32(u32::from_str_radix(digits?, 16).ok()?);
        let views = [
            unescaped("\\", &|rest| match rest.as_bytes().get(1)? {
                b'u' => Some((hex(rest.get(2..6))?, 6)),
                _ => Some((rest.chars().nth(1)?, 1 + rest.chars().nth(1)?.len_utf8())),
            }),
            unescaped("%", &|rest| Some((hex(rest.get(1..3))?, 3))),
            unescaped("&#", &|rest| {
                let end = rest.find(';')?;
                Some((char::from_u32(rest.get(2..end)?.parse().ok()?)?, end + 1))
            }),
        ];
        let words = text
            .split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=')))
            .filter(|word| word.len() > 20);
        let decoded = words.filter_map(|word| base64::engine::general_purpose::STANDARD.decode(word).ok());
        views.iter().any(|view| view != text && undone(view, depth))
            || decoded.into_iter().any(|bytes| undone(&String::from_utf8_lossy(&bytes), depth))
    }
    undone(text, 3)
}

/// Everything that an error shows, and that it hands out of what the server said.
fn shown(error: &Error) -> Vec<String> {
    let mut all = vec![error.to_string(), format!("{error:?}"), format!("{error:#?}")];
    all.extend(error.request_id().map(str::to_owned));
    if let Some(api) = error.api() {
        let texts = [api.message(), api.code(), api.error_type(), api.status_name(), api.param(), api.origin()];
        all.extend(texts.into_iter().flatten().map(str::to_owned));
        all.push(String::from_utf8_lossy(api.body()).into_owned());
    }
    if let Error::Unexpected(page) = error {
        all.extend(page.content_type().map(str::to_owned));
        all.push(String::from_utf8_lossy(page.body()).into_owned());
    }
    all
}

fn play(call: &Call<Chunks>, head: http::response::Builder, body: &str) -> (Error, Vec<String>) {
    let mut machine = call.open(head.body(()).unwrap().into_parts().0, Duration::ZERO);
    machine.push(body.as_bytes(), Duration::ZERO);
    let mut end = Some(End::Clean);
    loop {
        match machine.advance() {
            Ok(Step::Ready) => {}
            Ok(_) => machine.end(end.take().expect("it ends once")),
            Err(_) => break,
        }
    }
    let summary = machine.summary();
    let summary = [summary.id, summary.model].into_iter().flatten().chain(summary.finish_reasons).collect();
    (machine.total().map_err(Incomplete::into_parts).unwrap_err().1, summary)
}

#[test]
fn no_text_of_an_error_has_the_key_in_any_spelling() {
    assert!(spellings().iter().all(|spelled| shows_the_key(spelled)), "the reader of this test is blind");
    for spelled in spellings() {
        let quoted = serde_json::to_string(&format!("bad key {spelled}!")).unwrap();
        let nested = serde_json::to_string(&format!(r#"{{"error":{{"message":{quoted}}}}}"#)).unwrap();
        let plain = |member: &str| format!(r#"{{"error":{{"message":"m","{member}":{quoted}}}}}"#);
        let mut bodies: Vec<String> = ["message", "code", "type", "status", "param", "origin"].map(plain).into();
        bodies.push(format!(r#"{{"error":{{"message":{nested}}}}}"#));
        bodies.push(format!(r#"{{"error":{quoted}}}"#));
        for body in &bodies {
            for (status, media, body) in [
                (401, "application/json", body.clone()),
                (200, "application/json", body.clone()),
                (200, "text/event-stream", format!("data: {body}\n\n")),
                (500, "text/event-stream", format!("data: {body}\n\n")),
            ] {
                let (error, _) =
                    play(&call(), http::Response::builder().status(status).header("content-type", media), &body);
                for text in shown(&error) {
                    assert!(!shows_the_key(&text), "{spelled} in {body}: {text}");
                }
            }
        }
        for (status, body) in [
            (502, format!("you sent {spelled} and more")),
            (502, format!("<html><title>bad key {spelled}</title></html>")),
            (200, format!("<html><title>bad key {spelled}</title></html>")),
        ] {
            let (error, _) = play(&call(), http::Response::builder().status(status), &body);
            for text in shown(&error) {
                assert!(!shows_the_key(&text), "{spelled} in {body}: {text}");
            }
        }
        let head = http::Response::builder().header("x-request-id", &spelled).header("content-type", &spelled);
        let id = serde_json::to_string(&spelled).unwrap();
        let body = format!(
            "data: {{\"id\":{id},\"model\":{id},\"choices\":[{{\"delta\":{{}},\"finish_reason\":{id}}}]}}\n\ndata: {{\"error\":1}}\n\n"
        );
        let (error, summary) = play(&call(), head, &body);
        assert_eq!(summary.len(), 3, "{body}");
        for text in shown(&error).iter().chain(&summary) {
            assert!(!shows_the_key(text), "{spelled}: {text}");
        }
    }
}

#[test]
fn no_limit_of_ours_cuts_the_key_to_eight_characters() {
    for spelled in [KEY.to_owned(), json(KEY), percent(KEY), base64(KEY)] {
        let body = format!("you sent {spelled}");
        let per = spelled.len().div_ceil(KEY.len());
        for limit in 9..body.len() {
            let call = call().with_limits(Limits::default().with_error_body(limit));
            let (error, _) = play(&call, http::Response::builder().status(500), &body);
            for text in shown(&error) {
                let shown = text.windows_of(&spelled, 8 * per);
                assert!(!shown, "{limit}: {text}");
            }
        }
    }
    for length in 3_950..4_100 {
        let body = format!(r#"{{"error":{{"message":"{}{KEY}"}}}}"#, "x".repeat(length));
        let (error, _) = play(&call(), http::Response::builder().status(500), &body);
        for text in shown(&error) {
            assert!(!text.windows_of(KEY, 8), "{length}: {text}");
        }
    }
}

trait Windows {
    /// Whether any `length` bytes in a row of `other` stand in the text.
    fn windows_of(&self, other: &str, length: usize) -> bool;
}

impl Windows for String {
    fn windows_of(&self, other: &str, length: usize) -> bool {
        (0..=other.len().saturating_sub(length)).any(|at| self.contains(&other[at..at + length]))
    }
}

#[test]
fn nothing_that_a_terminal_acts_on_is_shown() {
    let body = r#"{"error":{"message":"a\u001b[31mred\r\nINFO forged","code":"\u009b2J","param":"p\u0007"}}"#;
    for (status, body) in [(500, body.to_owned()), (200, format!("data: {body}\n\n"))] {
        let (error, _) = play(&call(), http::Response::builder().status(status), &body);
        for text in shown(&error).iter().filter(|text| !text.starts_with('{') && !text.contains("ApiError")) {
            assert!(!text.contains(char::is_control), "{text:?}");
        }
        assert_eq!(error.api().unwrap().message(), Some(r"a\u{1b}[31mred\r\nINFO forged"));
        assert_eq!(error.retry_after(SystemTime::UNIX_EPOCH), None);
    }
    let (page, _) = play(&call(), http::Response::builder(), "<title>a\u{1b}[2Jb</title>");
    assert!(page.to_string().contains(r#"a page titled "a\u{1b}[2Jb""#), "{page}");
}

#[test]
fn every_failure_after_a_head_has_that_head() {
    let head = || http::Response::builder().header("x-request-id", "req-9").header("content-type", "text/event-stream");
    let begun = "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n";
    let cut = || End::Cut(std::sync::Arc::new(std::io::Error::other("gone")));
    let timed_out = || {
        End::TimedOut(requesty_core::error::Timeout::new(
            requesty_core::error::Phase::IdleBytes,
            Duration::from_secs(1),
        ))
    };
    let ends = [
        (begun.to_owned(), End::Clean),
        (begun.to_owned(), cut()),
        (begun.to_owned(), timed_out()),
        (begun.to_owned(), End::Cancelled),
        (String::new(), cut()),
        (format!("{begun}data: [DONE]\n\n"), End::Clean),
        (format!("{begun}data: {{\"error\":{{\"message\":\"m\"}}}}\n\n"), End::Clean),
        (r#"{"choices":[]}"#.to_owned(), End::Clean),
        ("<html>".to_owned(), End::Clean),
        ("7".to_owned(), End::Clean),
    ];
    for (body, end) in ends {
        let call = call().with_limits(Limits::default());
        let mut machine = call.open(head().body(()).unwrap().into_parts().0, Duration::ZERO);
        machine.push(body.as_bytes(), Duration::ZERO);
        let mut end = Some(end);
        let error = loop {
            match machine.advance() {
                Ok(Step::Ready) => {}
                Ok(_) => machine.end(end.take().expect("it ends once")),
                Err(error) => break error,
            }
        };
        assert_eq!(error.request_id(), Some("req-9"), "{body}: {error}");
        assert_eq!(error.head().unwrap().status(), 200, "{body}: {error}");
        assert!(error.to_string().ends_with("; request id req-9"), "{error}");
        let total = machine.total().unwrap_err();
        assert_eq!((total.request_id(), total.status(), total.kind()), (Some("req-9"), error.status(), error.kind()));
        assert_eq!(total.head().unwrap().status(), 200);
        let now = SystemTime::UNIX_EPOCH;
        assert_eq!((total.is_retryable(), total.is_timeout()), (error.is_retryable(), error.is_timeout()));
        assert_eq!((total.retry_after(now), total.api().is_some()), (error.retry_after(now), error.api().is_some()));
        assert_eq!(total.request_maybe_processed(), error.request_maybe_processed());
    }
    let call = call().with_limits(Limits::default().with_event(8));
    let (error, _) = play(&call, head(), begun);
    assert!(matches!(error, Error::TooLarge(_)) && error.request_id() == Some("req-9"), "{error}");
}
