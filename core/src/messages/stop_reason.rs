//! Stop reasons: why a message ended.

use crate::ending;
use crate::json::names;

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

names!(StopReason {
    EndTurn = "end_turn",
    MaxTokens = "max_tokens",
    StopSequence = "stop_sequence",
    ToolUse = "tool_use",
    PauseTurn = "pause_turn",
    Refusal = "refusal",
});

impl StopReason {
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
