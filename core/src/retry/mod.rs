//! When to try again: pure functions of the error, the time and a random number.

mod attempts;
#[cfg(test)]
mod tests;

use std::time::{Duration, SystemTime};

use crate::error::{ApiError, Error, ErrorKind};
use crate::limits::Phase;

pub use attempts::Attempts;

/// When to send a request again, and when to give up.
///
/// | failure | tried again |
/// |---|---|
/// | an error of a kind that [is retryable](ErrorKind::is_retryable), by status 424, 429, 502, 503, 529 or inside the stream | yes |
/// | the connection could not be opened, or nothing was sent | yes |
/// | an error of any other kind | by [`retry_kind`](Self::retry_kind) |
/// | a time-out after the request was sent | by [`retry_timeouts`](Self::retry_timeouts) |
/// | the connection or the answer was cut after the request was sent | by [`retry_maybe_processed`](Self::retry_maybe_processed) |
/// | a used-up quota, balance or spend limit, whatever the status | no |
/// | the time limit of the whole call passed; the request cannot be built; the reply cannot be read or is too large | no |
/// | any failure after an event of the answer was handed out | never |
///
/// The header `x-should-retry: true` or `false` of an error reply overrides the kind of the error, except for a used-up
/// quota, balance or spend limit.
///
/// The wait begins with [`base`](Self::base) and doubles up to [`cap`](Self::cap), less up to a quarter at random. It
/// is never shorter than the server asks. If the server asks for more than [`max_retry_after`](Self::max_retry_after),
/// or the wait would end after the [`budget`](Self::budget), the error is final.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use requesty_core::{ErrorKind, Policy};
///
/// let policy = Policy::new()
///     .with_max_retries(4)
///     .with_budget(Duration::from_secs(60))
///     .retry_kind(ErrorKind::Server)
///     .retry_timeouts(true);
/// assert_eq!(policy.max_retries(), 4);
/// assert!(policy.retries_kind(ErrorKind::Server));
/// assert!(!policy.retries_kind(ErrorKind::Conflict));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[doc(alias("retry", "retries", "exponential backoff"))]
pub struct Policy {
    max_retries: u32,
    base: Duration,
    cap: Duration,
    max_retry_after: Duration,
    budget: Duration,
    /// The kinds that are tried again beyond the default ones.
    kinds: Vec<ErrorKind>,
    timeouts: bool,
    maybe_processed: bool,
}

impl Policy {
    /// Creates the default policy: 2 retries; waits from 0.5 s up to 8 s, or up to 120 s if the server asks for it; 5
    /// minutes in all.
    pub fn new() -> Self {
        Policy {
            max_retries: 2,
            base: Duration::from_millis(500),
            cap: Duration::from_secs(8),
            max_retry_after: Duration::from_secs(120),
            budget: Duration::from_secs(300),
            kinds: Vec::new(),
            timeouts: false,
            maybe_processed: false,
        }
    }

    /// Creates a policy that never tries again.
    pub fn none() -> Self {
        Policy::new().with_max_retries(0)
    }

    /// Sets how many times a request is sent again after the first attempt. 2 by default.
    #[must_use]
    pub fn with_max_retries(mut self, retries: u32) -> Self {
        self.max_retries = retries;
        self
    }

    /// Sets the wait before the first retry; it doubles with each retry. 0.5 s by default.
    #[must_use]
    #[doc(alias("backoff", "initial_delay"))]
    pub fn with_base(mut self, wait: Duration) -> Self {
        self.base = wait;
        self
    }

    /// Sets the longest wait, unless the server asks for a longer one. 8 s by default.
    #[must_use]
    #[doc(alias("max_backoff", "max_delay"))]
    pub fn with_cap(mut self, wait: Duration) -> Self {
        self.cap = wait;
        self
    }

    /// Sets the longest wait that the server may ask for. If it asks for more, the error is final. 120 s by default.
    #[must_use]
    pub fn with_max_retry_after(mut self, wait: Duration) -> Self {
        self.max_retry_after = wait;
        self
    }

    /// Sets the time from the start of the call within which a retry must begin. 5 minutes by default.
    #[must_use]
    pub fn with_budget(mut self, budget: Duration) -> Self {
        self.budget = budget;
        self
    }

    /// Also tries again after errors of `kind`, unless the kind [is final](ErrorKind::is_final). This suits some
    /// servers for [`TimedOut`](ErrorKind::TimedOut) (408, 504), [`Conflict`](ErrorKind::Conflict) (409) and
    /// [`Server`](ErrorKind::Server) (500 and other 5xx).
    #[must_use]
    pub fn retry_kind(mut self, kind: ErrorKind) -> Self {
        if !self.kinds.contains(&kind) {
            self.kinds.push(kind);
        }
        self
    }

    /// Sets whether to try again after a time-out of one attempt. `false` by default, because the server may have acted
    /// on the request, and may bill for it.
    #[must_use]
    pub fn retry_timeouts(mut self, retry: bool) -> Self {
        self.timeouts = retry;
        self
    }

    /// Sets whether to try again after the connection or the answer was cut. `false` by default, because the server may
    /// have acted on the request, and may bill for it.
    #[must_use]
    pub fn retry_maybe_processed(mut self, retry: bool) -> Self {
        self.maybe_processed = retry;
        self
    }

    /// Returns how many times a request is sent again.
    pub fn max_retries(&self) -> u32 {
        self.max_retries
    }

    /// Returns the wait before the first retry.
    pub fn base(&self) -> Duration {
        self.base
    }

    /// Returns the longest wait, unless the server asks for a longer one.
    pub fn cap(&self) -> Duration {
        self.cap
    }

    /// Returns the longest wait that the server may ask for.
    pub fn max_retry_after(&self) -> Duration {
        self.max_retry_after
    }

    /// Returns the time from the start of the call within which a retry must begin.
    pub fn budget(&self) -> Duration {
        self.budget
    }

    /// Returns whether errors of `kind` are tried again.
    pub fn retries_kind(&self, kind: ErrorKind) -> bool {
        !kind.is_final() && (kind.is_retryable() || self.kinds.contains(&kind))
    }

    /// Returns whether time-outs of one attempt are tried again.
    pub fn retries_timeouts(&self) -> bool {
        self.timeouts
    }

    /// Returns whether requests that the server may have acted on are tried again.
    pub fn retries_maybe_processed(&self) -> bool {
        self.maybe_processed
    }

    /// Returns how long to wait before the next attempt, or `None` to give up with `error`.
    ///
    /// It is a pure function: the same arguments give the same result. `now` is used only if `retry-after` is a date;
    /// `entropy` is any random number, which makes clients wait differently long.
    pub fn delay(&self, attempt: &Attempt, error: &Error, now: SystemTime, entropy: u64) -> Option<Duration> {
        if attempt.delivered || attempt.number > self.max_retries || !self.may_retry(error) {
            return None;
        }
        let asked = error.retry_after(now).unwrap_or_default();
        if asked > self.max_retry_after {
            return None;
        }
        let wait = self.backoff(attempt.number, entropy).max(asked);
        (attempt.elapsed.checked_add(wait)? <= self.budget).then_some(wait)
    }

    fn may_retry(&self, error: &Error) -> bool {
        match error {
            Error::Api(error) => self.may_retry_api(error),
            Error::Timeout(timeout) => match timeout.phase() {
                // The caller's own limit for the call with all its attempts.
                Phase::Total => false,
                _ => self.timeouts || !timeout.request_maybe_processed(),
            },
            Error::Transport(error) => self.maybe_processed || !error.request_maybe_processed(),
            Error::Truncated(_) | Error::Unfinished(_) => self.maybe_processed,
            // The next attempt would fail in the same way.
            Error::Build(_) | Error::Unexpected(_) | Error::Decode(_) | Error::NoChoices(_) | Error::TooLarge(_) => {
                false
            }
            Error::Cancelled(_) => false,
        }
    }

    fn may_retry_api(&self, error: &ApiError) -> bool {
        if error.kind().is_final() {
            return false;
        }
        // Inside a stream the headers belong to a successful reply, and say nothing about the error.
        let header = error.headers().get("x-should-retry").filter(|_| !error.is_in_stream());
        match header.map(|value| value.as_bytes().trim_ascii().to_ascii_lowercase()).as_deref() {
            Some(b"true") => true,
            Some(b"false") => false,
            _ => self.retries_kind(error.kind()),
        }
    }

    fn backoff(&self, number: u32, entropy: u64) -> Duration {
        let doubled = 2_u32.checked_pow(number.saturating_sub(1)).and_then(|factor| self.base.checked_mul(factor));
        let wait = doubled.map_or(self.cap, |wait| wait.min(self.cap));
        // Up to a quarter less. The upper 32 bits of `entropy` are the fraction.
        let less = ((wait / 4).as_nanos() * u128::from(entropy >> 32)) >> 32;
        wait - Duration::from_nanos(u64::try_from(less).unwrap_or(u64::MAX)).min(wait)
    }
}

impl Default for Policy {
    fn default() -> Self {
        Policy::new()
    }
}

/// The state of a call when an attempt failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The number of failed attempts, this one included: 1 after the first attempt.
    pub number: u32,
    /// The time since the call began.
    pub elapsed: Duration,
    /// Whether an event of the answer was handed out. Such a call is not retried: the retry would hand the event out again.
    pub delivered: bool,
}
