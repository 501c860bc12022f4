//! A response to ask for.

use serde::Serialize;

use super::{Input, InputContent, InputItem};
use crate::chat::{JsonSchema, ReasoningEffort, Requesty, ResponseFormat, Tool, ToolChoice};
use crate::request::Additions;
use crate::schema::NamedSchema;
use crate::{BuildError, Slice};

/// A response to ask for.
///
/// Input and tools are borrowed or owned, as they are given: they are not copied per turn, nor by a clone. What is not set is
/// left out of the request, never sent as `null`. Whether the answer is streamed is not part of it: that is the kind of call that is made with it.
///
/// # Examples
/// ```
/// use requesty_core::chat::{ReasoningEffort, Requesty};
/// use requesty_core::responses::Request;
///
/// let request = Request::new("Why is the sky blue?")
///     .model("openai-responses/o4-mini")
///     .reasoning_effort(ReasoningEffort::LOW)
///     .include("reasoning.encrypted_content")
///     .store(false)
///     .requesty(Requesty::new().trace_id("exec-1"));
/// assert_eq!(
///     serde_json::to_string(&request)?,
///     concat!(
///         r#"{"model":"openai-responses/o4-mini","input":"Why is the sky blue?","reasoning":{"effort":"low"},"#,
///         r#""include":["reasoning.encrypted_content"],"store":false,"requesty":{"trace_id":"exec-1"}}"#,
///     ),
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// The router's page: [create response](https://docs.requesty.ai/api-reference/endpoint/responses-create).
#[derive(Clone, Debug)]
pub struct Request<'a> {
    pub(super) input: Input<'a>,
    pub(super) tools: Slice<'a, Tool>,
    pub(super) model: Option<String>,
    pub(super) instructions: Option<String>,
    pub(super) max_output_tokens: Option<u32>,
    pub(super) temperature: Option<f64>,
    pub(super) top_p: Option<f64>,
    pub(super) tool_choice: Option<ToolChoice>,
    pub(super) parallel_tool_calls: Option<bool>,
    pub(super) reasoning_effort: Option<ReasoningEffort>,
    pub(super) reasoning_summary: Option<String>,
    pub(super) text_format: Option<ResponseFormat>,
    pub(super) include: Vec<String>,
    pub(super) metadata: Option<String>,
    pub(super) store: Option<bool>,
    pub(super) truncation: Option<String>,
    pub(super) user: Option<String>,
    pub(super) previous_response_id: Option<String>,
    pub(super) requesty: Option<Requesty>,
    pub(super) extra: Additions,
}

impl<'a> Request<'a> {
    /// Creates a request with an input and nothing else set.
    pub fn new(input: impl Into<Input<'a>>) -> Self {
        Request {
            input: input.into(),
            tools: Slice::default(),
            model: None,
            instructions: None,
            max_output_tokens: None,
            temperature: None,
            top_p: None,
            tool_choice: None,
            parallel_tool_calls: None,
            reasoning_effort: None,
            reasoning_summary: None,
            text_format: None,
            include: Vec::new(),
            metadata: None,
            store: None,
            truncation: None,
            user: None,
            previous_response_id: None,
            requesty: None,
            extra: Additions::default(),
        }
    }

    /// Creates a request with one message of the user: a text, or texts, images and files.
    pub fn user(content: impl Into<InputContent>) -> Self {
        Request::new([InputItem::user(content)])
    }

    /// Returns the same request with another history and other tools.
    pub(crate) fn over<'b>(&self, items: &'b [InputItem], tools: &'b [Tool]) -> Request<'b>
    where
        'a: 'b,
    {
        Request { input: items.into(), tools: tools.into(), ..self.clone() }
    }

    /// Returns the model that is asked.
    pub(super) fn asked_model(&self) -> Option<&str> {
        self.model.as_deref()
    }

    /// Sets the model: `provider/model`, or `policy/<name>` for a routing policy. Opaque to this crate. Under
    /// `openai-responses/`, OpenAI's models are asked by their own endpoint of this kind.
    #[must_use]
    pub fn model(mut self, model: impl Into<String>) -> Self {
        self.model = Some(model.into());
        self
    }

    /// Sets `instructions`: the system prompt before the input. The router does not keep it for the next request.
    #[must_use]
    #[doc(alias = "system")]
    pub fn instructions(mut self, instructions: impl Into<String>) -> Self {
        self.instructions = Some(instructions.into());
        self
    }

    /// Sets the most tokens that answer and reasoning may take.
    #[must_use]
    pub fn max_output_tokens(mut self, max_output_tokens: u32) -> Self {
        self.max_output_tokens = Some(max_output_tokens);
        self
    }

    /// Sets how random the answer is, from 0; providers differ in the upper limit.
    ///
    /// A number that is not finite is an error when the request is built.
    #[must_use]
    pub fn temperature(mut self, temperature: f64) -> Self {
        self.temperature = Some(temperature);
        self
    }

    /// Sets the share of the probability that tokens are sampled from, 0 to 1.
    ///
    /// A number that is not finite is an error when the request is built.
    #[must_use]
    pub fn top_p(mut self, top_p: f64) -> Self {
        self.top_p = Some(top_p);
        self
    }

    /// Sets the tools that the model may call. An empty list is left out, because providers refuse it.
    #[must_use]
    pub fn tools(mut self, tools: impl Into<Slice<'a, Tool>>) -> Self {
        self.tools = tools.into();
        self
    }

    /// Sets whether, and which, tools the model must call.
    #[must_use]
    pub fn tool_choice(mut self, tool_choice: ToolChoice) -> Self {
        self.tool_choice = Some(tool_choice);
        self
    }

    /// Sets whether the model may call several tools in one turn.
    #[must_use]
    pub fn parallel_tool_calls(mut self, parallel_tool_calls: bool) -> Self {
        self.parallel_tool_calls = Some(parallel_tool_calls);
        self
    }

    /// Sets how much the model thinks.
    #[must_use]
    pub fn reasoning_effort(mut self, effort: impl Into<ReasoningEffort>) -> Self {
        self.reasoning_effort = Some(effort.into());
        self
    }

    /// Sets how what the model thought is summed up: `auto`, `concise` or `detailed`.
    #[must_use]
    pub fn reasoning_summary(mut self, summary: impl Into<String>) -> Self {
        self.reasoning_summary = Some(summary.into());
        self
    }

    /// Sets the form that the answer must have.
    #[must_use]
    pub fn text_format(mut self, format: impl Into<ResponseFormat>) -> Self {
        self.text_format = Some(format.into());
        self
    }

    /// Asks for an answer that is JSON of `schema`, in its [strict form](crate::schema::StrictSchema), for models that say
    /// `supports_output_json_schema`.
    ///
    /// A schema without a strict form, and a name that is not 1 to 64 letters, digits, `_` and `-`, are an error when the request
    /// is built. See [`Response::parse`](super::Response::parse).
    #[must_use]
    pub fn answer_schema<T: Serialize + ?Sized>(self, name: impl Into<String>, schema: &T) -> Self {
        self.answer(NamedSchema::new(name.into(), schema))
    }

    /// Asks for an answer that is JSON of a type, as [`answer_schema`](Self::answer_schema).
    #[cfg(feature = "schemars")]
    #[cfg_attr(docsrs, doc(cfg(feature = "schemars")))]
    #[must_use]
    pub fn answer_as<T: schemars::JsonSchema + ?Sized>(self) -> Self {
        self.answer(NamedSchema::of::<T>())
    }

    fn answer(mut self, schema: Result<NamedSchema, BuildError>) -> Self {
        self.text_format = self.extra.checked(schema).map(|schema| JsonSchema::strict_form(schema).into());
        self
    }

    /// Adds something that the response shall hold besides, such as `reasoning.encrypted_content`.
    #[must_use]
    pub fn include(mut self, what: impl Into<String>) -> Self {
        self.include.push(what.into());
        self
    }

    /// Returns whether a response in the background is asked for, by the member `background`.
    pub(super) fn is_in_background(&self) -> bool {
        self.extra.get("background") == Some("true")
    }

    /// Sets what the provider keeps with the response. For analytics, see [`Requesty::extra`].
    #[must_use]
    pub fn metadata<T: Serialize + ?Sized>(mut self, metadata: &T) -> Self {
        self.metadata = self.extra.json("metadata", metadata);
        self
    }

    /// Sets whether the provider keeps the response.
    #[must_use]
    pub fn store(mut self, store: bool) -> Self {
        self.store = Some(store);
        self
    }

    /// Sets what becomes of an input that does not fit: `auto` or `disabled`.
    #[must_use]
    pub fn truncation(mut self, truncation: impl Into<String>) -> Self {
        self.truncation = Some(truncation.into());
        self
    }

    /// Sets `user`: the end user, for the provider. For the router, see [`Requesty::user_id`].
    #[must_use]
    #[doc(alias = "user")]
    pub fn end_user(mut self, user: impl Into<String>) -> Self {
        self.user = Some(user.into());
        self
    }

    /// Sets the response that this one follows, so that its items need not be sent. Documented for OpenAI's models only.
    #[must_use]
    pub fn previous_response_id(mut self, id: impl Into<String>) -> Self {
        self.previous_response_id = Some(id.into());
        self
    }

    /// Sets the `requesty` object: options for the router itself.
    #[must_use]
    pub fn requesty(mut self, requesty: Requesty) -> Self {
        self.requesty = Some(requesty);
        self
    }

    /// Sets any other member of the request. It replaces a field of the same name.
    ///
    /// A value that cannot be written as JSON is an error when the request is built, as is the key `stream`: the kind of
    /// call sets it.
    #[must_use]
    #[doc(alias = "extra_body")]
    pub fn extra<T: Serialize + ?Sized>(mut self, key: &str, value: &T) -> Self {
        self.extra.set(key, value);
        self
    }
}
