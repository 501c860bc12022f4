//! An alarm that keeps the task that it wakes.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use crate::Timer;

/// An alarm with a set time.
pub(crate) struct Alarm {
    at: Duration,
    ringing: Pin<Box<dyn Future<Output = ()> + Send>>,
    /// The waker of the task.
    waker: Option<Waker>,
}

impl Alarm {
    pub(crate) fn new(timer: &dyn Timer, at: Duration) -> Self {
        Alarm { at, ringing: timer.sleep_until(at), waker: None }
    }

    /// Returns whether the alarm cannot have rung by `now` and will wake this task. It then need not be polled.
    pub(crate) fn is_set(&self, now: Duration, cx: &Context<'_>) -> bool {
        self.at > now && self.wakes(cx)
    }

    fn wakes(&self, cx: &Context<'_>) -> bool {
        self.waker.as_ref().is_some_and(|waker| waker.will_wake(cx.waker()))
    }

    /// Waits until the alarm rings.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if !self.wakes(cx) {
            self.waker = Some(cx.waker().clone());
        }
        self.ringing.as_mut().poll(cx)
    }
}
