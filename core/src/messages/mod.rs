//! Messages, in Anthropic's shape: `POST /v1/messages`, whole and streamed. The router documents it for any model; it
//! converts.
//!
//! ```text
//! Message, Block, Tool ─▶ Request ─▶ (Router) ─▶ Call
//!
//! event ─▶ scan ─▶ Table ─▶ Accumulator ─┬▶ Event, lent: what it added
//!          (spans)  (blocks)      └▶ AssistantMessage, at the end: its Message goes into the next request
//! ```
//!
//! A conversation is a list of [`Message`]s whose content is a list of [`Block`]s. What a model answers is one of them, and
//! goes back as it came: the signatures of what it thought, and blocks that this crate does not know, included.
//!
//! An answer in JSON is asked for by [`Request::answer_schema`] and read by [`AssistantMessage::parse`]; see [`schema`](crate::schema).
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
    /// Asks for a message, whole: `POST /v1/messages`, documented by the router.
    ///
    /// The key goes as a bearer token, or as `x-api-key` with [`Call::with_x_api_key`]; both are documented. A header
    /// `anthropic-version` is optional: set it with [`Call::with_header`].
    ///
    /// # Errors
    /// [`Error::Build`] if the router would refuse the request; see [`Request::whole_body`].
    #[doc(alias("anthropic", "claude"))]
    pub fn messages(&self, request: &Request<'_>) -> Result<Call<WholeMessage>, Error> {
        self.messages_call(request, false, WholeMessage::default())
    }

    /// Asks for a message, streamed: `POST /v1/messages` with `"stream":true`. That there is a stream is documented by the
    /// router, its events only by Anthropic.
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
