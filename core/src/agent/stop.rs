//! Why a loop stopped.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Decimal;

/// Why a loop stopped before the model was done. The history is well-formed all the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Stop {
    /// As many requests were answered as [`Bounds::turns`](super::Bounds::turns) allows.
    Turns {
        /// The most turns.
        limit: u32,
    },
    /// The model made more calls than [`Bounds::calls`](super::Bounds::calls) allows. Those of the last turn were not run.
    Calls {
        /// The most calls.
        limit: u32,
    },
    /// The model made more calls in one turn than [`Bounds::calls_per_turn`](super::Bounds::calls_per_turn) allows. They were not
    /// run.
    CallsPerTurn {
        /// The number of calls in the turn.
        calls: u32,
        /// The most calls in one turn.
        limit: u32,
    },
    /// The model made the same call more often than [`Bounds::identical_calls`](super::Bounds::identical_calls) allows. The calls
    /// of the last turn were not run.
    IdenticalCalls {
        /// The most calls of one function with the same arguments.
        limit: u32,
    },
    /// The tokens of [`Bounds::tokens`](super::Bounds::tokens) are used up.
    Tokens {
        /// Tokens of requests and answers together; above the limit where the last request went over it.
        used: u64,
        /// The most tokens.
        limit: u64,
    },
    /// The money of [`Bounds::cost`](super::Bounds::cost) is spent.
    Cost {
        /// US dollars; above the limit where the last request went over it.
        spent: Decimal,
        /// The most US dollars.
        limit: Decimal,
    },
    /// An answer did not report what the bound counts.
    Unmeasured {
        /// The bound.
        bound: Bound,
    },
    /// The model made a call that cannot be run, and [`BadCalls::Stop`](super::BadCalls::Stop) is set. The other calls of its turn
    /// were not run. Where a limit cut the answer, it can be [continued](super::Loop::continue_cut).
    BadCall {
        /// The name that the model called; empty if the call has no name.
        name: String,
        /// The reason why the call cannot be run.
        why: BadCall,
    },
    /// A limit or a filter ended the answer before the model did. It can be [continued](super::Loop::continue_cut).
    Early {
        /// The reason, as it is spelled on the wire.
        reason: Option<String>,
    },
    /// The model refused. Calls that it made before were not run.
    Refused,
    /// The answer did not come whole. It can be [continued](super::Loop::continue_cut).
    Cut {
        /// The error, in words.
        error: String,
    },
    /// The caller [stopped](super::Loop::stop) the loop.
    ByCaller,
}

/// A bound that counts what answers report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Bound {
    /// [`Bounds::tokens`](super::Bounds::tokens).
    Tokens,
    /// [`Bounds::cost`](super::Bounds::cost).
    Cost,
}

/// Why a call cannot be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum BadCall {
    /// The answer ended before the call did.
    Cut,
    /// The arguments are not JSON.
    InvalidArguments,
    /// It names no function.
    NoName,
    /// It has no id, or that of another call of its turn, so that it cannot be answered.
    NoId,
    /// It names a function that was not offered.
    UnknownFunction,
}

impl fmt::Display for BadCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BadCall::Cut => "it was cut: the answer ended before the call did",
            BadCall::InvalidArguments => "its arguments are not valid JSON",
            BadCall::NoName => "it names no function",
            BadCall::NoId => "it has no id of its own",
            BadCall::UnknownFunction => "there is no such function",
        })
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stop::Turns { limit } => write!(f, "the limit of {limit} turns is reached"),
            Stop::Calls { limit } => write!(f, "the model made more than {limit} calls"),
            Stop::CallsPerTurn { calls, limit } => {
                write!(f, "the model made {calls} calls in one turn: {limit} are allowed")
            }
            Stop::IdenticalCalls { limit } => write!(f, "the model made the same call more than {limit} times"),
            Stop::Tokens { used, limit } => write!(f, "{used} tokens are used: {limit} are allowed"),
            Stop::Cost { spent, limit } => write!(f, "{spent} US dollars are spent: {limit} are allowed"),
            Stop::Unmeasured { bound: Bound::Tokens } => {
                f.write_str("an answer did not report its tokens, which are bounded")
            }
            Stop::Unmeasured { bound: Bound::Cost } => {
                f.write_str("an answer did not report its cost, which is bounded")
            }
            // The model wrote the name: it is not shown.
            Stop::BadCall { why, .. } => write!(f, "the model made a call that cannot be run: {why}"),
            Stop::Early { reason: Some(reason) } => write!(f, "the answer was stopped early: {reason}"),
            Stop::Early { reason: None } => f.write_str("the answer was stopped early"),
            Stop::Refused => f.write_str("the model refused"),
            Stop::Cut { error } => write!(f, "the answer did not come whole: {error}"),
            Stop::ByCaller => f.write_str("the caller stopped the loop"),
        }
    }
}

impl std::error::Error for Stop {}
