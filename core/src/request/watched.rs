//! The observers of a call, and its attempts.

use std::time::Duration;

use super::Call;
use crate::limits::Deadlines;
use crate::observe::{Observe, Watch};
use crate::reply::Reply;
use crate::retry::Attempts;

impl Watch {
    /// Makes the observers of a call that begins at `start`.
    pub fn new<R: Reply>(call: &Call<R>, observe: &[Observe], start: Duration) -> Self {
        Watch::of(|| call.about(), observe, start)
    }
}

impl<'a> Attempts<'a> {
    /// Begins the attempts of a call at the time `start`, and makes its observers.
    pub fn new<R: Reply>(call: &'a Call<R>, observe: &[Observe], start: Duration) -> Self {
        Attempts::of(call.policy(), Deadlines::new(*call.timeouts(), start), Watch::new(call, observe, start))
    }
}
