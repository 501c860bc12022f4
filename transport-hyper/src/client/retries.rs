//! The one loop over attempts, as a value that is asked between two of them.

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, SystemTime};

use requesty_core::retry::Attempt;
use requesty_core::{Error, Policy};

use crate::Timer;

/// Counts the attempts of one call, and waits between them.
pub(super) struct Retries<'a> {
    policy: &'a Policy,
    timer: &'a dyn Timer,
    start: Duration,
    failed: u32,
}

impl<'a> Retries<'a> {
    pub(super) fn new(policy: &'a Policy, timer: &'a dyn Timer) -> Self {
        Retries { policy, timer, start: timer.now(), failed: 0 }
    }

    /// Waits until the next attempt is due; `false` if there is to be none. Dropping the wait ends the call.
    pub(super) async fn wait(&mut self, error: &Error) -> bool {
        self.failed = self.failed.saturating_add(1);
        let now = self.timer.now();
        // Nothing was handed out: the loops that ask end when there is something to hand out.
        let attempt = Attempt { number: self.failed, elapsed: now.saturating_sub(self.start), delivered: false };
        // Each hasher has keys of its own, which is all the chance that spreading clients out needs.
        let entropy = RandomState::new().hash_one(self.failed);
        let Some(wait) = self.policy.delay(&attempt, error, SystemTime::now(), entropy) else { return false };
        self.timer.sleep_until(now.saturating_add(wait)).await;
        true
    }
}
