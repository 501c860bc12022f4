//! Names for the streams and the connectors of the client, for fields and signatures.

use std::error::Error as StdError;

use http::Uri;
use hyper::rt::{Read, Write};
use hyper_util::client::legacy::connect::Connection;
use requesty_core::{Reply, chat, messages, responses};
use tower_service::Service;

use super::ResponseBody;
use crate::{IntoTexts, ItemStream};

/// The stream that [`Client::stream`](crate::Client::stream) returns for a call with this kind of reply.
///
/// # Examples
///
/// ```
/// use requesty_hyper::requesty_core::reply::RawEvents;
/// use requesty_hyper::{ChatStream, ReplyStream};
///
/// struct Session {
///     answer: Option<ChatStream>,
///     events: Option<ReplyStream<RawEvents>>,
/// }
/// ```
pub type ReplyStream<R> = ItemStream<<R as Reply>::Dialect, ResponseBody>;

/// The texts of such a stream, as [`ItemStream::into_texts`] returns them: `ReplyTexts<chat::Chunks>`.
pub type ReplyTexts<R> = IntoTexts<<R as Reply>::Dialect, ResponseBody>;

/// The stream of a chat completion.
pub type ChatStream = ReplyStream<chat::Chunks>;

/// The stream of a message.
pub type MessageStream = ReplyStream<messages::MessageEvents>;

/// The stream of a response.
pub type ResponseStream = ReplyStream<responses::ResponseEvents>;

/// What opens the connections of a [`Client`](crate::Client): a short name for what
/// [`with_connector`](crate::Client::with_connector) takes. All that is such a [`Service`] has it.
///
/// # Examples
///
/// ```
/// use requesty_hyper::{ChatStream, Client, Connect, Error, Router, chat};
///
/// struct Bot<C> {
///     client: Client<C>,
///     router: Router,
/// }
///
/// impl<C: Connect> Bot<C> {
///     async fn ask(&self, question: &str) -> Result<ChatStream, Error> {
///         let request = chat::Request::user(question).model("openai/gpt-4o-mini");
///         self.client.stream(&self.router.chat_stream(&request)?).await
///     }
/// }
/// ```
pub trait Connect:
    Service<
        Uri,
        Response: Connection + Read + Write + Unpin + Send + 'static,
        Error: Into<Box<dyn StdError + Send + Sync>>,
        Future: Send + 'static,
    > + Clone
    + Send
    + Sync
    + 'static
{
}

impl<C> Connect for C
where
    C: Service<Uri> + Clone + Send + Sync + 'static,
    C::Response: Connection + Read + Write + Unpin + Send + 'static,
    C::Error: Into<Box<dyn StdError + Send + Sync>>,
    C::Future: Send + 'static,
{
}
