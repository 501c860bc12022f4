//! Replies that confirm an action. Their body does not matter: it may be empty, `{}` or anything else.
//!
//! An unusual body is no failure, because the action was done. An error under a success status, or an HTML page, is a
//! failure.

use std::fmt;

use bytes::Bytes;
use http::StatusCode;
use serde::de::DeserializeOwned;

use crate::reply::Json;

impl Json<()> {
    /// For endpoints whose documented reply is empty.
    pub(crate) fn accepted() -> Self {
        Json::read_by(|_, _| Ok(()))
    }
}

impl Json<Acknowledgement> {
    /// For endpoints whose documentation does not describe the body of the reply.
    pub(crate) fn acknowledged() -> Self {
        Json::read_by(|status, body| Ok(Acknowledgement { status, body }))
    }
}

/// The status and the body of a successful reply. The router's documentation does not describe the body.
#[derive(Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    status: StatusCode,
    body: Bytes,
}

impl Acknowledgement {
    /// Returns the status, which is a success.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the body: empty, JSON or anything else.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Reads the body as a type of the caller's; `None` if the body is not of that type.
    pub fn read_as<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.body).ok()
    }
}

impl fmt::Debug for Acknowledgement {
    /// Shows only the length of the body, because its content is unknown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Acknowledgement").field("status", &self.status).field("body_len", &self.body.len()).finish()
    }
}
