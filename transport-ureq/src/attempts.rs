//! The attempts of one call. The core decides whether another attempt follows; this module has the clock, the random
//! number and the sleep.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use requesty_core::observe::{Observe, Observers};
use requesty_core::{Call, Dialect, Incomplete, Machine, Reply, retry};

use crate::control::{CancelHandle, Control};

/// The attempts of one call, before the first item of its answer is handed out.
pub(crate) struct Attempts<'a> {
    core: retry::Attempts<'a>,
    pub(crate) control: Arc<Control>,
}

impl<'a> Attempts<'a> {
    pub(crate) fn new<R: Reply>(call: &'a Call<R>, observe: &[Observe], cancel: Option<&CancelHandle>) -> Self {
        let control = Control::new(*call.timeouts());
        if let Some(cancel) = cancel {
            cancel.add(&control);
        }
        let mut core = retry::Attempts::new(call, observe, Duration::ZERO);
        let start = control.start();
        core.observers().set_clock(move || start.elapsed());
        Attempts { core, control }
    }

    pub(crate) fn observers(&mut self) -> &mut Observers {
        self.core.observers()
    }

    pub(crate) fn into_observers(self) -> Observers {
        self.core.into_observers()
    }

    /// Notes what the reply of a failed attempt held, for the observers.
    pub(crate) fn seen<D: Dialect>(&mut self, machine: &Machine<D>) {
        if self.core.observers().is_watched() {
            self.core.seen(machine.summary());
        }
    }

    /// Waits until the next attempt is due.
    ///
    /// # Errors
    /// The failure, if no other attempt follows; [`requesty_core::Error::Cancelled`] if the call was cancelled.
    pub(crate) fn again<P>(&mut self, failure: Incomplete<P>) -> Result<(), Incomplete<P>> {
        if !self.control.is_cancelled() {
            // Each `RandomState` has random keys of its own, which is random enough to spread retries.
            let entropy = RandomState::new().hash_one(());
            let wait = self.core.failed(failure.error(), self.control.now(), SystemTime::now(), entropy);
            let Some(wait) = wait else { return Err(failure) };
            if self.control.sleep(wait) {
                self.control.again();
                return Ok(());
            }
        }
        let cancelled = self.core.cancelled(self.control.now());
        Err(Incomplete::new(failure.into_parts().0, cancelled))
    }
}
