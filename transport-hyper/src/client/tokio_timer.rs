//! tokio's clock as a timer.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use tokio::time::Instant;

use crate::Timer;

/// The clock of tokio. If a test pauses tokio's time, this clock stands still too.
#[derive(Clone, Copy, Debug)]
pub struct TokioTimer {
    start: Instant,
}

impl TokioTimer {
    /// Creates a timer that starts now.
    pub fn new() -> Self {
        TokioTimer { start: Instant::now() }
    }
}

impl Default for TokioTimer {
    fn default() -> Self {
        TokioTimer::new()
    }
}

impl Timer for TokioTimer {
    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    fn sleep_until(&self, at: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        match self.start.checked_add(at) {
            Some(at) => Box::pin(tokio::time::sleep_until(at)),
            // The time is beyond the range of the clock.
            None => Box::pin(std::future::pending()),
        }
    }
}
