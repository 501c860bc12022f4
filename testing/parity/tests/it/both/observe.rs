//! What a caller can see of a call, and change about its request.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use requesty_core::http::{HeaderName, HeaderValue, Uri, Version, request::Parts};
use requesty_core::observe::{CallInfo, Observer, Report, Timings};
use requesty_core::{Error, Head};
use requesty_hyper::Options;
use requesty_mock::Mock;

use super::{Client, Transport, each, streamed, whole};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn say(&self, line: String) {
        self.0.lock().unwrap().push(line);
    }

    fn lines(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    fn observed(&self, transport: Transport) -> Client {
        let log = self.clone();
        Client::with_options(
            transport,
            Options::new().with_observer(move |call: &CallInfo| {
                log.say(format!("begin {} {} {}", call.model.as_deref().unwrap_or("-"), call.path, call.streamed));
                log.clone()
            }),
        )
    }
}

impl Observer for Log {
    fn request(&mut self, head: &mut Parts) {
        head.headers.insert("x-trace", HeaderValue::from_static("abc"));
        self.say(format!("request {}", head.method));
    }

    fn response(&mut self, head: &Head, timings: &Timings) {
        assert!(timings.first_byte.is_some() && head.request_id().is_some());
        self.say(format!("response {} of attempt {}", head.status().as_u16(), timings.attempts));
    }

    fn retry(&mut self, error: &Error, wait: Duration) {
        assert!(wait > Duration::ZERO);
        self.say(format!("retry after {}", error.status().map_or(0, |status| status.as_u16())));
    }

    fn first_item(&mut self, timings: &Timings) {
        assert!(timings.first_item >= timings.first_byte);
        self.say("first item".to_owned());
    }

    fn end(&mut self, report: &Report<'_>) {
        let Report { timings, summary, error, dropped, .. } = report;
        assert!(timings.end.is_some());
        let said = format!(
            "{} {:?} {}",
            summary.model.as_deref().unwrap_or("-"),
            summary.finish_reasons,
            summary.cost.is_some()
        );
        let tokens = summary.input_tokens.is_some() && summary.output_tokens.is_some();
        self.say(format!("end {said} {tokens} {} {dropped}", error.is_some()));
    }
}

#[test]
fn an_observer_sees_each_step_and_may_add_headers() {
    each(|transport| {
        let mock = Mock::start().unwrap();
        let log = Log::default();
        let client = log.observed(transport);
        let mut stream = client.stream(&streamed(&mock, "mock/text")).unwrap();
        assert_eq!(stream.timings().attempts, 1);
        assert!(stream.timings().first_item.is_some() && stream.timings().end.is_none());
        while stream.next_item().unwrap().is_some() {}
        assert!(stream.timings().end >= stream.timings().first_item);
        drop(stream);
        let expected =
            ["begin mock/text /v1/chat/completions true", "request POST", "response 200 of attempt 1", "first item"];
        let lines = log.lines();
        assert_eq!(lines[..4], expected);
        assert_eq!(lines[4..], ["end text [\"stop\"] true true false false"]);
        assert_eq!(mock.requests()[0].header("x-trace"), Some("abc"));

        client.send(&whole(&mock, "mock/429-once")).unwrap();
        let lines = log.lines();
        assert_eq!(lines[1..5], ["request POST", "response 429 of attempt 1", "retry after 429", "request POST"]);
        assert_eq!(lines[5..], ["response 200 of attempt 2", "end 429-once [\"stop\"] true true false false"]);
    });
}

#[test]
fn an_observer_learns_of_failures_and_of_streams_that_were_dropped() {
    each(|transport| {
        let mock = Mock::start().unwrap();
        let log = Log::default();
        let client = log.observed(transport);
        drop(client.stream(&streamed(&mock, "mock/endless")).unwrap());
        assert_eq!(log.lines().last().unwrap(), "end endless [] false false false true");
        client.send(&streamed(&mock, "mock/status-401")).unwrap_err();
        assert_eq!(log.lines().last().unwrap(), "end - [] false false true false");
        let incomplete = client.send(&streamed(&mock, "mock/delta-then-die")).unwrap_err();
        assert!(!incomplete.partial().text().is_empty());
        let lines = log.lines();
        assert!(
            lines.last().unwrap().ends_with("true false") && lines.last().unwrap().contains("delta-then-die"),
            "{lines:?}"
        );
        assert_eq!(lines.iter().filter(|line| line.starts_with("end")).count(), 1);
    });
}

/// It has no first item, so it fails as an attempt does; but it was paid for.
#[test]
fn a_whole_reply_that_is_incomplete_is_reported_with_what_it_cost() {
    each(|transport| {
        let mock = Mock::start().unwrap();
        let reply = serde_json::json!({
            "id": "c-1",
            "model": "answering",
            "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": null}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 2, "cost": 0.5},
        });
        mock.script("unfinished", requesty_mock::Script::json(200, &reply));
        let log = Log::default();
        let client = log.observed(transport);
        client.send(&whole(&mock, "unfinished")).unwrap_err();
        assert_eq!(log.lines().last().unwrap(), "end answering [] true true true false");
        assert_eq!(mock.requests().len(), 1);
    });
}

#[test]
fn an_observer_cannot_send_the_key_elsewhere() {
    each(|transport| {
        struct Elsewhere;
        impl Observer for Elsewhere {
            fn request(&mut self, head: &mut Parts) {
                head.uri = Uri::from_static("http://evil.example/v1/chat/completions");
            }
        }
        let mock = Mock::start().unwrap();
        let client = Client::with_options(transport, Options::new().with_observer(|_: &CallInfo| Elsewhere));
        let error = client.stream(&streamed(&mock, "mock/text")).unwrap_err();
        assert!(matches!(error, Error::Build(_)), "{error:?}");
        assert_eq!(mock.requests().len(), 0);
    });
}

/// Changes a head as the test wants it.
#[derive(Clone)]
struct Change(Arc<dyn Fn(&mut Parts) + Send + Sync>);

impl Observer for Change {
    fn request(&mut self, head: &mut Parts) {
        (self.0)(head);
    }
}

fn changing(transport: Transport, change: impl Fn(&mut Parts) + Send + Sync + 'static) -> Client {
    let change = Change(Arc::new(change));
    Client::with_options(transport, Options::new().with_observer(move |_: &CallInfo| change.clone()))
}

fn setting(transport: Transport, name: &'static str, value: &'static str) -> Client {
    changing(transport, move |head| {
        head.headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
    })
}

#[test]
fn a_head_that_an_observer_made_wrong_is_not_sent() {
    each(|transport| {
        let mock = Mock::start().unwrap();
        let call = whole(&mock, "mock/text");
        let wrong = [
            ("content-length", "100000"),
            ("content-length", "18446744073709551615"),
            ("content-length", "1"),
            ("content-length", "0"),
            ("content-length", "x"),
            ("transfer-encoding", "chunked"),
            ("transfer-encoding", "gzip"),
            ("host", "evil.example"),
            ("host", ""),
        ];
        for (name, value) in wrong {
            let error = setting(transport, name, value).send(&call).unwrap_err();
            assert!(matches!(error.error(), Error::Build(_)), "{name}: {value}: {error:?}");
        }
        for version in [Version::HTTP_10, Version::HTTP_2] {
            let error = changing(transport, move |head| head.version = version).send(&call).unwrap_err();
            assert!(matches!(error.error(), Error::Build(_)), "{error:?}");
        }
        assert_eq!(mock.requests().len(), 0);
        // The right ones may be there, and others are as the observer wishes.
        let length = call.request().body().len();
        let client = changing(transport, move |head| {
            let host = HeaderValue::from_str(head.uri.authority().unwrap().as_str()).unwrap();
            head.headers.insert("host", host);
            head.headers.insert("content-length", length.into());
            head.headers.insert("connection", HeaderValue::from_static("close"));
        });
        client.send(&call).unwrap();
        let requests = mock.requests();
        assert_eq!((requests.len(), requests[0].header("connection")), (1, Some("close")));
    });
}

#[test]
fn heads_are_readable_on_every_reply_stream_and_error() {
    each(|transport| {
        let mock = Mock::start().unwrap();
        let client = Client::new(transport);
        let stream = client.open(&streamed(&mock, "mock/stall-first")).unwrap();
        assert_eq!(stream.head().status(), 200);
        assert!(stream.head().request_id().is_some(), "before the first event");
        let reply = client.send(&whole(&mock, "mock/text")).unwrap();
        assert!(reply.head().header("x-request-id").is_some());
        let error = client.send(&whole(&mock, "mock/retry-after-long")).unwrap_err();
        let api = error.error().api().unwrap();
        assert!(api.request_id().is_some() && api.headers().contains_key("retry-after"));
        let stream = client.open(&streamed(&mock, "mock/429-forever")).unwrap();
        assert_eq!(stream.head().status(), 429);
    });
}
