//! The entries of a history, in each family.

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

    /// Returns the tokens and the cost of an answer, as it reports them.
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
    fn function(name: &str, description: &str, schema: String) -> Self::Tool;

    /// Sets that the arguments follow the schema exactly, where the family has a member for it.
    #[doc(hidden)]
    fn strict(tool: Self::Tool) -> Self::Tool {
        tool
    }

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

    /// Returns the entry of a paused turn as it may stand in front of another entry; `None` if nothing of it may.
    #[doc(hidden)]
    fn no_longer_paused(self) -> Option<Self> {
        Some(self)
    }
}

/// Writes the parts of an [`Entry`] that are alike in the three families: their types have methods of the same names. It is
/// given the answer, the two kinds of reply with the methods that ask for them, the item of a stream, and the method that sets
/// the schema of a tool.
macro_rules! alike_in_every_family {
    ($answer:ty, $whole:ty: $ask:ident, $stream:ty: $ask_streamed:ident, $item:ident, $schema:ident) => {
        type Request<'a> = Request<'a>;
        type Tool = Tool;
        type Answer = $answer;
        type WholeReply = $whole;
        type StreamReply = $stream;

        fn user_text(text: String) -> Self {
            Self::user(text)
        }

        fn whole(router: &$crate::Router, request: &Request<'_>) -> Result<$crate::Call<$whole>, $crate::Error> {
            router.$ask(request)
        }

        fn stream(router: &$crate::Router, request: &Request<'_>) -> Result<$crate::Call<$stream>, $crate::Error> {
            router.$ask_streamed(request)
        }

        fn spending(answer: &$answer) -> $crate::agent::Spending {
            answer.into()
        }

        fn text(answer: &$answer) -> String {
            answer.text().into_owned()
        }

        fn see(
            item: &$item<'_>,
            view: &mut $crate::agent::StreamView,
            show: &mut dyn FnMut($crate::agent::StreamEvent<'_>),
        ) {
            view.see(item, show);
        }

        fn request<'a>(settings: &Request<'static>, history: &'a [Self], tools: &'a [Tool]) -> Request<'a> {
            settings.over(history, tools)
        }

        fn function(name: &str, description: &str, schema: String) -> Tool {
            let tool = Tool::function(name).description(description);
            // What serde_json wrote is written again as it is.
            tool.clone().$schema(&$crate::json::RawText(&schema)).unwrap_or(tool)
        }

        fn assistant_text(text: &str) -> Option<Self> {
            (!text.trim().is_empty()).then(|| Self::assistant(text))
        }
    };
}

pub(super) use alike_in_every_family;

/// An item of a stream of the family.
type StreamedItem<'a, E> = <<<E as Entry>::StreamReply as Reply>::Dialect as Dialect>::Item<'a>;

pub(super) mod sealed {
    /// Keeps the trait to the types of this crate.
    pub trait Sealed {}
}
