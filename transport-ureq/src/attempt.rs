//! The one loop over attempts. When to go on is the policy's to say; here is the clock, the dice and the sleep.

use std::hash::{BuildHasher, RandomState};
use std::time::{Instant, SystemTime};

use requesty_core::retry::Attempt;
use requesty_core::{Error, Policy};

/// Tries until it works or the policy gives up. None of the attempts has handed out anything of the answer.
pub(crate) fn attempts<T, E>(
    policy: &Policy,
    reason: impl Fn(&E) -> &Error,
    mut once: impl FnMut() -> Result<T, E>,
) -> Result<T, E> {
    let start = Instant::now();
    let mut number = 0_u32;
    loop {
        let failure = match once() {
            Ok(value) => return Ok(value),
            Err(failure) => failure,
        };
        number = number.saturating_add(1);
        let attempt = Attempt { number, elapsed: start.elapsed(), delivered: false };
        // Every `RandomState` has keys of its own: enough to spread clients out.
        let entropy = RandomState::new().hash_one(number);
        let Some(wait) = policy.delay(&attempt, reason(&failure), SystemTime::now(), entropy) else {
            return Err(failure);
        };
        std::thread::sleep(wait);
    }
}
