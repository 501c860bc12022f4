//! stub
use http::HeaderMap;
use std::time::{Duration, SystemTime};
/// Stub.
pub fn retry_after(_headers: &HeaderMap, _now: SystemTime) -> Option<Duration> {
    None
}
/// Stub.
#[derive(Debug)]
pub struct Policy;
