//! Stop reasons: why a message ended.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::ending;

/// The stop reason of a message. Other reasons are [`Other`](Self::Other), as they came.
///
/// The router's page: [create message](https://docs.requesty.ai/api-reference/endpoint/messages-create).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StopReason {
    /// `end_turn`: the model had finished.
    EndTurn,
    /// `max_tokens`: the token limit of the request cut the answer.
    MaxTokens,
    /// `stop_sequence`: the model wrote a stop sequence of the request.
    StopSequence,
    /// `tool_use`: the model waits for the results of tool uses.
    ToolUse,
    /// `pause_turn`: the provider's own tools take long. Send the message back as it is, and the answer continues. The
    /// router's documentation does not mention this reason.
    PauseTurn,
    /// `refusal`: the answer was stopped because of its content. The router's documentation does not mention this
    /// reason.
    Refusal,
    /// Any other reason.
    Other(Box<str>),
}

impl StopReason {
    /// Returns the reason as it is spelled on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            StopReason::EndTurn => "end_turn",
            StopReason::MaxTokens => "max_tokens",
            StopReason::StopSequence => "stop_sequence",
            StopReason::ToolUse => "tool_use",
            StopReason::PauseTurn => "pause_turn",
            StopReason::Refusal => "refusal",
            StopReason::Other(reason) => reason,
        }
    }

    /// Returns whether the answer may be incomplete, by the same list as
    /// [`chat::FinishReason::is_early`](crate::chat::FinishReason::is_early).
    pub fn is_early(&self) -> bool {
        !ending::is_whole(self.as_str())
    }

    /// Returns whether the reason may have cut the last block.
    pub(super) fn is_cut(&self) -> bool {
        ending::is_cut(self.as_str())
    }
}

impl From<&str> for StopReason {
    fn from(reason: &str) -> Self {
        match reason {
            "end_turn" => StopReason::EndTurn,
            "max_tokens" => StopReason::MaxTokens,
            "stop_sequence" => StopReason::StopSequence,
            "tool_use" => StopReason::ToolUse,
            "pause_turn" => StopReason::PauseTurn,
            "refusal" => StopReason::Refusal,
            other => StopReason::Other(other.into()),
        }
    }
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for StopReason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
