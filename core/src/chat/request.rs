//! A chat completion to ask for.

use serde::Serialize;

use super::{Content, Message, ReasoningEffort, Requesty, ResponseFormat, Thinking, Tool, ToolChoice};
use crate::Slice;
use crate::request::Additions;

/// A chat completion to ask for.
///
/// The history is borrowed or owned, as it is given: it is not copied per turn, nor by a clone. What is not set is left out of the request, never sent as `null`.
/// Whether the answer is streamed is not part of it: that is the kind of call that is made with it.
///
/// A request is checked when the call is built, so that mistakes that the router or a provider would refuse are found
/// before anything is sent; [`whole_body`](Self::whole_body) lists them.
///
/// # Examples
/// ```
/// use requesty_core::chat::{Message, ReasoningEffort, Request, Requesty};
///
/// let history = [Message::user("Why is the sky blue?")];
/// let request = Request::new(&history)
///     .model("anthropic/claude-sonnet-4-5")
///     .max_tokens(4096)
///     .reasoning_effort(ReasoningEffort::LOW)
///     .requesty(Requesty::new().trace_id("session_9"))
///     .extra("provider_option", &true);
/// assert_eq!(
///     serde_json::to_string(&request)?,
///     concat!(
///         r#"{"model":"anthropic/claude-sonnet-4-5","messages":[{"role":"user","content":"Why is the sky blue?"}],"#,
///         r#""max_tokens":4096,"reasoning_effort":"low","requesty":{"trace_id":"session_9"},"provider_option":true}"#,
///     ),
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// The router's page: [create chat completion](https://docs.requesty.ai/api-reference/endpoint/chat-completions-create).
#[derive(Clone, Debug, Default)]
pub struct Request<'a> {
    pub(super) messages: Slice<'a, Message>,
    pub(super) tools: Slice<'a, Tool>,
    pub(super) model: Option<String>,
    pub(super) max_tokens: Option<u32>,
    pub(super) max_completion_tokens: Option<u32>,
    pub(super) temperature: Option<f64>,
    pub(super) top_p: Option<f64>,
    pub(super) top_k: Option<u32>,
    pub(super) frequency_penalty: Option<f64>,
    pub(super) presence_penalty: Option<f64>,
    pub(super) seed: Option<i64>,
    pub(super) stop: Vec<String>,
    pub(super) logit_bias: Vec<(String, f64)>,
    pub(super) logprobs: Option<bool>,
    pub(super) top_logprobs: Option<u32>,
    pub(super) n: Option<u32>,
    pub(super) store: Option<bool>,
    pub(super) metadata: Option<String>,
    pub(super) service_tier: Option<String>,
    pub(super) prediction: Option<String>,
    pub(super) modalities: Vec<String>,
    pub(super) audio: Option<String>,
    pub(super) user: Option<String>,
    pub(super) tool_choice: Option<ToolChoice>,
    pub(super) parallel_tool_calls: Option<bool>,
    pub(super) functions: Option<String>,
    pub(super) function_call: Option<String>,
    pub(super) response_format: Option<ResponseFormat>,
    pub(super) reasoning_effort: Option<ReasoningEffort>,
    pub(super) include_reasoning: Option<bool>,
    pub(super) thinking: Option<Thinking>,
    pub(super) reasoning: Option<String>,
    pub(super) models: Vec<String>,
    pub(super) requesty: Option<Requesty>,
    pub(super) extra: Additions,
}

impl<'a> Request<'a> {
    /// Creates a request with a history, borrowed or its own, and nothing else set.
    pub fn new(messages: impl Into<Slice<'a, Message>>) -> Self {
        Request { messages: messages.into(), ..Request::default() }
    }

    /// Creates a request with one message of the user.
    pub fn user(content: impl Into<Content>) -> Self {
        Request::new([Message::user(content)])
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

    /// Sets the model: `provider/model`, or `policy/<name>` for a routing policy. Opaque to this crate.
    ///
    /// Without one the router takes `openai/gpt-4o-mini`, as it documents.
    #[must_use]
    pub fn model(mut self, model: impl Into<String>) -> Self {
        self.model = Some(model.into());
        self
    }

    /// Sets the most tokens that the answer may take.
    #[must_use]
    pub fn max_tokens(mut self, max_tokens: u32) -> Self {
        self.max_tokens = Some(max_tokens);
        self
    }

    /// Sets the most tokens that answer and reasoning may take together, under the newer name of OpenAI. Whether the router
    /// takes it is not documented: prefer [`max_tokens`](Self::max_tokens).
    #[must_use]
    pub fn max_completion_tokens(mut self, max_completion_tokens: u32) -> Self {
        self.max_completion_tokens = Some(max_completion_tokens);
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

    /// Sets the number of the likeliest tokens that are sampled from.
    #[must_use]
    pub fn top_k(mut self, top_k: u32) -> Self {
        self.top_k = Some(top_k);
        self
    }

    /// Sets the penalty on tokens by how often they came, -2 to 2.
    ///
    /// A number that is not finite is an error when the request is built.
    #[must_use]
    pub fn frequency_penalty(mut self, frequency_penalty: f64) -> Self {
        self.frequency_penalty = Some(frequency_penalty);
        self
    }

    /// Sets the penalty on tokens that came at all, -2 to 2.
    ///
    /// A number that is not finite is an error when the request is built.
    #[must_use]
    pub fn presence_penalty(mut self, presence_penalty: f64) -> Self {
        self.presence_penalty = Some(presence_penalty);
        self
    }

    /// Sets the seed of the sampling.
    #[must_use]
    pub fn seed(mut self, seed: i64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Adds a text that ends the answer. All are sent as one list, also where it is only one.
    #[must_use]
    pub fn stop(mut self, stop: impl Into<String>) -> Self {
        self.stop.push(stop.into());
        self
    }

    /// Sets the bias of a token, by its id: -100 to 100. Set again, the later one counts.
    #[must_use]
    pub fn logit_bias(mut self, token: impl Into<String>, bias: f64) -> Self {
        let token = token.into();
        match self.logit_bias.iter_mut().find(|(set, _)| *set == token) {
            Some((_, earlier)) => *earlier = bias,
            None => self.logit_bias.push((token, bias)),
        }
        self
    }

    /// Sets whether the probabilities of the tokens are returned.
    #[must_use]
    pub fn logprobs(mut self, logprobs: bool) -> Self {
        self.logprobs = Some(logprobs);
        self
    }

    /// Sets how many alternatives are returned for each token. Needs [`logprobs`](Self::logprobs).
    #[must_use]
    pub fn top_logprobs(mut self, top_logprobs: u32) -> Self {
        self.top_logprobs = Some(top_logprobs);
        self
    }

    /// Sets the number of answers, at least 1. Not documented by the router.
    #[must_use]
    pub fn n(mut self, n: u32) -> Self {
        self.n = Some(n);
        self
    }

    /// Sets whether the provider keeps the answer. Not documented by the router.
    #[must_use]
    pub fn store(mut self, store: bool) -> Self {
        self.store = Some(store);
        self
    }

    /// Sets what the provider keeps with the request. Not documented by the router: for analytics, see
    /// [`Requesty::extra`].
    #[must_use]
    pub fn metadata<T: Serialize + ?Sized>(mut self, metadata: &T) -> Self {
        self.metadata = self.extra.json("metadata", metadata);
        self
    }

    /// Sets how the provider serves the request. Not documented by the router.
    #[must_use]
    pub fn service_tier(mut self, service_tier: impl Into<String>) -> Self {
        self.service_tier = Some(service_tier.into());
        self
    }

    /// Sets what the answer is expected to be, from what it is in JSON. Not documented by the router.
    #[must_use]
    pub fn prediction<T: Serialize + ?Sized>(mut self, prediction: &T) -> Self {
        self.prediction = self.extra.json("prediction", prediction);
        self
    }

    /// Sets the forms of the answer, such as `text` and `audio`. Not documented by the router.
    #[must_use]
    pub fn modalities<T: Into<String>>(mut self, modalities: impl IntoIterator<Item = T>) -> Self {
        self.modalities = modalities.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the voice and the format of a spoken answer, from what it is in JSON. Not documented by the router.
    #[must_use]
    pub fn audio<T: Serialize + ?Sized>(mut self, audio: &T) -> Self {
        self.audio = self.extra.json("audio", audio);
        self
    }

    /// Sets `user`: the end user, for the provider. For the router, see [`Requesty::user_id`].
    #[must_use]
    #[doc(alias = "user")]
    pub fn end_user(mut self, user: impl Into<String>) -> Self {
        self.user = Some(user.into());
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

    /// Sets the tools in their legacy form, from what they are in JSON: a list of `{"name","description","parameters"}`.
    #[must_use]
    pub fn functions<T: Serialize + ?Sized>(mut self, functions: &T) -> Self {
        self.functions = self.extra.json("functions", functions);
        self
    }

    /// Sets the legacy form of the tool choice, from what it is in JSON.
    #[must_use]
    pub fn function_call<T: Serialize + ?Sized>(mut self, function_call: &T) -> Self {
        self.function_call = self.extra.json("function_call", function_call);
        self
    }

    /// Sets the form that the answer must have.
    #[must_use]
    #[doc(alias("json schema", "json mode", "structured output"))]
    pub fn response_format(mut self, response_format: impl Into<ResponseFormat>) -> Self {
        self.response_format = Some(response_format.into());
        self
    }

    /// Sets how much the model thinks.
    #[must_use]
    pub fn reasoning_effort(mut self, reasoning_effort: impl Into<ReasoningEffort>) -> Self {
        self.reasoning_effort = Some(reasoning_effort.into());
        self
    }

    /// Sets whether the answer carries what the model thought. Sent by the router's own client.
    #[must_use]
    pub fn include_reasoning(mut self, include_reasoning: bool) -> Self {
        self.include_reasoning = Some(include_reasoning);
        self
    }

    /// Sets thinking in the manner of Anthropic.
    #[must_use]
    pub fn thinking(mut self, thinking: Thinking) -> Self {
        self.thinking = Some(thinking);
        self
    }

    /// Sets reasoning in the manner of OpenRouter, from what it is in JSON. Documented by the router for another endpoint only:
    /// prefer [`reasoning_effort`](Self::reasoning_effort).
    #[must_use]
    pub fn reasoning<T: Serialize + ?Sized>(mut self, reasoning: &T) -> Self {
        self.reasoning = self.extra.json("reasoning", reasoning);
        self
    }

    /// Sets models that the router may choose from. Sent by the router's own client, but not documented: a policy, as
    /// `policy/<name>` in [`model`](Self::model), is.
    #[must_use]
    pub fn models<T: Into<String>>(mut self, models: impl IntoIterator<Item = T>) -> Self {
        self.models = models.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the `requesty` object: options for the router itself.
    #[must_use]
    pub fn requesty(mut self, requesty: Requesty) -> Self {
        self.requesty = Some(requesty);
        self
    }

    /// Sets any other member of the request. It replaces a field of the same name, also one that this crate writes by
    /// itself, such as `stream_options`.
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
