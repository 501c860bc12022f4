//! Which failures are tried again, counted by what the server saw.
#![cfg(feature = "ureq")]

mod support;

use std::time::{Duration, Instant};

use mock_router::MockRouter;
use requesty_ureq::{Error, Policy};
use support::{client, ms, quick, streamed, whole};

#[test]
fn passing_failures_are_tried_again() {
    let mock = MockRouter::start().unwrap();
    let client = client();
    for (model, hits) in [
        ("mock/429-once", 2),
        ("mock/503-twice", 3),
        ("mock/529-once", 2),
        ("mock/retry-after-ms", 2),
        ("mock/retry-after-past", 2),
        ("mock/should-retry-true", 2),
        ("mock/inband-then-ok", 2),
    ] {
        let mut stream = client.stream(&streamed(&mock, model)).unwrap();
        assert!(stream.next_item().unwrap().is_some());
        stream.finish().unwrap();
        assert_eq!(mock.hits(model), hits, "streamed {model}");
        mock.clear();
        client.send(&whole(&mock, model)).unwrap();
        assert_eq!(mock.hits(model), hits, "whole {model}");
        mock.clear();
        client.send(&streamed(&mock, model)).unwrap();
        assert_eq!(mock.hits(model), hits, "collected {model}");
    }
}

#[test]
fn it_gives_up_when_the_policy_says_so() {
    let mock = MockRouter::start().unwrap();
    let client = client();
    for (model, hits) in [
        ("mock/429-forever", 3),
        ("mock/status-401", 1),
        ("mock/status-500", 1),
        ("mock/insufficient-quota", 1),
        ("mock/should-retry-false", 1),
        ("mock/retry-after-long", 1),
        ("mock/close-then-ok", 1),
        ("mock/reset-then-ok", 1),
    ] {
        client.stream(&streamed(&mock, model)).unwrap_err();
        assert_eq!(mock.hits(model), hits, "streamed {model}");
        mock.clear();
        client.send(&whole(&mock, model)).unwrap_err();
        assert_eq!(mock.hits(model), hits, "whole {model}");
        mock.clear();
    }
}

#[test]
fn the_policy_is_the_calls() {
    let mock = MockRouter::start().unwrap();
    let client = client();
    client.stream(&streamed(&mock, "mock/429-once").with_policy(Policy::none())).unwrap_err();
    assert_eq!(mock.hits("mock/429-once"), 1);
    let policy = quick().retry_kind(requesty_core::ErrorKind::Server).with_max_retries(1);
    client.stream(&streamed(&mock, "mock/status-500").with_policy(policy)).unwrap_err();
    assert_eq!(mock.hits("mock/status-500"), 2);
}

#[test]
fn a_stream_that_dies_before_its_first_item_is_tried_again_if_asked_for() {
    let mock = MockRouter::start().unwrap();
    let client = client();
    let call = streamed(&mock, "mock/die-then-ok");
    assert!(matches!(client.stream(&call).unwrap_err(), Error::Truncated(_)));
    assert_eq!(mock.hits("mock/die-then-ok"), 1);
    mock.clear();
    let call = call.with_policy(quick().retry_maybe_processed(true));
    client.stream(&call).unwrap().finish().unwrap();
    assert_eq!(mock.hits("mock/die-then-ok"), 2);
}

#[test]
fn a_stall_before_the_first_item_is_tried_again_if_asked_for() {
    let mock = MockRouter::start().unwrap();
    let call = streamed(&mock, "mock/stall-then-ok");
    let timeouts = call.timeouts().with_idle_bytes(ms(60));
    let call = call.with_timeouts(timeouts).with_policy(quick().retry_timeouts(true));
    client().stream(&call).unwrap().finish().unwrap();
    assert_eq!(mock.hits("mock/stall-then-ok"), 2);
}

#[test]
fn nothing_is_tried_again_once_an_item_was_there() {
    let mock = MockRouter::start().unwrap();
    let eager = quick().retry_maybe_processed(true).retry_timeouts(true);
    let call = streamed(&mock, "mock/delta-then-die").with_policy(eager);
    let mut stream = client().stream(&call).unwrap();
    while let Ok(Some(_)) = stream.next_item() {}
    let incomplete = stream.finish().unwrap_err();
    assert!(matches!(incomplete.error(), Error::Truncated(_)));
    assert!(!incomplete.partial().text().is_empty());
    assert_eq!(mock.hits("mock/delta-then-die"), 1);
}

#[test]
fn a_collected_answer_that_is_cut_comes_with_its_partial() {
    let mock = MockRouter::start().unwrap();
    let incomplete = client().send(&streamed(&mock, "mock/delta-then-die")).unwrap_err();
    assert!(!incomplete.partial().text().is_empty());
    assert_eq!(mock.hits("mock/delta-then-die"), 1);
}

#[test]
fn open_never_tries_again_after_a_head() {
    let mock = MockRouter::start().unwrap();
    let client = client();
    for model in ["mock/429-once", "mock/inband-then-ok", "mock/die-then-ok"] {
        let call = streamed(&mock, model).with_policy(quick().retry_maybe_processed(true));
        let mut items = client.open(&call).unwrap();
        items.next_item().unwrap_err();
        assert_eq!(mock.hits(model), 1, "{model}");
    }
    let call = streamed(&mock, "mock/close-then-ok").with_policy(quick().retry_maybe_processed(true));
    client.open(&call).unwrap().finish().unwrap();
    assert_eq!(mock.hits("mock/close-then-ok"), 2, "before the head it may");
}

#[test]
fn the_wait_is_what_the_server_asks_for() {
    let mock = MockRouter::start().unwrap();
    let start = Instant::now();
    client().send(&whole(&mock, "mock/retry-after-ms")).unwrap();
    assert!(start.elapsed() >= ms(50));
    let start = Instant::now();
    client().send(&whole(&mock, "mock/retry-after-one")).unwrap();
    assert!(start.elapsed() >= Duration::from_secs(1));
}

#[test]
fn an_idempotency_key_stays_the_same() {
    let mock = MockRouter::start().unwrap();
    let call = whole(&mock, "mock/503-twice").with_idempotency_key("once-7").unwrap();
    client().send(&call).unwrap();
    let keys: Vec<_> =
        mock.requests().iter().map(|request| request.header("idempotency-key").map(str::to_owned)).collect();
    assert_eq!(keys, vec![Some("once-7".to_owned()); 3]);
}

#[test]
fn a_request_of_which_nothing_was_written_is_sent_again() {
    // Nobody listens for the first attempt, and somebody does for the second.
    let addr = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let starting = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(100));
        MockRouter::bind(addr).unwrap()
    });
    let router = requesty_ureq::Router::new(requesty_ureq::ApiKey::new(support::KEY).unwrap());
    let router = router.with_inference_base(&format!("http://{addr}/v1")).unwrap();
    let policy = Policy::new().with_base(Duration::from_millis(400));
    let call = router.with_policy(policy).get::<serde_json::Value>("models").unwrap();
    client().send(&call).unwrap();
    assert_eq!(starting.join().unwrap().requests().len(), 1);
}
