//! Limits and deadlines.

mod deadlines;
mod received;
