//! Errors: their kinds, and what they show.

mod kinds;
mod secrets;
mod shown;
mod table;
