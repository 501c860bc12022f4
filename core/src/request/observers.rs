//! How a call creates its observers and its attempts.

use std::time::Duration;

use super::Call;
use crate::limits::Deadlines;
use crate::observe::{Observe, Observers};
use crate::reply::Reply;
use crate::retry::Attempts;

impl Observers {
    /// Creates the observers of a call that begins at `start`.
    pub fn new<R: Reply>(call: &Call<R>, observe: &[Observe], start: Duration) -> Self {
        Observers::of(|| call.info(), observe, start)
    }
}

impl<'a> Attempts<'a> {
    /// Creates the attempts and the observers of a call that begins at `start`.
    pub fn new<R: Reply>(call: &'a Call<R>, observe: &[Observe], start: Duration) -> Self {
        Attempts::of(call.policy(), Deadlines::new(*call.timeouts(), start), Observers::new(call, observe, start))
    }
}
