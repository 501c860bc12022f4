//! What a call may cost: bytes and time. One place for every default, and for the errors beyond them.

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
