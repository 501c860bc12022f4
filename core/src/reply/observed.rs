//! A machine, and the observers of its call.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::time::Duration;

use super::{Dialect, Machine};
use crate::Error;
use crate::observe::{Answer, Observers, Summary, Timings};

/// A [`Machine`], and the observers of its call. A transport keeps it while it reads a reply.
///
/// The observers always get the summary of what came: at the [end](Self::over), or when it is dropped before the end.
pub struct Observed<D: Dialect> {
    /// `None` only while it is taken apart.
    machine: Option<Machine<D>>,
    observers: Option<Observers>,
}

impl<D: Dialect> Observed<D> {
    /// Wraps a machine; there are no observers yet.
    pub fn new(machine: Machine<D>) -> Self {
        Observed { machine: Some(machine), observers: None }
    }

    /// Reports to the observers of the call from now on.
    pub fn observe(&mut self, observers: Observers) {
        self.observers = Some(observers);
    }

    /// Returns the timings so far; all are blank before [`observe`](Self::observe).
    pub fn timings(&self) -> Timings {
        self.observers.as_ref().map(Observers::timings).unwrap_or_default()
    }

    /// As [`Machine::waiting`], and reports it to the observers.
    pub fn waiting(&mut self, now: Duration) -> Option<Duration> {
        if let Some(observers) = &mut self.observers {
            observers.waiting(now);
        }
        Machine::waiting(self, now)
    }

    /// Reports to the observers that an item came. The clock is read only if it matters to them.
    #[inline]
    pub fn came(&mut self, clock: impl FnOnce() -> Duration) {
        if self.observers.is_some() {
            self.tell_item(clock);
        }
    }

    /// Reports to the observers that the call is over: complete, or ended by `error`. Only the first report counts.
    pub fn over(&mut self, now: Duration, error: Option<&Error>) {
        let (Some(observers), Some(machine)) = (&mut self.observers, &self.machine) else { return };
        let summary = if observers.is_watched() { machine.summary() } else { Summary::default() };
        let json = || machine.dialect().answer();
        observers.end_with(now, summary, error, Some(Answer { scrub: machine.scrub(), json: &json }));
    }

    /// Returns the machine. If the call is not over, the observers see that it was dropped.
    pub fn into_machine(mut self) -> Machine<D> {
        self.tell_dropped();
        match self.machine.take() {
            Some(machine) => machine,
            None => unreachable!("only this takes it"),
        }
    }

    fn tell_item(&mut self, clock: impl FnOnce() -> Duration) {
        let (Some(observers), Some(machine)) = (&mut self.observers, &self.machine) else { return };
        let Timings { first_item, first_text, .. } = observers.timings();
        let has_text = (observers.is_watched() || first_text.is_none()) && machine.dialect().has_text();
        if has_text || first_item.is_none() || observers.is_watched() {
            observers.item(clock(), has_text);
        }
    }

    fn tell_dropped(&mut self) {
        if let (Some(observers), Some(machine)) = (&mut self.observers, &self.machine) {
            let json = || machine.dialect().answer();
            observers.dropped(|| machine.summary(), Some(Answer { scrub: machine.scrub(), json: &json }));
        }
    }
}

impl<D: Dialect> Deref for Observed<D> {
    type Target = Machine<D>;

    #[inline]
    fn deref(&self) -> &Machine<D> {
        match &self.machine {
            Some(machine) => machine,
            None => unreachable!("it is taken only with the whole"),
        }
    }
}

impl<D: Dialect> DerefMut for Observed<D> {
    #[inline]
    fn deref_mut(&mut self) -> &mut Machine<D> {
        match &mut self.machine {
            Some(machine) => machine,
            None => unreachable!("it is taken only with the whole"),
        }
    }
}

impl<D: Dialect> Drop for Observed<D> {
    fn drop(&mut self) {
        self.tell_dropped();
    }
}

impl<D: Dialect> fmt::Debug for Observed<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
