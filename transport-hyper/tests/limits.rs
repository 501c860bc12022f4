//! The time limits of a call, each with its own error.
#![cfg(feature = "hyper")]

mod support;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use requesty_hyper::requesty_core::Timeouts;
use requesty_hyper::requesty_core::error::{Phase, Timeout};
use requesty_hyper::{ApiKey, Client, Error, Policy, Router};
use requesty_mock::{Ending, Jammed, Mock, Script};
use support::{KEY, ms, streamed, whole};

fn phase(error: &Error) -> Phase {
    let Error::Timeout(timeout) = error else { panic!("{error}") };
    timeout.phase()
}

/// Long limits, one of which each test makes short.
fn limits() -> Timeouts {
    let long = Duration::from_secs(20);
    Timeouts::default()
        .with_connect(long)
        .with_tls(long)
        .with_first_byte(long)
        .with_idle_bytes(long)
        .with_idle_progress(long)
}

#[tokio::test]
async fn each_silence_has_its_limit() {
    let mock = Mock::start().unwrap();
    let client = Client::new();
    let table = [
        ("mock/stall-before-head", limits().with_first_byte(ms(100)), Phase::FirstByte),
        ("mock/stall-first", limits().with_idle_bytes(ms(100)), Phase::IdleBytes),
        ("mock/stall-after-delta", limits().with_idle_bytes(ms(100)), Phase::IdleBytes),
        ("mock/stall-mid-event", limits().with_idle_bytes(ms(100)), Phase::IdleBytes),
        ("mock/keepalive-forever", limits().with_idle_bytes(ms(100)).with_idle_progress(ms(250)), Phase::IdleProgress),
        ("mock/keepalive-after-delta", limits().with_idle_progress(ms(200)), Phase::IdleProgress),
        ("mock/empty-data-forever", limits().with_idle_progress(ms(200)), Phase::IdleProgress),
    ];
    for (model, timeouts, expected) in table {
        let start = Instant::now();
        let incomplete = client.send(&streamed(&mock, model).with_timeouts(timeouts)).await.unwrap_err();
        assert_eq!(phase(incomplete.error()), expected, "{model}");
        assert!(start.elapsed() >= ms(100) && start.elapsed() < ms(2000), "{model}: {:?}", start.elapsed());
        assert_eq!(
            incomplete.partial().text().is_empty(),
            !model.contains("delta") && !model.contains("mid"),
            "{model}"
        );
        assert_eq!(mock.hits(model), 1);
    }
    let whole = whole(&mock, "mock/stall-first").with_timeouts(limits().with_idle_bytes(ms(100)));
    assert_eq!(phase(client.send(&whole).await.unwrap_err().error()), Phase::IdleBytes);
    tokio::task::spawn_blocking(move || assert!(mock.wait_closed(ms(500)))).await.unwrap();
}

#[tokio::test]
async fn a_late_answer_within_the_limits_is_fine() {
    let mock = Mock::start().unwrap();
    let client = Client::new();
    let timeouts = limits().with_first_byte(ms(2000)).with_idle_bytes(ms(2000));
    client.send(&streamed(&mock, "mock/late-head-200").with_timeouts(timeouts)).await.unwrap();
    client.send(&streamed(&mock, "mock/late-first-200").with_timeouts(timeouts)).await.unwrap();
    let none = limits().with_connect(None).with_first_byte(None).with_idle_bytes(None).with_idle_progress(None);
    client.send(&streamed(&mock, "mock/text").with_timeouts(none)).await.unwrap();
}

#[tokio::test]
async fn the_handshake_has_a_limit_of_its_own() {
    // It accepts, and never answers the handshake.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/v1", silent.local_addr().unwrap());
    let router = Router::new(ApiKey::new(KEY).unwrap()).with_inference_base(&url).unwrap();
    let call = router.get::<()>("models").unwrap().with_policy(Policy::none());
    let call = call.with_timeouts(limits().with_tls(ms(100)));
    let start = Instant::now();
    let error = Error::from(Client::new().send(&call).await.unwrap_err());
    assert_eq!(phase(&error), Phase::Tls);
    assert!(!error.request_maybe_processed() && error.is_retryable());
    assert!(start.elapsed() < ms(2000));
}

#[tokio::test]
async fn a_connection_from_the_pool_has_the_limits_too() {
    let mock = Mock::start().unwrap();
    let client = Client::new();
    client.send(&whole(&mock, "mock/text")).await.unwrap();
    let call = whole(&mock, "mock/stall-before-head").with_timeouts(limits().with_first_byte(ms(100)));
    assert_eq!(phase(client.send(&call).await.unwrap_err().error()), Phase::FirstByte);
    // The connection that hung is not used again.
    client.send(&whole(&mock, "mock/text")).await.unwrap();
    assert_eq!(mock.connections(), 2);
}

#[tokio::test]
async fn a_server_that_reads_nothing_is_left() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    let held = std::thread::spawn(move || listener.accept().unwrap());
    let router = Router::new(ApiKey::new(KEY).unwrap()).with_inference_base(&base).unwrap();
    let call = router.post::<()>("x", &"x".repeat(20_000_000)).unwrap();
    let call = call.clone().with_timeouts(call.timeouts().with_write(ms(120)));
    let error = Client::new().send(&call).await.unwrap_err();
    assert_eq!(timeout(error.error()), Timeout::new(Phase::Write, ms(120)));
    assert!(error.error().request_maybe_processed());
    drop(held.join());
}

fn timeout(error: &Error) -> Timeout {
    match error {
        Error::Timeout(timeout) => **timeout,
        other => panic!("no time-out: {other:?}"),
    }
}

#[tokio::test]
async fn connecting_has_its_limit() {
    let jammed = Jammed::start().unwrap();
    let router = Router::new(ApiKey::new(KEY).unwrap()).with_policy(Policy::none());
    let router = router.with_inference_base(&format!("http://{}/v1", jammed.addr())).unwrap();
    let call = router.get::<()>("models").unwrap();
    let call = call.clone().with_timeouts(call.timeouts().with_connect(ms(150)));
    let start = Instant::now();
    let error = Client::new().send(&call).await.unwrap_err();
    assert_eq!(timeout(error.error()), Timeout::new(Phase::Connect, ms(150)));
    assert!(!error.error().request_maybe_processed() && error.error().is_retryable());
    assert!(start.elapsed() < ms(1500));
}

#[tokio::test]
async fn the_whole_call_has_a_limit_if_it_is_set() {
    let mock = Mock::start().unwrap();
    // Bytes keep coming, or never do, or keep-alives do.
    for model in ["mock/endless", "mock/stall-before-head", "mock/keepalive-forever"] {
        let call = streamed(&mock, model);
        let call = call.clone().with_timeouts(call.timeouts().with_total(ms(200)));
        let start = Instant::now();
        let incomplete = Client::new().send(&call).await.unwrap_err();
        assert_eq!(timeout(incomplete.error()), Timeout::new(Phase::Total, ms(200)), "{model}");
        assert!(start.elapsed() >= ms(200) && start.elapsed() < ms(1000), "{model}: {:?}", start.elapsed());
        assert_eq!(incomplete.partial().text().is_empty(), model != "mock/endless");
        assert_eq!(mock.hits(model), 1, "never tried again");
    }
}

#[tokio::test]
async fn no_retry_is_waited_for_beyond_the_limit_or_the_budget() {
    let mock = Mock::start().unwrap();
    let call = streamed(&mock, "mock/429-forever");
    let slow = call.policy().clone().with_max_retries(50).with_base(ms(80)).with_cap(ms(80));
    let limited = call.clone().with_policy(slow.clone()).with_timeouts(call.timeouts().with_total(ms(250)));
    let start = Instant::now();
    let error = Client::new().stream(&limited).await.unwrap_err();
    // What the server said is worth more than that there was no time left.
    assert_eq!(error.status().unwrap(), 429);
    assert!(start.elapsed() < ms(260) && (2..=5).contains(&mock.hits("mock/429-forever")));
    mock.clear();
    let error = Client::new().stream(&call.with_policy(slow.with_budget(ms(250)))).await.unwrap_err();
    assert_eq!(error.status().unwrap(), 429);
    assert!((2..=5).contains(&mock.hits("mock/429-forever")), "{}", mock.hits("mock/429-forever"));
}

#[tokio::test]
async fn a_large_request_may_take_longer_than_the_limit_for_writing() {
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
    let router = Router::new(ApiKey::new(KEY).unwrap()).with_inference_base(&base).unwrap();
    let call = router.post::<std::collections::HashMap<String, ()>>("x", &"x".repeat(20_000_000)).unwrap();
    let call = call.clone().with_timeouts(call.timeouts().with_write(ms(250)).with_first_byte(ms(1000)));
    let start = Instant::now();
    Client::new().send(&call).await.unwrap();
    assert!(start.elapsed() > ms(300));
    server.join().unwrap();
}

#[tokio::test]
async fn an_error_body_that_stalls_is_still_an_error_reply() {
    let mock = Mock::start().unwrap();
    mock.script("mock/half", Script::new(401).send("{\"error\":{\"mess").ending(Ending::Hold));
    let call = streamed(&mock, "mock/half").with_timeouts(limits().with_idle_bytes(ms(120)));
    assert_eq!(Client::new().stream(&call).await.unwrap_err().status().unwrap(), 401);
}

/// The mock, and how many headers its replies have beside those of a script.
async fn with_headers(client: &Client, mock: &Mock, extra: usize) -> Result<usize, Error> {
    let script = (0..extra).fold(Script::json(200, &serde_json::json!({"choices": []})), |script, number| {
        script.header(&format!("x-{number}"), "1")
    });
    mock.script("mock/headers", script);
    let call = whole(mock, "mock/headers").with_policy(Policy::none());
    Ok(client.open(&call).await?.head().headers().len())
}

#[tokio::test]
async fn a_head_may_have_a_hundred_headers() {
    let mock = Mock::start().unwrap();
    let client = Client::new();
    let usual = with_headers(&client, &mock, 0).await.unwrap();
    assert_eq!(with_headers(&client, &mock, 100 - usual).await.unwrap(), 100);
    let error = with_headers(&client, &mock, 101 - usual).await.unwrap_err();
    let Error::Transport(transport) = &error else { panic!("{error:?}") };
    assert!(transport.phase() == Phase::FirstByte && transport.request_maybe_processed(), "{error:?}");
    // Nor is there one header that goes on for ever.
    let long = Script::json(200, &serde_json::json!({})).header("x-long", &"x".repeat(1 << 20));
    mock.script("mock/headers", long);
    let call = whole(&mock, "mock/headers").with_policy(Policy::none());
    assert!(matches!(client.open(&call).await.unwrap_err(), Error::Transport(_)));
}

#[tokio::test]
async fn an_announced_length_reserves_nothing() {
    let mock = Mock::start().unwrap();
    let script = Script::json(200, &serde_json::json!({})).header("content-length", "4611686018427387904");
    mock.script("mock/headers", script.ending(Ending::Reset));
    let call = whole(&mock, "mock/headers").with_policy(Policy::none());
    let incomplete = Client::new().send(&call).await.unwrap_err();
    assert!(matches!(incomplete.error(), Error::Truncated(_) | Error::Transport(_)), "{incomplete:?}");
}
