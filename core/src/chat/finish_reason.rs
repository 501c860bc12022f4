//! Finish reasons: why an answer ended.

use crate::ending;
use crate::json::names;

/// The finish reason of a choice. Other reasons of providers are [`Other`](Self::Other), as they came.
///
/// The router's page: [create chat completion](https://docs.requesty.ai/api-reference/endpoint/chat-completions-create).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FinishReason {
    /// `stop`: the model had finished, or wrote a stop sequence.
    Stop,
    /// `length`: a token limit cut the answer. The spelling `max_tokens` stays as it came, in [`Other`](Self::Other).
    Length,
    /// `tool_calls`: the model waits for the results of tool calls.
    ToolCalls,
    /// `function_call`: the model waits for the result of a function call, in the legacy form.
    FunctionCall,
    /// `content_filter`: a filter cut the answer.
    ContentFilter,
    /// Any other reason.
    Other(Box<str>),
}

names!(FinishReason {
    Stop = "stop",
    Length = "length",
    ToolCalls = "tool_calls",
    FunctionCall = "function_call",
    ContentFilter = "content_filter",
});

impl FinishReason {
    /// Returns whether the answer may be incomplete. `false` for `stop`, `stop_sequence`, `end_turn`, `end`, `eos`,
    /// `eos_token`, `complete`, `completed`, `done`, `tool_calls`, `tool_call`, `tool_use` and `function_call`, in any
    /// case; `true` for every other reason.
    pub fn is_early(&self) -> bool {
        !ending::is_whole(self.as_str())
    }
}
