//! The tests of the core in one program: a folder for each room of `core/src`.
//!
//! Tests that count allocations are another program, `tests/alloc`, because its allocator slows every other test.

mod agent;
mod audio;
mod chat;
mod embeddings;
mod endings;
mod error;
mod feedback;
mod images;
mod json;
mod limits;
mod manage;
mod mcp;
mod messages;
mod models;
mod observe;
mod obvious_lines;
mod record;
mod reply;
mod request;
mod responses;
mod retry;
mod rooms;
mod router;
mod schema;
mod sizes;
mod sse;
mod support;
mod totals;
mod unusual;
mod words;
