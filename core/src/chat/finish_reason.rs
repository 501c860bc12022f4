//! Why an answer ended.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::ending;

/// Why an answer ended. Providers have reasons of their own: they are [`Other`](Self::Other), as they came.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FinishReason {
    /// `stop`: the model had no more to say, or came to a stop sequence.
    Stop,
    /// `length`: a limit cut the answer; `max_tokens` is another spelling, and stays as it came.
    Length,
    /// `tool_calls`: the model waits for results.
    ToolCalls,
    /// `function_call`: the same, in the legacy form.
    FunctionCall,
    /// `content_filter`: a filter cut the answer.
    ContentFilter,
    /// Anything else.
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

    /// Returns whether the answer may not be all that the model had to say: every reason does, except `stop`,
    /// `stop_sequence`, `end_turn`, `end`, `eos`, `eos_token`, `complete`, `completed`, `done`, `tool_calls`, `tool_call`,
    /// `tool_use` and `function_call`, in any case.
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
