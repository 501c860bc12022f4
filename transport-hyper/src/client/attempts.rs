//! The attempts of one call. The core decides whether another attempt follows; this module has the clock, the random
//! number and the sleep.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::SystemTime;

use requesty_core::observe::{Observe, Observers};
use requesty_core::{Call, Dialect, Incomplete, Machine, Reply, retry};

use super::control::Control;
use crate::Timer;

/// The attempts of one call, before the first item of its answer is handed out.
pub(super) struct Attempts<'a> {
    core: retry::Attempts<'a>,
    pub(super) control: Arc<Control>,
}

impl<'a> Attempts<'a> {
    pub(super) fn new<R: Reply>(call: &'a Call<R>, observe: &[Observe], timer: &Arc<dyn Timer>) -> Self {
        let control = Control::new(*call.timeouts(), timer.clone());
        let start = control.get().start();
        let mut core = retry::Attempts::new(call, observe, start);
        let clock = Arc::clone(timer);
        core.observers().set_clock(move || clock.now());
        Attempts { core, control }
    }

    pub(super) fn observers(&mut self) -> &mut Observers {
        self.core.observers()
    }

    pub(super) fn into_observers(self) -> Observers {
        self.core.into_observers()
    }

    /// Notes what the reply of a failed attempt held, for the observers.
    pub(super) fn seen<D: Dialect>(&mut self, machine: &Machine<D>) {
        if self.core.observers().is_watched() {
            self.core.seen(machine.summary());
        }
    }

    /// Waits until the next attempt is due. Dropping the wait ends the call.
    ///
    /// # Errors
    /// The failure, if no other attempt follows.
    pub(super) async fn again<P>(&mut self, failure: Incomplete<P>) -> Result<(), Incomplete<P>> {
        let now = self.control.now();
        // Each `RandomState` has random keys of its own, which is random enough to spread retries.
        let entropy = RandomState::new().hash_one(());
        let wait = self.core.failed(failure.error(), now, SystemTime::now(), entropy);
        let Some(wait) = wait else { return Err(failure) };
        self.control.timer().sleep_until(now.saturating_add(wait)).await;
        self.control.again();
        Ok(())
    }
}
