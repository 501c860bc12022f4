//! When the client asks again, counted by what the server saw.
#![cfg(feature = "hyper")]

mod support;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use requesty_hyper::requesty_core::error::Phase;
use requesty_hyper::{ApiKey, Client, Error, Policy, Router};
use requesty_mock::MockRouter;
use support::{KEY, ms, streamed, whole};

/// Sends a call streamed and whole, and returns whether both succeeded and how often each was asked.
async fn ask(model: &str, policy: impl Fn(Policy) -> Policy) -> ([bool; 2], [usize; 2]) {
    let client = Client::new();
    let quick = || policy(Policy::new().with_base(ms(1)).with_cap(ms(5)));
    let mock = MockRouter::start().unwrap();
    let stream = client.send(&streamed(&mock, model).with_policy(quick())).await;
    let hits = mock.hits(model);
    let mock = MockRouter::start().unwrap();
    let unary = client.send(&whole(&mock, model).with_policy(quick())).await;
    ([stream.is_ok(), unary.is_ok()], [hits, mock.hits(model)])
}

#[tokio::test]
async fn passing_failures_are_asked_again() {
    assert_eq!(ask("mock/429-once", |policy| policy).await, ([true; 2], [2; 2]));
    assert_eq!(ask("mock/503-twice", |policy| policy).await, ([true; 2], [3; 2]));
    assert_eq!(ask("mock/inband-then-ok", |policy| policy).await, ([true; 2], [2; 2]));
    assert_eq!(ask("mock/should-retry-true", |policy| policy).await, ([true; 2], [2; 2]));
}

#[tokio::test]
async fn the_policy_ends_it() {
    assert_eq!(ask("mock/429-forever", |policy| policy.with_max_retries(2)).await, ([false; 2], [3; 2]));
    assert_eq!(ask("mock/429-once", |_| Policy::none()).await, ([false; 2], [1; 2]));
    assert_eq!(ask("mock/should-retry-false", |policy| policy).await, ([false; 2], [1; 2]));
    assert_eq!(ask("mock/retry-after-long", |policy| policy).await, ([false; 2], [1; 2]));
    assert_eq!(ask("mock/insufficient-quota", |policy| policy).await, ([false; 2], [1; 2]));
    assert_eq!(ask("mock/status-401", |policy| policy).await, ([false; 2], [1; 2]));
}

#[tokio::test]
async fn what_may_have_been_processed_is_asked_again_only_if_wished() {
    let wish = |policy: Policy| policy.retry_maybe_processed(true);
    for model in ["mock/close-then-ok", "mock/reset-then-ok"] {
        assert_eq!(ask(model, |policy| policy).await, ([false; 2], [1; 2]), "{model}");
        assert_eq!(ask(model, wish).await, ([true; 2], [2; 2]), "{model}");
    }
    let mock = MockRouter::start().unwrap();
    let call = streamed(&mock, "mock/die-then-ok");
    let error = Client::new().stream(&call).await.unwrap_err();
    assert!(matches!(error, Error::Truncated(_)), "{error}");
    assert_eq!(mock.hits("mock/die-then-ok"), 1);
    mock.clear();
    let wished = call.policy().clone().retry_maybe_processed(true);
    Client::new().send(&call.with_policy(wished)).await.unwrap();
    assert_eq!(mock.hits("mock/die-then-ok"), 2);
}

#[tokio::test]
async fn time_outs_are_asked_again_only_if_wished() {
    let mock = MockRouter::start().unwrap();
    let call = streamed(&mock, "mock/stall-then-ok");
    let call = call.clone().with_timeouts(call.timeouts().with_idle_bytes(ms(50)));
    assert!(Client::new().stream(&call).await.unwrap_err().is_timeout());
    mock.clear();
    let policy = call.policy().clone().retry_timeouts(true);
    Client::new().send(&call.with_policy(policy)).await.unwrap();
    assert_eq!(mock.hits("mock/stall-then-ok"), 2);
}

#[tokio::test]
async fn nothing_is_asked_again_after_the_first_item() {
    let mock = MockRouter::start().unwrap();
    let call = streamed(&mock, "mock/delta-then-die");
    let call = call.clone().with_policy(call.policy().clone().retry_maybe_processed(true));
    let incomplete = Client::new().send(&call).await.unwrap_err();
    assert_eq!(mock.hits("mock/delta-then-die"), 1);
    assert!(!incomplete.partial().text().is_empty());
    assert!(matches!(incomplete.error(), Error::Truncated(_)), "{incomplete}");

    mock.clear();
    let mut stream = Client::new().stream(&call).await.unwrap();
    while let Ok(Some(_)) = stream.next_item().await {}
    assert!(!stream.finish().await.unwrap_err().partial().text().is_empty());
    assert_eq!(mock.hits("mock/delta-then-die"), 1);
}

#[tokio::test]
async fn open_returns_every_head_and_does_not_ask_again_after_it() {
    let mock = MockRouter::start().unwrap();
    let client = Client::new();
    let mut stream = client.open(&streamed(&mock, "mock/429-once")).await.unwrap();
    assert_eq!(stream.head().status(), 429);
    assert_eq!(stream.next_item().await.unwrap_err().status().unwrap(), 429);
    assert_eq!(mock.hits("mock/429-once"), 1);

    let call = streamed(&mock, "mock/die-then-ok");
    let call = call.clone().with_policy(call.policy().clone().retry_maybe_processed(true));
    let mut stream = client.open(&call).await.unwrap();
    assert!(stream.next_item().await.is_err());
    assert_eq!(mock.hits("mock/die-then-ok"), 1);

    // Before the head it does.
    let call = streamed(&mock, "mock/close-then-ok");
    let call = call.clone().with_policy(call.policy().clone().retry_maybe_processed(true));
    client.open(&call).await.unwrap().finish().await.unwrap();
    assert_eq!(mock.hits("mock/close-then-ok"), 2);
}

#[tokio::test]
async fn the_server_says_how_long_to_wait() {
    let mock = MockRouter::start().unwrap();
    let start = Instant::now();
    Client::new().send(&whole(&mock, "mock/retry-after-one")).await.unwrap();
    assert!(start.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_wait_between_attempts_can_be_dropped() {
    let mock = MockRouter::start().unwrap();
    let call = whole(&mock, "mock/429-once");
    let call = call.with_policy(Policy::new().with_base(Duration::from_secs(60)).with_cap(Duration::from_secs(60)));
    assert!(tokio::time::timeout(ms(200), Client::new().send(&call)).await.is_err());
    assert_eq!(mock.hits("mock/429-once"), 1);
}

#[tokio::test]
async fn a_refused_connection_is_not_processed() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let router = Router::new(ApiKey::new(KEY).unwrap());
    let router = router.with_inference_base(&format!("http://127.0.0.1:{port}/v1")).unwrap();
    let call = router.get::<()>("models").unwrap().with_policy(Policy::none());
    let incomplete = Client::new().send(&call).await.unwrap_err();
    let Error::Transport(error) = incomplete.error() else { panic!("{incomplete}") };
    assert_eq!((error.phase(), error.request_maybe_processed()), (Phase::Connect, false));
    assert!(incomplete.error().is_retryable());
    let mut source = std::error::Error::source(incomplete.error());
    let mut io = false;
    while let Some(cause) = source {
        io |= cause.is::<std::io::Error>();
        source = cause.source();
    }
    assert!(io, "the I/O error can be found");
    assert!(incomplete.to_string().to_lowercase().contains("refused"), "{incomplete}");
}

#[tokio::test]
async fn an_unknown_host_is_told_as_such() {
    let router = Router::new(ApiKey::new(KEY).unwrap()).with_inference_base("https://router.invalid/v1").unwrap();
    let call = router.get::<()>("models").unwrap().with_policy(Policy::none());
    let error = Error::from(Client::new().send(&call).await.unwrap_err());
    let Error::Transport(error) = error else { panic!("{error}") };
    assert_eq!((error.phase(), error.request_maybe_processed()), (Phase::Resolve, false));
}

#[tokio::test]
async fn what_is_not_tls_is_told_as_such() {
    let mock = MockRouter::start().unwrap();
    let url = mock.base_url().replace("http://", "https://");
    let router = Router::new(ApiKey::new(KEY).unwrap()).with_inference_base(&url).unwrap();
    let call = router.get::<()>("models").unwrap().with_policy(Policy::none());
    let error = Error::from(Client::new().send(&call).await.unwrap_err());
    let Error::Transport(error) = error else { panic!("{error}") };
    assert_eq!((error.phase(), error.request_maybe_processed()), (Phase::Tls, false));
}

/// Answers so many requests per connection, then closes it without a word; returns how many requests came in all.
fn server(connections: usize, each: usize) -> (String, thread::JoinHandle<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let serve = move || {
        let mut requests = 0;
        for _ in 0..connections {
            let (mut socket, _) = listener.accept().unwrap();
            for _ in 0..each {
                let mut request = Vec::new();
                let mut buffer = [0; 1024];
                while !request.ends_with(b"\r\n\r\n") {
                    let count = socket.read(&mut buffer).unwrap();
                    request.extend_from_slice(&buffer[..count]);
                }
                requests += 1;
                socket.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nnull").unwrap();
            }
        }
        requests
    };
    (url, thread::spawn(serve))
}

#[tokio::test]
async fn a_connection_that_the_server_closed_while_idle_is_replaced() {
    let (url, served) = server(3, 1);
    let router = Router::new(ApiKey::new(KEY).unwrap()).with_inference_base(&url).unwrap();
    let call = router.get::<Option<()>>("models").unwrap().with_policy(Policy::none());
    let client = Client::new();
    for _ in 0..3 {
        client.send(&call).await.unwrap();
        tokio::time::sleep(ms(50)).await;
    }
    assert_eq!(served.join().unwrap(), 3);
}

#[tokio::test]
async fn a_post_that_was_read_is_sent_once_even_on_a_used_connection() {
    let mock = MockRouter::start().unwrap();
    let client = Client::new();
    client.send(&whole(&mock, "mock/text")).await.unwrap();
    let incomplete = client.send(&whole(&mock, "mock/close-before-head")).await.unwrap_err();
    assert!(incomplete.error().request_maybe_processed());
    assert_eq!(mock.hits("mock/close-before-head"), 1);
    assert_eq!(mock.connections(), 1);
}

#[tokio::test]
async fn an_idempotency_key_stays_the_same() {
    let mock = MockRouter::start().unwrap();
    let call = whole(&mock, "mock/503-twice").with_idempotency_key("once-7").unwrap();
    Client::new().send(&call).await.unwrap();
    let keys: Vec<_> =
        mock.requests().iter().map(|request| request.header("idempotency-key").map(str::to_owned)).collect();
    assert_eq!(keys, vec![Some("once-7".to_owned()); 3]);
}
