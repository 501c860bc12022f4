//! A chat completion, whole: what a unary reply is, and what the chunks of a stream add up to.

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
/// Every part of it may be missing: only what came is there, and nothing is made up. Unknown members are kept in `extra`,
/// byte for byte.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Completion {
    /// The id, which feedback is given by.
    pub id: Option<String>,
    /// The model that answered: not always spelled as it was asked for, and with a policy not known before.
    pub model: Option<String>,
    /// When it was made, in seconds since 1970; some providers send milliseconds.
    pub created: Option<u64>,
    /// The answers, in order of their index: one, unless `n` asked for more.
    pub choices: Vec<Choice>,
    /// Tokens and cost.
    pub usage: Option<Usage>,
    /// Further members.
    pub extra: Extra,
    /// The functions that the request offered: others are not the caller's to run.
    offered: Offered,
    /// The index of the answer that began first.
    first_index: Option<u8>,
    /// The stream did not come to its end.
    is_cut: bool,
    clean_end: bool,
    /// How many answers were asked for.
    wanted: u32,
}

/// Names of functions; `None` where it is not known what was offered.
pub(crate) type Offered = Option<Arc<[String]>>;

/// One answer.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Choice {
    /// Its number, from 0 to 127.
    pub index: u8,
    /// The answer, as it can be sent back in the next request.
    pub message: Message,
    /// Why it ended; `None` where nobody said.
    pub finish_reason: Option<FinishReason>,
    /// Further members, such as `logprobs`.
    pub extra: Extra,
}

impl Completion {
    /// Reads a completion from JSON.
    pub(crate) fn read(json: &[u8]) -> Result<Self, json::Syntax> {
        let mut table = Table::default();
        table.scan_whole(json)?;
        let mut sum = Accumulator::new(Limits { total: usize::MAX, tool_calls: usize::MAX, ..Limits::default() });
        // Nothing exceeds those limits.
        let _ = sum.fold(json, &table);
        Ok(Completion::of(&sum, true, None))
    }

    /// Builds what the sums are so far. Calls of choices without a finish reason are unfinished, and so are all where
    /// something that came could not be read, and is not in the sums.
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

    /// Notes whether the answers came to their end.
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

    /// Returns the first answer's text if it is all the model had to say: the stream came to its end, and the answer
    /// [ended](FinishReason::is_early) by itself.
    ///
    /// # Errors
    /// [`StoppedEarly`] with the reason that the answer ended for; where it has none; where the stream was cut; or where the
    /// model refused and the answer has no text.
    pub fn whole_text(&self) -> Result<std::borrow::Cow<'_, str>, StoppedEarly> {
        let reason = self.finish_reason();
        let ended = reason.is_some_and(|reason| !reason.is_early()) && !self.is_cut;
        let text = self.text();
        if !ended || (text.is_empty() && self.refusal().is_some_and(|refusal| !refusal.is_empty())) {
            return Err(StoppedEarly { reason: reason.cloned() });
        }
        Ok(text)
    }

    /// Reads the text of the first answer as `T`, after ordered checks: a refusal, a limit, a filter, another early end, no text, not JSON,
    /// JSON of another form. Each is an error of its own, with the text and the usage. Ask for such an answer by
    /// [`Request::answer_as`](super::Request) or [`Request::answer_schema`](super::Request::answer_schema).
    ///
    /// # Errors
    /// [`AnswerError`], in the order of its variants.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, AnswerError> {
        let answer = Answer {
            text: self.text(),
            refusal: self.refusal().unwrap_or_default().into(),
            reason: self.finish_reason().map(FinishReason::as_str),
            is_complete: !self.is_cut && self.finish_reason().is_some(),
        };
        answer.parse(|| self.summary())
    }

    /// Returns the answer that began first, whose text a [`Chunk`](super::Chunk) shows.
    pub fn message(&self) -> Option<&Message> {
        self.first().map(|choice| &choice.message)
    }

    /// Takes the first answer, to be pushed onto the history as it is.
    pub fn into_message(mut self) -> Option<Message> {
        let place = self.choices.iter().position(|choice| Some(choice.index) == self.first_index).unwrap_or(0);
        (place < self.choices.len()).then(|| self.choices.swap_remove(place).message)
    }

    /// Returns what the model thought before the first answer.
    pub fn reasoning(&self) -> Option<&str> {
        self.message()?.reasoning.as_deref()
    }

    /// Returns what the model said instead of the first answer.
    pub fn refusal(&self) -> Option<&str> {
        self.message()?.refusal.as_deref()
    }

    /// Returns why the first answer ended.
    pub fn finish_reason(&self) -> Option<&FinishReason> {
        self.first()?.finish_reason.as_ref()
    }

    /// Returns the price in US dollars, where the route reports it.
    pub fn cost(&self) -> Option<Decimal> {
        self.usage.as_ref()?.cost
    }

    /// Returns the calls of the first answer that are the caller's to run: complete, with arguments that are JSON, of a
    /// function that the request offered. What the provider ran on its own side, such as a web search, is not among them.
    ///
    /// Whether there are any is what tells that the model waits for results; the finish reason is not, as some providers
    /// say `stop`.
    pub fn tool_calls(&self) -> impl Iterator<Item = FinishedCall<'_>> {
        let calls = self.message().map_or(&[][..], |message| &message.tool_calls);
        let finished = calls.iter().filter_map(|call| call.finished().ok());
        finished.filter(|call| !call.is_server_side() && self.is_offered(call.name()))
    }

    /// Returns the calls of the first answer that cannot be run, because they were cut or their arguments are not JSON.
    pub fn unfinished_calls(&self) -> impl Iterator<Item = UnfinishedCall<'_>> {
        let calls = self.message().map_or(&[][..], |message| &message.tool_calls);
        calls.iter().filter_map(|call| call.finished().err())
    }

    /// Returns the sources that the first answer cites, in whichever of the many shapes they came, each once.
    pub fn citations(&self) -> Vec<Citation> {
        citation::collect(self)
    }

    /// Returns whether the stream ended as it should have, with `[DONE]` or the end of the body; an answer whose connection
    /// broke after its finish reason is complete all the same.
    pub fn clean_end(&self) -> bool {
        self.clean_end
    }

    /// Returns the answer that began first.
    pub(super) fn first(&self) -> Option<&Choice> {
        let first = self.choices.iter().find(|choice| Some(choice.index) == self.first_index);
        first.or(self.choices.first())
    }

    /// Returns how many answers did not come of those that [`n`](super::Request::n) asked for. Routers and providers may drop
    /// that number: a completion with fewer answers is complete, if the server says that it is over and each answer that
    /// came has its finish reason.
    pub fn missing_answers(&self) -> usize {
        (self.wanted as usize).saturating_sub(self.choices.len())
    }

    fn is_offered(&self, name: &str) -> bool {
        self.offered.as_ref().is_none_or(|offered| offered.iter().any(|offer| offer == name))
    }
}

impl Serialize for Completion {
    /// Writes the completion in the shape of a unary reply.
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
    /// Reads a completion from JSON; of another format's deserialiser nothing can be read.
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

/// An answer that may not be all that the model had to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoppedEarly {
    reason: Option<FinishReason>,
}

impl StoppedEarly {
    /// Returns the reason that the answer ended for; `None` where it has none.
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

/// Returns the members of a message that have no field; those of the wrong type only where the field has no value.
fn message_extra(sum: &ChoiceSum) -> Extra {
    let mut extra = sum.message.extra();
    let is_text = |name: &str, extra: &Extra| extra.get(name).is_some_and(|json| json.starts_with('"'));
    // Of two different texts of reasoning, the second is a member of its own.
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
    // An answer to the call needs an id to name it by, whether the server gave one or not.
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
