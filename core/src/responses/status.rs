//! The status of a response, or of one of its items.

use crate::ending;
use crate::json::names;

names! {
    /// The status of a response, or of one of its items. A status that this crate does not know is kept as it is.
    ///
    /// The router's page: [create response](https://docs.requesty.ai/api-reference/endpoint/responses-create).
    pub enum Status {
        /// `completed`: it is complete.
        Completed = "completed",
        /// `incomplete`: a limit or a filter cut it.
        Incomplete = "incomplete",
        /// `in_progress`: it is being generated.
        InProgress = "in_progress",
        /// `queued`: it waits to be generated.
        Queued = "queued",
        /// `failed`: an error ended it.
        Failed = "failed",
        /// `cancelled`: the caller or the server cancelled it.
        Cancelled = "cancelled",
        _ => Other: "Any other status.",
    }
}

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
