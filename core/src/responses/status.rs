//! The status of a response, or of one of its items.

use crate::ending;
use crate::json::names;

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

names!(Status {
    Completed = "completed",
    Incomplete = "incomplete",
    InProgress = "in_progress",
    Queued = "queued",
    Failed = "failed",
    Cancelled = "cancelled",
});

impl Status {
    /// Returns whether the response is complete: `completed`, or another word that servers use for it.
    pub(super) fn is_whole(&self) -> bool {
        ending::is_whole(self.as_str())
    }

    /// Returns whether more may come: `in_progress` or `queued`.
    pub fn is_open(&self) -> bool {
        matches!(self, Status::InProgress | Status::Queued)
    }
}
