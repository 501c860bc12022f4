#![forbid(unsafe_code)]
//! How many instructions the core takes to read a stream, or a whole reply.
//!
//! ```text
//! corpora ──▶ feed: the stream, cut ──▶ contestants: ours, families ──▶ outcome, checked against the corpus
//! ```
//!
//! | to find | look into |
//! |---|---|
//! | what is read | [`corpora`] |
//! | how it is cut | [`feed`] |
//! | who reads it | [`contestants`], [`ours`], [`families`] |
//! | what has to come out | [`outcome`] |
//! | how instructions are counted | [`callgrind`], [`profile`] |
//! | whole replies, filled to do harm | [`whole_replies`] |
//!
//! `cargo test --release -p requesty-counts -- --nocapture` counts, and fails where there are too many. `benches` reads the same
//! corpora by other crates as well; building those takes minutes, so nothing here depends on them.

pub mod callgrind;
pub mod contestants;
pub mod corpora;
pub mod families;
pub mod feed;
pub mod ours;
pub mod outcome;
pub mod profile;
pub mod random;
pub mod whole_replies;
