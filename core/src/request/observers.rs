//! The observers of a call.

use std::time::Duration;

use super::Call;
use crate::observe::{Observe, Observers};
use crate::reply::Reply;

impl Observers {
    /// Makes the observers of a call that begins at `start`.
    pub fn new<R: Reply>(call: &Call<R>, observe: &[Observe], start: Duration) -> Self {
        Observers::of(|| call.info(), observe, start)
    }
}
