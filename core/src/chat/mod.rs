//! Chat completions: `POST /v1/chat/completions`, as one reply or as a stream; see the router's
//! [documentation](https://docs.requesty.ai/api-reference/endpoint/chat-completions-create).
//!
//! ```text
//! Message, Part, Tool ─▶ Request ─▶ (Router) ─▶ Call
//!
//! event ─┬▶ scan ────▶ Table ─┬▶ accumulator ─▶ Chunk, lent
//!        │  (all of it) (spans)│  (sums, calls,  └▶ Completion, at the end: its Message goes into the next request
//!        └▶ template ──▶ slots ┘   merge)
//!           (what differs from the event before)
//! ```
//!
//! To get an answer in JSON, use [`Request::answer_schema`] and [`Completion::parse`]; see [`schema`](crate::schema).

mod accumulator;
mod balance;
mod built_choice;
mod cache_control;
mod calls;
mod choice_sum;
mod chunk;
mod chunk_reader;
mod citation;
mod completion;
mod content;
mod finish_reason;
mod finished_call;
mod message;
mod owned;
mod part;
mod part_kinds;
mod reader;
mod reasoning;
mod replies;
mod request;
mod request_body;
mod request_check;
mod response_format;
mod role;
mod router_options;
mod snapshot;
mod summary;
mod template;
mod text_alone;
mod tool;
mod tool_call;
mod tool_choice;
mod usage;

use bytes::Bytes;
use http::Method;
use serde::de::DeserializeOwned;

pub use cache_control::CacheControl;
pub use chunk::{CallFragment, Chunk, Delta};
pub use chunk_reader::ChunkReader;
pub use citation::Citation;
pub(crate) use citation::NamedSources;
pub use completion::{Choice, Completion, StoppedEarly};
pub use content::Content;
pub use finish_reason::FinishReason;
pub use finished_call::{ArgumentsError, FinishedCall, Unfinished, UnfinishedCall};
pub(crate) use finished_call::{is_server_side, whole_arguments};
pub use message::{Message, ReasoningNames};
pub use owned::{OwnedCallFragment, OwnedChunk, OwnedDelta};
pub use part::Part;
pub use part_kinds::{FilePart, ImagePart, TextPart};
pub use reasoning::{ReasoningEffort, Thinking};
pub use replies::{ChunkStream, Chunks, WholeCompletion};
pub use request::Request;
pub(crate) use response_format::FlatFormat;
pub use response_format::{JsonSchema, ResponseFormat};
pub use role::Role;
pub use router_options::Requesty;
pub(crate) use tool::FlatTool;
pub use tool::Tool;
pub use tool_call::{Arguments, Function, ToolCall};
pub(crate) use tool_choice::FlatChoice;
pub use tool_choice::ToolChoice;
pub(crate) use usage::Details;
pub use usage::Usage;

pub use crate::json::Blob;
use crate::reply::{EventsAs, RawEvents, Reply};
use crate::request::RawRequest;
use crate::{Call, Error, Host, Router};

impl Router {
    /// Creates a call for a chat completion as one reply.
    ///
    /// # Errors
    /// [`Error::Build`] if the request cannot be sent: see [`Request::whole_body`].
    #[doc(alias("create", "completion", "chat_completion"))]
    pub fn chat(&self, request: &Request<'_>) -> Result<Call<WholeCompletion>, Error> {
        self.chat_call(request, false, WholeCompletion::of(request))
    }

    /// Creates a call for a chat completion as a stream of chunks.
    ///
    /// # Errors
    /// As [`chat`](Self::chat).
    #[doc(alias("stream", "create_stream", "sse"))]
    pub fn chat_stream(&self, request: &Request<'_>) -> Result<Call<Chunks>, Error> {
        self.chat_call(request, true, Chunks::of(request))
    }

    /// Creates a call for a chat completion as a stream, and reads the data of each event as a type of the caller's.
    ///
    /// # Errors
    /// As [`chat`](Self::chat).
    pub fn stream_as<T>(&self, request: &Request<'_>) -> Result<Call<EventsAs<T>>, Error>
    where
        T: DeserializeOwned + Send + Sync + Unpin + 'static,
    {
        self.chat_call(request, true, EventsAs::new())
    }

    /// Creates a call for a chat completion as a stream, and hands out the raw events.
    ///
    /// # Errors
    /// As [`chat`](Self::chat).
    pub fn events(&self, request: &Request<'_>) -> Result<Call<RawEvents>, Error> {
        self.chat_call(request, true, RawEvents::new())
    }

    /// Sends the body of a chat completion as a gateway's client wrote it, byte for byte, and reads the reply whole.
    ///
    /// Nothing is added to the body, and no member except `stream` is checked.
    ///
    /// # Errors
    /// [`Error::Build`] where the body is not a JSON object, or its `stream` is neither absent nor null nor `false`.
    #[doc(alias("proxy", "passthrough", "gateway"))]
    pub fn chat_raw(&self, body: impl Into<Bytes>) -> Result<Call<WholeCompletion>, Error> {
        self.raw_chat_call(body.into(), false, WholeCompletion::of)
    }

    /// Sends the body of a chat completion as a gateway's client wrote it, byte for byte, and reads the reply as a stream. To pass it
    /// on byte for byte too, see [`Call::relaying`].
    ///
    /// Nothing is added to the body, and no member except `stream` is checked. So whether usage and cost come depends on
    /// the client's `stream_options`.
    ///
    /// # Errors
    /// [`Error::Build`] where the body is not a JSON object, or its `stream` is not `true`.
    #[doc(alias("proxy", "passthrough", "gateway"))]
    pub fn chat_stream_raw(&self, body: impl Into<Bytes>) -> Result<Call<Chunks>, Error> {
        self.raw_chat_call(body.into(), true, Chunks::of)
    }

    fn raw_chat_call<R: Reply>(
        &self,
        body: Bytes,
        streamed: bool,
        reply: impl FnOnce(&Request<'_>) -> R,
    ) -> Result<Call<R>, Error> {
        let RawRequest { body, model, members } = RawRequest::read(body, streamed, &["n", "tools", "functions"])?;
        let reply = reply(&Request { extra: members.into(), ..Request::default() });
        let call = self.endpoint(Host::Inference, Method::POST, &CHAT, body, reply)?;
        Ok(call.with_model(model.as_deref()))
    }

    fn chat_call<R: Reply>(&self, request: &Request<'_>, streamed: bool, reply: R) -> Result<Call<R>, Error> {
        let call = self.endpoint(Host::Inference, Method::POST, &CHAT, request.body(streamed)?, reply)?;
        Ok(call.with_model(request.asked_model()))
    }
}

const CHAT: [&str; 2] = ["chat", "completions"];
