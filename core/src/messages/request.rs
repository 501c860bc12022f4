//! A message to ask for.

use serde::Serialize;

use super::{Content, Message, Thinking, Tool, ToolChoice};
use crate::request::Additions;
use crate::schema::NamedSchema;
use crate::{BuildError, Slice};

/// A message to ask for.
///
/// The history is borrowed or owned, as it is given: it is not copied per turn, nor by a clone. What is not set is left out of the request, never sent as `null`.
/// Whether the answer is streamed is not part of it: that is the kind of call that is made with it.
///
/// A request is checked when the call is built, so that mistakes that would be refused are found before anything is sent;
/// [`whole_body`](Self::whole_body) lists them.
///
/// # Examples
/// ```
/// use requesty_core::messages::{Message, Request, Thinking};
///
/// let history = [Message::user("Why is the sky blue?")];
/// let request = Request::new(&history, 4096)
///     .model("anthropic/claude-sonnet-4-20250514")
///     .system("Answer in one sentence.")
///     .thinking(Thinking::enabled(1024));
/// assert_eq!(
///     serde_json::to_string(&request)?,
///     concat!(
///         r#"{"model":"anthropic/claude-sonnet-4-20250514","max_tokens":4096,"#,
///         r#""messages":[{"role":"user","content":"Why is the sky blue?"}],"system":"Answer in one sentence.","#,
///         r#""thinking":{"type":"enabled","budget_tokens":1024}}"#,
///     ),
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// The router's page: [create message](https://docs.requesty.ai/api-reference/endpoint/messages-create).
#[derive(Clone, Debug, Default)]
pub struct Request<'a> {
    pub(super) messages: Slice<'a, Message>,
    pub(super) max_tokens: u32,
    pub(super) tools: Slice<'a, Tool>,
    pub(super) model: Option<String>,
    pub(super) system: Option<Content>,
    pub(super) temperature: Option<f64>,
    pub(super) top_p: Option<f64>,
    pub(super) top_k: Option<u32>,
    pub(super) stop_sequences: Vec<String>,
    pub(super) tool_choice: Option<ToolChoice>,
    pub(super) thinking: Option<Thinking>,
    pub(super) extra: Additions,
    /// JSON text of the schema that the answer must follow.
    pub(super) answer_schema: Option<String>,
}

impl<'a> Request<'a> {
    /// Creates a request with a history, borrowed or its own, and the most tokens that the answer may take, what the model
    /// thinks included: at least 1. Both are required by the API.
    pub fn new(messages: impl Into<Slice<'a, Message>>, max_tokens: u32) -> Self {
        Request { messages: messages.into(), max_tokens, ..Request::default() }
    }

    /// Creates a request with one message of the user and the most tokens that the answer may take.
    pub fn user(content: impl Into<Content>, max_tokens: u32) -> Self {
        Request::new([Message::user(content)], max_tokens)
    }

    /// Returns the same request with another history and other tools.
    pub(crate) fn over<'b>(&self, messages: &'b [Message], tools: &'b [Tool]) -> Request<'b>
    where
        'a: 'b,
    {
        Request { messages: messages.into(), tools: tools.into(), ..self.clone() }
    }

    /// Returns the model that is asked.
    pub(crate) fn asked_model(&self) -> Option<&str> {
        self.model.as_deref()
    }

    /// Sets the model, which the API requires: `provider/model`, or `policy/<name>` for a routing policy. Opaque to this
    /// crate.
    #[must_use]
    pub fn model(mut self, model: impl Into<String>) -> Self {
        self.model = Some(model.into());
        self
    }

    /// Sets the instructions of the application: a text, or text blocks of which some end a cached prefix.
    #[must_use]
    pub fn system(mut self, system: impl Into<Content>) -> Self {
        self.system = Some(system.into());
        self
    }

    /// Sets how random the answer is: 0 to 2 by the router's documentation, 0 to 1 by Anthropic's.
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

    /// Sets the number of the likeliest tokens that are sampled from.
    #[must_use]
    pub fn top_k(mut self, top_k: u32) -> Self {
        self.top_k = Some(top_k);
        self
    }

    /// Adds a text that ends the answer.
    #[must_use]
    pub fn stop_sequence(mut self, stop: impl Into<String>) -> Self {
        self.stop_sequences.push(stop.into());
        self
    }

    /// Sets the tools that the model may use. An empty list is left out, because providers refuse it.
    #[must_use]
    pub fn tools(mut self, tools: impl Into<Slice<'a, Tool>>) -> Self {
        self.tools = tools.into();
        self
    }

    /// Sets whether, and which, tools the model must use.
    #[must_use]
    pub fn tool_choice(mut self, tool_choice: ToolChoice) -> Self {
        self.tool_choice = Some(tool_choice);
        self
    }

    /// Sets how much the model thinks. The budget is part of `max_tokens`.
    #[must_use]
    pub fn thinking(mut self, thinking: Thinking) -> Self {
        self.thinking = Some(thinking);
        self
    }

    /// Asks for an answer that is JSON of `schema`, in its [strict form](crate::schema::StrictSchema): `output_config` with the
    /// format `json_schema`, which Anthropic documents, and the router does not. Bounds such as `maximum` stand in the
    /// descriptions, because Anthropic's API takes no keyword for them. `name` is checked, and not sent: it is there because the
    /// other families need it.
    ///
    /// A schema without a strict form, a recursive one, and a name that is not 1 to 64 letters, digits, `_` and `-`, are an
    /// error when the request is built; so is a schema in which more than 16 members may be `null` or of several types, which
    /// Anthropic's API refuses. See [`AssistantMessage::parse`](super::AssistantMessage::parse).
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
        let form = self.extra.checked(schema.and_then(NamedSchema::without_bounds));
        self.answer_schema = form.map(|form| form.schema.json());
        self
    }

    /// Sets any other member of the request. It replaces a field of the same name. Whether the router takes its own
    /// `requesty` object here is not documented.
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
