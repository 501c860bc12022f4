//! The table of failures: its names and words, the waits, the statuses for a gateway, and the page that lists them.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, SystemTime};

use requesty_core::ErrorKind::{self, *};
use requesty_core::{End, Error};

use super::failures;
use crate::support::chat::{clean, play_as, stream_call};
use crate::support::head;

pub(super) fn reply(status: u16, body: &str) -> Error {
    let played = play_as(&stream_call(), head(status, "application/json"), body.as_bytes(), 4096, End::Clean);
    played.total.unwrap_err().into_parts().1
}

/// Returns the error of an event, which came by no status of its own.
fn event(data: &str) -> Error {
    clean(&format!("data: {data}\n\n")).total.map(|_| ()).unwrap_err().into_parts().1
}

#[test]
fn in_a_stream_the_name_tells_the_kind() {
    for row in failures::NAMES {
        let name = row.text.replace('*', "_of_some_kind");
        for name in [name.clone(), name.to_uppercase()] {
            for member in ["code", "type", "status"] {
                let data = format!(r#"{{"error":{{"message":"x","{member}":"{name}"}}}}"#);
                assert_eq!(event(&data).kind(), Some(row.kind), "{data}");
                assert_eq!(event(&data).is_retryable(), failures::RETRIED.contains(&row.kind), "{data}");
                // A name is whole: as a part of another it tells nothing of its own kind.
                let longer = data.replace(&name, &format!("no_{name}"));
                assert!(!event(&longer).is_retryable(), "{longer}");
            }
        }
    }
    for row in failures::SENTENCES {
        let data = |message: String, more: &str| format!(r#"{{"error":{{"message":"{message}"{more}}}}}"#);
        assert_eq!(event(&data(row.text.to_uppercase(), "")).kind(), Some(row.kind), "{}", row.text);
        assert!(
            !event(&data(format!("Not allowed: {}", row.text), "")).is_retryable(),
            "a quoted prompt: {}",
            row.text
        );
        let named = event(&data(row.text.to_owned(), r#","code":"of_another_server""#));
        assert!(!named.is_retryable(), "the router's own errors have no code: {}", row.text);
    }
}

/// Whatever a prompt says that an error quotes, it is not worth another attempt for it.
#[test]
fn no_words_make_an_error_retryable() {
    let quoted: Vec<&str> =
        [failures::NAMES, failures::WORDS, failures::SENTENCES].into_iter().flatten().map(|row| row.text).collect();
    for status in (300..=599).filter(|status| reply(*status, "{}").kind().is_some_and(|kind| !kind.is_retryable())) {
        for text in &quoted {
            let body = format!(r#"{{"error":{{"message":"Cannot read: {text}","code":"{text}","type":"{text}"}}}}"#);
            if [400, 403, 500].contains(&status) {
                assert!(!reply(status, &body).is_retryable(), "{status} {body}");
            }
        }
    }
    for text in quoted {
        let data = format!(r#"{{"error":{{"message":"Cannot read: {text}","type":"invalid_request_error"}}}}"#);
        assert!(!event(&data).is_retryable(), "{data}");
    }
}

#[test]
fn the_body_says_how_long_to_wait() {
    let wait = |body: &str| {
        let replied = reply(429, body).retry_after(SystemTime::UNIX_EPOCH);
        assert_eq!(event(body).retry_after(SystemTime::UNIX_EPOCH), replied, "in a stream: {body}");
        replied
    };
    let message = |text: &str| format!(r#"{{"error":{{"message":"{text}"}}}}"#);
    let secs = Duration::from_secs_f64;
    for (text, expected) in [
        ("Please try again in 6.379s.", Some(6.379)),
        ("Please try again in 350ms.", Some(0.35)),
        ("try again in 1m2.5s", Some(62.5)),
        ("Try again in 7m54s", Some(474.0)),
        ("Please retry in 2h", Some(7_200.0)),
        ("Please retry in 39.4s.", Some(39.4)),
        ("Please retry after 26 seconds.", Some(26.0)),
        ("try again in 1 minute 30 requests", Some(60.0)),
        ("try again in 20", None),
        ("try again in a few seconds", None),
        ("try again in -5s", None),
        ("try again later", None),
        ("try again in 99999999999999999999999999h", Some(Duration::MAX.as_secs_f64())),
    ] {
        let expected = expected.map(|seconds| if seconds > 1e18 { Duration::MAX } else { secs(seconds) });
        assert_eq!(wait(&message(text)), expected, "{text}");
    }
    for (body, expected) in [
        (
            r#"{"error":{"message":"x","details":[{"@type":"t"},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"39.4s"}]}}"#,
            39.4,
        ),
        (r#"{"error":{"message":"x","retry_after":12}}"#, 12.0),
        (r#"{"error":{"message":"x"},"retry_after":"12"}"#, 12.0),
        (r#"{"error":{"message":"x","retry_after_ms":1500}}"#, 1.5),
        (r#"{"error":{"message":"x","metadata":{"retry_after_seconds":2.5}}}"#, 2.5),
        (r#"{"error":{"message":"{\"error\":{\"message\":\"try again in 3s\"}}"}}"#, 3.0),
    ] {
        assert_eq!(wait(body), Some(secs(expected)), "{body}");
    }
    // The header goes first, and a text that is no error asks for nothing.
    let mut parts = head(429, "application/json");
    parts.headers.insert("retry-after", http::HeaderValue::from_static("4"));
    let body = message("try again in 9s");
    let error = play_as(&stream_call(), parts, body.as_bytes(), 4096, End::Clean).total.unwrap_err();
    assert_eq!(error.retry_after(SystemTime::UNIX_EPOCH), Some(Duration::from_secs(4)));
    // A wait in the header of a success says nothing about the error inside.
    let mut parts = head(200, "text/event-stream");
    parts.headers.insert("retry-after", http::HeaderValue::from_static("4"));
    let stream = format!("data: {body}\n\n");
    let error = play_as(&stream_call(), parts, stream.as_bytes(), 4096, End::Clean).total.unwrap_err();
    assert_eq!(error.retry_after(SystemTime::UNIX_EPOCH), Some(Duration::from_secs(9)));
}

#[test]
fn each_kind_has_words_and_a_status_for_a_gateway() {
    let mut words: Vec<&str> = failures::KINDS.iter().map(|(_, words, _)| *words).collect();
    for (kind, words, status) in failures::KINDS {
        assert_eq!((kind.to_string().as_str(), kind.gateway_status().as_u16()), (*words, *status));
        // A kind that a status means is answered with such a status.
        let of_status = failures::STATUSES.iter().find(|(first, last, _)| (first..=last).contains(&status));
        let generic = [InvalidRequest, Unavailable, RateLimited].map(Some);
        assert!(of_status.is_some_and(|(_, _, of)| of == kind || generic.contains(&Some(*of))), "{kind:?}");
    }
    for (_, _, kind) in failures::STATUSES {
        assert!(failures::KINDS.iter().any(|(listed, ..)| listed == kind), "{kind:?}");
    }
    assert_eq!(format!("{:>14}", RateLimited), "  rate limited");
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), failures::KINDS.len());
}

#[test]
fn a_gateway_answers_with_the_status_that_its_client_would_have_seen() {
    let status = |error: Error| error.gateway_status().as_u16();
    let message = r#"{"error":{"message":"no"}}"#;
    for code in [400, 401, 403, 404, 422, 429, 500, 503, 529] {
        assert_eq!(status(reply(code, message)), code);
    }
    assert_eq!(status(reply(307, message)), 502);
    assert_eq!(status(event(r#"{"error":{"message":"x","code":429}}"#)), 429);
    assert_eq!(status(event(r#"{"error":{"message":"x","type":"overloaded_error"}}"#)), 529);
    assert_eq!(status(event(r#"{"error":{"message":"x"}}"#)), 502);
    assert_eq!(status(event("{")), 502);
    assert_eq!(status(requesty_core::ApiKey::new("").unwrap_err().into()), 400);
    let timeout = requesty_core::error::Timeout::new(requesty_core::error::Phase::Total, Duration::from_secs(1));
    let ended = |end| play_as(&stream_call(), head(200, "text/event-stream"), b"", 1, end).total.unwrap_err();
    assert_eq!(ended(End::TimedOut(timeout)).gateway_status(), 504);
    assert_eq!(ended(End::Cancelled).gateway_status().as_u16(), 499);
    assert_eq!(ended(End::Clean).gateway_status(), 502);
}

/// Prints the page anew where the variable `REWRITE` is set.
#[test]
fn the_page_is_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/errors.md");
    let page = page();
    if std::env::var_os("REWRITE").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), page, "REWRITE=1 prints it anew");
}

fn page() -> String {
    let mut page = String::from(
        "# Which error is of which kind\n\n\
         `ErrorKind` is chosen by one table, `core/src/error/table.rs`. This page is printed from it; the test\n\
         `core::error::table::the_page_is_the_table` compares the two. All words are compared in any case.\n\n\
         1. A name or words of a kind that is never tried again choose it, under the statuses listed for it, or where there is no status.\n\
         2. Else the status decides.\n\
         3. Else, inside a stream, a name decides: `code`, a textual `status` or `type`, compared whole.\n\
         4. Else, for an error without any name, the beginning of its message decides.\n\n\
         So no words make an error retryable, whatever prompt they quote.\n\n## Kinds\n\n",
    );
    let list = |kinds: &[ErrorKind]| kinds.iter().map(|kind| format!("`{kind:?}`")).collect::<Vec<_>>().join(", ");
    writeln!(page, "* Tried again by default: {}.", list(failures::RETRIED)).unwrap();
    writeln!(page, "* Never tried again, whatever a header or a policy wants: {}.", list(failures::FINAL)).unwrap();
    page += "* All others: where `Policy::retry_kind` names them, or `x-should-retry: true` comes with them.\n";
    page +=
        "\n| kind | in words | status that a gateway answers with, where the error has no status |\n|---|---|---|\n";
    for (kind, words, status) in failures::KINDS {
        writeln!(page, "| `{kind:?}` | {words} | {status} |").unwrap();
    }
    page += "\n## Statuses\n\n| status | kind |\n|---|---|\n";
    for (first, last, kind) in failures::STATUSES {
        let range = if first == last { first.to_string() } else { format!("{first} to {last}") };
        writeln!(page, "| {range} | `{kind:?}` |").unwrap();
    }
    page +=
        "\nThe first line that fits counts. Any other status is `Other`.\n\n## Kinds that names or words choose\n\n";
    page += "| kind | under the statuses |\n|---|---|\n";
    for (kind, statuses) in failures::CHOSEN_UNDER {
        let statuses: Vec<String> = statuses.iter().map(u16::to_string).collect();
        writeln!(page, "| `{kind:?}` | {} |", statuses.join(", ")).unwrap();
    }
    writeln!(page, "\nWords choose `QuotaExceeded` under {:?} only.", failures::QUOTA_IN_WORDS).unwrap();
    let parts = [
        (
            "Names",
            "What stands in `code`, `status`, `type` or `__type`; one that ends in `*` stands for all that begin like it.",
            failures::NAMES,
        ),
        (
            "Words",
            "What stands anywhere in a name, in the message, or in an error that the message quotes.",
            failures::WORDS,
        ),
        ("Beginnings", "How the message of an error without any name begins.", failures::SENTENCES),
    ];
    for (title, about, rows) in parts {
        write!(page, "\n## {title}\n\n{about}\n\n| text | kind | from |\n|---|---|---|\n").unwrap();
        for row in rows {
            writeln!(page, "| `{}` | `{:?}` | {} |", row.text.replace('`', "'"), row.kind, row.from).unwrap();
        }
    }
    page
}
