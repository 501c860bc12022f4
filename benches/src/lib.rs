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
//! | what is read | [`corpora`] |
//! | how it is cut | [`feed`] |
//! | who reads it | [`contestants`], [`ours`], [`families`], [`peers`], [`floors`] |
//! | what has to come out | [`outcome`] |
//! | how instructions are counted | [`callgrind`] |
//! | unfinished JSON, and who reads it | [`partial_json`] |
//! | whole replies, filled to do harm | [`whole_replies`] |
//!
//! `cargo bench -p requesty-benches` runs the criterion benches. `cargo run --release -p requesty-benches --bin report`
//! prints every figure beside its goal.

pub mod callgrind;
pub mod contestants;
pub mod corpora;
pub mod families;
pub mod feed;
pub mod floors;
pub mod ours;
pub mod outcome;
pub mod partial_json;
pub mod peers;
pub mod random;
pub mod whole_replies;
