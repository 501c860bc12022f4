//! Requests that are hard to write: servers that do not read, and heads that observers have changed.
#![cfg(feature = "ureq")]

mod raw;
mod support;

use std::sync::{Arc, Mutex};
use std::thread::sleep;
use std::time::{Duration, Instant};

use raw::{JSON, Raw, Wire, head, large, limited, reply, request, say};
use requesty_ureq::error::{Phase, Timeout};
use requesty_ureq::observe::{CallInfo, Observer};
use requesty_ureq::requesty_core::http::request::Parts;
use requesty_ureq::requesty_core::http::{HeaderName, HeaderValue, Version};
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

/// Changes a head as the test wants it.
#[derive(Clone)]
struct Change(Arc<dyn Fn(&mut Parts) + Send + Sync>);

impl Observer for Change {
    fn request(&mut self, head: &mut Parts) {
        (self.0)(head);
    }
}

fn changing(change: impl Fn(&mut Parts) + Send + Sync + 'static) -> Client {
    let change = Change(Arc::new(change));
    let options = Options::new().with_proxy(Proxy::none());
    Client::with_options(options.with_observer(move |_: &CallInfo| change.clone()))
}

fn setting(name: &'static str, value: &'static str) -> Client {
    changing(move |head| {
        head.headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
    })
}

#[test]
fn a_head_that_an_observer_made_wrong_is_not_sent() {
    let seen = Arc::new(Mutex::new(0));
    let count = seen.clone();
    let server = Raw::plain(move |wire| {
        while request(wire).is_ok() {
            *count.lock().unwrap() += 1;
            say(wire, &reply("200 OK", JSON));
        }
    });
    let (get, post) = (server.router().get::<Value>("models").unwrap(), server.whole());
    for length in ["100000", "18446744073709551615", "1", "0", "-1", "+2", "", "x", "2, 2"] {
        let error = setting("content-length", length).send(&post).unwrap_err();
        assert!(matches!(error.error(), Error::Build(_)), "{length}: {error:?}");
        if length != "0" {
            let error = setting("content-length", length).send(&get).unwrap_err();
            assert!(matches!(error.error(), Error::Build(_)), "{length}: {error:?}");
        }
    }
    let wrong =
        [("transfer-encoding", "chunked"), ("transfer-encoding", "gzip"), ("host", "evil.example"), ("host", "")];
    for (name, value) in wrong {
        let client = setting(name, value);
        let errors = [client.send(&post).unwrap_err().error().clone(), client.send(&get).unwrap_err().into()];
        assert!(errors.iter().all(|error| matches!(error, Error::Build(_))), "{name}: {value}: {errors:?}");
    }
    for version in [Version::HTTP_10, Version::HTTP_2] {
        let error = changing(move |head| head.version = version).send(&post).unwrap_err();
        assert!(matches!(error.error(), Error::Build(_)), "{error:?}");
    }
    assert_eq!(*seen.lock().unwrap(), 0);
    // The right ones may be there, and others are as the observer wishes.
    let length = post.request().body().len();
    let client = changing(move |head| {
        let host = HeaderValue::from_str(head.uri.authority().unwrap().as_str()).unwrap();
        head.headers.insert("host", host);
        head.headers.insert("content-length", length.into());
        head.headers.insert("connection", HeaderValue::from_static("close"));
    });
    client.send(&post).unwrap();
    assert_eq!(*seen.lock().unwrap(), 1);
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
        let client = setting("expect", "100-continue");
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
