//! Errors: their kinds, and what they show.

mod kinds;
mod providers;
mod secrets;
mod shown;
mod table;

use requesty_core::ErrorKind;

/// The table itself, which is no part of the public API; it takes `ErrorKind` from here.
#[path = "../../../src/error/table.rs"]
mod failures;
