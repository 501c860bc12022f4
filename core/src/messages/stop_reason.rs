//! Why a message ended.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::ending;

/// Why a message ended. Open: other reasons are [`Other`](Self::Other), as they came.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StopReason {
    /// `end_turn`: the model had no more to say.
    EndTurn,
    /// `max_tokens`: the limit of the request cut the answer.
    MaxTokens,
    /// `stop_sequence`: the model came to one of the request's stop sequences.
    StopSequence,
    /// `tool_use`: the model waits for the results of tools.
    ToolUse,
    /// `pause_turn`: the provider's own tools take long; sent back as it is, the answer goes on. Not documented by the router.
    PauseTurn,
    /// `refusal`: the answer was stopped for what it is about. Not documented by the router.
    Refusal,
    /// Anything else.
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

    /// Returns whether the answer may not be all that the model had to say: see
    /// [`chat::FinishReason::is_early`](crate::chat::FinishReason::is_early), whose list this is, too.
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
