//! The observers of a call, and its attempts.

use std::time::Duration;

use super::Call;
use crate::limits::Deadlines;
use crate::observe::{Observe, Observers};
use crate::reply::Reply;
use crate::retry::Attempts;

impl Observers {
    /// Makes the observers of a call that begins at `start`.
    pub fn new<R: Reply>(call: &Call<R>, observe: &[Observe], start: Duration) -> Self {
        Observers::of(|| call.info(), observe, start)
    }
}

impl<'a> Attempts<'a> {
    /// Begins the attempts of a call at the time `start`, and makes its observers.
    pub fn new<R: Reply>(call: &'a Call<R>, observe: &[Observe], start: Duration) -> Self {
        Attempts::of(call.policy(), Deadlines::new(*call.timeouts(), start), Observers::new(call, observe, start))
    }
}
