//! What only an async client can be asked about its retries; the rest is the same for both.
#![cfg(feature = "hyper")]

mod support;

use std::time::Duration;

use requesty_hyper::{Client, Policy};
use requesty_mock::Mock;
use support::{ms, whole};

#[tokio::test]
async fn a_wait_between_attempts_can_be_dropped() {
    let mock = Mock::start().unwrap();
    let call = whole(&mock, "mock/429-once");
    let call = call.with_policy(Policy::new().with_base(Duration::from_secs(60)).with_cap(Duration::from_secs(60)));
    assert!(tokio::time::timeout(ms(200), Client::new().send(&call)).await.is_err());
    assert_eq!(mock.hits("mock/429-once"), 1);
}
