//! Replies that say that something was done, and need say no more: an empty one, `{}`, or whatever a server likes.
//!
//! What was done is not to be reported as a failure because the body is odd. An error under a success status, or an HTML
//! page, is a failure all the same.

use std::fmt;

use bytes::Bytes;
use http::StatusCode;
use serde::de::DeserializeOwned;

use crate::reply::Json;

impl Json<()> {
    /// For endpoints that are documented to answer with nothing.
    pub(crate) fn accepted() -> Self {
        Json::read_by(|_, _| Ok(()))
    }
}

impl Json<Acknowledgement> {
    /// For endpoints whose reply has no documented body.
    pub(crate) fn acknowledged() -> Self {
        Json::read_by(|status, body| Ok(Acknowledgement { status, body }))
    }
}

/// The status and the body of a successful reply. The router does not document the body.
#[derive(Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    status: StatusCode,
    body: Bytes,
}

impl Acknowledgement {
    /// Returns the status, a success.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the body: empty, JSON or anything else.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Reads the body as a type of the caller's; `None` where it is something else.
    pub fn read_as<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.body).ok()
    }
}

impl fmt::Debug for Acknowledgement {
    /// Leaves the body out: nobody knows what is in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Acknowledgement").field("status", &self.status).field("body_len", &self.body.len()).finish()
    }
}
