//! What requests carry.

mod metadata;
