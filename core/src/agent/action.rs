//! The actions of a loop, and the choices of its caller.

use std::fmt;

use super::{Entry, RunnableCall, Stop};

/// The next step of a loop, for the caller to take.
#[derive(Debug)]
#[non_exhaustive]
pub enum Action<'a, E: Entry> {
    /// Send the request, whole or streamed, and give the answer to [`Loop::answered`](super::Loop::answered) or
    /// [`Loop::cut`](super::Loop::cut).
    Send(E::Request<'a>),
    /// Run the calls, in any order, and give each result to [`Loop::result`](super::Loop::result) or
    /// [`Loop::failure`](super::Loop::failure).
    Call(Vec<RunnableCall>),
    /// Decide on the calls, by [`Loop::approve`](super::Loop::approve) or [`Loop::refuse`](super::Loop::refuse).
    Approve(Vec<RunnableCall>),
    /// The model is done.
    Done(&'a E::Answer),
    /// The loop stopped.
    Stopped(Stop),
}

/// The rule for calls that cannot be run: cut or malformed calls, and calls of functions that are not among the tools.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BadCalls {
    /// The loop stops with [`Stop::BadCall`], and no call of the turn is run.
    #[default]
    Stop,
    /// The model is answered what is wrong with the call, and can make a better one; the other calls are run. A call
    /// that cannot stand in a history (in messages and responses one with a cut input, in any family one without an id)
    /// is left out, and the model reads why in words of the user.
    Answer,
}

/// How a cut answer is continued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Continuation {
    /// The cut answer is sent as the beginning of the next one, and the text goes on where it stopped. For models that take
    /// such a beginning: Anthropic's without thinking, and several open ones. The responses endpoint takes none.
    Prefix,
    /// The cut answer stays in the history, and a user message asks to go on. For every model; the seam may show.
    Ask,
}

/// A method of [`Loop`](super::Loop) that does not fit what is to be done next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Misuse {
    /// No answer is waited for.
    NoRequest,
    /// No call of that id is open, or it is not approved yet.
    NoSuchCall,
    /// There is no cut answer that can be continued so.
    NothingToContinue,
    /// The answer was continued as often as [`Bounds::continuations`](super::Bounds::continuations) allows.
    TooManyContinuations,
}

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Misuse::NoRequest => "the loop does not wait for an answer",
            Misuse::NoSuchCall => "the loop has no such call to be settled",
            Misuse::NothingToContinue => "the loop has no cut answer that can be continued so",
            Misuse::TooManyContinuations => "the answer was continued as often as the bounds allow",
        })
    }
}

impl std::error::Error for Misuse {}
