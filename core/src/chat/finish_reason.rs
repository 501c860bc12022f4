//! Finish reasons: why an answer ended.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::ending;

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

impl FinishReason {
    /// Returns the reason as it is spelled on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            FinishReason::Stop => "stop",
            FinishReason::Length => "length",
            FinishReason::ToolCalls => "tool_calls",
            FinishReason::FunctionCall => "function_call",
            FinishReason::ContentFilter => "content_filter",
            FinishReason::Other(reason) => reason,
        }
    }

    /// Returns whether the answer may be incomplete. `false` for `stop`, `stop_sequence`, `end_turn`, `end`, `eos`,
    /// `eos_token`, `complete`, `completed`, `done`, `tool_calls`, `tool_call`, `tool_use` and `function_call`, in any
    /// case; `true` for every other reason.
    pub fn is_early(&self) -> bool {
        !ending::is_whole(self.as_str())
    }
}

impl From<&str> for FinishReason {
    fn from(reason: &str) -> Self {
        match reason {
            "stop" => FinishReason::Stop,
            "length" => FinishReason::Length,
            "tool_calls" => FinishReason::ToolCalls,
            "function_call" => FinishReason::FunctionCall,
            "content_filter" => FinishReason::ContentFilter,
            other => FinishReason::Other(other.into()),
        }
    }
}

impl fmt::Display for FinishReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for FinishReason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
