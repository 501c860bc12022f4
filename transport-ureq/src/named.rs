//! Names for the streams of the client, for fields and signatures.

use requesty_core::{Reply, chat, messages, responses};

use crate::{Body, IntoTexts, ItemIter};

/// The stream that [`Client::stream`](crate::Client::stream) returns for a call with this kind of reply.
///
/// # Examples
///
/// ```
/// use requesty_ureq::{ChatIter, ReplyIter};
/// use requesty_ureq::requesty_core::reply::RawEvents;
///
/// struct Session {
///     answer: Option<ChatIter>,
///     events: Option<ReplyIter<RawEvents>>,
/// }
/// ```
pub type ReplyIter<R> = ItemIter<<R as Reply>::Dialect, Body>;

/// The texts of such a stream, as [`ItemIter::into_texts`] returns them: `ReplyTexts<chat::Chunks>`.
pub type ReplyTexts<R> = IntoTexts<<R as Reply>::Dialect, Body>;

/// The stream of a chat completion.
#[doc(alias = "ChatStream")]
pub type ChatIter = ReplyIter<chat::Chunks>;

/// The stream of a message.
#[doc(alias = "MessageStream")]
pub type MessageIter = ReplyIter<messages::MessageEvents>;

/// The stream of a response.
#[doc(alias = "ResponseStream")]
pub type ResponseIter = ReplyIter<responses::ResponseEvents>;
