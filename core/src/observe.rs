//! Observers of calls, for logs, metrics and traces. They can also change the headers of requests.
//!
//! Observers get no content: no prompt, no answer, no key. Texts of a server are at most 256 bytes long, their control
//! characters are escaped, and the key is taken out of them. An observer that wants content asks for it:
//! [`CallInfo::input_messages`], [`Report::output_messages`].
//!
//! # What operators see
//!
//! With the feature `tracing` of a transport each call has a span, whose target is `requesty` and whose name for OpenTelemetry
//! is operation and model, such as `chat openai/gpt-4o`. [`metrics`] measures the same calls, and [`traceparent`] passes the
//! trace on; both need no feature and no library.
//!
//! The names are those of OpenTelemetry's conventions for generative AI, which have a repository of their own
//! (`open-telemetry/semantic-conventions-genai`) and the status "development" there: names may still change. Followed is its
//! commit `024a4f944a12`. There `cache_write` was called `cache_creation` before, `gen_ai.client.inference.duration` was
//! `gen_ai.client.operation.duration`, and one histogram of tokens, `gen_ai.client.token.usage`, is now a counter for each kind.
//!
//! | field of the span | type | what |
//! |---|---|---|
//! | `gen_ai.operation.name` | text | [`CallInfo::operation`]; never a path |
//! | `gen_ai.provider.name` | text | `requesty` |
//! | `gen_ai.request.model` | text | the model asked |
//! | `gen_ai.request.stream` | truth | `true` for a stream, else absent |
//! | `gen_ai.request.choice.count` | whole number | how many answers are asked for, where it is not 1 |
//! | `gen_ai.request.max_tokens` | whole number | tokens |
//! | `gen_ai.request.seed`, `gen_ai.request.top_k` | whole number | as asked |
//! | `gen_ai.request.temperature`, `gen_ai.request.top_p`, `gen_ai.request.frequency_penalty`, `gen_ai.request.presence_penalty` | number | as asked |
//! | `gen_ai.request.stop_sequences`, `gen_ai.request.encoding_formats` | JSON text | as asked; `tracing` has no arrays |
//! | `gen_ai.request.reasoning.level`, `gen_ai.request.previous_response.id` | text | as asked |
//! | `gen_ai.output.type` | text | `text`, `json`, `image` or `speech`, where the request says it |
//! | `gen_ai.embeddings.dimension.count` | whole number | as asked |
//! | `gen_ai.response.id`, `gen_ai.response.model` | text | as the answer says |
//! | `gen_ai.response.finish_reasons` | JSON text | as the answer says, at most 4 KiB; `["error"]` where an answer began and ended too early |
//! | `gen_ai.response.time_to_first_chunk` | number | seconds from the start of the call to the first item of a stream |
//! | `gen_ai.usage.input_tokens`, `gen_ai.usage.output_tokens` | whole number | tokens |
//! | `gen_ai.usage.cache_read.input_tokens`, `gen_ai.usage.cache_write.input_tokens` | whole number | tokens, part of the input |
//! | `gen_ai.usage.reasoning.output_tokens` | whole number | tokens, part of the output |
//! | `gen_ai.input.messages`, `gen_ai.output.messages`, `gen_ai.system_instructions`, `gen_ai.tool.definitions` | JSON text | only where `Options::with_content_in_spans` asks for it; see [`CallInfo::input_messages`] |
//! | `server.address`, `server.port` | text, whole number | where the call goes |
//! | `http.response.status_code` | whole number | of the last attempt |
//! | `http.request.resend_count` | whole number | attempts after the first, where there were any |
//! | `error.type` | text | [`error_type`]; `cancelled` for a call that was dropped |
//! | `requesty.error.phase` | text | [`error_phase`] |
//! | `requesty.cost` | number | dollars. `gen_ai.usage.cost.amount` is proposed for it, and no convention yet |
//! | `requesty.time_to_first_text` | number | seconds from the start of the call to the first text |
//! | `requesty.longest_pause` | number | seconds; see [`Timings::longest_pause`] |
//! | `requesty.texts_per_second` | number | see [`Timings::texts_per_second`] |
//!
//! Each attempt that is followed by another one is an event `retry` of the span, with `error.type`, `requesty.error.phase` and
//! `requesty.wait` in seconds. The span ends when the call does, or is dropped, and then holds what came before that. The
//! metrics are listed at [`INSTRUMENTS`].

mod content;
mod error_type;
mod metrics;
mod observers;
mod parameters;
mod traceparent;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use http::request::Parts;

pub(crate) use content::{Answer, RequestContent};
pub use error_type::{error_phase, error_type};
pub use metrics::{
    AttributeValue, CallMetrics, DURATION_BUCKETS, INSTRUMENTS, Instrument, InstrumentKind, Measurement, TOKEN_BUCKETS,
    metrics,
};
pub use observers::Observers;
pub use parameters::Parameters;
pub(crate) use parameters::operation;
pub use traceparent::{Traceparent, traceparent};

use crate::head::Head;
use crate::{Decimal, Error};

/// Observes one call. By default each method does nothing.
///
/// ```text
/// begin ─▶ request ─▶ response ─▶ first_item ─▶ item … ─▶ end
///             ▲           │
///             └─ retry ◀──┘   (or before a response came)
/// ```
///
/// A client creates one observer per call, by a function of [`CallInfo`], so an observer may keep state between its
/// methods. The methods run within the call; they should not block.
///
/// # Examples
///
/// ```
/// use requesty_core::observe::{Observer, Report};
/// use requesty_core::http::{HeaderValue, request};
///
/// struct Traced;
///
/// impl Observer for Traced {
///     fn request(&mut self, head: &mut request::Parts) {
///         head.headers.insert("traceparent", HeaderValue::from_static("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
///     }
///
///     fn end(&mut self, report: &Report<'_>) {
///         println!("{:?} to the first text, {:?} dollars", report.timings.first_text, report.summary.cost);
///     }
/// }
/// ```
#[doc(alias("hook", "middleware", "callback", "logging"))]
pub trait Observer: Send + Sync {
    /// Sees the head of a request before it is sent, once per attempt, and may change its headers and its path.
    ///
    /// The call ends with [`Error::Build`] if the head then has another host, another HTTP version, a `content-length`
    /// or `host` other than that of the request, or a `transfer-encoding`.
    fn request(&mut self, head: &mut Parts) {
        let _ = head;
    }

    /// Sees the head of a response.
    fn response(&mut self, head: &Head, timings: &Timings) {
        let _ = (head, timings);
    }

    /// Sees the error of an attempt that failed, when another attempt follows after `wait`.
    fn retry(&mut self, error: &Error, wait: Duration) {
        let _ = (error, wait);
    }

    /// Called when the first item of the answer came.
    fn first_item(&mut self, timings: &Timings) {
        let _ = timings;
    }

    /// Called when an item after the first came, `since_last` after the item before.
    fn item(&mut self, since_last: Duration, timings: &Timings) {
        let _ = (since_last, timings);
    }

    /// Called when the call is over: exactly once, also if the caller dropped the call.
    fn end(&mut self, report: &Report<'_>) {
        let _ = report;
    }
}

/// The facts about a call before it is sent.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CallInfo {
    /// The operation, in the words of OpenTelemetry's conventions: `chat`, `embeddings`, `generate_content` (images and
    /// speech) or `text_completion`; in words of this crate where they have none: `transcribe`, `list_models`, `mcp`,
    /// `manage`, `feedback`, `other`.
    pub operation: &'static str,
    /// The model in the request, at most 256 bytes of it; `None` for endpoints whose request names no model.
    pub model: Option<Arc<str>>,
    /// The parameters of the request: all but its content.
    pub parameters: Parameters,
    /// The host of the URL.
    pub host: Arc<str>,
    /// The port of the URL.
    pub port: u16,
    /// The path of the URL.
    pub path: Arc<str>,
    /// Whether the reply is a stream of events.
    pub streamed: bool,
    /// The body that [`input_messages`](Self::input_messages) and the like read.
    pub(crate) content: RequestContent,
}

/// Times since the start of the call; earlier attempts are included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timings {
    /// How many times the request was sent.
    pub attempts: u32,
    /// The time until the head of the response.
    pub first_byte: Option<Duration>,
    /// The time until the first item of a stream, which often names the role and holds no text yet.
    pub first_item: Option<Duration>,
    /// The time until the first item that adds text to the answer.
    pub first_text: Option<Duration>,
    /// The time until the last item that added text to the answer. Known only if there is an observer.
    pub last_text: Option<Duration>,
    /// How many items added text to the answer. Counted only if there is an observer.
    pub texts: u64,
    /// The longest time that bytes were waited for after the first item; what the caller does between two items is no part of
    /// it. Known only if there is an observer.
    pub longest_pause: Option<Duration>,
    /// The time until the end of the call, also if the caller dropped the call.
    pub end: Option<Duration>,
}

impl Timings {
    /// Returns how many texts came per second after the first text; `None` if fewer than two came, or all came at once.
    pub fn texts_per_second(&self) -> Option<f64> {
        let time = self.last_text?.checked_sub(self.first_text?)?.as_secs_f64();
        (time > 0.0 && self.texts > 1).then(|| (self.texts - 1) as f64 / time)
    }
}

/// The metadata of an answer, without its content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// The id of the answer.
    pub id: Option<String>,
    /// The model that generated the answer.
    pub model: Option<String>,
    /// The finish reason of each choice, as the server wrote it.
    pub finish_reasons: Vec<String>,
    /// Tokens of the request, those from and to the cache included.
    pub input_tokens: Option<u64>,
    /// Those of the request that were read from the provider's cache.
    pub cache_read_tokens: Option<u64>,
    /// Those of the request that were written to the provider's cache.
    pub cache_write_tokens: Option<u64>,
    /// Tokens of the answer, those spent on reasoning included.
    pub output_tokens: Option<u64>,
    /// Those of the answer that were spent on reasoning.
    pub reasoning_tokens: Option<u64>,
    /// The cost, in US dollars.
    pub cost: Option<Decimal>,
}

/// How a call ended.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Report<'a> {
    /// The times of the call.
    pub timings: Timings,
    /// The metadata of the answer, as far as the answer came.
    pub summary: Summary,
    /// Why the answer is not complete; `None` if it is complete, or if the caller dropped the call.
    pub error: Option<&'a Error>,
    /// Whether the caller dropped the call before its end. The summary then holds what came before that.
    pub dropped: bool,
    /// The answer that [`output_messages`](Self::output_messages) reads; `None` if no reply began.
    pub(crate) answer: Option<Answer<'a>>,
}

impl Report<'_> {
    /// Returns the class of the error, as [`error_type`] does; `cancelled` where the call was dropped, and `None` where the
    /// answer is complete.
    pub fn error_type(&self) -> Option<Cow<'static, str>> {
        match self.error {
            Some(error) => Some(error_type(error)),
            None => self.dropped.then_some(Cow::Borrowed("cancelled")),
        }
    }
}

/// A function that creates the observer of a call.
pub type Observe = Arc<dyn Fn(&CallInfo) -> Box<dyn Observer> + Send + Sync>;
