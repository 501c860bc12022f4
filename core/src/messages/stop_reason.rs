//! Stop reasons: why a message ended.

use crate::ending;
use crate::json::names;

names! {
    /// The stop reason of a message. Other reasons are [`Other`](Self::Other), as they came.
    ///
    /// The router's page: [create message](https://docs.requesty.ai/api-reference/endpoint/messages-create).
    pub enum StopReason {
        /// `end_turn`: the model had finished.
        EndTurn = "end_turn",
        /// `max_tokens`: the token limit of the request cut the answer.
        MaxTokens = "max_tokens",
        /// `stop_sequence`: the model wrote a stop sequence of the request.
        StopSequence = "stop_sequence",
        /// `tool_use`: the model waits for the results of tool uses.
        ToolUse = "tool_use",
        /// `pause_turn`: the provider's own tools take long. Send the message back as it is, and the answer continues.
        /// The router's documentation does not mention this reason.
        PauseTurn = "pause_turn",
        /// `refusal`: the answer was stopped because of its content. The router's documentation does not mention this
        /// reason.
        Refusal = "refusal",
        _ => Other: "Any other reason.",
    }
}

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
