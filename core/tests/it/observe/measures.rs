//! What is measured of a call, and what errors are called.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use requesty_core::error::{Phase, Timeout, TransportError};
use requesty_core::http::HeaderMap;
use requesty_core::http::request::Parts;
use requesty_core::observe::{
    self, AttributeValue, INSTRUMENTS, InstrumentKind, Observe, Observer, Observers, Summary, error_phase, error_type,
};
use requesty_core::{ApiKey, End, Error, Router};

use crate::support::chat::{play_as, stream_call};
use crate::support::head;

type Sums = Arc<Mutex<BTreeMap<&'static str, f64>>>;

fn measured() -> (Sums, Observe) {
    let sums = Sums::default();
    let kept = sums.clone();
    let make = observe::metrics(move |measured| {
        assert!(
            measured
                .attributes()
                .any(|(name, value)| { (name, value) == ("gen_ai.provider.name", AttributeValue::Text("requesty")) })
        );
        *kept.lock().unwrap().entry(measured.instrument.name).or_insert(0.0) += measured.value;
    });
    (sums, Arc::new(move |call| Box::new(make(call))))
}

#[test]
fn a_stream_an_embedding_and_a_list_are_measured_as_what_they_are() {
    let mut summary = Summary::default();
    summary.input_tokens = Some(3);
    summary.cost = Some("-1".parse().unwrap());
    let (sums, observe) = measured();
    let mut observers = Observers::new(&stream_call(), &[observe], Duration::ZERO);
    observers.item(Duration::from_secs(1), false);
    observers.item(Duration::from_secs(3), true);
    observers.end(Duration::from_secs(4), summary.clone(), None);
    let expected = [
        ("gen_ai.client.inference.duration", 4.0),
        ("gen_ai.client.inference.operation.input_tokens", 3.0),
        ("gen_ai.client.inference.time_per_output_chunk", 2.0),
        ("gen_ai.client.inference.time_to_first_chunk", 1.0),
        ("gen_ai.client.inference.usage.input_tokens", 3.0),
        ("gen_ai.client.inference.usage.output_tokens", 0.0),
    ];
    assert_eq!(*sums.lock().unwrap(), BTreeMap::from(expected), "a counter never falls");

    let router = Router::new(ApiKey::new("rqsty-sk-test").unwrap());
    let (sums, observe) = measured();
    let call = router.post_events("embeddings", &()).unwrap();
    Observers::new(&call, &[observe], Duration::ZERO).end(Duration::from_secs(4), summary.clone(), None);
    let expected =
        [("gen_ai.client.embeddings.duration", 4.0), ("gen_ai.client.embeddings.operation.input_tokens", 3.0)];
    assert_eq!(*sums.lock().unwrap(), BTreeMap::from(expected));

    let (sums, observe) = measured();
    let call = router.post_events("models", &()).unwrap();
    Observers::new(&call, &[observe], Duration::ZERO).end(Duration::from_secs(4), summary, None);
    assert_eq!(*sums.lock().unwrap(), BTreeMap::new());
}

#[test]
fn histograms_have_buckets_that_rise_and_counters_have_none() {
    for instrument in INSTRUMENTS {
        assert_eq!(instrument.buckets.is_empty(), instrument.kind == InstrumentKind::Counter, "{}", instrument.name);
        assert!(instrument.buckets.is_sorted() && !instrument.description.is_empty(), "{}", instrument.name);
    }
}

#[test]
fn an_error_has_a_class_and_where_it_helps_a_phase() {
    let timeout: Error = Timeout::new(Phase::IdleProgress, Duration::from_secs(1)).into();
    assert_eq!((&*error_type(&timeout), error_phase(&timeout)), ("timeout", Some("idle_progress")));
    let refused: Error = TransportError::new(Phase::Connect, false, std::io::Error::other("secret")).into();
    assert_eq!((&*error_type(&refused), error_phase(&refused)), ("transport", Some("connect")));
    let cancelled = Error::Cancelled(().into());
    assert_eq!((&*error_type(&cancelled), error_phase(&cancelled)), ("cancelled", None));
    let phases = [
        (Phase::Resolve, "resolve"),
        (Phase::Connect, "connect"),
        (Phase::Tls, "tls"),
        (Phase::Proxy, "proxy"),
        (Phase::Write, "write"),
        (Phase::FirstByte, "first_byte"),
        (Phase::IdleBytes, "idle_bytes"),
        (Phase::IdleProgress, "idle_progress"),
        (Phase::Total, "total"),
    ];
    for (phase, name) in phases {
        let timeout: Error = Timeout::new(phase, Duration::from_secs(1)).into();
        assert_eq!(error_phase(&timeout), Some(name));
    }
}

#[test]
fn a_reply_that_is_no_answer_has_the_class_of_its_error() {
    let class = |head, body: &str, end| {
        let played = play_as(&stream_call(), head, body.as_bytes(), 7, end);
        let error = played.total.unwrap_err().into_parts().1;
        assert_eq!(error_phase(&error), None);
        error_type(&error).into_owned()
    };
    let events = || head(200, "text/event-stream");
    let item = "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n";
    assert_eq!(class(events(), item, End::Clean), "truncated");
    assert_eq!(class(events(), &format!("{item}data: [DONE]\n\n"), End::Clean), "unfinished");
    let stop = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    assert_eq!(class(events(), &format!("data: {{\"n\n\n{item}{stop}data: [DONE]\n\n"), End::Clean), "decode");
    assert_eq!(class(head(200, "text/html"), "<html></html>", End::Clean), "unexpected_reply");
    assert_eq!(class(head(503, "application/json"), "{}", End::Clean), "503");
    assert_eq!(error_type(&ApiKey::new("").unwrap_err().into()), "build");
    // An error inside a stream has no status of its own: its kind is the class.
    for (name, expected) in [
        ("invalid_request_error", "invalid_request"),
        ("context_length_exceeded", "context_length"),
        ("content_filter", "content_policy"),
        ("authentication_error", "unauthorized"),
        ("billing_error", "insufficient_balance"),
        ("permission_error", "forbidden"),
        ("not_found_error", "not_found"),
        ("request_too_large", "payload_too_large"),
        ("modelerrorexception", "provider_response"),
        ("rate_limit_error", "rate_limited"),
        ("insufficient_quota", "quota_exceeded"),
        ("overloaded_error", "overloaded"),
        ("unavailable", "unavailable"),
        ("timeout_error", "timed_out"),
        ("api_error", "server"),
        ("of_no_kind", "_OTHER"),
    ] {
        let event = format!("data: {{\"error\":{{\"message\":\"x\",\"type\":\"{name}\"}}}}\n\n");
        assert_eq!(class(events(), &event, End::Clean), expected, "{name}");
    }
}

#[test]
fn a_traceparent_that_is_no_header_value_is_not_sent() {
    let parts = || -> Parts { stream_call().request().into_parts().0 };
    let sent = |value: Option<&'static str>| -> HeaderMap {
        let mut observer = observe::traceparent(move || value.map(str::to_owned))(&info());
        let mut head = parts();
        observer.request(&mut head);
        head.headers
    };
    assert_eq!(sent(Some("00-1-2-01"))["traceparent"], "00-1-2-01");
    assert!(!sent(Some("a\r\nb: c")).contains_key("traceparent"));
    assert!(!sent(None).contains_key("traceparent"));
}

fn info() -> observe::CallInfo {
    let kept = Arc::new(Mutex::new(None));
    let found = kept.clone();
    struct Idle;
    impl Observer for Idle {}
    let observe: Observe = Arc::new(move |call: &observe::CallInfo| {
        *found.lock().unwrap() = Some(call.clone());
        Box::new(Idle)
    });
    drop(Observers::new(&stream_call(), &[observe], Duration::ZERO));
    let info = kept.lock().unwrap().take();
    info.unwrap()
}

/// What is measured, and what a trace is named by, is the caller's: neither is shown.
#[test]
fn observers_show_the_call_only() {
    let trace = observe::traceparent(|| Some("Xyzzy".to_owned()))(&info());
    assert_eq!(format!("{trace:?}"), "Traceparent");
    let metrics = observe::metrics(|_| ())(&info());
    let shown = format!("{metrics:?}");
    assert!(shown.starts_with("CallMetrics { call: CallInfo {"), "{shown}");
}

#[test]
fn what_a_call_costs_is_counted() {
    let mut summary = Summary::default();
    summary.cost = Some("0.25".parse().unwrap());
    let (sums, observe) = measured();
    Observers::new(&stream_call(), &[observe], Duration::ZERO).end(Duration::from_secs(4), summary, None);
    let costs: Vec<_> = sums.lock().unwrap().iter().filter(|(_, sum)| **sum == 0.25).map(|(name, _)| *name).collect();
    assert_eq!(costs.len(), 1, "{costs:?}");
    assert!(costs[0].contains("cost"), "{costs:?}");
}
