//! What requests carry.

mod metadata;
mod raw;
