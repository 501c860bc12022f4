//! What observers are told, and what they may change.

mod content;
mod measures;
mod parameters;
mod timings;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use requesty_core::chat::{Message, Request};
use requesty_core::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, Version, request::Parts};
use requesty_core::observe::{CallInfo, Observe, Observer, Observers, Report, Summary, Timings};
use requesty_core::{ApiKey, Error, Head, Machine, Router};

use crate::support::chat::stream_call;
use crate::support::{head, router};

/// Writes down what it is told, and sends the request elsewhere if it is told to.
#[derive(Clone, Default)]
struct Log {
    lines: Arc<Mutex<Vec<String>>>,
    elsewhere: Option<&'static str>,
}

impl Log {
    fn say(&self, line: String) {
        self.lines.lock().unwrap().push(line);
    }

    fn observe(&self) -> Observe {
        let log = self.clone();
        Arc::new(move |about: &CallInfo| {
            let CallInfo { model, host, port, path, streamed, .. } = about;
            log.say(format!("{model:?} {host} {port} {path} {streamed}"));
            Box::new(log.clone())
        })
    }

    fn lines(&self) -> Vec<String> {
        std::mem::take(&mut self.lines.lock().unwrap())
    }
}

impl Observer for Log {
    fn request(&mut self, head: &mut Parts) {
        head.headers.insert("x-seen", HeaderValue::from_static("yes"));
        if let Some(uri) = self.elsewhere {
            head.uri = Uri::from_static(uri);
        }
    }

    fn response(&mut self, head: &Head, timings: &Timings) {
        self.say(format!("response {} {:?} {}", head.status(), timings.first_byte, timings.attempts));
    }

    fn retry(&mut self, error: &Error, wait: Duration) {
        self.say(format!("retry {wait:?} {error}"));
    }

    fn first_item(&mut self, timings: &Timings) {
        self.say(format!("first item {:?}", timings.first_item));
    }

    fn end(&mut self, report: &Report<'_>) {
        let Report { timings, summary, error, dropped, .. } = report;
        self.say(format!("end {:?} {:?} {} {dropped}", timings.end, summary.id, error.is_some()));
    }
}

/// An observer that leaves everything as it is by default.
struct Idle;

impl Observer for Idle {}

fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// How many bytes the body of a request has.
const LENGTH: usize = 12;

fn parts() -> Parts {
    stream_call().request().into_parts().0
}

#[test]
fn each_step_is_told_with_the_time_since_the_start() {
    let log = Log::default();
    let mut watch = Observers::new(&stream_call(), &[log.observe()], at(10));
    assert!(watch.is_watched());
    let mut request = parts();
    watch.request(&mut request, LENGTH).unwrap();
    assert_eq!(request.headers["x-seen"], "yes");
    let answered = Head::new(StatusCode::BAD_GATEWAY, HeaderMap::new());
    watch.response(&answered, at(11));
    watch.retry(&Error::NoChoices(().into()), at(2));
    watch.request(&mut parts(), LENGTH).unwrap();
    assert_eq!((watch.timings().attempts, watch.timings().first_byte), (2, None), "of the attempt that counts");
    watch.response(&Head::new(StatusCode::OK, HeaderMap::new()), at(14));
    watch.item(at(15), false);
    watch.item(at(16), true);
    let mut summary = Summary::default();
    summary.id = Some("c-1".to_owned());
    watch.end(at(17), summary, None);
    watch.end(at(18), Summary::default(), Some(&Error::NoChoices(().into())));
    let timings = watch.timings();
    assert_eq!(timings.first_byte, Some(at(4)));
    assert_eq!(timings.first_item, Some(at(5)));
    assert_eq!(timings.end, Some(at(7)));
    let shown = format!("{watch:?}");
    assert!(shown.starts_with("Observers { timings: Timings { attempts: 2,"), "{shown}");
    drop(watch);
    let expected = [
        "None router.requesty.ai 443 /v1/chat/completions true",
        "response 502 Bad Gateway Some(1s) 1",
        "retry 2s the completion has no choices",
        "response 200 OK Some(4s) 2",
        "first item Some(5s)",
        r#"end Some(7s) Some("c-1") false false"#,
    ];
    assert_eq!(log.lines(), expected);
}

#[test]
fn a_call_that_is_dropped_is_told_of_too() {
    let log = Log::default();
    drop(Observers::new(&stream_call(), &[log.observe()], at(0)));
    assert_eq!(log.lines()[1..], ["end None None false true"]);
    let mut watch = Observers::new(&stream_call(), &[log.observe()], at(0));
    watch.end(at(1), Summary::default(), Some(&Error::NoChoices(().into())));
    drop(watch);
    assert_eq!(log.lines()[1..], ["end Some(1s) None true false"], "once");
}

#[test]
fn the_place_that_a_request_goes_to_is_not_the_observers_to_change() {
    for (uri, allowed) in [
        ("https://router.requesty.ai/v1/other?x=1", true),
        ("https://elsewhere.example/v1/chat/completions", false),
        ("http://router.requesty.ai/v1/chat/completions", false),
    ] {
        let log = Log { elsewhere: Some(uri), ..Log::default() };
        let mut watch = Observers::new(&stream_call(), &[log.observe()], at(0));
        assert_eq!(watch.request(&mut parts(), LENGTH).is_ok(), allowed, "{uri}");
    }
}

/// Changes a head as the test wants it.
struct Change(Arc<dyn Fn(&mut Parts) + Send + Sync>);

impl Observer for Change {
    fn request(&mut self, head: &mut Parts) {
        (self.0)(head);
    }
}

/// Returns why a request whose body has [`LENGTH`] bytes is not sent after the change.
fn refusal(change: impl Fn(&mut Parts) + Send + Sync + 'static) -> Option<String> {
    let change: Arc<dyn Fn(&mut Parts) + Send + Sync> = Arc::new(change);
    let observe: Observe = Arc::new(move |_: &CallInfo| Box::new(Change(change.clone())));
    let mut watch = Observers::new(&stream_call(), &[observe], at(0));
    Some(watch.request(&mut parts(), LENGTH).err()?.to_string())
}

fn append(name: &'static str, value: &'static str) -> impl Fn(&mut Parts) {
    move |head| {
        head.headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
}

#[test]
fn the_frame_of_a_request_is_not_the_observers_to_change() {
    for length in ["100000", "18446744073709551615", "0", "-12", "+12", "", "x", "12, 12", " 12"] {
        let refused = refusal(append("content-length", length)).expect(length);
        assert!(refused.contains("a content-length that differs"), "{length}: {refused}");
    }
    for coding in ["chunked", "gzip", ""] {
        assert!(refusal(append("transfer-encoding", coding)).expect(coding).contains("set transfer-encoding"));
    }
    for host in ["evil.example", "", "router.requesty.ai:443"] {
        assert!(refusal(append("host", host)).expect(host).contains("another host"));
    }
    for version in [Version::HTTP_10, Version::HTTP_2] {
        assert!(refusal(move |head| head.version = version).unwrap().contains("the version of HTTP"));
    }
    for (name, value) in [("content-length", "12"), ("host", "router.requesty.ai")] {
        assert_eq!(refusal(append(name, value)), None, "{name} as it is");
        let twice = move |head: &mut Parts| (append(name, value)(head), append(name, value)(head)).1;
        assert!(refusal(twice).unwrap().contains("twice"), "{name}");
    }
    assert_eq!(refusal(append("connection", "close")), None);
}

#[test]
fn without_an_observer_only_the_timings_are_kept() {
    let mut watch = Observers::new(&stream_call(), &[], at(0));
    assert!(!watch.is_watched());
    watch.request(&mut parts(), LENGTH).unwrap();
    watch.response(&Head::new(StatusCode::OK, HeaderMap::new()), at(3));
    assert_eq!(watch.timings().first_byte, Some(at(3)));
    // One that looks at nothing changes nothing.
    let idle: Observe = Arc::new(|_: &CallInfo| Box::new(Idle));
    let mut watch = Observers::new(&stream_call(), &[idle], at(0));
    let (mut request, before) = (parts(), parts());
    watch.request(&mut request, LENGTH).unwrap();
    assert_eq!(request.headers, before.headers);
    watch.response(&Head::new(StatusCode::OK, HeaderMap::new()), at(1));
    watch.retry(&Error::NoChoices(().into()), at(1));
    watch.item(at(1), false);
    watch.end(at(1), Summary::default(), None);
}

#[test]
fn about_a_call_is_where_it_goes_and_what_is_asked() {
    let messages = [Message::user("hi")];
    let about = |base: &str| {
        let router = Router::new(ApiKey::new("rqsty-sk-test").unwrap()).with_inference_base(base).unwrap();
        let call = router.chat(&Request::new(&messages).model("openai/gpt-4o")).unwrap();
        assert_eq!(call.model(), Some("openai/gpt-4o"));
        let log = Log::default();
        drop(Observers::new(&call, &[log.observe()], at(0)));
        log.lines().remove(0)
    };
    assert_eq!(about("http://127.0.0.1/v1"), r#"Some("openai/gpt-4o") 127.0.0.1 80 /v1/chat/completions false"#);
    assert_eq!(about("https://[::1]:8443/x"), r#"Some("openai/gpt-4o") [::1] 8443 /x/chat/completions false"#);
    assert_eq!(router().chat(&Request::new(&messages)).unwrap().model(), None, "the router's default");
}

#[test]
fn a_summary_has_no_content() {
    let body = concat!(
        r#"data: {"id":"c-1","model":"m","choices":[{"index":0,"delta":{"content":"secret"},"finish_reason":"stop"},"#,
        r#"{"index":1,"delta":{"content":"secret"},"finish_reason":"length"}],"#,
        r#""usage":{"prompt_tokens":3,"completion_tokens":4,"cost":0.5}}"#,
        "\n\ndata: [DONE]\n\n"
    );
    let mut machine: Machine<_> = stream_call().open(head(200, "text/event-stream"), at(0));
    machine.push(body.as_bytes(), at(0));
    while machine.advance().unwrap() == requesty_core::Step::Ready {}
    let summary = requesty_core::Dialect::summary(machine.dialect());
    assert_eq!(summary.id.as_deref(), Some("c-1"));
    assert_eq!(summary.model.as_deref(), Some("m"));
    assert_eq!(summary.finish_reasons, ["stop", "length"]);
    assert_eq!((summary.input_tokens, summary.output_tokens), (Some(3), Some(4)));
    assert_eq!(summary.cost, Some("0.5".parse().unwrap()));
    assert!(!format!("{summary:?}").contains("secret"));

    // The same of an answer that is not streamed; a reply of another kind says nothing of itself.
    let messages = [Message::user("hi")];
    let call = router().chat(&Request::new(&messages)).unwrap();
    let mut machine = call.open(head(200, "application/json"), at(0));
    let whole = r#"{"id":"c-2","choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}]}"#;
    machine.push(whole.as_bytes(), at(0));
    machine.end(requesty_core::End::Clean);
    assert_eq!(machine.advance().unwrap(), requesty_core::Step::Done);
    assert_eq!(requesty_core::Dialect::summary(machine.dialect()).id.as_deref(), Some("c-2"));
    let machine = router().get::<u32>("x").unwrap().open(head(200, "application/json"), at(0));
    assert_eq!(requesty_core::Dialect::summary(machine.dialect()), Summary::default());
}
