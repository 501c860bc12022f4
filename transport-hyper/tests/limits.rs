//! The time limits of a call, each with its own error.
#![cfg(feature = "hyper")]

mod support;

use std::net::TcpListener;
use std::time::{Duration, Instant};

use mock_router::{Ending, MockRouter, Script};
use requesty_hyper::requesty_core::Timeouts;
use requesty_hyper::requesty_core::error::Phase;
use requesty_hyper::{ApiKey, Client, Error, Policy, Router};
use support::{KEY, ms, streamed, whole};

fn phase(error: &Error) -> Phase {
    let Error::Timeout(timeout) = error else { panic!("{error}") };
    timeout.phase()
}

/// Long limits, one of which each test makes short.
fn limits() -> Timeouts {
    let long = Duration::from_secs(20);
    Timeouts::default().with_connect(long).with_first_byte(long).with_idle_bytes(long).with_idle_progress(long)
}

#[tokio::test]
async fn each_silence_has_its_limit() {
    let mock = MockRouter::start().unwrap();
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
    let mock = MockRouter::start().unwrap();
    let client = Client::new();
    let timeouts = limits().with_first_byte(ms(2000)).with_idle_bytes(ms(2000));
    client.send(&streamed(&mock, "mock/late-head-200").with_timeouts(timeouts)).await.unwrap();
    client.send(&streamed(&mock, "mock/late-first-200").with_timeouts(timeouts)).await.unwrap();
    let none = limits().with_connect(None).with_first_byte(None).with_idle_bytes(None).with_idle_progress(None);
    client.send(&streamed(&mock, "mock/text").with_timeouts(none)).await.unwrap();
}

#[tokio::test]
async fn connecting_has_its_limit_tls_included() {
    // It accepts, and never answers the handshake.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/v1", silent.local_addr().unwrap());
    let router = Router::new(ApiKey::new(KEY).unwrap()).with_inference_base(&url).unwrap();
    let call = router.get::<()>("models").unwrap().with_policy(Policy::none());
    let call = call.with_timeouts(limits().with_connect(ms(100)));
    let start = Instant::now();
    let error = Error::from(Client::new().send(&call).await.unwrap_err());
    assert_eq!(phase(&error), Phase::Connect);
    assert!(!error.request_maybe_processed() && error.is_retryable());
    assert!(start.elapsed() < ms(2000));
}

#[tokio::test]
async fn a_connection_from_the_pool_has_the_limits_too() {
    let mock = MockRouter::start().unwrap();
    let client = Client::new();
    client.send(&whole(&mock, "mock/text")).await.unwrap();
    let call = whole(&mock, "mock/stall-before-head").with_timeouts(limits().with_first_byte(ms(100)));
    assert_eq!(phase(client.send(&call).await.unwrap_err().error()), Phase::FirstByte);
    // The connection that hung is not used again.
    client.send(&whole(&mock, "mock/text")).await.unwrap();
    assert_eq!(mock.connections(), 2);
}

/// The mock, and how many headers its replies have beside those of a script.
async fn with_headers(client: &Client, mock: &MockRouter, extra: usize) -> Result<usize, Error> {
    let script = (0..extra).fold(Script::json(200, &serde_json::json!({"choices": []})), |script, number| {
        script.header(&format!("x-{number}"), "1")
    });
    mock.script("mock/headers", script);
    let call = whole(mock, "mock/headers").with_policy(Policy::none());
    Ok(client.open(&call).await?.head().headers().len())
}

#[tokio::test]
async fn a_head_may_have_a_hundred_headers() {
    let mock = MockRouter::start().unwrap();
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
    let mock = MockRouter::start().unwrap();
    let script = Script::json(200, &serde_json::json!({})).header("content-length", "4611686018427387904");
    mock.script("mock/headers", script.ending(Ending::Reset));
    let call = whole(&mock, "mock/headers").with_policy(Policy::none());
    let incomplete = Client::new().send(&call).await.unwrap_err();
    assert!(matches!(incomplete.error(), Error::Truncated(_) | Error::Transport(_)), "{incomplete:?}");
}
