//! Messages, in Anthropic's format: `POST /v1/messages`, as one reply or as a stream. The router converts them for any
//! model; see its [documentation](https://docs.requesty.ai/api-reference/endpoint/messages-create).
//!
//! ```text
//! Message, Block, Tool ─▶ Request ─▶ (Router) ─▶ Call
//!
//! event ─▶ scan ─▶ Table ─▶ Accumulator ─┬▶ Event, lent: what it added
//!          (spans)  (blocks)      └▶ AssistantMessage, at the end: its Message goes into the next request
//! ```
//!
//! A conversation is a list of [`Message`]s, and the content of a message is a list of [`Block`]s. The answer of a
//! model is a message too, and must be sent back as it came, with the signatures of its thinking and with blocks that
//! this crate does not know.
//!
//! To get an answer in JSON, use [`Request::answer_schema`] and [`AssistantMessage::parse`]; see
//! [`schema`](crate::schema).
//!
//! ```
//! use requesty_core::messages::{Block, Message, Request};
//! use requesty_core::{ApiKey, Router};
//!
//! let router = Router::new(ApiKey::new("rqsty-sk-example")?);
//! let history = [Message::user("Hello")];
//! let request = Request::new(&history, 1024).model("anthropic/claude-sonnet-4-20250514");
//! let call = router.messages_stream(&request)?.with_x_api_key()?.with_header("anthropic-version", "2023-06-01")?;
//! assert_eq!(call.request().uri(), "https://router.requesty.ai/v1/messages");
//! # Ok::<(), requesty_core::Error>(())
//! ```

mod accumulator;
mod block;
mod block_kinds;
mod block_sum;
mod citation;
mod content;
mod event;
mod finished_tool_use;
mod message;
mod owned;
mod reader;
mod replies;
mod reply;
mod request;
mod request_body;
mod request_check;
mod scan;
mod source;
mod stop_reason;
mod tool;
mod tool_choice;
mod tool_use;
mod usage;

use http::Method;

pub use block::Block;
pub use block_kinds::{RedactedThinkingBlock, TextBlock, ThinkingBlock};
pub use citation::Citation;
pub use content::Content;
pub use event::{Event, InputFragment};
pub use finished_tool_use::{FinishedToolUse, UnfinishedToolUse};
pub use message::Message;
pub use owned::OwnedEvent;
pub use reader::MessageReader;
pub use replies::{MessageEvents, WholeMessage};
pub use reply::{AssistantMessage, StoppedEarly};
pub use request::Request;
pub use source::{DocumentBlock, ImageBlock, Source};
pub use stop_reason::StopReason;
pub use tool::Tool;
pub use tool_choice::ToolChoice;
pub use tool_use::{ToolResult, ToolUse};
pub use usage::Usage;

pub use crate::chat::{Arguments, ArgumentsError, Blob, CacheControl, Role, Thinking, Unfinished};
use crate::{Call, Error, Host, Router};

impl Router {
    /// Creates a call for a message as one reply: `POST /v1/messages`.
    ///
    /// The key is sent as a bearer token, or as `x-api-key` with [`Call::with_x_api_key`]; the router accepts both. A
    /// header `anthropic-version` is optional: set it with [`Call::with_header`].
    ///
    /// # Errors
    /// [`Error::Build`] if the router would refuse the request; see [`Request::whole_body`].
    #[doc(alias("anthropic", "claude"))]
    pub fn messages(&self, request: &Request<'_>) -> Result<Call<WholeMessage>, Error> {
        self.messages_call(request, false, WholeMessage::default())
    }

    /// Creates a call for a message as a stream: `POST /v1/messages` with `"stream":true`. The router's documentation
    /// mentions the stream; its events are described by Anthropic only.
    ///
    /// # Errors
    /// As [`messages`](Self::messages).
    #[doc(alias = "stream")]
    pub fn messages_stream(&self, request: &Request<'_>) -> Result<Call<MessageEvents>, Error> {
        self.messages_call(request, true, MessageEvents::default())
    }

    fn messages_call<R: crate::Reply>(
        &self,
        request: &Request<'_>,
        streamed: bool,
        reply: R,
    ) -> Result<Call<R>, Error> {
        let call = self.endpoint(Host::Inference, Method::POST, &["v1", "messages"], request.body(streamed)?, reply)?;
        Ok(call.with_model(request.asked_model()))
    }
}
