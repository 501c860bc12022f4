//! Responses, OpenAI's newer format of completions: `POST /v1/responses`, as one reply or as a stream.
//!
//! Tools, tool choice, response format, images and files have the types of [`chat`](crate::chat); they are written in
//! the form of this endpoint.
//!
//! An answer in JSON is asked for by [`Request::answer_schema`] and read by [`Response::parse`]; see [`schema`](crate::schema).
//!
//! ```text
//! InputItem, Tool ─▶ Request ─▶ (Router) ─▶ Call
//!
//! event ─▶ scan ─▶ EventSpans (spans) ─▶ accumulator ─▶ Event, lent
//!                                 (items)   └──▶ Response, at the end: its items go into the next request
//! ```

mod accumulator;
mod build;
mod event;
mod event_kind;
mod event_spans;
mod finish;
mod function_call;
mod input;
mod input_part;
mod item;
mod item_sum;
mod late_text;
mod lists;
mod merge;
mod ordered;
mod output;
mod owned;
mod reader;
mod replies;
mod request;
mod request_body;
mod request_check;
mod response;
mod shown;
mod status;
mod usage;

use bytes::Bytes;
use http::Method;

pub use event::{CallFragment, Event};
pub use event_kind::EventKind;
pub use function_call::{FinishedCall, FunctionCall, UnfinishedCall};
pub use input::{FunctionCallOutput, Input, InputItem, InputMessage};
pub use input_part::{InputContent, InputPart};
pub use item::{OutputItem, OutputMessage, ReasoningItem, ReasoningText};
pub use output::{Annotation, OutputPart, OutputText, Refusal};
pub use owned::OwnedEvent;
pub use reader::ResponseReader;
pub use replies::{ResponseEvents, WholeResponse};
pub use request::Request;
pub use response::{IncompleteDetails, Response, ResponseError, StoppedEarly};
pub use status::Status;
pub use usage::Usage;

use crate::reply::Reply;
use crate::request::RawRequest;
use crate::{Call, Error, Host, Router};

impl Router {
    /// Creates a call for a response as one reply: `POST /v1/responses`.
    ///
    /// The key may also be sent as [`x-api-key`](Call::with_x_api_key).
    ///
    /// # Errors
    /// [`Error::Build`] if the router would refuse the request; [`Request::whole_body`] has the list.
    ///
    /// # Examples
    /// ```
    /// use requesty_core::{ApiKey, Router, responses};
    ///
    /// let router = Router::new(ApiKey::new("rqsty-sk-example")?);
    /// let call = router.responses(&responses::Request::new("Say hi").model("openai-responses/gpt-4.1"))?;
    /// assert_eq!(call.request().uri(), "https://router.requesty.ai/v1/responses");
    /// assert_eq!(call.request().body(), r#"{"model":"openai-responses/gpt-4.1","input":"Say hi"}"#);
    /// # Ok::<(), requesty_core::Error>(())
    /// ```
    pub fn responses(&self, request: &Request<'_>) -> Result<Call<WholeResponse>, Error> {
        self.responses_call(request, false, WholeResponse::of(request))
    }

    /// Creates a call for a response as a stream: `POST /v1/responses`. The router's documentation names the events
    /// `response.created`, `response.output_text.delta` and `response.completed`; the others are OpenAI's.
    ///
    /// # Errors
    /// As [`responses`](Self::responses).
    #[doc(alias = "stream")]
    pub fn responses_stream(&self, request: &Request<'_>) -> Result<Call<ResponseEvents>, Error> {
        self.responses_call(request, true, ResponseEvents::of(request))
    }

    /// Sends the body of a response as a gateway's client wrote it, byte for byte, and reads the reply whole.
    ///
    /// Nothing is added to the body, and no member except `stream` is checked.
    ///
    /// # Errors
    /// [`Error::Build`] where the body is not a JSON object, or its `stream` is neither absent nor null nor `false`.
    #[doc(alias("proxy", "passthrough", "gateway"))]
    pub fn responses_raw(&self, body: impl Into<Bytes>) -> Result<Call<WholeResponse>, Error> {
        self.raw_responses_call(body.into(), false, WholeResponse::of)
    }

    /// Sends the body of a response as a gateway's client wrote it, byte for byte, and reads the reply as a stream. To pass it on byte
    /// for byte too, see [`Call::relaying`].
    ///
    /// Nothing is added to the body, and no member except `stream` is checked.
    ///
    /// # Errors
    /// [`Error::Build`] where the body is not a JSON object, or its `stream` is not `true`.
    #[doc(alias("proxy", "passthrough", "gateway"))]
    pub fn responses_stream_raw(&self, body: impl Into<Bytes>) -> Result<Call<ResponseEvents>, Error> {
        self.raw_responses_call(body.into(), true, ResponseEvents::of)
    }

    fn raw_responses_call<R: Reply>(
        &self,
        body: Bytes,
        streamed: bool,
        reply: impl FnOnce(&Request<'_>) -> R,
    ) -> Result<Call<R>, Error> {
        let RawRequest { body, model, members } = RawRequest::read(body, streamed, &["tools", "background"])?;
        let reply = reply(&Request { extra: members.into(), ..Request::new("") });
        let call = self.endpoint(Host::Inference, Method::POST, &["v1", "responses"], body, reply)?;
        Ok(call.with_model(model.as_deref()))
    }

    fn responses_call<R: Reply>(&self, request: &Request<'_>, stream: bool, reply: R) -> Result<Call<R>, Error> {
        let body = request.body(stream)?;
        let call = self.endpoint(Host::Inference, Method::POST, &["v1", "responses"], body, reply)?;
        Ok(call.with_model(request.asked_model()))
    }
}
