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
use requesty_core::{ApiKey, Error, Router};

use crate::support::chat::stream_call;

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
