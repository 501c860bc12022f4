//! Limits on what is read, and what exceeds them.

use std::fmt;

/// A limit that this crate sets on what it reads, so that no server can exhaust the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Limit {
    /// The joined data of one event, or one line, in bytes.
    Event,
    /// A whole reply, in bytes.
    Reply,
    /// The text, reasoning and arguments that a stream adds up to, in bytes.
    Total,
    /// The tool calls of one choice.
    ToolCalls,
    /// The name of one tool call, in bytes, however many fragments it comes in.
    ToolName,
    /// The elements of one chunk or one whole reply, such as choices, items, models or unknown members, each kind by itself.
    Elements,
}

impl Limit {
    /// Returns the name of the option that changes the limit; `None` for a fixed limit.
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

/// Something that is larger than a limit allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge {
    pub(crate) what: Limit,
    pub(crate) limit: usize,
}

impl TooLarge {
    /// Returns which limit it was.
    pub fn what(&self) -> Limit {
        self.what
    }

    /// Returns the limit that was in force.
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
