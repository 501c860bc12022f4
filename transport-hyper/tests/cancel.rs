//! Calls that are dropped, and waits that are made anew.
#![cfg(feature = "hyper")]

mod support;

use std::time::{Duration, Instant};

use requesty_hyper::Client;
use requesty_mock::Mock;
use support::{ms, streamed};

/// Runs the same on a runtime of each flavour.
fn on_both(work: impl AsyncFn()) {
    let single = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    single.block_on(work());
    let multi = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    multi.block_on(work());
}

/// Waits without keeping the thread: the connection's task may need it to close.
async fn closed(mock: Mock, within: Duration) -> bool {
    tokio::task::spawn_blocking(move || mock.wait_closed(within)).await.unwrap()
}

#[test]
fn whatever_a_call_waits_for_dropping_it_ends_it() {
    on_both(async || {
        for model in [
            "mock/stall-before-head",
            "mock/stall-first",
            "mock/stall-after-delta",
            "mock/endless",
            "mock/keepalive-forever",
        ] {
            let mock = Mock::start().unwrap();
            let call = streamed(&mock, model);
            assert!(tokio::time::timeout(ms(80), Client::new().send(&call)).await.is_err(), "{model}");
            assert!(closed(mock, ms(100)).await, "{model}");
        }
    });
}

#[test]
fn the_wait_for_the_next_attempt_is_dropped_too() {
    on_both(async || {
        let mock = Mock::start().unwrap();
        let call = streamed(&mock, "mock/429-forever");
        let slow = call.policy().clone().with_base(ms(150)).with_cap(ms(150));
        let call = call.with_policy(slow);
        assert!(tokio::time::timeout(ms(50), Client::new().send(&call)).await.is_err());
        tokio::time::sleep(ms(300)).await;
        assert_eq!(mock.hits("mock/429-forever"), 1);
    });
}

#[test]
fn waits_that_are_made_anew_lose_nothing() {
    on_both(async || {
        let mock = Mock::start().unwrap();
        let client = Client::new();
        let whole = client.send(&streamed(&mock, "mock/paced-5")).await.unwrap();
        let mut stream = client.stream(&streamed(&mock, "mock/paced-5")).await.unwrap();
        let (mut text, mut given_up) = (String::new(), 0);
        loop {
            tokio::select! {
                biased;
                () = tokio::time::sleep(ms(1)) => given_up += 1,
                item = stream.next_item() => match item.unwrap() {
                    Some(chunk) => text.push_str(chunk.text()),
                    None => break,
                }
            }
        }
        assert_eq!(text, whole.text());
        assert!(given_up > 5, "{given_up}");
    });
}

#[test]
fn waits_that_are_made_anew_time_out_all_the_same() {
    on_both(async || {
        let mock = Mock::start().unwrap();
        let call = streamed(&mock, "mock/stall-after-delta");
        let call = call.clone().with_timeouts(call.timeouts().with_idle_bytes(ms(150)));
        let mut stream = Client::new().stream(&call).await.unwrap();
        let start = Instant::now();
        let error = loop {
            tokio::select! {
                biased;
                () = tokio::time::sleep(ms(10)) => assert!(start.elapsed() < ms(1500)),
                item = stream.next_item() => if let Err(error) = item { break error },
            }
        };
        assert!(error.is_timeout() && start.elapsed() >= ms(150), "{error}");
    });
}
