//! The limits of a call in bytes and in time, with all their defaults, and the errors for what exceeds them.

mod deadlines;
mod phase;
mod size;
mod time;
mod too_large;

pub use deadlines::Deadlines;
pub use phase::{Phase, Timeout};
pub use size::Limits;
pub use time::Timeouts;
pub use too_large::{Limit, TooLarge};
