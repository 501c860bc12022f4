//! The clocks up to the head, with time as a plain number.

use std::time::Duration;

use requesty_core::error::{Phase, Timeout};
use requesty_core::{Deadlines, Liveness, Timeouts};

const fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn limits() -> Timeouts {
    let limits = Timeouts::default().with_connect(at(10)).with_tls(at(5)).with_write(at(20)).with_first_byte(at(600));
    limits.with_total(None)
}

#[test]
fn defaults_have_a_limit_for_each_phase_and_none_for_the_whole() {
    let defaults = Timeouts::default();
    assert_eq!((defaults.connect, defaults.tls, defaults.write), (Some(at(10)), Some(at(10)), Some(at(60))));
    assert_eq!((defaults.first_byte, defaults.total), (Some(at(600)), None));
    assert!(defaults.idle_bytes.is_some_and(|limit| limit >= at(120)));
    assert_eq!(defaults.idle_progress, Some(at(600)));
}

#[test]
fn each_phase_times_out_exactly_at_its_limit_and_says_so() {
    for (phase, limit) in [
        (Phase::Resolve, 10),
        (Phase::Connect, 10),
        (Phase::Proxy, 10),
        (Phase::Tls, 5),
        (Phase::Write, 20),
        (Phase::FirstByte, 600),
    ] {
        let mut clocks = Deadlines::new(limits(), at(1_000));
        clocks.enter(phase, at(1_000));
        assert_eq!(clocks.deadline(), Some(at(1_000 + limit)), "{phase}");
        assert_eq!(clocks.expired(at(1_000 + limit) - Duration::from_nanos(1)), None);
        assert_eq!(clocks.expired(at(1_000 + limit)), Some(Timeout::new(phase, at(limit))));
    }
}

#[test]
fn resolving_connecting_and_the_tunnel_share_one_clock() {
    let mut clocks = Deadlines::new(limits(), at(0));
    clocks.enter(Phase::Connect, at(6));
    clocks.enter(Phase::Proxy, at(9));
    assert_eq!(clocks.expired(at(10)), Some(Timeout::new(Phase::Proxy, at(10))));
}

#[test]
fn bytes_that_are_taken_put_writing_off() {
    let mut clocks = Deadlines::new(limits(), at(0));
    for now in (0..1_000).step_by(19) {
        clocks.enter(Phase::Write, at(now));
        assert_eq!(clocks.expired(at(now + 19)), None);
    }
    assert_eq!(clocks.phase(), Phase::Write);
}

#[test]
fn another_attempt_has_its_own_clocks_and_the_same_whole() {
    let mut clocks = Deadlines::new(limits().with_total(at(25)), at(0));
    clocks.enter(Phase::FirstByte, at(2));
    clocks.again(at(12));
    assert_eq!(clocks.deadline(), Some(at(22)));
    clocks.enter(Phase::Write, at(15));
    assert_eq!(clocks.expired(at(24)), None);
    assert_eq!(clocks.expired(at(25)), Some(Timeout::new(Phase::Total, at(25))));
    assert!(!clocks.forbids(at(4), at(20)) && clocks.forbids(at(5), at(20)));
}

#[test]
fn no_limit_never_passes() {
    let none = limits().with_connect(None).with_tls(None).with_write(None).with_first_byte(None);
    for phase in [Phase::Connect, Phase::Tls, Phase::Write, Phase::FirstByte] {
        let mut clocks = Deadlines::new(none, at(0));
        clocks.enter(phase, at(0));
        assert_eq!((clocks.deadline(), clocks.expired(Duration::MAX)), (None, None));
    }
    assert_eq!(Deadlines::new(limits().with_connect(Duration::MAX), at(1)).expired(at(9)), None);
}

#[test]
fn the_whole_call_runs_out_whether_somebody_waits_or_not() {
    let mut clocks = Liveness::new(Some(at(60)), None).with_total(at(100), Some(at(30)));
    assert_eq!(clocks.deadline(), Some(at(130)));
    clocks.on_wait(at(110));
    clocks.on_bytes(at(120));
    assert_eq!(clocks.expired(at(129)), None);
    assert_eq!(clocks.expired(at(130)), Some(Timeout::new(Phase::Total, at(30))));
}

#[test]
fn while_the_body_is_read_only_the_whole_call_has_a_limit_here() {
    for phase in [Phase::IdleBytes, Phase::IdleProgress, Phase::Total] {
        let mut clocks = Deadlines::new(limits().with_total(at(100)), at(3));
        clocks.enter(phase, at(4));
        assert_eq!((clocks.start(), clocks.deadline()), (at(3), Some(at(103))), "{phase:?}");
    }
}
