//! The attempts of one call, as a value that is asked between two of them.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::SystemTime;

use requesty_core::observe::{Observe, Observers, Summary};
use requesty_core::retry::Attempt;
use requesty_core::{Call, Error, Policy, Reply};

use super::clocks::Clocks;
use crate::Timer;

/// The attempts of one call, none of which has handed out anything of the answer.
pub(super) struct Attempts<'a> {
    policy: &'a Policy,
    failed: u32,
    pub(super) clocks: Arc<Clocks>,
    pub(super) watch: Observers,
}

impl<'a> Attempts<'a> {
    pub(super) fn new<R: Reply>(call: &'a Call<R>, observe: &[Observe], timer: &Arc<dyn Timer>) -> Self {
        let clocks = Clocks::new(*call.timeouts(), timer.clone());
        let watch = Observers::new(call, observe, clocks.get().start());
        Attempts { policy: call.policy(), failed: 0, clocks, watch }
    }

    /// Waits until the next attempt is due; `false` if there is to be none. Dropping the wait ends the call.
    pub(super) async fn again(&mut self, error: &Error) -> bool {
        let there_is = self.wait(error).await;
        if !there_is {
            self.watch.end(self.clocks.now(), Summary::default(), Some(error));
        }
        there_is
    }

    async fn wait(&mut self, error: &Error) -> bool {
        self.failed = self.failed.saturating_add(1);
        let (now, clocks) = (self.clocks.now(), self.clocks.get());
        let attempt = Attempt { number: self.failed, elapsed: now.saturating_sub(clocks.start()), delivered: false };
        // Each hasher has keys of its own, which is all the chance that spreading clients out needs.
        let entropy = RandomState::new().hash_one(self.failed);
        let Some(wait) = self.policy.delay(&attempt, error, SystemTime::now(), entropy) else { return false };
        // What went wrong says more than that there is no time left.
        if clocks.forbids(wait, now) {
            return false;
        }
        self.watch.retry(error, wait);
        self.clocks.timer().sleep_until(now.saturating_add(wait)).await;
        self.clocks.again();
        true
    }
}
