//! What a loop says, and what it is asked.

use std::fmt;

use super::{Entry, RunnableCall, Stop};

/// What to do next.
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

/// What becomes of a call that cannot be run: a cut or malformed one, or one of a function that is not among the tools.
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
    /// What came is sent as the beginning of the answer, and the text goes on where it stopped. For models that take
    /// such a beginning: Anthropic's without thinking, and several open ones. The responses endpoint takes none.
    Prefix,
    /// What came stays in the history, and the user asks to go on. For every model; the seam may show.
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
