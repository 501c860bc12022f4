//! The status of a response, or of one of its items.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::ending;

/// The status of a response, or of one of its items. A status that this crate does not know is kept as it is.
///
/// The router's page: [create response](https://docs.requesty.ai/api-reference/endpoint/responses-create).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Status {
    /// `completed`: it is complete.
    Completed,
    /// `incomplete`: a limit or a filter cut it.
    Incomplete,
    /// `in_progress`: it is being generated.
    InProgress,
    /// `queued`: it waits to be generated.
    Queued,
    /// `failed`: an error ended it.
    Failed,
    /// `cancelled`: the caller or the server cancelled it.
    Cancelled,
    /// Any other status.
    Other(Box<str>),
}

impl Status {
    /// Returns the status as it is spelled on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Status::Completed => "completed",
            Status::Incomplete => "incomplete",
            Status::InProgress => "in_progress",
            Status::Queued => "queued",
            Status::Failed => "failed",
            Status::Cancelled => "cancelled",
            Status::Other(status) => status,
        }
    }

    /// Returns whether the response is complete: `completed`, or another word that servers use for it.
    pub(super) fn is_whole(&self) -> bool {
        ending::is_whole(self.as_str())
    }

    /// Returns whether more may come: `in_progress` or `queued`.
    pub fn is_open(&self) -> bool {
        matches!(self, Status::InProgress | Status::Queued)
    }
}

impl From<&str> for Status {
    fn from(status: &str) -> Self {
        match status {
            "completed" => Status::Completed,
            "incomplete" => Status::Incomplete,
            "in_progress" => Status::InProgress,
            "queued" => Status::Queued,
            "failed" => Status::Failed,
            "cancelled" => Status::Cancelled,
            other => Status::Other(other.into()),
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Status {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
