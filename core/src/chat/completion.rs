//! A whole chat completion: a unary reply, or the sum of the chunks of a stream.

use std::sync::Arc;

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::accumulator::Accumulator;
use super::calls::CallSum;
use super::choice_sum::{ChoiceSum, PartSum};
use super::citation::{self, Citation};
use super::reader::Table;
use super::{
    Arguments, Content, FinishReason, FinishedCall, Function, Message, Part, ReasoningNames, Role, TextPart, ToolCall,
    UnfinishedCall, Usage,
};
use crate::json::{self, ObjectWriter};
use crate::limits::Limits;
use crate::schema::{Answer, AnswerError};
use crate::{Decimal, Extra};

/// A chat completion.
///
/// Every member may be missing: the completion holds only what came, and nothing is invented. Unknown members are kept
/// in `extra`, byte for byte.
///
/// The router's page: [create chat completion](https://docs.requesty.ai/api-reference/endpoint/chat-completions-create).
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Completion {
    /// The id of the completion; feedback names it.
    pub id: Option<String>,
    /// The model that generated the answer. It may be spelled differently from the model in the request, and with a
    /// policy the router chooses it.
    pub model: Option<String>,
    /// When the completion was created, in seconds since 1970; some providers send milliseconds.
    pub created: Option<u64>,
    /// The choices, in order of their index: one, unless `n` in the request asks for more.
    pub choices: Vec<Choice>,
    /// Tokens and cost.
    pub usage: Option<Usage>,
    /// Members without a field.
    pub extra: Extra,
    /// The functions that the request offered. The caller must not run calls of other functions.
    offered: Offered,
    /// The index of the choice that began first.
    first_index: Option<u8>,
    /// Whether the stream did not come to its end.
    is_cut: bool,
    clean_end: bool,
    /// The number of choices that the request asked for.
    wanted: u32,
}

/// Names of functions; `None` if it is not known which functions the request offered.
pub(crate) type Offered = Option<Arc<[String]>>;

/// One choice: an answer of the model.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Choice {
    /// The index of the choice, from 0 to 127.
    pub index: u8,
    /// The message of the model. It can be sent back in the next request as it is.
    pub message: Message,
    /// The finish reason; `None` if the server sent none.
    pub finish_reason: Option<FinishReason>,
    /// Members without a field, such as `logprobs`.
    pub extra: Extra,
}

impl Completion {
    /// Reads a completion from JSON.
    pub(crate) fn read(json: &[u8]) -> Result<Self, json::Syntax> {
        let mut table = Table::default();
        table.scan_whole(json)?;
        let mut sum = Accumulator::new(Limits { total: usize::MAX, tool_calls: usize::MAX, ..Limits::default() });
        // These limits are the largest ones, so nothing exceeds them.
        let _ = sum.fold(json, &table);
        Ok(Completion::of(&sum, true, None))
    }

    /// Builds a completion from the sums so far. Tool calls of choices without a finish reason are unfinished. If an
    /// event could not be read, so that the sums may lack something, all calls are unfinished.
    pub(crate) fn of(sum: &Accumulator, all_read: bool, offered: Offered) -> Self {
        let mut choices: Vec<Choice> = sum.choices.iter().map(|choice| build_choice(choice, all_read)).collect();
        choices.sort_by_key(|choice| choice.index);
        let mut extra = sum.extra.extra();
        let usage = sum.usage();
        for (field, has_value) in [
            ("id", sum.id.is_some()),
            ("model", sum.model.is_some()),
            ("created", sum.created.is_some()),
            ("choices", sum.has_choices),
            ("usage", usage.is_some()),
        ] {
            extra.give_way(field, has_value);
        }
        Completion {
            id: sum.id.clone(),
            model: sum.model.clone(),
            created: sum.created,
            choices,
            usage,
            extra,
            offered,
            first_index: sum.first_index(),
            is_cut: !all_read,
            clean_end: all_read,
            wanted: 0,
        }
    }

    pub(crate) fn set_clean_end(&mut self, clean_end: bool) {
        self.clean_end = clean_end;
    }

    /// Sets whether the choices are complete.
    pub(crate) fn set_complete(&mut self, complete: bool) {
        self.is_cut |= !complete;
    }

    pub(crate) fn set_wanted(&mut self, answers: u32) {
        self.wanted = answers;
    }

    /// Returns the first choice's text; empty if it has no text.
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        self.message().map_or_else(Default::default, Message::text)
    }

    /// Returns the text of the first choice if it is complete: the stream came to its end, and the finish reason
    /// [means](FinishReason::is_early) that the model had finished.
    ///
    /// # Errors
    /// [`StoppedEarly`] if the finish reason is another one or is missing, if the stream was cut, or if the model
    /// refused and the choice has no text.
    pub fn whole_text(&self) -> Result<std::borrow::Cow<'_, str>, StoppedEarly> {
        let reason = self.finish_reason();
        let ended = reason.is_some_and(|reason| !reason.is_early()) && !self.is_cut;
        let text = self.text();
        if !ended || (text.is_empty() && self.refusal().is_some_and(|refusal| !refusal.is_empty())) {
            return Err(StoppedEarly { reason: reason.cloned() });
        }
        Ok(text)
    }

    /// Reads the text of the first choice as a `T`. Checks in this order: a refusal, a limit, a filter, another early
    /// end, no text, not JSON, JSON of another form. Each is an error of its own, with the text and the usage. To
    /// request such an answer, use [`Request::answer_as`](super::Request) or
    /// [`Request::answer_schema`](super::Request::answer_schema).
    ///
    /// # Errors
    /// [`AnswerError`]; the first check that fails, in the order of its variants.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, AnswerError> {
        let answer = Answer {
            text: self.text(),
            refusal: self.refusal().unwrap_or_default().into(),
            reason: self.finish_reason().map(FinishReason::as_str),
            is_complete: !self.is_cut && self.finish_reason().is_some(),
        };
        answer.parse(|| self.summary())
    }

    /// Returns the message of the choice that began first, whose text a [`Chunk`](super::Chunk) shows.
    pub fn message(&self) -> Option<&Message> {
        self.first().map(|choice| &choice.message)
    }

    /// Returns the message of the first choice. Append it to the history as it is.
    pub fn into_message(mut self) -> Option<Message> {
        let place = self.choices.iter().position(|choice| Some(choice.index) == self.first_index).unwrap_or(0);
        (place < self.choices.len()).then(|| self.choices.swap_remove(place).message)
    }

    /// Returns the reasoning of the first choice.
    pub fn reasoning(&self) -> Option<&str> {
        self.message()?.reasoning.as_deref()
    }

    /// Returns the refusal of the first choice: what the model wrote instead of an answer.
    pub fn refusal(&self) -> Option<&str> {
        self.message()?.refusal.as_deref()
    }

    /// Returns the finish reason of the first choice.
    pub fn finish_reason(&self) -> Option<&FinishReason> {
        self.first()?.finish_reason.as_ref()
    }

    /// Returns the price in US dollars; `None` if the reply does not report it.
    pub fn cost(&self) -> Option<Decimal> {
        self.usage.as_ref()?.cost
    }

    /// Returns the tool calls of the first choice that the caller must run: they are complete, their arguments are
    /// JSON, and the request offered the function. Calls that the provider ran itself, such as a web search, are left
    /// out.
    ///
    /// If there are any, the model waits for their results. The finish reason does not tell this, because some
    /// providers send `stop`.
    pub fn tool_calls(&self) -> impl Iterator<Item = FinishedCall<'_>> {
        let calls = self.message().map_or(&[][..], |message| &message.tool_calls);
        let finished = calls.iter().filter_map(|call| call.finished().ok());
        finished.filter(|call| !call.is_server_side() && self.is_offered(call.name()))
    }

    /// Returns the tool calls of the first choice that cannot be run, because they were cut or their arguments are not
    /// JSON.
    pub fn unfinished_calls(&self) -> impl Iterator<Item = UnfinishedCall<'_>> {
        let calls = self.message().map_or(&[][..], |message| &message.tool_calls);
        calls.iter().filter_map(|call| call.finished().err())
    }

    /// Returns the sources that the first choice cites, each once.
    pub fn citations(&self) -> Vec<Citation> {
        citation::collect(self)
    }

    /// Returns whether the stream ended correctly, with `[DONE]` or a clean end of the body. If the connection broke
    /// after the finish reason, the answer is complete, and this is `false`.
    pub fn clean_end(&self) -> bool {
        self.clean_end
    }

    /// Returns the choice that began first.
    pub(super) fn first(&self) -> Option<&Choice> {
        let first = self.choices.iter().find(|choice| Some(choice.index) == self.first_index);
        first.or(self.choices.first())
    }

    /// Returns how many choices are missing of those that [`n`](super::Request::n) asked for. Some routers and
    /// providers ignore `n`, so a completion with fewer choices is complete if the server declares its end and each
    /// choice has a finish reason.
    pub fn missing_answers(&self) -> usize {
        (self.wanted as usize).saturating_sub(self.choices.len())
    }

    fn is_offered(&self, name: &str) -> bool {
        self.offered.as_ref().is_none_or(|offered| offered.iter().any(|offer| offer == name))
    }
}

impl Serialize for Completion {
    /// Writes the completion in the form of a unary reply.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.optional("id", self.id.as_ref())?;
        object.optional("created", self.created.as_ref())?;
        object.optional("model", self.model.as_ref())?;
        object.field("choices", &self.choices)?;
        object.optional("usage", self.usage.as_ref())?;
        object.end()
    }
}

impl<'de> Deserialize<'de> for Completion {
    /// Reads a completion from JSON. Deserialisers of other formats fail.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Box::<RawValue>::deserialize(deserializer)?;
        Completion::read(json.get().as_bytes())
            .map_err(|syntax| D::Error::custom(format_args!("not a completion: stopped at byte {}", syntax.at)))
    }
}

impl Serialize for Choice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.field("index", &self.index)?;
        object.field("message", &self.message)?;
        object.field("finish_reason", &self.finish_reason)?;
        object.end()
    }
}

/// The error for an answer that may not be complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoppedEarly {
    reason: Option<FinishReason>,
}

impl StoppedEarly {
    /// Returns the finish reason of the answer; `None` if it has none.
    pub fn reason(&self) -> Option<&FinishReason> {
        self.reason.as_ref()
    }
}

impl std::fmt::Display for StoppedEarly {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let reason = self.reason.as_ref().map_or("no finish reason came", FinishReason::as_str);
        write!(f, "the answer was stopped early: {reason}")
    }
}

impl std::error::Error for StoppedEarly {}

fn build_choice(sum: &ChoiceSum, all_read: bool) -> Choice {
    let cut = !all_read || sum.finish_reason.is_none();
    let calls = sum.calls.list.iter().enumerate().map(|(place, call)| {
        let mut call = build_call(place, call);
        call.set_unfinished(cut);
        call
    });
    let names = match sum.names {
        [true, true, _] => ReasoningNames::Both,
        [false, true, _] => ReasoningNames::Reasoning,
        [false, false, true] => ReasoningNames::InContent,
        [_, false, _] => ReasoningNames::ReasoningContent,
    };
    let mut message = Message::new(sum.role.clone().unwrap_or(Role::Assistant), build_content(sum));
    message.tool_calls = calls.collect();
    message.function_call = sum.function_call.as_ref().map(build_function);
    message.refusal = sum.refusal.get();
    message.reasoning = sum.reasoning.get();
    message.reasoning_names = names;
    message.reasoning_signature = sum.signature.get();
    message.set_members(message_extra(sum));
    let mut extra = sum.extra.extra();
    extra.give_way("message", sum.has_message);
    extra.give_way("finish_reason", sum.finish_reason.is_some());
    Choice { index: sum.index, message, finish_reason: sum.finish_reason.as_deref().map(FinishReason::from), extra }
}

/// Returns the members of a message without a field. Members of the wrong type are among them only if their field has
/// no value.
fn message_extra(sum: &ChoiceSum) -> Extra {
    let mut extra = sum.message.extra();
    let is_text = |name: &str, extra: &Extra| extra.get(name).is_some_and(|json| json.starts_with('"'));
    // If there are two different texts of reasoning, the second is an extra member.
    let other_reasoning = is_text("reasoning", &extra);
    for (field, has_value) in [
        ("role", sum.role.is_some()),
        ("content", sum.content.seen || sum.parts.is_some()),
        ("reasoning_content", sum.names[0]),
        ("reasoning", sum.names[1] && !other_reasoning),
        ("reasoning_signature", sum.signature.seen),
        ("refusal", sum.refusal.seen),
        ("tool_calls", !sum.calls.list.is_empty()),
        ("function_call", sum.function_call.is_some()),
    ] {
        extra.give_way(field, has_value);
    }
    extra
}

fn build_content(sum: &ChoiceSum) -> Content {
    let Some(parts) = &sum.parts else {
        return match sum.content.get() {
            Some(text) => Content::Text(text),
            None if sum.null => Content::Null,
            None => Content::Omit,
        };
    };
    let text_of = |place: usize, from: usize| {
        let next = parts.iter().skip(place + 1).find_map(PartSum::from);
        sum.content.text.get(from..next.unwrap_or(sum.content.text.len())).unwrap_or_default()
    };
    let parts = parts.iter().enumerate().map(|(place, part)| match part {
        PartSum::Text { from } => Part::text(text_of(place, *from)),
        PartSum::RichText { from, json } => Part::Text(TextPart::rich(text_of(place, *from), json.as_bytes())),
        PartSum::Thinking(text) => {
            let text = json::quoted(text);
            Part::Other(format!(r#"{{"type":"thinking","thinking":[{{"type":"text","text":{text}}}]}}"#))
        }
        PartSum::Other(raw) => Part::Other(raw.clone()),
    });
    Content::Parts(parts.collect())
}

fn build_call(place: usize, sum: &CallSum) -> ToolCall {
    // The reply to a call must name its id, also if the server sent none.
    let id = sum.id.as_deref().map_or_else(|| format!("call_{place}"), str::to_owned);
    let mut call = ToolCall::new(id, "", "");
    call.kind = sum.kind.clone().or_else(|| Some("function".to_owned()));
    call.function = build_function(sum);
    call.extra = sum.extra.extra();
    call.extra.give_way("id", sum.id.is_some());
    call.extra.give_way("type", sum.kind.is_some());
    call.extra.give_way("function", !sum.name.is_empty() || call.function.arguments != Arguments::Absent);
    call
}

fn build_function(sum: &CallSum) -> Function {
    let mut function = Function::new(&*sum.name, "");
    if sum.name.is_empty() {
        function.name = None;
    }
    function.arguments = match (&sum.value, sum.arguments.get()) {
        (_, Some(text)) if !text.is_empty() => Arguments::Text(text),
        (Some(value), _) => Arguments::Json(value.clone()),
        (None, Some(text)) => Arguments::Text(text),
        (None, None) if sum.null => Arguments::Null,
        (None, None) => Arguments::Absent,
    };
    function.extra = sum.function.extra();
    function.extra.give_way("name", !sum.name.is_empty());
    function
}
