//! Time limits, with values small enough to wait for.
#![cfg(feature = "ureq")]

mod support;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use requesty_mock::{Ending, Jammed, Mock, Script};
use requesty_ureq::chat::{Message, Request};
use requesty_ureq::error::{Phase, Timeout};
use requesty_ureq::requesty_core::Reply;
use requesty_ureq::{ApiKey, Call, Error, Incomplete, Policy, Router, Timeouts};
use support::{client, ms, streamed, whole};

const LIMIT: Duration = Duration::from_millis(120);

fn limited<R: Reply>(call: Call<R>, change: impl Fn(Timeouts) -> Timeouts) -> Call<R> {
    let timeouts = change(*call.timeouts());
    call.with_timeouts(timeouts)
}

fn timeout(error: &Error) -> Timeout {
    match error {
        Error::Timeout(timeout) => **timeout,
        other => panic!("no time-out: {other:?}"),
    }
}

#[test]
fn no_head() {
    let mock = Mock::start().unwrap();
    let call = limited(streamed(&mock, "mock/stall-before-head"), |timeouts| timeouts.with_first_byte(LIMIT));
    let start = Instant::now();
    assert_eq!(timeout(&client().open(&call).unwrap_err()), Timeout::new(Phase::FirstByte, LIMIT));
    assert!(start.elapsed() >= LIMIT && start.elapsed() < 10 * LIMIT);
    assert_eq!(mock.hits("mock/stall-before-head"), 1);
    assert!(mock.wait_closed(ms(1000)));
}

#[test]
fn the_head_may_take_longer_than_a_read_of_the_body() {
    let mock = Mock::start().unwrap();
    for first_byte in [Some(ms(5000)), None] {
        let call = whole(&mock, "mock/late-head-250");
        let call = limited(call, |timeouts| timeouts.with_idle_bytes(ms(60)).with_first_byte(first_byte));
        let start = Instant::now();
        client().send(&call).unwrap();
        assert!(start.elapsed() >= ms(250), "{:?}", start.elapsed());
        assert_eq!(mock.hits("mock/late-head-250"), 1);
        mock.clear();
    }
    // The limit of the body is in force all the same, and so is one for the head.
    let call = limited(whole(&mock, "mock/stall-first"), |timeouts| timeouts.with_idle_bytes(ms(60)));
    assert_eq!(timeout(client().send(&call).unwrap_err().error()), Timeout::new(Phase::IdleBytes, ms(60)));
    let call = limited(whole(&mock, "mock/late-head-250"), |timeouts| timeouts.with_first_byte(ms(60)));
    assert_eq!(timeout(client().send(&call).unwrap_err().error()), Timeout::new(Phase::FirstByte, ms(60)));
}

#[test]
fn no_limit_is_too_large() {
    let mock = Mock::start().unwrap();
    let largest = |timeouts: Timeouts| {
        let timeouts = timeouts.with_connect(Duration::MAX).with_write(Duration::MAX).with_first_byte(Duration::MAX);
        timeouts.with_idle_bytes(Duration::MAX).with_idle_progress(Duration::MAX).with_total(Duration::MAX)
    };
    // The largest limits are waited for: none of them has become a short one.
    let start = Instant::now();
    let reply = client().send(&limited(whole(&mock, "mock/late-head-250"), largest)).unwrap();
    assert!(start.elapsed() >= ms(250) && reply.clean_end() && !reply.text().is_empty());
    // Nor do they hide a limit that is shorter.
    let call = limited(streamed(&mock, "mock/stall-after-delta"), |timeouts| largest(timeouts).with_idle_bytes(LIMIT));
    assert_eq!(timeout(client().send(&call).unwrap_err().error()), Timeout::new(Phase::IdleBytes, LIMIT));
    let call = limited(streamed(&mock, "mock/stall-before-head"), |timeouts| largest(timeouts).with_total(LIMIT));
    assert_eq!(timeout(client().send(&call).unwrap_err().error()), Timeout::new(Phase::Total, LIMIT));
}

#[test]
fn no_byte_of_the_body() {
    let mock = Mock::start().unwrap();
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
    let mock = Mock::start().unwrap();
    let call = streamed(&mock, "mock/stall-after-delta");
    let call = limited(call, |timeouts| timeouts.with_idle_bytes(None).with_idle_progress(LIMIT));
    let incomplete = client().send(&call).unwrap_err();
    assert_eq!(timeout(incomplete.error()), Timeout::new(Phase::IdleProgress, LIMIT));
}

#[test]
fn keep_alives_but_no_event() {
    let mock = Mock::start().unwrap();
    for model in ["mock/keepalive-forever", "mock/keepalive-after-delta", "mock/empty-data-forever"] {
        let call = streamed(&mock, model);
        let call = limited(call, |timeouts| timeouts.with_idle_bytes(ms(2000)).with_idle_progress(LIMIT));
        let incomplete = client().send(&call).unwrap_err();
        assert_eq!(timeout(incomplete.error()), Timeout::new(Phase::IdleProgress, LIMIT), "{model}");
    }
}

#[test]
fn a_long_stream_that_keeps_coming_is_no_stall() {
    let mock = Mock::start().unwrap();
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
    let mock = Mock::start().unwrap();
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
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
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
    let mock = Mock::start().unwrap();
    mock.script("mock/half", Script::new(401).send("{\"error\":{\"mess").ending(Ending::Hold));
    let call = limited(streamed(&mock, "mock/half"), |timeouts| timeouts.with_idle_bytes(LIMIT));
    assert_eq!(client().stream(&call).unwrap_err().status().unwrap(), 401);
}

#[test]
fn connecting_has_its_limit() {
    let jammed = Jammed::start().unwrap();
    let router = Router::new(ApiKey::new(support::KEY).unwrap()).with_policy(Policy::none());
    let router = router.with_inference_base(&format!("http://{}/v1", jammed.addr())).unwrap();
    let call = router.get::<()>("models").unwrap();
    let call = call.clone().with_timeouts(call.timeouts().with_connect(ms(150)));
    let start = Instant::now();
    let error = client().send(&call).unwrap_err();
    assert_eq!(timeout(error.error()), Timeout::new(Phase::Connect, ms(150)));
    assert!(!error.error().request_maybe_processed() && error.error().is_retryable());
    assert!(start.elapsed() < ms(1500));
}

#[test]
fn the_whole_call_has_a_limit_if_it_is_set() {
    let mock = Mock::start().unwrap();
    // Bytes keep coming, or never do, or keep-alives do.
    for model in ["mock/endless", "mock/stall-before-head", "mock/keepalive-forever"] {
        let call = streamed(&mock, model);
        let call = call.clone().with_timeouts(call.timeouts().with_total(ms(200)));
        let start = Instant::now();
        let incomplete = client().send(&call).unwrap_err();
        assert_eq!(timeout(incomplete.error()), Timeout::new(Phase::Total, ms(200)), "{model}");
        assert!(start.elapsed() >= ms(200) && start.elapsed() < ms(1000), "{model}: {:?}", start.elapsed());
        assert_eq!(incomplete.partial().text().is_empty(), model != "mock/endless");
        assert_eq!(mock.hits(model), 1, "never tried again");
    }
}

#[test]
fn no_retry_is_waited_for_beyond_the_limit_or_the_budget() {
    let mock = Mock::start().unwrap();
    let call = streamed(&mock, "mock/429-forever");
    let slow = call.policy().clone().with_max_retries(50).with_base(ms(80)).with_cap(ms(80));
    let limited = call.clone().with_policy(slow.clone()).with_timeouts(call.timeouts().with_total(ms(250)));
    let start = Instant::now();
    let error = client().stream(&limited).unwrap_err();
    // What the server said is worth more than that there was no time left.
    assert_eq!(error.status().unwrap(), 429);
    assert!(start.elapsed() < ms(260) && (2..=5).contains(&mock.hits("mock/429-forever")));
    mock.clear();
    let error = client().stream(&call.with_policy(slow.with_budget(ms(250)))).unwrap_err();
    assert_eq!(error.status().unwrap(), 429);
    assert!((2..=5).contains(&mock.hits("mock/429-forever")), "{}", mock.hits("mock/429-forever"));
}

#[test]
fn a_large_request_may_take_longer_than_the_limit_for_writing() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let (mut buffer, mut total) = (vec![0; 1 << 20], 0);
        while total < 20_000_000 {
            std::thread::sleep(ms(30));
            total += stream.read(&mut buffer).unwrap();
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").unwrap();
        std::thread::sleep(ms(200));
    });
    let router = Router::new(ApiKey::new(support::KEY).unwrap()).with_inference_base(&base).unwrap();
    let call = router.post::<std::collections::HashMap<String, ()>>("x", &"x".repeat(20_000_000)).unwrap();
    let call = call.clone().with_timeouts(call.timeouts().with_write(ms(250)).with_first_byte(ms(1000)));
    let start = Instant::now();
    client().send(&call).unwrap();
    assert!(start.elapsed() > ms(300));
    server.join().unwrap();
}

#[test]
fn a_connection_from_the_pool_has_the_limits_too() {
    let mock = Mock::start().unwrap();
    let client = client();
    client.send(&whole(&mock, "mock/text")).unwrap();
    let call = limited(whole(&mock, "mock/stall-before-head"), |timeouts| timeouts.with_first_byte(LIMIT));
    let incomplete = client.send(&call).unwrap_err();
    assert_eq!(timeout(incomplete.error()), Timeout::new(Phase::FirstByte, LIMIT));
    // The connection that hung is not used again, and the limit of that call is not the next one's.
    client.send(&whole(&mock, "mock/late-head-250")).unwrap();
    assert_eq!(mock.connections(), 2);
}
