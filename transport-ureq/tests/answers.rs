//! Replies that begin before the request was read, and bodies that end as they should not.
#![cfg(feature = "ureq")]

mod raw;
mod support;

use std::thread::sleep;
use std::time::{Duration, Instant};

use raw::{EVENTS, JSON, Raw, Wire, head, large, limited, reply, request, reset, say};
use requesty_ureq::audio::Speech;
use requesty_ureq::{Error, Incomplete};
use serde_json::Value;
use support::ms;

/// How a server ends a connection.
#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Closed,
    Reset,
    /// TLS ends with its close_notify.
    Notified,
}

fn end(wire: &mut dyn Wire, how: End) {
    // Until the client has what was sent.
    sleep(ms(30));
    match how {
        End::Closed => {}
        End::Reset => reset(wire),
        End::Notified => wire.notify(),
    }
}

/// Sends a body that has no length, and ends the connection.
fn delimited(media: &'static str, body: &'static str, how: End) -> impl Fn(&mut dyn Wire) + Send + Sync {
    move |wire: &mut dyn Wire| {
        request(wire).unwrap();
        say(wire, &format!("HTTP/1.1 200 OK\r\nx-request-id: req-7\r\ncontent-type: {media}\r\n\r\n{body}"));
        end(wire, how);
    }
}

fn is_cut<T>(incomplete: &Incomplete<T>) -> bool {
    matches!(incomplete.error(), Error::Truncated(truncated) if truncated.is_cut())
}

/// The server, how it ends its body, and whether that end is in good order.
fn ends(media: &'static str, body: &'static str) -> [(Raw, End, bool); 5] {
    [
        (Raw::plain(delimited(media, body, End::Closed)), End::Closed, true),
        (Raw::tls(delimited(media, body, End::Notified)), End::Notified, true),
        (Raw::plain(delimited(media, body, End::Reset)), End::Reset, false),
        (Raw::tls(delimited(media, body, End::Closed)), End::Closed, false),
        (Raw::tls(delimited(media, body, End::Reset)), End::Reset, false),
    ]
}

#[test]
fn a_body_without_a_length_that_is_cut_is_not_whole() {
    for (server, how, whole) in ends("audio/mpeg", "ID3 half of a file") {
        let sent = server.client().send(&server.router().speech(&Speech::new("m", "coral", "Hi")).unwrap());
        assert_eq!(sent.is_ok(), whole, "{how:?}");
        assert!(sent.err().as_ref().is_none_or(is_cut), "{how:?}");
    }
    for (server, how, whole) in ends("application/json", JSON) {
        let sent = server.client().send(&server.whole());
        assert_eq!(sent.is_ok(), whole, "{how:?}");
        assert!(sent.err().as_ref().is_none_or(is_cut), "{how:?}");
    }
}

#[test]
fn the_last_event_of_a_stream_that_is_cut_does_not_count_without_its_blank_line() {
    let event = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}\n";
    for (server, how, whole) in ends("text/event-stream", event) {
        let sent = server.client().send(&server.streamed());
        assert_eq!(sent.is_ok(), whole, "{how:?}: {sent:?}");
        assert!(sent.err().as_ref().is_none_or(is_cut), "{how:?}");
    }
    // Where all of it came, the end of the connection says nothing more.
    for (server, how, _) in ends("text/event-stream", EVENTS) {
        assert_eq!(server.client().send(&server.streamed()).unwrap().text(), "Hi", "{how:?}");
    }
}

#[test]
fn a_body_with_a_length_that_is_reset_says_so() {
    let server = Raw::plain(|wire| {
        request(wire).unwrap();
        say(wire, &reply("200 OK", JSON)[..150]);
        end(wire, End::Reset);
    });
    let incomplete = server.client().send(&server.whole()).unwrap_err();
    assert!(is_cut(&incomplete) && incomplete.to_string().contains("reset"), "{incomplete}");
}

/// Answers when it has read some of a large request.
fn early(answer: String, how: End) -> impl Fn(&mut dyn Wire) + Send + Sync {
    move |wire: &mut dyn Wire| {
        head(wire).unwrap();
        wire.read_exact(&mut vec![0; 100_000]).unwrap();
        say(wire, &answer);
        end(wire, how);
    }
}

#[test]
fn an_answer_before_the_request_was_read_is_the_answer() {
    let body = r#"{"error":{"message":"not this one"}}"#;
    let mut servers = Vec::new();
    for status in ["401 Unauthorized", "413 Content Too Large", "429 Too Many Requests", "503 Service Unavailable"] {
        // What was not read makes a reset of each close.
        servers.push((status, Raw::plain(early(reply(status, body), End::Closed))));
    }
    let status = "413 Content Too Large";
    let answer = reply(status, body);
    // Nothing says where this one ends, and a reset ends it.
    let endless = format!("HTTP/1.1 {status}\r\nx-request-id: req-7\r\ncontent-type: application/json\r\n\r\n{body}");
    servers.extend([
        (status, Raw::plain(early(endless, End::Closed))),
        (status, Raw::plain(early(format!("HTTP/1.1 100 Continue\r\n\r\n{answer}"), End::Closed))),
        (status, Raw::tls(early(answer.clone(), End::Closed))),
        (status, Raw::tls(early(answer, End::Notified))),
    ]);
    for (at, (status, server)) in servers.iter().enumerate() {
        let incomplete = server.client().send(&server.router().post::<Value>("x", large()).unwrap()).unwrap_err();
        let error = incomplete.error();
        assert_eq!(error.status().map(|status| status.as_u16()), status[..3].parse().ok(), "{at}: {error}");
        assert!(error.to_string().contains("not this one"), "{at}: {error}");
        assert_eq!(error.request_id(), Some("req-7"), "{at}");
    }
}

#[test]
fn an_answer_of_a_server_that_stops_reading_and_stays_is_not_waited_for() {
    let stay = |wire: &mut dyn Wire| {
        early(reply("413 Content Too Large", "{}"), End::Closed)(wire);
        sleep(Duration::from_secs(10));
    };
    for server in [Raw::plain(stay), Raw::tls(stay)] {
        let (client, call) = (server.client(), server.router().post::<Value>("x", large()).unwrap());
        for _ in 0..2 {
            let start = Instant::now();
            let incomplete = client.send(&call).unwrap_err();
            assert_eq!(incomplete.error().status().unwrap(), 413, "{incomplete}");
            assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
        }
    }
}

#[test]
fn an_answer_that_is_cut_before_the_request_was_read_is_no_answer() {
    let answer = reply("200 OK", JSON);
    let servers = [
        Raw::plain(early(answer[..100].to_owned(), End::Closed)),
        Raw::plain(early("HTTP/1.1 100 Continue\r\n\r\n".to_owned(), End::Closed)),
        // Without a length, only the reset says that it is not whole.
        Raw::plain(early(format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{JSON}"), End::Closed)),
    ];
    for server in servers {
        let incomplete = server.client().send(&server.router().post::<Value>("x", large()).unwrap()).unwrap_err();
        assert!(is_cut(&incomplete) || matches!(incomplete.error(), Error::Transport(_)), "{incomplete:?}");
        assert!(incomplete.error().request_maybe_processed());
    }
}

#[test]
fn a_slow_reader_gets_all_of_the_request() {
    // Interim replies, and the tickets of TLS, are no answers.
    let slow = |wire: &mut dyn Wire| {
        let (_, mut left) = head(wire).unwrap();
        let mut buffer = vec![0; 1_000_000];
        while left > 0 {
            say(wire, "HTTP/1.1 102 Processing\r\nx-note: wait\r\n\r\n");
            sleep(ms(120));
            let part = left.min(1_000_000);
            wire.read_exact(&mut buffer[..part]).unwrap();
            left -= part;
        }
        say(wire, &reply("200 OK", JSON));
        sleep(ms(200));
    };
    for server in [Raw::plain(slow), Raw::tls(slow)] {
        let call = server.router().post::<Value>("x", large()).unwrap();
        let call = limited(call, |timeouts| timeouts.with_write(Duration::from_secs(5)));
        assert!(server.client().send(&call).unwrap()["choices"].is_array());
    }
}
