//! What requests carry.

mod metadata;
mod raw;
mod slice;
