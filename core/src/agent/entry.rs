//! What a history is made of, in each family.

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::turn::{CallResult, Turn};
use super::{Spending, StreamEvent, StreamView, Tools};
use crate::reply::{Dialect, Reply};
use crate::{Call, Error, Router};

/// An entry of a history: what a [`Conversation`](super::Conversation) holds and a request sends.
///
/// Implemented for [`chat::Message`](crate::chat::Message), [`messages::Message`](crate::messages::Message) and
/// [`responses::InputItem`](crate::responses::InputItem), and for no other type.
pub trait Entry: sealed::Sealed + Clone + fmt::Debug + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The request of the family, which borrows the history and the tools.
    type Request<'a>: Clone + fmt::Debug + Send + Sync;
    /// A tool as a request of the family offers it.
    type Tool: Clone + fmt::Debug + Send + Sync;
    /// A whole answer of the family.
    type Answer: Clone + fmt::Debug + Serialize + DeserializeOwned + Send + Sync + 'static;
    /// The kind of reply that is one answer.
    type WholeReply: Reply<Dialect: Dialect<Total = Self::Answer, Partial = Self::Answer>>;
    /// The kind of reply that is a stream.
    type StreamReply: Reply<Dialect: Dialect<Total = Self::Answer, Partial = Self::Answer>>;

    /// Creates an entry in which the user says a text.
    fn user_text(text: String) -> Self;

    /// Asks for an answer, whole.
    ///
    /// # Errors
    /// [`Error::Build`] where the request is one that would be refused.
    fn whole(router: &Router, request: &Self::Request<'_>) -> Result<Call<Self::WholeReply>, Error>;

    /// Asks for an answer, streamed.
    ///
    /// # Errors
    /// As [`whole`](Self::whole).
    fn stream(router: &Router, request: &Self::Request<'_>) -> Result<Call<Self::StreamReply>, Error>;

    /// Returns what an answer used and cost, as it reports it.
    fn spending(answer: &Self::Answer) -> Spending;

    /// Returns all text of an answer.
    fn text(answer: &Self::Answer) -> String;

    /// Shows what an item of a stream adds; see [`StreamView::see`].
    fn see(item: &StreamedItem<'_, Self>, view: &mut StreamView, show: &mut dyn FnMut(StreamEvent<'_>));

    #[doc(hidden)]
    fn request<'a>(
        settings: &Self::Request<'static>,
        history: &'a [Self],
        tools: &'a [Self::Tool],
    ) -> Self::Request<'a>;

    #[doc(hidden)]
    fn function(name: &str, description: &str, schema: String, is_strict: bool) -> Self::Tool;

    #[doc(hidden)]
    fn tool_name(tool: &Self::Tool) -> Option<String>;

    /// Takes an answer apart: what of it goes into the history, and the calls that it makes.
    #[doc(hidden)]
    fn turn(answer: &Self::Answer, tools: &Tools<Self>) -> Turn<Self>;

    /// Writes the results of calls, in their order, and then what the model must know about calls that were left out.
    #[doc(hidden)]
    fn results(results: Vec<CallResult>, notes: Vec<String>) -> Vec<Self>;

    /// Whether a request may end with the beginning of its answer.
    #[doc(hidden)]
    const TAKES_PREFIX: bool;

    /// Creates an entry in which the model says a text; `None` where that is nothing.
    #[doc(hidden)]
    fn assistant_text(text: &str) -> Option<Self>;

    /// Returns the text of an entry.
    #[doc(hidden)]
    fn entry_text(&self) -> String;

    /// Puts the beginning of an answer in front of what continues it.
    #[doc(hidden)]
    fn join(prefix: Self, continued: &mut Vec<Self>);
}

/// An item of a stream of the family.
type StreamedItem<'a, E> = <<<E as Entry>::StreamReply as Reply>::Dialect as Dialect>::Item<'a>;

pub(super) mod sealed {
    /// Keeps the trait to the types of this crate.
    pub trait Sealed {}
}
