//! What comes around the body: interim replies, heads, chunks and trailers.
#![cfg(feature = "ureq")]

mod raw;
mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::sleep;

use raw::{EVENTS, JSON, Raw, Wire, reply, request, say};
use requesty_ureq::error::Phase;
use requesty_ureq::{Error, FramingError};
use support::ms;

const CHUNKED: &str =
    "HTTP/1.1 200 OK\r\nx-request-id: req-7\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";

/// Answers each request with that.
fn serves(text: impl Into<String>) -> Raw {
    let text = text.into();
    Raw::plain(move |wire| {
        while request(wire).is_ok() {
            say(wire, &text);
        }
    })
}

/// Answers with a beginning and then more of the same for ever; counts what it could write.
fn endless(begin: &'static str, more: &'static str) -> (Raw, Arc<AtomicU64>) {
    let written = Arc::new(AtomicU64::new(0));
    let count = written.clone();
    let server = Raw::plain(move |wire| {
        request(wire).unwrap();
        say(wire, begin);
        let block = more.repeat(64 * 1024 / more.len());
        while wire.write_all(block.as_bytes()).is_ok() {
            count.fetch_add(block.len() as u64, Ordering::Relaxed);
        }
    });
    (server, written)
}

fn framing(error: &Error) -> FramingError {
    let source = std::error::Error::source(error).unwrap_or_else(|| panic!("{error:?}"));
    *source.downcast_ref::<FramingError>().unwrap_or_else(|| panic!("{error:?}"))
}

#[test]
fn interim_replies_are_left_out_with_and_without_headers_in_any_cut() {
    let interim = [
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 100 Continue\r\nserver: x\r\ndate: now\r\n\r\n",
        "HTTP/1.1 100\r\n\r\n",
        "HTTP/1.0 100 Continue\nserver: x\n\n",
        "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\na: b\r\n\r\n",
    ];
    for text in interim {
        let answer = format!("{text}{}", reply("200 OK", JSON));
        for cut in [0, 1, 8, 10, 12, text.len() - 2, text.len() - 1, text.len(), text.len() + 1, text.len() + 12] {
            let (first, second) = answer.split_at(cut);
            let (first, second) = (first.to_owned(), second.to_owned());
            let server = Raw::plain(move |wire: &mut dyn Wire| {
                while request(wire).is_ok() {
                    say(wire, &first);
                    sleep(ms(3));
                    say(wire, &second);
                }
            });
            let client = server.client();
            for _ in 0..2 {
                assert_eq!(client.send(&server.whole()).unwrap().text(), "Hi", "{text:?} at {cut}");
            }
        }
    }
}

#[test]
fn interim_replies_without_end_are_not_read_on() {
    let (server, written) = endless("", "HTTP/1.1 100 Continue\r\nserver: x\r\n\r\n");
    let incomplete = server.client().send(&server.whole()).unwrap_err();
    assert_eq!(framing(incomplete.error()), FramingError::Overhead);
    let Error::Transport(error) = incomplete.error() else { panic!("{incomplete:?}") };
    assert!(error.phase() == Phase::FirstByte && error.request_maybe_processed());
    assert!(written.load(Ordering::Relaxed) < 16_000_000, "only what the sockets hold");
}

#[test]
fn a_head_beyond_the_limit_says_so() {
    let head = |size: usize| {
        let body = reply("200 OK", JSON);
        body.replacen("\r\n", &format!("\r\nx-large: {}\r\n", "x".repeat(size)), 1)
    };
    for size in [1_000, 30_000] {
        let server = serves(head(size));
        assert_eq!(server.client().send(&server.whole()).unwrap().text(), "Hi", "{size}");
    }
    for size in [33_000, 50_000, 70_000, 5_000_000] {
        let server = serves(head(size));
        let incomplete = server.client().send(&server.whole()).unwrap_err();
        assert_eq!(framing(incomplete.error()), FramingError::Head, "{size}");
        assert!(incomplete.to_string().contains("limit"), "{incomplete}");
        assert!(matches!(incomplete.error(), Error::Transport(error) if error.phase() == Phase::FirstByte));
    }
}

#[test]
fn trailers_and_lines_of_chunks_have_a_limit() {
    let whole = format!("{CHUNKED}{:x}\r\n{JSON}\r\n0\r\n", JSON.len());
    let whole: &str = whole.leak();
    let begun = format!("{CHUNKED}1\r\n{{\r\n").leak();
    let table = [
        ("trailers", endless(whole, "x-trailer: 0123456789012345678901234567890123456789\r\n")),
        ("a line of a trailer", endless(whole, "x")),
        ("the length of a chunk", endless(begun, "0")),
        ("the extension of a chunk", endless(format!("{begun}1;").leak(), "x")),
    ];
    for (what, (server, written)) in table {
        let incomplete = server.client().send(&server.whole()).unwrap_err();
        let Error::Truncated(truncated) = incomplete.error() else { panic!("{what}: {incomplete:?}") };
        assert!(truncated.is_cut());
        assert_eq!(framing(incomplete.error()), FramingError::Overhead, "{what}");
        assert!(written.load(Ordering::Relaxed) < 16_000_000, "{what}: only what the sockets hold");
    }
}

#[test]
fn some_trailers_and_many_small_chunks_are_fine() {
    let chunks = |body: &str| body.bytes().map(|byte| format!("1;a=\"b\"\r\n{}\r\n", byte as char)).collect::<String>();
    let trailers = format!("x-trailer: {}\r\n", "x".repeat(1000)).repeat(50);
    let server = serves(format!("{CHUNKED}{}0\r\n{trailers}\r\n", chunks(JSON)));
    let client = server.client();
    for _ in 0..2 {
        assert_eq!(client.send(&server.whole()).unwrap().text(), "Hi");
    }
    // What is around the bytes counts only in a row: here it is 400 KB altogether.
    let comments = ": keep-alive\n\n".repeat(4000);
    let head = CHUNKED.replace("application/json", "text/event-stream");
    let server = serves(format!("{head}{}{}0\r\n\r\n", chunks(&comments), chunks(EVENTS)));
    assert_eq!(server.client().send(&server.streamed()).unwrap().text(), "Hi");
}
