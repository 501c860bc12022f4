#![forbid(unsafe_code)]
//! How fast the core reads a stream, beside everyone else who reads one.
//!
//! ```text
//! corpora ──▶ feed: the stream, cut ──▶ contestants ──▶ outcome, checked against the corpus
//!                                        ours, peers, floors
//! ```
//!
//! | to find | look into |
//! |---|---|
//! | who reads it | [`contestants`], [`peers`], [`floors`] |
//! | unfinished JSON, and who reads it | [`partial_json`] |
//! | what is read, how it is cut, how the core reads it, what has to come out, how instructions are counted | `testing/counts` |
//!
//! `cargo bench -p requesty-benches` runs the criterion benches. `cargo run --release -p requesty-benches --bin report`
//! prints every figure beside its goal.

pub mod contestants;
pub mod floors;
pub mod partial_json;
pub mod peers;

pub use requesty_counts::{callgrind, corpora, feed, ours, outcome, profile, random};
