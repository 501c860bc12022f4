//! The body of a request that is JSON.

use bytes::Bytes;
use serde::Serialize;

use crate::BuildError;

/// Writes a value as JSON.
pub(crate) fn json(body: &(impl Serialize + ?Sized)) -> Result<Bytes, BuildError> {
    json_of_size(body, 128, "the body cannot be written as JSON")
}

/// Writes `body` as JSON, into memory for `size` bytes: a body that grows is copied several times, and it may hold a file.
pub(crate) fn json_of_size(
    body: &(impl Serialize + ?Sized),
    size: usize,
    unwritten: &'static str,
) -> Result<Bytes, BuildError> {
    let mut json = Vec::with_capacity(size);
    serde_json::to_writer(&mut json, body).map_err(|_| BuildError::new(unwritten))?;
    Ok(json.into())
}
