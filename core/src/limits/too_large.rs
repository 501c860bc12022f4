//! Limits on what is read, and the error for what exceeds them.

use std::fmt;

/// A limit on what this crate reads. The limits keep a server from exhausting the memory of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Limit {
    /// The joined data of one event, or one line, in bytes.
    Event,
    /// A whole reply, in bytes.
    Reply,
    /// The accumulated text, reasoning and arguments of a stream, in bytes.
    Total,
    /// The number of tool calls of one choice.
    ToolCalls,
    /// The name of one tool call, in bytes, over all its fragments.
    ToolName,
    /// The number of elements of one kind (choices, items, models, unknown members) in one chunk or one whole reply.
    Elements,
}

impl Limit {
    /// Returns the name of the option of [`Limits`](crate::Limits) that changes the limit; `None` for a fixed limit.
    pub fn option(self) -> Option<&'static str> {
        match self {
            Limit::Event => Some("Limits::event"),
            Limit::Reply => Some("Limits::reply"),
            Limit::Total => Some("Limits::total"),
            Limit::ToolCalls => Some("Limits::tool_calls"),
            Limit::ToolName | Limit::Elements => None,
        }
    }
}

/// The error for a value that exceeds a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge {
    pub(crate) what: Limit,
    pub(crate) limit: usize,
}

impl TooLarge {
    /// Returns which limit was exceeded.
    pub fn what(&self) -> Limit {
        self.what
    }

    /// Returns the value of the limit.
    pub fn limit(&self) -> usize {
        self.limit
    }
}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, unit) = match self.what {
            Limit::Event => ("an event", " bytes"),
            Limit::Reply => ("the reply", " bytes"),
            Limit::Total => ("the answer", " bytes"),
            Limit::ToolCalls => ("the number of tool calls", ""),
            Limit::ToolName => ("the name of a tool", " bytes"),
            Limit::Elements => ("the number of elements of a kind", ""),
        };
        write!(f, "{what} exceeds the limit of {}{unit}", self.limit)?;
        self.what.option().map_or(Ok(()), |option| write!(f, "; {option} changes it"))
    }
}

impl std::error::Error for TooLarge {}
