//! The clocks of one call, shared by its attempt and the connector that opens a connection for it.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use requesty_core::error::{Phase, Timeout};
use requesty_core::{Deadlines, Timeouts};

use crate::Timer;

/// The clocks of one call.
pub(super) struct Control {
    timer: Arc<dyn Timer>,
    deadlines: Mutex<Deadlines>,
}

impl Control {
    pub(super) fn new(timeouts: Timeouts, timer: Arc<dyn Timer>) -> Arc<Self> {
        let deadlines = Mutex::new(Deadlines::new(timeouts, timer.now()));
        Arc::new(Control { timer, deadlines })
    }

    pub(super) fn timer(&self) -> &Arc<dyn Timer> {
        &self.timer
    }

    pub(super) fn now(&self) -> Duration {
        self.timer.now()
    }

    /// Returns a copy of the clocks.
    pub(super) fn get(&self) -> Deadlines {
        *self.lock()
    }

    /// Starts the clocks of another attempt.
    pub(super) fn again(&self) {
        let now = self.now();
        self.lock().again(now);
    }

    /// Notes that a phase begins now.
    pub(super) fn enter(&self, phase: Phase) {
        self.enter_at(phase, self.now());
    }

    /// Notes that a phase began at that time.
    pub(super) fn enter_at(&self, phase: Phase, at: Duration) {
        self.lock().enter(phase, at);
    }

    pub(super) fn expired(&self) -> Option<Timeout> {
        let now = self.now();
        self.lock().expired(now)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Deadlines> {
        self.deadlines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes this call the current one while `work` runs, so that connectors find it.
    pub(super) fn during<T>(self: &Arc<Self>, work: impl FnOnce() -> T) -> T {
        struct Restore(Option<Arc<Control>>);
        impl Drop for Restore {
            fn drop(&mut self) {
                CURRENT.set(self.0.take());
            }
        }
        let _restore = Restore(CURRENT.replace(Some(self.clone())));
        work()
    }

    /// Returns the call that is being polled.
    pub(super) fn current() -> Option<Arc<Self>> {
        CURRENT.with_borrow(Clone::clone)
    }
}

thread_local! {
    /// A connector gets only a URL. Through this variable it finds the call.
    static CURRENT: RefCell<Option<Arc<Control>>> = const { RefCell::new(None) };
}
