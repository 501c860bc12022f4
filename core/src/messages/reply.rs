//! A message that a model answered: what a whole reply is, and what the events of a stream add up to.

use std::borrow::Cow;

use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};

use super::accumulator::Accumulator;
use super::content::joined;
use super::usage::UsageSum;
use super::{Block, Citation, Content, FinishedToolUse, Message, Role, StopReason, ToolUse, UnfinishedToolUse, Usage};
use crate::json::{Members, ObjectWriter, received};
use crate::limits::Limits;
use crate::observe::Summary;
use crate::schema::{Answer, AnswerError};
use crate::{Decimal, Extra};

/// A message that a model answered.
///
/// Every part of it may be missing: only what came is there, and nothing is made up. Unknown members are kept in `extra`,
/// byte for byte.
///
/// # Examples
/// ```
/// use requesty_core::messages::{Message, AssistantMessage, StopReason};
///
/// let reply: AssistantMessage = serde_json::from_str(concat!(
///     r#"{"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-20250514","#,
///     r#""content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn","stop_sequence":null,"#,
///     r#""usage":{"input_tokens":10,"output_tokens":5}}"#,
/// ))?;
/// assert_eq!((&*reply.text(), reply.stop_reason.as_ref()), ("Hi", Some(&StopReason::EndTurn)));
///
/// let mut history = vec![Message::user("Hello")];
/// history.push(reply.into_message());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AssistantMessage {
    /// The id of the answer.
    pub id: Option<String>,
    /// The model that answered: not always spelled as it was asked for, and with a policy not known before.
    pub model: Option<String>,
    /// Who speaks: the model.
    pub role: Role,
    /// What it says, as it can be sent back.
    pub content: Vec<Block>,
    /// Why it ended; `None` where nobody said.
    pub stop_reason: Option<StopReason>,
    /// The stop sequence that ended it.
    pub stop_sequence: Option<String>,
    /// Tokens and cost.
    pub usage: Option<Usage>,
    /// Further members.
    pub extra: Extra,
    /// The stream did not come to its end.
    is_cut: bool,
    clean_end: bool,
}

/// How far an answer can be trusted to be whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Complete,
    /// It ended early.
    Cut,
    /// Something in it could not be read.
    Lossy,
}

impl AssistantMessage {
    /// Returns all text: that of the text blocks joined.
    pub fn text(&self) -> Cow<'_, str> {
        joined(self.content.iter().filter_map(Block::as_text))
    }

    /// Returns all text, if it is all the model had to say: the stream came to its end, and the answer
    /// [ended](StopReason::is_early) by itself.
    ///
    /// # Errors
    /// [`StoppedEarly`] with the reason that the answer ended for; where it has none; or where the stream was cut.
    pub fn whole_text(&self) -> Result<Cow<'_, str>, StoppedEarly> {
        let ended = self.stop_reason.as_ref().is_some_and(|reason| !reason.is_early()) && !self.is_cut;
        if ended { Ok(self.text()) } else { Err(StoppedEarly { reason: self.stop_reason.clone() }) }
    }

    /// Reads the text of the answer as `T`, after ordered checks: a refusal, a limit, a filter, another early end, no text, not JSON,
    /// JSON of another form. Each is an error of its own, with the text and the usage. Ask for such an answer by
    /// [`Request::answer_as`](super::Request) or [`Request::answer_schema`](super::Request::answer_schema).
    ///
    /// # Errors
    /// [`AnswerError`], in the order of its variants.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, AnswerError> {
        let answer = Answer {
            text: self.text(),
            refusal: Cow::Borrowed(""),
            reason: self.stop_reason.as_ref().map(StopReason::as_str),
            is_complete: !self.is_cut && self.stop_reason.is_some(),
        };
        answer.parse(|| self.summary())
    }

    /// Returns what the model thought, as far as it is readable.
    pub fn thinking(&self) -> Cow<'_, str> {
        joined(self.content.iter().filter_map(|block| match block {
            Block::Thinking(block) => Some(block.thinking.as_str()),
            _ => None,
        }))
    }

    /// Returns the tool uses that are the caller's to run, and to answer in the next turn: complete, with an input that is a
    /// JSON object. What the provider ran on its own side, such as a web search, is not among them.
    pub fn tool_uses(&self) -> impl Iterator<Item = FinishedToolUse<'_>> {
        self.uses().filter_map(|tool_use| tool_use.finished().ok()).filter(|tool_use| !tool_use.is_server_side())
    }

    /// Returns the tool uses that cannot be run, because they were cut or their input is not an object.
    pub fn unfinished_tool_uses(&self) -> impl Iterator<Item = UnfinishedToolUse<'_>> {
        self.uses().filter_map(|tool_use| tool_use.finished().err())
    }

    /// Returns the sources that the answer cites, in the order of its text.
    pub fn citations(&self) -> Vec<Citation> {
        let texts = self.content.iter().filter_map(|block| match block {
            Block::Text(block) => Some(block.citations()),
            _ => None,
        });
        texts.flatten().collect()
    }

    /// Returns the price in US dollars, where the route reports it.
    pub fn cost(&self) -> Option<Decimal> {
        self.usage.as_ref()?.cost
    }

    /// Returns the answer as a turn of the conversation.
    pub fn message(&self) -> Message {
        self.clone().into_message()
    }

    /// Takes the answer as a turn of the conversation, to be pushed onto the history as it is.
    pub fn into_message(self) -> Message {
        Message { role: self.role, content: Content::Blocks(self.content), extra: Extra::new() }
    }

    /// Returns whether the stream ended as it should have, with `message_stop` or the end of the body; an answer whose
    /// connection broke after its stop reason is complete all the same.
    pub fn clean_end(&self) -> bool {
        self.clean_end
    }

    /// Returns what the answer says about itself, without its content.
    pub fn summary(&self) -> Summary {
        let usage = self.usage.as_ref();
        Summary {
            id: self.id.clone(),
            model: self.model.clone(),
            finish_reasons: self.stop_reason.iter().map(|reason| reason.as_str().to_owned()).collect(),
            input_tokens: usage.and_then(Usage::all_input_tokens),
            output_tokens: usage.and_then(|usage| usage.output_tokens),
            cost: self.cost(),
        }
    }

    pub(super) fn set_clean_end(&mut self, clean_end: bool) {
        self.clean_end = clean_end;
    }

    /// Reads a message; `None` where it has no content.
    pub(super) fn read(json: &[u8]) -> Option<Self> {
        if !Members::read(json).ok()?.has("content") {
            return None;
        }
        let mut sum = Accumulator::new(Limits { total: usize::MAX, tool_calls: usize::MAX, ..Limits::default() });
        sum.message(json, true).ok()?;
        Some(AssistantMessage::of(&sum, End::Complete))
    }

    /// Builds what the sums are so far.
    pub(super) fn of(sum: &Accumulator, end: End) -> Self {
        let early = sum.stop_reason.as_ref().is_some_and(StopReason::is_cut);
        let unstopped = sum.stop_reason.is_none();
        let last = sum.blocks.len().saturating_sub(1);
        let content = sum.blocks.iter().enumerate().map(|(place, sum)| {
            let mut block = sum.block();
            if let Block::ToolUse(tool_use) = &mut block {
                // Servers that fail end their blocks in good order: an input that never came is not an empty one then.
                let came = sum.stopped && !matches!(tool_use.whole_input(), None | Some("{}"));
                let cut = match end {
                    // Nobody said that the answer is whole.
                    _ if unstopped => true,
                    End::Complete => early && place == last,
                    End::Cut => !came || (early && place == last),
                    End::Lossy => true,
                };
                if cut {
                    tool_use.cut();
                }
            }
            block
        });
        AssistantMessage {
            id: sum.id.clone(),
            model: sum.model.clone(),
            role: sum.role.clone().unwrap_or_default(),
            content: content.collect(),
            stop_reason: sum.stop_reason.clone(),
            stop_sequence: sum.stop_sequence.clone(),
            usage: sum.usage.as_ref().map(UsageSum::usage),
            extra: sum.extra(),
            is_cut: end != End::Complete,
            clean_end: end == End::Complete,
        }
    }

    fn uses(&self) -> impl Iterator<Item = &ToolUse> {
        self.content.iter().filter_map(Block::as_tool_use)
    }
}

/// An answer that may not be all that the model had to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoppedEarly {
    reason: Option<StopReason>,
}

impl StoppedEarly {
    /// Returns the reason that the answer ended for; `None` where it has none.
    pub fn reason(&self) -> Option<&StopReason> {
        self.reason.as_ref()
    }
}

impl std::fmt::Display for StoppedEarly {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let reason = self.reason.as_ref().map_or("no stop reason came", StopReason::as_str);
        write!(f, "the answer was stopped early: {reason}")
    }
}

impl std::error::Error for StoppedEarly {}

impl Default for AssistantMessage {
    /// An answer of which nothing came.
    fn default() -> Self {
        AssistantMessage::of(&Accumulator::new(Limits::default()), End::Cut)
    }
}

impl Serialize for AssistantMessage {
    /// Writes the message in the shape of a whole reply. An input that was cut is written as a string.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.optional("id", self.id.as_ref())?;
        object.field("type", "message")?;
        object.field("role", &self.role)?;
        object.optional("model", self.model.as_ref())?;
        object.field("content", &self.content)?;
        object.field("stop_reason", &self.stop_reason)?;
        object.field("stop_sequence", &self.stop_sequence)?;
        object.optional("usage", self.usage.as_ref())?;
        object.end()
    }
}

received! {
    AssistantMessage, "a message with content";
}
