//! JSON that is still being written: `requesty_core::json::partial`.

mod conformance;
mod cuts;
mod events;
mod grammar;
mod limits;
mod places;
mod random;
mod reference;
mod seen;
mod shown;
mod snapshots;
mod streams;
mod suite;
mod typed;
