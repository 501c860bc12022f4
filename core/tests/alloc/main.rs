//! Tests that count allocations, and so bring an allocator of their own. It counts per thread, so that tests run side by side.

mod counting;
mod deltas;
mod files;
mod follows;
mod growth;
mod lists;
mod messages;
mod numbers;
mod partial;
mod start;
mod stream_lists;
#[path = "../it/support/mod.rs"]
mod support;
mod view;
