//! Errors: their kinds, and what they show.

mod kinds;
mod shown;
