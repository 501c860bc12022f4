//! The observers of a call.

use std::time::Duration;

use super::Call;
use crate::observe::{Observe, Watch};
use crate::reply::Reply;

impl Watch {
    /// Makes the observers of a call that begins at `start`.
    pub fn new<R: Reply>(call: &Call<R>, observe: &[Observe], start: Duration) -> Self {
        Watch::of(|| call.about(), observe, start)
    }
}
