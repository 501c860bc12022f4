//! A conversation, as it can be kept.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use super::turn::OpenTurn;
use super::{Entry, Spending, Stop, Used};

/// A conversation: its history, the calls of a turn that are still open, and what it used and cost.
///
/// It is written as JSON and read back by serde_json, at any moment of a loop: what was approved, refused or answered
/// stays so. A call that was handed out and not answered is handed out again. Of another format nothing can be read.
///
/// # Examples
/// ```
/// use requesty_core::agent::Conversation;
/// use requesty_core::chat::Message;
///
/// let mut conversation = Conversation::from([Message::system("Be brief.")]);
/// conversation.push(Message::user("Hello"));
/// let kept = serde_json::to_string(&conversation)?;
/// let restored: Conversation<Message> = serde_json::from_str(&kept)?;
/// assert_eq!(restored.history(), conversation.history());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound = "E: Entry")]
pub struct Conversation<E: Entry> {
    pub(super) history: Vec<E>,
    /// Entries that were pushed while calls were open.
    #[serde(default = "Vec::new")]
    pub(super) queued: Vec<E>,
    #[serde(default)]
    pub(super) open: Option<OpenTurn<E>>,
    #[serde(default)]
    pub(super) ended: Option<Ended>,
    /// The last answer, or what came of it.
    #[serde(default = "none", deserialize_with = "readable")]
    pub(super) answer: Option<E::Answer>,
    /// The number of entries at the end of the history that came from a cut answer, which can be continued.
    #[serde(default)]
    pub(super) cut_entries: Option<usize>,
    /// The last entry of the history is the beginning of the answer that is asked for.
    #[serde(default)]
    pub(super) prefixed: bool,
    /// The last entry of the history is a turn that the provider paused, and goes on with if nothing else follows.
    #[serde(default)]
    pub(super) paused: bool,
    #[serde(default)]
    pub(super) used: Used,
    #[serde(default)]
    pub(super) spending: Spending,
}

/// How a loop ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Ended {
    Done,
    Stopped(Stop),
}

fn none<T>() -> Option<T> {
    None
}

/// Reads an answer; `None` where next to nothing came of it, which is no answer by itself.
fn readable<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Option<T>, D::Error> {
    let raw = Option::<Box<RawValue>>::deserialize(deserializer)?;
    Ok(raw.and_then(|raw| serde_json::from_str(raw.get()).ok()))
}

impl<E: Entry> Conversation<E> {
    /// Creates an empty conversation.
    pub fn new() -> Self {
        Conversation::from(Vec::new())
    }

    /// Appends an entry, most often what the user says next. A loop that was done or stopped goes on.
    ///
    /// While calls are open, the entry waits until they are answered, so that it does not stand between a call and its
    /// result.
    pub fn push(&mut self, entry: E) {
        if self.open.is_some() {
            self.queued.push(entry);
            return;
        }
        if std::mem::take(&mut self.paused) {
            let paused = self.history.pop();
            self.history.extend(paused.and_then(E::no_longer_paused));
        }
        self.history.push(entry);
        self.ended = None;
        self.cut_entries = None;
        self.prefixed = false;
    }

    /// Returns the entries that the next request sends: each call among them is answered. The entries of a turn whose
    /// calls are open follow when they are answered.
    pub fn history(&self) -> &[E] {
        &self.history
    }

    /// Takes the history.
    pub fn into_history(self) -> Vec<E> {
        self.history
    }

    /// Returns whether a turn has calls that are not answered.
    pub fn has_open_calls(&self) -> bool {
        self.open.is_some()
    }

    /// Returns the last answer; of a cut one, what came.
    pub fn answer(&self) -> Option<&E::Answer> {
        self.answer.as_ref()
    }

    /// Returns what all answers of the conversation used and cost.
    pub fn spending(&self) -> Spending {
        self.spending
    }

    /// Returns what counts against the bounds.
    pub fn used(&self) -> &Used {
        &self.used
    }

    /// Sets what counts against the bounds to nothing, for a new task in the same conversation.
    /// [`spending`](Self::spending) stays.
    pub fn reset_used(&mut self) {
        self.used = Used::default();
    }

    /// Moves the open turn into the history, if all its calls are answered.
    pub(super) fn close_turn(&mut self) {
        if let Some(open) = self.open.take_if(|open| open.is_settled()) {
            self.history.extend(open.close());
            self.history.append(&mut self.queued);
        }
    }
}

impl<E: Entry> Default for Conversation<E> {
    fn default() -> Self {
        Conversation::new()
    }
}

impl<E: Entry> From<Vec<E>> for Conversation<E> {
    /// Takes a history, in which each call must be answered.
    fn from(history: Vec<E>) -> Self {
        Conversation {
            history,
            queued: Vec::new(),
            open: None,
            ended: None,
            answer: None,
            cut_entries: None,
            prefixed: false,
            paused: false,
            used: Used::default(),
            spending: Spending::default(),
        }
    }
}

impl<E: Entry, const N: usize> From<[E; N]> for Conversation<E> {
    fn from(history: [E; N]) -> Self {
        Conversation::from(Vec::from(history))
    }
}
