//! Time limits, with values small enough to wait for.
#![cfg(feature = "ureq")]

mod support;

use std::time::{Duration, Instant};

use mock_router::{Ending, MockRouter, Script};
use requesty_ureq::chat::{Message, Request};
use requesty_ureq::error::{Phase, Timeout};
use requesty_ureq::requesty_core::Reply;
use requesty_ureq::{ApiKey, Call, Error, Incomplete, Router, Timeouts};
use support::{client, ms, streamed, whole};

const LIMIT: Duration = Duration::from_millis(120);

fn limited<R: Reply>(call: Call<R>, change: impl Fn(Timeouts) -> Timeouts) -> Call<R> {
    let timeouts = change(*call.timeouts());
    call.with_timeouts(timeouts)
}

fn timeout(error: &Error) -> Timeout {
    match error {
        Error::Timeout(timeout) => *timeout,
        other => panic!("no time-out: {other:?}"),
    }
}

#[test]
fn no_head() {
    let mock = MockRouter::start().unwrap();
    let call = limited(streamed(&mock, "mock/stall-before-head"), |timeouts| timeouts.with_first_byte(LIMIT));
    let start = Instant::now();
    assert_eq!(timeout(&client().open(&call).unwrap_err()), Timeout::new(Phase::FirstByte, LIMIT));
    assert!(start.elapsed() >= LIMIT && start.elapsed() < 10 * LIMIT);
    assert_eq!(mock.hits("mock/stall-before-head"), 1);
    assert!(mock.wait_closed(ms(1000)));
}

#[test]
fn the_head_may_take_longer_than_a_read_of_the_body() {
    let mock = MockRouter::start().unwrap();
    for first_byte in [Some(ms(5000)), None] {
        let call = whole(&mock, "mock/late-head-250");
        let call = limited(call, |timeouts| timeouts.with_idle_bytes(ms(60)).with_first_byte(first_byte));
        client().send(&call).unwrap();
    }
}

#[test]
fn no_limit_is_too_large() {
    let mock = MockRouter::start().unwrap();
    let call = limited(whole(&mock, "mock/text"), |timeouts| {
        let timeouts = timeouts.with_connect(Duration::MAX).with_first_byte(Duration::MAX);
        timeouts.with_idle_bytes(Duration::MAX).with_idle_progress(Duration::MAX)
    });
    client().send(&call).unwrap();
}

#[test]
fn no_byte_of_the_body() {
    let mock = MockRouter::start().unwrap();
    for model in ["mock/stall-first", "mock/stall-after-delta", "mock/stall-mid-event"] {
        let call = limited(streamed(&mock, model), |timeouts| timeouts.with_idle_bytes(LIMIT));
        let incomplete = client().send(&call).unwrap_err();
        assert_eq!(timeout(incomplete.error()), Timeout::new(Phase::IdleBytes, LIMIT), "{model}");
        assert_eq!(incomplete.partial().text().is_empty(), model == "mock/stall-first");
        assert!(mock.wait_closed(ms(1000)));
    }
    let call = limited(whole(&mock, "mock/stall-first"), |timeouts| timeouts.with_idle_bytes(LIMIT));
    let incomplete: Incomplete<_> = client().send(&call).unwrap_err();
    assert_eq!(timeout(incomplete.error()).phase(), Phase::IdleBytes);
}

#[test]
fn silence_is_no_progress_either() {
    let mock = MockRouter::start().unwrap();
    let call = streamed(&mock, "mock/stall-after-delta");
    let call = limited(call, |timeouts| timeouts.with_idle_bytes(None).with_idle_progress(LIMIT));
    let incomplete = client().send(&call).unwrap_err();
    assert_eq!(timeout(incomplete.error()), Timeout::new(Phase::IdleProgress, LIMIT));
}

#[test]
fn keep_alives_but_no_event() {
    let mock = MockRouter::start().unwrap();
    for model in ["mock/keepalive-forever", "mock/keepalive-after-delta", "mock/empty-data-forever"] {
        let call = streamed(&mock, model);
        let call = limited(call, |timeouts| timeouts.with_idle_bytes(ms(2000)).with_idle_progress(LIMIT));
        let incomplete = client().send(&call).unwrap_err();
        assert_eq!(timeout(incomplete.error()), Timeout::new(Phase::IdleProgress, LIMIT), "{model}");
    }
}

#[test]
fn a_long_stream_that_keeps_coming_is_no_stall() {
    let mock = MockRouter::start().unwrap();
    let call = streamed(&mock, "mock/endless");
    let call = limited(call, |timeouts| timeouts.with_idle_bytes(LIMIT).with_first_byte(LIMIT));
    let start = Instant::now();
    let mut stream = client().stream(&call).unwrap();
    while start.elapsed() < 3 * LIMIT {
        assert!(stream.next_item().unwrap().is_some());
    }
}

#[test]
fn a_slow_consumer_never_times_out() {
    let mock = MockRouter::start().unwrap();
    let call = streamed(&mock, "mock/paced-40");
    let call = limited(call, |timeouts| timeouts.with_idle_bytes(LIMIT).with_idle_progress(LIMIT));
    let mut stream = client().stream(&call).unwrap();
    for _ in 0..4 {
        stream.next_item().unwrap();
        std::thread::sleep(2 * LIMIT);
    }
    stream.finish().unwrap();
}

#[test]
fn a_server_that_reads_nothing_is_left() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    let held = std::thread::spawn(move || listener.accept().unwrap());
    let router = Router::new(ApiKey::new(support::KEY).unwrap());
    let router = router.with_inference_base(&base).unwrap();
    let messages = [Message::user("x".repeat(20_000_000))];
    let call = router.chat(&Request::new(&messages)).unwrap();
    let call = limited(call, |timeouts| timeouts.with_write(LIMIT));
    let incomplete = client().send(&call).unwrap_err();
    assert_eq!(timeout(incomplete.error()), Timeout::new(Phase::Write, LIMIT));
    drop(held.join());
}

#[test]
fn an_error_body_that_stalls_is_still_an_error_reply() {
    let mock = MockRouter::start().unwrap();
    mock.script("mock/half", Script::new(401).send("{\"error\":{\"mess").ending(Ending::Hold));
    let call = limited(streamed(&mock, "mock/half"), |timeouts| timeouts.with_idle_bytes(LIMIT));
    assert_eq!(client().stream(&call).unwrap_err().status().unwrap(), 401);
}
