//! The attempts of one call. When to go on is the policy's to say; here is the clock, the dice and the sleep.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use requesty_core::observe::{Observe, Observers, Summary};
use requesty_core::retry::Attempt;
use requesty_core::{Call, Error, Policy, Reply};

use crate::control::{CancelHandle, Control};

/// The attempts of one call, none of which has handed out anything of the answer.
pub(crate) struct Attempts<'a> {
    policy: &'a Policy,
    failed: u32,
    pub(crate) control: Arc<Control>,
    pub(crate) watch: Observers,
}

impl<'a> Attempts<'a> {
    pub(crate) fn new<R: Reply>(call: &'a Call<R>, observe: &[Observe], cancel: Option<&CancelHandle>) -> Self {
        let control = Control::new(*call.timeouts());
        if let Some(cancel) = cancel {
            cancel.add(&control);
        }
        Attempts { policy: call.policy(), failed: 0, control, watch: Observers::new(call, observe, Duration::ZERO) }
    }

    /// Waits until the next attempt is due; `false` if there is to be none.
    pub(crate) fn again(&mut self, error: &Error) -> bool {
        let there_is = self.wait(error);
        if !there_is {
            self.watch.end(self.control.now(), Summary::default(), Some(error));
        }
        there_is
    }

    fn wait(&mut self, error: &Error) -> bool {
        self.failed = self.failed.saturating_add(1);
        let attempt = Attempt { number: self.failed, elapsed: self.control.now(), delivered: false };
        // Every `RandomState` has keys of its own: enough to spread clients out.
        let entropy = RandomState::new().hash_one(self.failed);
        let Some(wait) = self.policy.delay(&attempt, error, SystemTime::now(), entropy) else { return false };
        // What went wrong says more than that there is no time left.
        if self.control.forbids(wait) {
            return false;
        }
        self.watch.retry(error, wait);
        if !self.control.sleep(wait) {
            return false;
        }
        self.control.again();
        true
    }
}
