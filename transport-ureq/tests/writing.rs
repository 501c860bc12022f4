//! Requests that are hard to write: servers that do not read, and an expectation that is not waited for.
#![cfg(feature = "ureq")]

mod raw;
mod support;

use std::thread::sleep;
use std::time::{Duration, Instant};

use raw::{JSON, Raw, Wire, head, large, limited, reply, request, say};
use requesty_ureq::error::{Phase, Timeout};
use requesty_ureq::observe::{CallInfo, Observer};
use requesty_ureq::requesty_core::http::{HeaderValue, request::Parts};
use requesty_ureq::{Client, Error, Options, Proxy};
use serde_json::Value;
use support::ms;

fn stall(wire: &mut dyn Wire) {
    head(wire).unwrap();
    sleep(Duration::from_secs(15));
}

#[test]
fn the_limit_for_writing_passes_once() {
    let limit = ms(1000);
    for server in [Raw::plain(stall), Raw::tls(stall)] {
        let call = server.router().post::<Value>("x", large()).unwrap();
        let call = limited(call, |timeouts| timeouts.with_write(limit));
        let start = Instant::now();
        let incomplete = server.client().send(&call).unwrap_err();
        let Error::Timeout(timeout) = incomplete.error() else { panic!("{incomplete:?}") };
        assert_eq!(*timeout, Timeout::new(Phase::Write, limit));
        assert!(start.elapsed() >= limit && start.elapsed() < limit * 19 / 10, "{:?}", start.elapsed());
    }
}

#[test]
fn the_limit_for_writing_runs_only_while_nothing_is_taken() {
    let slow = |wire: &mut dyn Wire| {
        let (_, mut left) = head(wire).unwrap();
        let mut part = vec![0; 1_000_000];
        while left > 0 {
            // Less than the limit each time, and more altogether.
            sleep(ms(200));
            let length = left.min(part.len());
            wire.read_exact(&mut part[..length]).unwrap();
            left -= length;
        }
        say(wire, &reply("200 OK", JSON));
    };
    for server in [Raw::plain(slow), Raw::tls(slow)] {
        let call = server.router().post::<Value>("x", large()).unwrap();
        let call = limited(call, |timeouts| timeouts.with_write(ms(800)));
        server.client().send(&call).unwrap();
    }
}

/// Adds the header `expect`.
struct Expecting;

impl Observer for Expecting {
    fn request(&mut self, head: &mut Parts) {
        head.headers.insert("expect", HeaderValue::from_static("100-continue"));
    }
}

#[test]
fn an_expectation_is_sent_and_not_waited_for() {
    let continues = |wire: &mut dyn Wire| {
        let (text, length) = head(wire).unwrap();
        assert!(text.contains("expect: 100-continue\r\n"));
        say(wire, "HTTP/1.1 100 Continue\r\nx-note: go on\r\n\r\n");
        wire.read_exact(&mut vec![0; length]).unwrap();
        say(wire, &reply("200 OK", JSON));
        sleep(ms(100));
    };
    let silent = |wire: &mut dyn Wire| {
        while request(wire).is_ok() {
            say(wire, &reply("200 OK", JSON));
        }
    };
    let refuses = |wire: &mut dyn Wire| {
        head(wire).unwrap();
        say(wire, &reply("417 Expectation Failed", "{}"));
        sleep(ms(100));
    };
    for (server, status) in [(Raw::plain(continues), 200), (Raw::plain(silent), 200), (Raw::plain(refuses), 417)] {
        let start = Instant::now();
        let options = Options::new().with_proxy(Proxy::none()).with_observer(|_: &CallInfo| Expecting);
        let client = Client::with_options(options);
        let result =
            client.send(&limited(server.whole(), |timeouts| timeouts.with_first_byte(Duration::from_secs(10))));
        let got = result.as_ref().map_or_else(|error| error.error().status().unwrap(), |sent| sent.head().status());
        assert_eq!(got, status);
        assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
        // So does a header of the call itself.
        let call = server.whole().with_header("expect", "100-continue").unwrap();
        assert_eq!(server.client().send(&call).is_ok(), status == 200);
    }
}
