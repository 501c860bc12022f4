//! The idle clocks, with time as a plain number.

use std::time::Duration;

use requesty_core::Liveness;
use requesty_core::error::{Phase, Timeout};

const fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn silence_is_a_byte_timeout_exactly_at_its_limit() {
    let mut clocks = Liveness::new(Some(at(60)), Some(at(300)));
    clocks.on_wait(at(1_000));
    assert_eq!(clocks.deadline(), Some(at(1_060)));
    assert_eq!(clocks.expired(at(1_060) - Duration::from_nanos(1)), None);
    assert_eq!(clocks.expired(at(1_060)), Some(Timeout::new(Phase::IdleBytes, at(60))));
    assert_eq!(clocks.expired(at(9_999)), Some(Timeout::new(Phase::IdleBytes, at(60))));
}

#[test]
fn comments_every_ten_seconds_are_a_progress_timeout_exactly_at_its_limit() {
    let mut clocks = Liveness::new(Some(at(15)), Some(at(300)));
    for now in (0..300).step_by(10) {
        clocks.on_wait(at(now));
        assert_eq!(clocks.expired(at(now + 9)), None);
        clocks.on_bytes(at(now + 10));
    }
    clocks.on_wait(at(300));
    assert_eq!(clocks.deadline(), Some(at(300)));
    assert_eq!(clocks.expired(at(299)), None);
    assert_eq!(clocks.expired(at(300)), Some(Timeout::new(Phase::IdleProgress, at(300))));
}

#[test]
fn progress_sets_its_clock_back() {
    let mut clocks = Liveness::new(None, Some(at(30)));
    for now in (0..1_000).step_by(20) {
        clocks.on_wait(at(now));
        assert_eq!(clocks.deadline(), Some(at(now + 30)));
        clocks.on_bytes(at(now + 20));
        clocks.on_progress();
    }
}

#[test]
fn a_slow_consumer_never_times_out() {
    let mut clocks = Liveness::new(Some(at(10)), Some(at(30)));
    let mut now = 0;
    for item in 0..100 {
        clocks.on_wait(at(now));
        assert_eq!(clocks.expired(at(now)), None, "item {item}");
        now += 1;
        clocks.on_bytes(at(now));
        clocks.on_progress();
        // An hour of work; nobody waits meanwhile.
        assert_eq!((clocks.deadline(), clocks.expired(at(now + 3_600))), (None, None));
        now += 3_600;
    }
}

#[test]
fn time_between_bytes_and_the_next_wait_does_not_count_as_idle() {
    let mut clocks = Liveness::new(None, Some(at(30)));
    clocks.on_wait(at(0));
    clocks.on_bytes(at(20));
    clocks.on_wait(at(1_000));
    assert_eq!(clocks.deadline(), Some(at(1_010)));
}

#[test]
fn a_wait_that_is_dropped_and_taken_up_again_gains_no_time() {
    let mut clocks = Liveness::new(Some(at(60)), None);
    // A loop that selects between the stream and a tick each second.
    for now in 0..60 {
        clocks.on_wait(at(now));
        assert_eq!((clocks.deadline(), clocks.expired(at(now))), (Some(at(60)), None));
    }
    clocks.on_wait(at(60));
    assert_eq!(clocks.expired(at(60)), Some(Timeout::new(Phase::IdleBytes, at(60))));
}

#[test]
fn without_limits_nothing_expires() {
    let mut clocks = Liveness::new(None, None);
    clocks.on_wait(at(0));
    assert_eq!((clocks.deadline(), clocks.expired(Duration::MAX)), (None, None));
}

#[test]
fn where_both_pass_at_once_it_is_the_bytes() {
    let mut clocks = Liveness::new(Some(at(60)), Some(at(60)));
    clocks.on_wait(at(0));
    assert_eq!(clocks.expired(at(60)).map(|timeout| timeout.phase()), Some(Phase::IdleBytes));
}

#[test]
fn a_limit_of_zero_and_the_longest_one() {
    let mut clocks = Liveness::new(Some(Duration::MAX), Some(Duration::MAX));
    clocks.on_wait(at(5));
    assert_eq!((clocks.deadline(), clocks.expired(at(9))), (Some(Duration::MAX), None));
    clocks.on_bytes(Duration::MAX);
    clocks.on_wait(at(5));
    clocks.on_bytes(Duration::MAX);
    let mut clocks = Liveness::new(Some(Duration::ZERO), None);
    assert_eq!(clocks.expired(at(0)), None);
    clocks.on_wait(at(0));
    assert!(clocks.expired(at(0)).is_some());
}

#[test]
fn a_clock_that_goes_backwards_adds_nothing() {
    let mut clocks = Liveness::new(Some(at(10)), Some(at(20)));
    clocks.on_wait(at(100));
    assert_eq!(clocks.expired(at(50)), None);
    clocks.on_bytes(at(50));
    clocks.on_wait(at(50));
    assert_eq!(clocks.deadline(), Some(at(60)));
    // Bytes and progress without a wait are no harm either.
    clocks.on_bytes(at(40));
    clocks.on_bytes(at(30));
    clocks.on_progress();
    assert_eq!(clocks.deadline(), None);
}

#[test]
fn bytes_without_a_look_at_the_clock_count_all_the_same() {
    let mut clocks = Liveness::new(Some(at(60)), Some(at(90)));
    // Progress: the wait is over, whenever that was.
    clocks.on_wait(at(0));
    clocks.on_bytes_untimed();
    assert_eq!((clocks.deadline(), clocks.expired(at(999))), (None, None));
    clocks.on_progress();
    assert_eq!(clocks.deadline(), None);
    clocks.on_wait(at(1_000));
    assert_eq!(clocks.deadline(), Some(at(1_060)));
    // None: the next wait follows at once, and says when it was.
    clocks.on_bytes_untimed();
    clocks.on_wait(at(1_050));
    assert_eq!(clocks.deadline(), Some(at(1_090)));
    assert_eq!(clocks.expired(at(1_090)), Some(Timeout::new(Phase::IdleProgress, at(90))));
    // Before any wait they are nothing to the clocks.
    let mut clocks = Liveness::new(Some(at(60)), None);
    clocks.on_bytes_untimed();
    clocks.on_wait(at(5));
    assert_eq!(clocks.deadline(), Some(at(65)));
}
