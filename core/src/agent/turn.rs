//! One turn of the model, taken apart: what goes into the history, and what its calls have come to.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::{BadCall, RunnableCall, Tools};
use crate::agent::Entry;
use crate::chat::{Unfinished, is_server_side};

/// An answer, taken apart.
#[derive(Clone, Debug)]
pub struct Turn<E> {
    /// The entries for the history, without the calls that cannot stand there.
    pub(super) entries: Vec<E>,
    /// The calls of the caller's functions, and broken calls that need an answer all the same; in order.
    pub(super) calls: Vec<MadeCall>,
    pub(super) ending: Ending,
}

/// How an answer ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// The model had no more to say, or waits for results.
    Whole,
    /// The provider pauses: sent back as it is, the answer goes on.
    Paused,
    /// A limit, a filter or the end of the stream cut it.
    Early(Option<String>),
    /// The model refused.
    Refused,
}

/// A call as the model made it.
#[derive(Clone, Debug)]
pub(super) struct MadeCall {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) arguments: String,
    /// Why the call cannot be run.
    pub(super) bad: Option<BadCall>,
    /// The call stands in the history, and wants an answer there.
    pub(super) echoed: bool,
}

/// The result of a call, as it goes into the history.
#[derive(Clone, Debug)]
pub struct CallResult {
    pub(super) id: String,
    pub(super) output: String,
    pub(super) failed: bool,
}

/// A turn whose calls are not all answered. It is not in the history yet.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound = "E: Entry")]
pub(super) struct OpenTurn<E> {
    pub(super) entries: Vec<E>,
    pub(super) calls: Vec<OpenCall>,
    pub(super) notes: Vec<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct OpenCall {
    pub(super) call: RunnableCall,
    pub(super) state: CallState,
}

/// How far a call is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum CallState {
    /// It must be approved before it is run.
    Asked,
    /// It can be run.
    Ready,
    /// It has its answer.
    Settled { output: String, failed: bool },
}

impl<E: Entry> OpenTurn<E> {
    pub(super) fn is_settled(&self) -> bool {
        self.calls.iter().all(|open| matches!(open.state, CallState::Settled { .. }))
    }

    pub(super) fn calls_in(&self, state: &CallState) -> Vec<RunnableCall> {
        self.calls.iter().filter(|open| open.state == *state).map(|open| open.call.clone()).collect()
    }

    pub(super) fn find(&mut self, id: &str) -> Option<&mut OpenCall> {
        self.calls.iter_mut().find(|open| open.call.id() == id)
    }

    /// Returns what goes into the history, once all calls are settled.
    pub(super) fn close(self) -> Vec<E> {
        let results = self.calls.into_iter().map(|open| {
            let (output, failed) = match open.state {
                CallState::Settled { output, failed } => (output, failed),
                CallState::Asked | CallState::Ready => ("This call was not run.".to_owned(), true),
            };
            CallResult { id: open.call.id().to_owned(), output, failed }
        });
        let results = E::results(results.collect(), self.notes);
        self.entries.into_iter().chain(results).collect()
    }
}

/// Judges the calls of one answer, one after the other.
pub(super) struct Judge<'a, E: Entry> {
    tools: &'a Tools<E>,
    /// A call that is not whole can stand in the history.
    echoes_unfinished: bool,
    /// A limit or a filter ended the answer.
    early: bool,
    ids: HashSet<String>,
    pub(super) calls: Vec<MadeCall>,
}

/// A call as a family reports it.
pub(super) struct Seen<'a> {
    pub(super) id: Option<&'a str>,
    pub(super) name: Option<&'a str>,
    /// The arguments as they came.
    pub(super) raw: &'a str,
    /// The arguments, if they are whole.
    pub(super) arguments: Result<&'a str, Unfinished>,
}

impl<'a, E: Entry> Judge<'a, E> {
    pub(super) fn new(tools: &'a Tools<E>, echoes_unfinished: bool, early: bool) -> Self {
        Judge { tools, echoes_unfinished, early, ids: HashSet::new(), calls: Vec::new() }
    }

    /// Judges a call, and returns whether it stays in the history.
    pub(super) fn keeps(&mut self, seen: Seen<'_>) -> bool {
        let id = seen.id.unwrap_or_default();
        let name = seen.name.unwrap_or_default();
        // The provider ran it itself: no result can be given, and none is waited for.
        if is_server_side(id) || self.tools.is_of_provider(name) {
            return false;
        }
        let mut bad = match seen.arguments {
            Err(Unfinished::NoName) => Some(BadCall::NoName),
            Err(Unfinished::InvalidArguments) if !self.early => Some(BadCall::InvalidArguments),
            Err(Unfinished::InvalidArguments | Unfinished::Cut) => Some(BadCall::Cut),
            // Of an answer that was cut, only an object shows by itself that it is whole.
            Ok(_) if self.early && !seen.raw.trim_ascii_end().ends_with('}') => Some(BadCall::Cut),
            Ok(_) if !self.tools.is_callable(name) => Some(BadCall::UnknownFunction),
            Ok(_) => None,
        };
        let unfinished = matches!(bad, Some(BadCall::Cut | BadCall::InvalidArguments));
        let nameless = id.is_empty() || !self.ids.insert(id.to_owned());
        if nameless {
            bad = Some(BadCall::NoId);
        }
        let echoed = !nameless && !name.is_empty() && (!unfinished || self.echoes_unfinished);
        self.calls.push(MadeCall {
            id: id.to_owned(),
            name: name.to_owned(),
            arguments: seen.arguments.unwrap_or_default().to_owned(),
            bad,
            echoed,
        });
        echoed
    }

    /// Notes a call of a kind that this crate cannot answer: it is left out of the history.
    pub(super) fn leaves_out(&mut self, name: &str) {
        self.calls.push(MadeCall {
            id: String::new(),
            name: name.to_owned(),
            arguments: String::new(),
            bad: Some(BadCall::NoId),
            echoed: false,
        });
    }
}
