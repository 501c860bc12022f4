//! The attempts of one call, from its first request to the item after which nothing is tried again.

use std::time::{Duration, SystemTime};

use super::{Attempt, Policy};
use crate::error::Error;
use crate::limits::Deadlines;
use crate::observe::{Observers, Summary};

/// The loop of attempts of one call: asks the [`Policy`], keeps to the limit of the whole call, informs the observers.
///
/// A transport sends the request, reports each failure to [`failed`](Self::failed), and sleeps as long as that returns.
/// Time and chance are arguments; every `now` is the time since any fixed start, the same for the whole call.
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
/// // Here the clock stands still, and nobody sleeps.
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
    /// How many attempts have failed.
    failed: u32,
    delivered: bool,
    /// The call was cancelled, or has failed for good.
    over: bool,
    observers: Observers,
}

impl<'a> Attempts<'a> {
    /// Joins the policy of a call, its clocks and its observers.
    pub(crate) fn of(policy: &'a Policy, deadlines: Deadlines, observers: Observers) -> Self {
        Attempts { policy, deadlines, failed: 0, delivered: false, over: false, observers }
    }

    /// Returns the observers of the call, for the heads of requests and responses.
    pub fn observers(&mut self) -> &mut Observers {
        &mut self.observers
    }

    /// Returns the observers for the rest of the call, once nothing is tried again.
    pub fn into_observers(self) -> Observers {
        self.observers
    }

    /// Notes that an item is handed out: no failure after it is tried again, as the item would come twice.
    pub fn item(&mut self, now: Duration) {
        self.delivered = true;
        self.observers.item(now, false);
    }

    /// Notes that an attempt failed. Returns how long to wait before the next one, or `None` to give up with `error`, of
    /// which the observers learn then.
    ///
    /// `wall_clock` is only read against a date in `retry-after`; `entropy` is any random number, which spreads clients
    /// out. A wait that would end at or after [`total`](crate::Timeouts::total) is `None`: what went wrong says more than
    /// that there is no time left. After `None` it is always `None`.
    pub fn failed(&mut self, error: &Error, now: Duration, wall_clock: SystemTime, entropy: u64) -> Option<Duration> {
        self.failed = self.failed.saturating_add(1);
        let elapsed = now.saturating_sub(self.deadlines.start());
        let attempt = Attempt { number: self.failed, elapsed, delivered: self.delivered };
        let wait = self.policy.delay(&attempt, error, wall_clock, entropy);
        let wait = wait.filter(|&wait| !self.over && !self.deadlines.forbids(wait, now));
        match wait {
            Some(wait) => self.observers.retry(error, wait),
            None => self.end(error, now),
        }
        wait
    }

    /// Ends a call that was cancelled before an attempt or while it slept, and returns the error for it.
    pub fn cancelled(&mut self, now: Duration) -> Error {
        let error = Error::Cancelled(().into());
        self.end(&error, now);
        error
    }

    fn end(&mut self, error: &Error, now: Duration) {
        self.over = true;
        self.observers.end(now, Summary::default(), Some(error));
    }
}
