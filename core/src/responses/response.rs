//! A whole response: a unary reply, or the sum of the events of a stream.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};

use super::lists::take_list;
use super::{Annotation, FinishedCall, InputItem, OutputItem, OutputPart, Status, UnfinishedCall, Usage};
use crate::chat::Citation;
use crate::ending;
use crate::json::{self, EmptyMembers, Members, ObjectWriter, fields, joined, received};
use crate::observe::Summary;
use crate::schema::{Answer, AnswerError};
use crate::{Decimal, Extra};

/// A response.
///
/// Every member may be missing: the response holds only what came, and nothing is invented. Unknown members are kept in
/// `extra`, byte for byte.
///
/// # Examples
/// ```
/// use requesty_core::responses::{Response, Status};
///
/// let response: Response = serde_json::from_str(concat!(
///     r#"{"id":"rqsty-cmpl-1","status":"completed","output":[{"type":"message","role":"assistant","#,
///     r#""content":[{"type":"output_text","text":"hi","annotations":[]}]}],"usage":{"cost":0.0005208}}"#,
/// ))?;
/// assert_eq!(response.status, Some(Status::Completed));
/// assert_eq!(response.whole_text().unwrap(), "hi");
/// assert_eq!(response.cost().unwrap().to_string(), "0.0005208");
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// The router's page: [create response](https://docs.requesty.ai/api-reference/endpoint/responses-create).
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Response {
    /// The id of the response; feedback names it.
    pub id: Option<String>,
    /// The model that generated the response. It may be spelled differently from the model in the request, and with a
    /// policy the router chooses it.
    pub model: Option<String>,
    /// When the response was created, in seconds since 1970.
    pub created_at: Option<u64>,
    /// The status of the response.
    pub status: Option<Status>,
    /// The output items: messages, reasoning and calls, in order.
    pub output: Vec<OutputItem>,
    /// The reason of a failure. A failed response is an [`Error::Api`](crate::Error::Api); its partial response has
    /// this field.
    pub error: Option<ResponseError>,
    /// The reason why the response is incomplete.
    pub incomplete_details: Option<IncompleteDetails>,
    /// Tokens and cost.
    pub usage: Option<Usage>,
    /// Members without a field.
    pub extra: Extra,
    pub(super) blanks: EmptyMembers,
    /// The functions that the request offered. The caller must not run calls of other functions.
    pub(super) offered: Offered,
    /// Whether the response came to its end before the stream did.
    pub(super) whole: bool,
    pub(super) clean_end: bool,
}

/// Names of functions; `None` if it is not known which functions the request offered.
pub(super) type Offered = Option<Arc<[String]>>;

impl Response {
    /// Reads a response: an object with `output` or `status`.
    fn read(members: Members<'_>) -> Option<Self> {
        is_response(&members).then(|| Response::of(members))
    }

    /// Reads the response in an event, in which most members may be missing.
    pub(super) fn of(mut members: Members<'_>) -> Self {
        let mut blanks = EmptyMembers::default();
        let mut response = Response {
            id: blanks.string(&mut members, "id"),
            model: blanks.string(&mut members, "model"),
            created_at: blanks.take(&mut members, "created_at", |members, name| {
                // Some servers send 0 if they do not know the time.
                members.take_with(name, |value| json::lenient_uint(value).filter(|&created| created > 0))
            }),
            status: super::item::status(&mut members, &mut blanks),
            output: take_list(&mut members, &mut blanks, "output", |item| Some(OutputItem::of(item))),
            error: blanks.take(&mut members, "error", |members, name| members.object_with(name, ResponseError::read)),
            incomplete_details: blanks.take(&mut members, "incomplete_details", |members, name| {
                members.object_with(name, IncompleteDetails::read)
            }),
            usage: blanks.take(&mut members, "usage", |members, name| members.object_with(name, Usage::read)),
            extra: members.rest(),
            blanks,
            offered: None,
            whole: true,
            clean_end: true,
        };
        response.settle();
        response
    }

    /// Sets in each call whether its response is complete. No call of a response that is still being generated can be
    /// run.
    pub(super) fn settle(&mut self) {
        self.drop_odd();
        let Some(status) = &self.status else { return };
        let (is_whole, is_open) = (status.is_whole(), status.is_open());
        for item in &mut self.output {
            if let OutputItem::FunctionCall(call) = item {
                call.settled = is_whole;
                call.unfinished |= is_open;
            }
        }
    }

    /// Drops members of the wrong type whose fields have a value.
    pub(super) fn drop_odd(&mut self) {
        for (field, has_value) in [
            ("id", self.id.is_some()),
            ("model", self.model.is_some()),
            ("created_at", self.created_at.is_some()),
            ("status", self.status.is_some()),
            ("error", self.error.is_some()),
            ("incomplete_details", self.incomplete_details.is_some()),
            ("usage", self.usage.is_some()),
            ("output", !self.output.is_empty()),
        ] {
            self.extra.give_way(field, has_value);
        }
    }

    /// Returns the text of the response: all its text parts joined; empty if it has no text part.
    pub fn text(&self) -> Cow<'_, str> {
        joined(self.parts().map(OutputPart::text))
    }

    /// Returns the text of the response if it is complete, and not cut by a limit, a filter or the end of the stream.
    ///
    /// # Errors
    /// [`StoppedEarly`], with the reason if there is one, if the status is neither [completed](Status::Completed) nor
    /// another word for it, or if the model refused and the response has no text.
    pub fn whole_text(&self) -> Result<Cow<'_, str>, StoppedEarly> {
        let stopped = !self.whole
            || self.status.as_ref().is_some_and(|status| !status.is_whole())
            || self.stop_reason().is_some_and(|reason| !ending::is_whole(reason));
        let text = self.text();
        if stopped || (text.is_empty() && !self.refusal().is_empty()) {
            let reason = self.stop_reason().map(str::to_owned);
            return Err(StoppedEarly { status: self.status.clone(), reason });
        }
        Ok(text)
    }

    /// Reads the text of the response as `T`, after ordered checks: a refusal, a limit, a filter, another early end, no text, not JSON,
    /// JSON of another form. Each is an error of its own, with the text and the usage. Ask for such an answer by
    /// [`Request::answer_as`](super::Request) or [`Request::answer_schema`](super::Request::answer_schema).
    ///
    /// # Errors
    /// [`AnswerError`]; the first check that fails, in the order of its variants.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, AnswerError> {
        let answer = Answer {
            text: self.text(),
            refusal: self.refusal(),
            reason: self.stop_reason().or(self.status.as_ref().map(Status::as_str)),
            is_complete: self.whole && self.status.as_ref().is_none_or(Status::is_whole),
        };
        answer.parse(|| self.summary())
    }

    /// Returns the reasoning that the response shows: first the summaries, then the full reasoning; empty if it shows
    /// no reasoning.
    pub fn reasoning(&self) -> Cow<'_, str> {
        joined(self.output.iter().flat_map(|item| match item {
            OutputItem::Reasoning(reasoning) => Some(reasoning.texts()).into_iter().flatten(),
            _ => None.into_iter().flatten(),
        }))
    }

    /// Returns the refusal, which the model writes instead of an answer; empty if the model refused nothing.
    pub fn refusal(&self) -> Cow<'_, str> {
        joined(self.parts().map(OutputPart::refusal))
    }

    /// Returns the price in US dollars; `None` if the reply does not report it.
    pub fn cost(&self) -> Option<Decimal> {
        self.usage.as_ref()?.cost
    }

    /// Returns the reason why the response is incomplete, as the server wrote it, such as `max_output_tokens`.
    pub fn stop_reason(&self) -> Option<&str> {
        self.incomplete_details.as_ref()?.reason.as_deref()
    }

    /// Returns the function calls that the caller must run: they are complete, their arguments are JSON, and the
    /// request offered the function. Calls that the provider ran itself are left out.
    pub fn function_calls(&self) -> impl Iterator<Item = FinishedCall<'_>> {
        let finished = self.calls().filter_map(|call| call.finished().ok());
        finished.filter(|call| !call.is_server_side() && self.is_offered(call.name()))
    }

    /// Returns the function calls that cannot be run, because they were cut or their arguments are not JSON.
    pub fn unfinished_calls(&self) -> impl Iterator<Item = UnfinishedCall<'_>> {
        self.calls().filter_map(|call| call.finished().err())
    }

    /// Returns the sources that the texts cite, as they came.
    pub fn annotations(&self) -> impl Iterator<Item = &Annotation> {
        self.parts().flat_map(|part| match part {
            OutputPart::Text(text) => text.annotations.as_slice(),
            _ => &[],
        })
    }

    /// Returns the sources that the texts cite, each once, as the type that chat completions use.
    pub fn citations(&self) -> Vec<Citation> {
        let mut seen = HashSet::new();
        let named = self.annotations().filter(|it| it.url.is_some() || it.title.is_some());
        let fresh = named.filter(|it| seen.insert((&it.url, &it.title, it.start_index, it.end_index)));
        fresh.map(Annotation::citation).collect()
    }

    /// Returns the output as input for the next request. Append it to the items of the conversation, and after it the
    /// results of the calls.
    pub fn into_input(self) -> impl Iterator<Item = InputItem> {
        self.output.into_iter().map(InputItem::Output)
    }

    /// Returns whether the stream came to the end of the response, and was not cut. A stream without an error is always
    /// complete.
    pub fn clean_end(&self) -> bool {
        self.clean_end
    }

    /// Returns the metadata of the response, without its content.
    pub fn summary(&self) -> Summary {
        let usage = self.usage.as_ref();
        let ended = self.status.as_ref().filter(|status| !status.is_open()).map(Status::as_str);
        Summary {
            id: self.id.clone(),
            model: self.model.clone(),
            finish_reasons: self.stop_reason().or(ended).map(str::to_owned).into_iter().collect(),
            input_tokens: usage.and_then(|usage| usage.input_tokens),
            cache_read_tokens: usage.and_then(|usage| usage.cached_tokens),
            cache_write_tokens: usage.and_then(|usage| usage.caching_tokens),
            output_tokens: usage.and_then(|usage| usage.output_tokens),
            reasoning_tokens: usage.and_then(|usage| usage.reasoning_tokens),
            cost: self.cost(),
        }
    }

    fn parts(&self) -> impl Iterator<Item = &OutputPart> {
        self.output.iter().flat_map(|item| match item {
            OutputItem::Message(message) => message.content.as_slice(),
            _ => &[],
        })
    }

    fn calls(&self) -> impl Iterator<Item = &super::FunctionCall> {
        self.output.iter().filter_map(|item| match item {
            OutputItem::FunctionCall(call) => Some(call),
            _ => None,
        })
    }

    fn is_offered(&self, name: &str) -> bool {
        self.offered.as_ref().is_none_or(|offered| offered.iter().any(|offer| offer == name))
    }
}

/// Returns whether an object is a response: it has `output` or `status`.
pub(super) fn is_response(members: &Members<'_>) -> bool {
    members.has("output") || members.has("status")
}

received! {
    Response, "a response";
}

impl Serialize for Response {
    /// Writes the response in the form of a unary reply.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let output = (!self.output.is_empty()).then_some(&self.output);
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        self.blanks.write(&mut object, "id", self.id.as_ref())?;
        self.blanks.write(&mut object, "created_at", self.created_at.as_ref())?;
        self.blanks.write(&mut object, "model", self.model.as_ref())?;
        self.blanks.write(&mut object, "status", self.status.as_ref())?;
        self.blanks.write(&mut object, "output", output)?;
        self.blanks.write(&mut object, "error", self.error.as_ref())?;
        self.blanks.write(&mut object, "incomplete_details", self.incomplete_details.as_ref())?;
        self.blanks.write(&mut object, "usage", self.usage.as_ref())?;
        object.end()
    }
}

/// Why a response failed.
///
/// The router's page: [create response](https://docs.requesty.ai/api-reference/endpoint/responses-create).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResponseError {
    /// The code, such as `server_error`.
    pub code: Option<String>,
    /// The message.
    pub message: Option<String>,
    /// Members without a field.
    pub extra: Extra,
}

/// Why a response is incomplete.
///
/// The router's page: [create response](https://docs.requesty.ai/api-reference/endpoint/responses-create).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct IncompleteDetails {
    /// The reason: `max_output_tokens`, `content_filter` or another.
    pub reason: Option<String>,
    /// Members without a field.
    pub extra: Extra,
}

fields! {
    ResponseError { code: text, message: string }
    IncompleteDetails { reason: string }
}

/// The error for a response that did not come to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoppedEarly {
    status: Option<Status>,
    reason: Option<String>,
}

impl StoppedEarly {
    /// Returns the status of the response; `None` if it has none.
    pub fn status(&self) -> Option<&Status> {
        self.status.as_ref()
    }

    /// Returns the reason as the server wrote it, such as `max_output_tokens`; `None` if the response has no reason.
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }
}

impl fmt::Display for StoppedEarly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = self.status.as_ref().map(Status::as_str);
        write!(f, "the response was stopped early: {}", self.reason.as_deref().or(status).unwrap_or("it was cut"))
    }
}

impl std::error::Error for StoppedEarly {}
