//! The body of a request that is JSON.

use bytes::Bytes;
use serde::Serialize;

use crate::BuildError;

/// Writes a value as JSON.
pub(crate) fn json(body: &(impl Serialize + ?Sized)) -> Result<Bytes, BuildError> {
    let body = serde_json::to_vec(body).map_err(|_| BuildError::new("the body cannot be written as JSON"))?;
    Ok(body.into())
}
