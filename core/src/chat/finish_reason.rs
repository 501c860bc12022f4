//! Finish reasons: why an answer ended.

use crate::ending;
use crate::json::names;

names! {
    /// The finish reason of a choice. Other reasons of providers are [`Other`](Self::Other), as they came.
    ///
    /// The router's page: [create chat completion](https://docs.requesty.ai/api-reference/endpoint/chat-completions-create).
    pub enum FinishReason {
        /// `stop`: the model had finished, or wrote a stop sequence.
        Stop = "stop",
        /// `length`: a token limit cut the answer. The spelling `max_tokens` stays as it came, in
        /// [`Other`](Self::Other).
        Length = "length",
        /// `tool_calls`: the model waits for the results of tool calls.
        ToolCalls = "tool_calls",
        /// `function_call`: the model waits for the result of a function call, in the legacy form.
        FunctionCall = "function_call",
        /// `content_filter`: a filter cut the answer.
        ContentFilter = "content_filter",
        _ => Other: "Any other reason.",
    }
}

impl FinishReason {
    /// Returns whether the answer may be incomplete. `false` for `stop`, `stop_sequence`, `end_turn`, `end`, `eos`,
    /// `eos_token`, `complete`, `completed`, `done`, `tool_calls`, `tool_call`, `tool_use` and `function_call`, in any
    /// case; `true` for every other reason.
    pub fn is_early(&self) -> bool {
        !ending::is_whole(self.as_str())
    }
}
