//! A chat completion, whole: what a unary reply is, and what the chunks of a stream add up to.

use std::sync::Arc;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::accumulator::Accumulator;
use super::calls::CallSum;
use super::choice_sum::{ChoiceSum, PartSum};
use super::citation::{self, Citation};
use super::table::Table;
use super::{
    Arguments, Content, FinishReason, FinishedCall, Function, Message, Part, ReasoningNames, Role, TextPart, ToolCall,
    UnfinishedCall, Usage,
};
use crate::json::{self, ObjectWriter};
use crate::limits::Limits;
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
    clean_end: bool,
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
        table.scan(json)?;
        let mut sum = Accumulator::new(Limits { total: usize::MAX, tool_calls: usize::MAX, ..Limits::default() });
        // Nothing exceeds those limits.
        let _ = sum.fold(json, &table);
        Ok(Completion::of(&sum, true, None))
    }

    /// Builds what the sums are so far. Where the stream did not come to its end, calls of choices without a finish reason
    /// are unfinished.
    pub(crate) fn of(sum: &Accumulator, complete: bool, offered: Offered) -> Self {
        let mut choices: Vec<Choice> = sum.choices.iter().map(|choice| build_choice(choice, complete)).collect();
        choices.sort_by_key(|choice| choice.index);
        Completion {
            id: sum.id.clone(),
            model: sum.model.clone(),
            created: sum.created,
            choices,
            usage: sum.usage(),
            extra: sum.extra.extra(),
            offered,
            clean_end: complete,
        }
    }

    pub(crate) fn set_clean_end(&mut self, clean_end: bool) {
        self.clean_end = clean_end;
    }

    /// Returns the first answer's text; empty where there is none.
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        self.message().map_or_else(Default::default, Message::text)
    }

    /// Returns the first answer's text if it is all the model had to say, and not cut by a limit or a filter.
    ///
    /// # Errors
    /// [`StoppedEarly`] with the reason that the answer ended for.
    pub fn whole_text(&self) -> Result<std::borrow::Cow<'_, str>, StoppedEarly> {
        match self.finish_reason() {
            Some(reason) if reason.is_early() => Err(StoppedEarly { reason: reason.clone() }),
            _ => Ok(self.text()),
        }
    }

    /// Returns the first answer.
    pub fn message(&self) -> Option<&Message> {
        self.choices.first().map(|choice| &choice.message)
    }

    /// Takes the first answer, to be pushed onto the history as it is.
    pub fn into_message(self) -> Option<Message> {
        self.choices.into_iter().next().map(|choice| choice.message)
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
        self.choices.first()?.finish_reason.as_ref()
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

/// An answer that a limit or a filter cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoppedEarly {
    reason: FinishReason,
}

impl StoppedEarly {
    /// Returns the reason that the answer ended for.
    pub fn reason(&self) -> &FinishReason {
        &self.reason
    }
}

impl std::fmt::Display for StoppedEarly {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the answer was stopped early: {}", self.reason.as_str())
    }
}

impl std::error::Error for StoppedEarly {}

fn build_choice(sum: &ChoiceSum, complete: bool) -> Choice {
    let cut = !complete && sum.finish_reason.is_none();
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
    message.extra = sum.message.extra();
    Choice {
        index: sum.index,
        message,
        finish_reason: sum.finish_reason.as_deref().map(FinishReason::from),
        extra: sum.extra.extra(),
    }
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
    function
}
