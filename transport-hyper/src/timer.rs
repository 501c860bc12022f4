//! The clock and the alarm of a driver, so that it depends on no runtime.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

/// A clock and an alarm.
///
/// Times are durations since a fixed start, which the timer chooses. With the feature `hyper`, `TokioTimer` implements
/// it. Another runtime needs two short methods, and a test can have a clock of its own.
///
/// # Examples
///
/// ```
/// use std::future::Future;
/// use std::pin::Pin;
/// use std::time::Duration;
///
/// use requesty_hyper::Timer;
/// use tokio::time::Instant;
///
/// struct SinceStart(Instant);
///
/// impl Timer for SinceStart {
///     fn now(&self) -> Duration {
///         self.0.elapsed()
///     }
///
///     fn sleep_until(&self, at: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
///         Box::pin(tokio::time::sleep_until(self.0 + at))
///     }
/// }
/// ```
pub trait Timer: Send + Sync {
    /// Returns the time since the start. It never decreases.
    fn now(&self) -> Duration;

    /// Returns a future that is ready once [`now`](Self::now) has reached `at`.
    fn sleep_until(&self, at: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>>;
}
