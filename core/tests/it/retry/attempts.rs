//! The loop of attempts: what it counts, when it ends, and what observers learn of it.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use requesty_core::chat::Chunks;
use requesty_core::error::{Phase, TransportError};
use requesty_core::observe::{CallInfo, Observe, Observer, Report, Summary, Timings};
use requesty_core::retry::{Attempt, Attempts};
use requesty_core::{Call, Error, Policy, Timeouts};

use crate::support::chat::stream_call;

/// Writes down what it learns.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn observe(&self) -> Observe {
        let log = self.clone();
        Arc::new(move |_: &CallInfo| Box::new(log.clone()))
    }

    fn lines(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl Observer for Log {
    fn retry(&mut self, _: &Error, wait: Duration) {
        self.0.lock().unwrap().push(format!("retry {wait:?}"));
    }

    fn first_item(&mut self, timings: &Timings) {
        self.0.lock().unwrap().push(format!("item {:?}", timings.first_item));
    }

    fn end(&mut self, report: &Report<'_>) {
        let cancelled = matches!(report.error, Some(Error::Cancelled(_)));
        let id = report.summary.id.as_ref().map(|id| format!(" {id}")).unwrap_or_default();
        self.0.lock().unwrap().push(format!("end {:?} {cancelled} {}{id}", report.timings.end, report.dropped));
    }
}

/// A failure before anything was sent: tried again by every policy.
fn refused() -> Error {
    TransportError::new(Phase::Connect, false, std::io::Error::other("refused")).into()
}

fn call(retries: u32, total: Option<Duration>) -> Call<Chunks> {
    let mut timeouts = Timeouts::default();
    timeouts.total = total;
    stream_call().with_policy(Policy::new().with_max_retries(retries)).with_timeouts(timeouts)
}

fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Reports a failure at a time, with an entropy that takes nothing off the wait.
fn fail(attempts: &mut Attempts<'_>, now: Duration) -> Option<Duration> {
    attempts.failed(&refused(), now, SystemTime::UNIX_EPOCH, 0)
}

#[test]
fn failures_are_counted_and_the_last_one_ends_the_call() {
    let (log, call) = (Log::default(), call(2, None));
    let mut attempts = Attempts::new(&call, &[log.observe()], at(100));
    assert_eq!(fail(&mut attempts, at(101)), Some(Duration::from_millis(500)));
    assert_eq!(fail(&mut attempts, at(102)), Some(at(1)));
    assert_eq!(fail(&mut attempts, at(104)), None);
    assert_eq!(log.lines(), ["retry 500ms", "retry 1s", "end Some(4s) false false"]);
    drop(attempts);
    assert_eq!(log.lines(), [""; 0], "it ended once");
}

#[test]
fn each_wait_is_the_one_of_the_policy() {
    let policy = Policy::new().with_max_retries(6).with_budget(at(20));
    let call = stream_call().with_policy(policy.clone());
    for entropy in [0, 1 << 40, u64::MAX / 2, u64::MAX] {
        // The start is any time: only what passed since then counts.
        for start in [at(0), at(1_000_000)] {
            let mut attempts = Attempts::new(&call, &[], start);
            let mut elapsed = Duration::ZERO;
            for number in 1..=8 {
                let attempt = Attempt { number, elapsed, delivered: false };
                let expected = policy.delay(&attempt, &refused(), SystemTime::UNIX_EPOCH, entropy);
                let wait = attempts.failed(&refused(), start + elapsed, SystemTime::UNIX_EPOCH, entropy);
                assert_eq!(wait, expected, "{number} with {entropy}");
                elapsed += wait.unwrap_or_default();
            }
        }
    }
}

#[test]
fn a_reply_that_failed_is_reported_with_its_metadata_and_one_that_is_tried_again_is_not() {
    let seen = |id: &str| {
        let mut summary = Summary::default();
        summary.id = Some(id.to_owned());
        summary
    };
    for (second, expected) in [(Some("c-2"), true), (None, false)] {
        let (log, call) = (Log::default(), call(1, None));
        let mut attempts = Attempts::new(&call, &[log.observe()], at(0));
        attempts.seen(seen("c-1"));
        assert!(fail(&mut attempts, at(1)).is_some());
        second.map(seen).into_iter().for_each(|summary| attempts.seen(summary));
        assert_eq!(fail(&mut attempts, at(2)), None);
        let end = log.lines().pop().unwrap();
        assert_eq!(end.ends_with("c-2"), expected, "{end}");
        assert!(!end.contains("c-1"), "{end}");
    }
}

#[test]
fn nothing_is_tried_again_after_an_item() {
    let (log, call) = (Log::default(), call(2, None));
    let mut attempts = Attempts::new(&call, &[log.observe()], at(0));
    assert!(fail(&mut attempts, at(1)).is_some());
    attempts.item(at(3));
    attempts.item(at(4));
    assert_eq!(fail(&mut attempts, at(5)), None);
    assert_eq!(log.lines(), ["retry 500ms", "item Some(3s)", "end Some(5s) false false"]);
}

#[test]
fn no_wait_reaches_the_limit_of_the_whole_call() {
    for (total, now, expected) in [
        (Some(10), 9_499, Some(500)),
        (Some(10), 9_500, None),
        (Some(10), 20_000, None),
        (Some(0), 0, None),
        (None, 20_000, Some(500)),
    ] {
        let call = call(2, total.map(at));
        let mut attempts = Attempts::new(&call, &[], at(7));
        let wait = fail(&mut attempts, at(7) + Duration::from_millis(now));
        assert_eq!(wait, expected.map(Duration::from_millis), "{total:?} s, failed after {now} ms");
    }
}

#[test]
fn once_it_is_over_it_stays_so() {
    let call = call(5, Some(at(10)));
    let mut attempts = Attempts::new(&call, &[], at(0));
    assert_eq!(fail(&mut attempts, at(10)), None);
    // A clock that went back gives no time anew.
    assert_eq!(fail(&mut attempts, at(0)), None);
}

#[test]
fn a_cancelled_call_ends_with_its_own_error() {
    let (log, call) = (Log::default(), call(2, None));
    let mut attempts = Attempts::new(&call, &[log.observe()], at(0));
    assert!(fail(&mut attempts, at(1)).is_some());
    assert!(matches!(attempts.cancelled(at(2)), Error::Cancelled(_)));
    assert_eq!(fail(&mut attempts, at(3)), None);
    assert_eq!(log.lines(), ["retry 500ms", "end Some(2s) true false"]);
}

#[test]
fn its_observers_go_on_without_it() {
    let (log, call) = (Log::default(), call(2, None));
    let mut attempts = Attempts::new(&call, &[log.observe()], at(1));
    let (mut head, body) = call.request().into_parts();
    attempts.observers().request(&mut head, body.len()).unwrap();
    assert!(format!("{attempts:?}").starts_with("Attempts { policy"));
    let mut observers = attempts.into_observers();
    assert_eq!((log.lines(), observers.timings().attempts), (Vec::new(), 1));
    observers.item(at(4), false);
    drop(observers);
    assert_eq!(log.lines(), ["item Some(3s)", "end None false true"]);
}
