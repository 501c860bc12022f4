//! The settings of a policy.

use std::time::Duration;

use requesty_core::{ErrorKind, Policy};

#[test]
fn a_policy_says_what_it_is_set_to() {
    let second = Duration::from_secs;
    let policy = Policy::default();
    assert_eq!(policy, Policy::new());
    assert_eq!((policy.max_retries(), policy.base(), policy.cap()), (2, Duration::from_millis(500), second(8)));
    assert_eq!((policy.max_retry_after(), policy.budget()), (second(120), second(300)));
    assert_eq!((policy.retries_timeouts(), policy.retries_maybe_processed()), (false, false));
    let retried = |policy: &Policy| {
        use ErrorKind::*;
        let kinds =
            [InvalidRequest, TimedOut, ProviderResponse, RateLimited, QuotaExceeded, Overloaded, Unavailable, Server];
        kinds.into_iter().filter(|&kind| policy.retries_kind(kind)).collect::<Vec<_>>()
    };
    let usual = [ErrorKind::ProviderResponse, ErrorKind::RateLimited, ErrorKind::Overloaded, ErrorKind::Unavailable];
    assert_eq!(retried(&policy), usual);

    let policy = Policy::none()
        .with_max_retries(5)
        .with_base(second(1))
        .with_cap(second(2))
        .with_max_retry_after(second(3))
        .with_budget(second(4))
        .retry_kind(ErrorKind::TimedOut)
        .retry_kind(ErrorKind::TimedOut)
        .retry_kind(ErrorKind::Unavailable)
        .retry_kind(ErrorKind::QuotaExceeded)
        .retry_timeouts(true)
        .retry_maybe_processed(true);
    assert_eq!((policy.max_retries(), policy.base(), policy.cap()), (5, second(1), second(2)));
    assert_eq!((policy.max_retry_after(), policy.budget()), (second(3), second(4)));
    assert_eq!((policy.retries_timeouts(), policy.retries_maybe_processed()), (true, true));
    assert_eq!(retried(&policy), [&[ErrorKind::TimedOut][..], &usual].concat(), "a used-up quota stays used up");
    assert_eq!(Policy::none().max_retries(), 0);
}
