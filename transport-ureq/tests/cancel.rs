//! Calls that another thread ends.
#![cfg(feature = "ureq")]

mod support;

use std::time::{Duration, Instant};

use requesty_mock::{Front, Mock};
use requesty_ureq::{CancelHandle, Client, Error};
use support::{ms, streamed, whole};

/// Cancels after a while, and returns how long after that the work was done.
fn cancel_during<T>(cancel: &CancelHandle, work: impl FnOnce() -> T) -> (T, Duration) {
    let cancel = cancel.clone();
    let canceller = std::thread::spawn(move || {
        std::thread::sleep(ms(100));
        let at = Instant::now();
        cancel.cancel();
        at
    });
    let result = work();
    let done = Instant::now();
    (result, done.saturating_duration_since(canceller.join().unwrap()))
}

#[test]
fn whatever_a_call_waits_for_it_ends_at_once() {
    let mock = Mock::start().unwrap();
    let retrying = streamed(&mock, "mock/429-forever");
    let slow = retrying.policy().clone().with_base(Duration::from_secs(5)).with_cap(Duration::from_secs(5));
    let table = [
        ("the head", streamed(&mock, "mock/stall-before-head")),
        ("the first item", streamed(&mock, "mock/stall-first")),
        ("more items", streamed(&mock, "mock/stall-after-delta")),
        ("an end", streamed(&mock, "mock/endless")),
        ("keep-alives", streamed(&mock, "mock/keepalive-forever")),
        ("the next attempt", retrying.with_policy(slow)),
    ];
    for (what, call) in table {
        let cancel = CancelHandle::new();
        let client = Client::new().with_cancel(&cancel);
        let (result, latency) = cancel_during(&cancel, || client.send(&call));
        let incomplete = result.unwrap_err();
        assert!(matches!(incomplete.error(), Error::Cancelled(_)), "{what}: {incomplete:?}");
        assert_eq!(incomplete.partial().text().is_empty(), !matches!(what, "more items" | "an end"), "{what}");
        assert!(latency < ms(100), "{what}: {latency:?}");
        assert!(!incomplete.error().is_retryable() && incomplete.error().request_maybe_processed());
        assert!(what == "the next attempt" || mock.wait_closed(ms(100)), "{what}");
    }
}

#[test]
fn a_handshake_ends_too() {
    let front = Front::silent().unwrap();
    let router = requesty_ureq::Router::new(requesty_ureq::ApiKey::new(support::KEY).unwrap());
    let router = router.with_inference_base(&format!("https://{}/v1", front.addr())).unwrap();
    let cancel = CancelHandle::new();
    let client = Client::new();
    let call = router.get::<()>("models").unwrap();
    // The first handshake reads the certificates of the platform, which may take longer than the wait of this test.
    client.send(&call.clone().with_timeouts(call.timeouts().with_tls(ms(1)))).unwrap_err();
    let client = client.with_cancel(&cancel);
    let (result, latency) = cancel_during(&cancel, || client.send(&call));
    assert!(matches!(result.unwrap_err().error(), Error::Cancelled(_)));
    assert!(latency < ms(100), "{latency:?}");
}

#[test]
fn a_stream_that_is_held_is_cancelled_and_stays_so() {
    let mock = Mock::start().unwrap();
    let cancel = CancelHandle::new();
    let client = Client::new().with_cancel(&cancel);
    let mut stream = client.stream(&streamed(&mock, "mock/endless")).unwrap();
    stream.next_item().unwrap();
    cancel.cancel();
    assert!(matches!(stream.next_item(), Err(Error::Cancelled(_))));
    assert!(matches!(stream.next_item(), Err(Error::Cancelled(_))));
    assert!(mock.wait_closed(ms(100)));
    assert!(!stream.finish().unwrap_err().partial().text().is_empty());
    assert!(matches!(client.stream(&streamed(&mock, "mock/text")).unwrap_err(), Error::Cancelled(_)), "later ones too");
    assert_eq!(mock.hits("mock/text"), 0);
}

#[test]
fn others_over_the_same_pool_go_on() {
    let mock = Mock::start().unwrap();
    let client = Client::new();
    let cancel = CancelHandle::new();
    client.with_cancel(&cancel).send(&whole(&mock, "mock/text")).unwrap();
    // The connection of the call that is over belongs to this one now.
    let mut stream = client.stream(&streamed(&mock, "mock/paced-5")).unwrap();
    cancel.cancel();
    while stream.next_item().unwrap().is_some() {}
    assert_eq!(mock.connections(), 1);
    assert!(cancel.is_cancelled());
}
