//! The attempts of one call, from its first request until the first item of the answer, after which no attempt follows.

use std::time::{Duration, SystemTime};

use super::{Attempt, Policy};
use crate::error::Error;
use crate::limits::Deadlines;
use crate::observe::{Observers, Summary};

/// Runs the attempts of one call: asks the [`Policy`], keeps the time limit of the whole call, informs the observers.
///
/// A transport sends the request, reports each failure to [`failed`](Self::failed), and sleeps for the duration that
/// `failed` returns. Time and random numbers are arguments; every `now` is measured since one fixed start, the same for
/// the whole call.
///
/// ```text
/// new ─▶ send the request ─┬▶ item, item, …    nothing is tried again
///              ▲           └▶ failed ─▶ None   give up with the error
///              └─ sleep ◀──────────────┘ Some(wait)
/// ```
///
/// # Examples
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use requesty_core::error::{Phase, TransportError};
/// use requesty_core::retry::Attempts;
/// use requesty_core::{ApiKey, Router, chat};
///
/// let router = Router::new(ApiKey::new("rqsty-sk-example")?);
/// let call = router.chat(&chat::Request::new(&[chat::Message::user("Hello")]))?;
/// let refused = || TransportError::new(Phase::Connect, false, std::io::Error::other("refused")).into();
///
/// let mut attempts = Attempts::new(&call, &[], Duration::ZERO);
/// let mut waits = Vec::new();
/// // In this example the clock stands still, and nobody sleeps.
/// while let Some(wait) = attempts.failed(&refused(), Duration::ZERO, SystemTime::UNIX_EPOCH, 0) {
///     waits.push(wait);
/// }
/// assert_eq!(waits, [Duration::from_millis(500), Duration::from_secs(1)]);
/// # Ok::<(), requesty_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Attempts<'a> {
    policy: &'a Policy,
    deadlines: Deadlines,
    /// The number of failed attempts.
    failed: u32,
    delivered: bool,
    /// Whether the call was cancelled, or failed for good.
    over: bool,
    /// The metadata of the reply of this attempt, where it failed before its first item.
    seen: Summary,
    observers: Observers,
}

impl<'a> Attempts<'a> {
    /// Joins the policy of a call, its clocks and its observers.
    pub(crate) fn of(policy: &'a Policy, deadlines: Deadlines, observers: Observers) -> Self {
        Attempts { policy, deadlines, failed: 0, delivered: false, over: false, seen: Summary::default(), observers }
    }

    /// Returns the observers of the call, so that a transport can report the heads of requests and responses.
    pub fn observers(&mut self) -> &mut Observers {
        &mut self.observers
    }

    /// Returns the observers for the rest of the call, when no attempt follows any more.
    pub fn into_observers(self) -> Observers {
        self.observers
    }

    /// Notes that an item was handed out. No attempt follows any later failure, because the item would come twice. The item counts as
    /// one without text; [`Observed`](crate::reply::Observed) also reports the texts.
    pub fn item(&mut self, now: Duration) {
        self.delivered = true;
        self.observers.item(now, false);
    }

    /// Notes the metadata of a reply that fails before its first item, such as a whole reply without a finish reason. The observers get
    /// it if no attempt follows. Call it before [`failed`](Self::failed).
    pub fn seen(&mut self, summary: Summary) {
        self.seen = summary;
    }

    /// Notes that an attempt failed. Returns how long to wait before the next attempt, or `None` to give up with
    /// `error`; the observers are informed in both cases.
    ///
    /// `wall_clock` is used only if `retry-after` is a date; `entropy` is any random number, which makes clients wait
    /// differently long. Returns `None` also if the wait would end at or after [`total`](crate::Timeouts::total),
    /// because `error` says more than a time-out would. After `None` it always returns `None`.
    pub fn failed(&mut self, error: &Error, now: Duration, wall_clock: SystemTime, entropy: u64) -> Option<Duration> {
        self.failed = self.failed.saturating_add(1);
        let elapsed = now.saturating_sub(self.deadlines.start());
        let attempt = Attempt { number: self.failed, elapsed, delivered: self.delivered };
        let wait = self.policy.delay(&attempt, error, wall_clock, entropy);
        let wait = wait.filter(|&wait| !self.over && !self.deadlines.forbids(wait, now));
        match wait {
            Some(wait) => {
                self.seen = Summary::default();
                self.observers.retry(error, wait);
            }
            None => self.end(error, now),
        }
        wait
    }

    /// Ends a call that was cancelled before an attempt or between two attempts, and returns the error for it.
    pub fn cancelled(&mut self, now: Duration) -> Error {
        let error = Error::Cancelled(().into());
        self.end(&error, now);
        error
    }

    fn end(&mut self, error: &Error, now: Duration) {
        self.over = true;
        self.observers.end(now, std::mem::take(&mut self.seen), Some(error));
    }
}
