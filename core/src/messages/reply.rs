//! The message of a model: a whole reply, or the sum of the events of a stream.

use std::borrow::Cow;

use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};

use super::accumulator::Accumulator;
use super::usage::UsageSum;
use super::{Block, Citation, Content, FinishedToolUse, Message, Role, StopReason, ToolUse, UnfinishedToolUse, Usage};
use crate::json::{Element, ObjectWriter, joined, received};
use crate::limits::Limits;
use crate::observe::Summary;
use crate::reply::Standing;
use crate::schema::{Answer, AnswerError};
use crate::{Decimal, Extra};

/// The message of a model.
///
/// Every member may be missing: the message holds only what came, and nothing is invented. Unknown members are kept in
/// `extra`, byte for byte.
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
///
/// The router's page: [create message](https://docs.requesty.ai/api-reference/endpoint/messages-create).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AssistantMessage {
    /// The id of the message.
    pub id: Option<String>,
    /// The model that generated the message. It may be spelled differently from the model in the request, and with a
    /// policy the router chooses it.
    pub model: Option<String>,
    /// The author, which is the model.
    pub role: Role,
    /// The content. It can be sent back as it is.
    pub content: Vec<Block>,
    /// The stop reason; `None` if the server sent none.
    pub stop_reason: Option<StopReason>,
    /// The stop sequence that ended the message.
    pub stop_sequence: Option<String>,
    /// Tokens and cost.
    pub usage: Option<Usage>,
    /// Members without a field.
    pub extra: Extra,
    /// Whether the stream did not come to its end.
    is_cut: bool,
    clean_end: bool,
}

/// How reliable a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Complete,
    /// The stream ended early.
    Cut,
    /// An event could not be read.
    Lossy,
}

impl End {
    pub(super) fn of(standing: Standing) -> Self {
        match standing {
            Standing { lossy: true, .. } => End::Lossy,
            Standing { complete: true, .. } => End::Complete,
            _ => End::Cut,
        }
    }
}

impl AssistantMessage {
    /// Returns the text of all text blocks joined.
    pub fn text(&self) -> Cow<'_, str> {
        joined(self.content.iter().filter_map(Block::as_text))
    }

    /// Returns the text if it is complete: the stream came to its end, and the stop reason
    /// [means](StopReason::is_early) that the model had finished.
    ///
    /// # Errors
    /// [`StoppedEarly`] if the stop reason is another one or is missing, or if the stream was cut.
    pub fn whole_text(&self) -> Result<Cow<'_, str>, StoppedEarly> {
        let ended = self.stop_reason.as_ref().is_some_and(|reason| !reason.is_early()) && !self.is_cut;
        if ended { Ok(self.text()) } else { Err(StoppedEarly { reason: self.stop_reason.clone() }) }
    }

    /// Reads the text of the answer as a `T`. Checks in this order: a refusal, a limit, a filter, another early end, no
    /// text, not JSON, JSON of another form. Each is an error of its own, with the text and the usage. To request such
    /// an answer, use [`Request::answer_as`](super::Request) or
    /// [`Request::answer_schema`](super::Request::answer_schema).
    ///
    /// # Errors
    /// [`AnswerError`]; the first check that fails, in the order of its variants.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, AnswerError> {
        let answer = Answer {
            text: self.text(),
            refusal: Cow::Borrowed(""),
            reason: self.stop_reason.as_ref().map(StopReason::as_str),
            is_complete: !self.is_cut && self.stop_reason.is_some(),
        };
        answer.parse(|| self.summary())
    }

    /// Returns the thinking that is readable.
    pub fn thinking(&self) -> Cow<'_, str> {
        joined(self.content.iter().filter_map(|block| match block {
            Block::Thinking(block) => Some(block.thinking.as_str()),
            _ => None,
        }))
    }

    /// Returns the tool uses that the caller must run, and must answer in the next message: they are complete, and
    /// their input is a JSON object. Tools that the provider ran itself, such as a web search, are left out.
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

    /// Returns the price in US dollars; `None` if the reply does not report it.
    pub fn cost(&self) -> Option<Decimal> {
        self.usage.as_ref()?.cost
    }

    /// Returns the message as part of a conversation.
    pub fn message(&self) -> Message {
        self.clone().into_message()
    }

    /// Returns the message as part of a conversation, without copying it. Append it to the history as it is.
    pub fn into_message(self) -> Message {
        Message { role: self.role, content: Content::Blocks(self.content), extra: Extra::new() }
    }

    /// Returns whether the stream ended correctly, with `message_stop` or a clean end of the body. If the connection
    /// broke after the stop reason, the message is complete, and this is `false`.
    pub fn clean_end(&self) -> bool {
        self.clean_end
    }

    /// Returns the metadata of the message, without its content.
    pub fn summary(&self) -> Summary {
        let usage = self.usage.as_ref();
        Summary {
            id: self.id.clone(),
            model: self.model.clone(),
            finish_reasons: self.stop_reason.iter().map(|reason| reason.as_str().to_owned()).collect(),
            input_tokens: usage.and_then(Usage::all_input_tokens),
            cache_read_tokens: usage.and_then(|usage| usage.cache_read_input_tokens),
            cache_write_tokens: usage.and_then(|usage| usage.cache_creation_input_tokens),
            output_tokens: usage.and_then(|usage| usage.output_tokens),
            reasoning_tokens: None,
            cost: self.cost(),
        }
    }

    pub(super) fn with_clean_end(self, clean_end: bool) -> Self {
        AssistantMessage { clean_end, ..self }
    }

    /// Reads a message; `None` if it has no content.
    pub(super) fn read_json(json: &[u8]) -> Option<Self> {
        let message = Element::read(json);
        if !message.members.as_ref()?.has("content") {
            return None;
        }
        let mut sum = Accumulator::new(Limits { total: usize::MAX, tool_calls: usize::MAX, ..Limits::default() });
        sum.message(message, true).ok()?;
        Some(AssistantMessage::with(sum.take_content(), &sum, End::Complete))
    }

    /// Builds the message from the sums so far.
    pub(super) fn of(sum: &Accumulator, end: End) -> Self {
        AssistantMessage::with(sum.content(), sum, end)
    }

    /// Builds the message from its blocks, and from the sums of the rest.
    pub(super) fn with(mut content: Vec<Block>, sum: &Accumulator, end: End) -> Self {
        let early = sum.stop_reason.as_ref().is_some_and(StopReason::is_cut);
        let unstopped = sum.stop_reason.is_none();
        let last = sum.blocks.len().saturating_sub(1);
        for (place, (block, sum)) in content.iter_mut().zip(&sum.blocks).enumerate() {
            if let Block::ToolUse(tool_use) = block {
                // Servers that fail also end their blocks cleanly. An input that never came is then not an empty
                // input.
                let came = sum.stopped && !matches!(tool_use.whole_input(), None | Some("{}"));
                let cut = match end {
                    // No stop reason came, so the tool use may be cut.
                    _ if unstopped => true,
                    End::Complete => early && place == last,
                    End::Cut => !came || (early && place == last),
                    End::Lossy => true,
                };
                if cut {
                    tool_use.cut();
                }
            }
        }
        AssistantMessage {
            id: sum.id.clone(),
            model: sum.model.clone(),
            role: sum.role.clone().unwrap_or_default(),
            content,
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

/// The error for a message that may not be complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoppedEarly {
    reason: Option<StopReason>,
}

impl StoppedEarly {
    /// Returns the stop reason of the message; `None` if it has none.
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
    /// A message without any content.
    fn default() -> Self {
        AssistantMessage::of(&Accumulator::new(Limits::default()), End::Cut)
    }
}

impl Serialize for AssistantMessage {
    /// Writes the message in the form of a whole reply. A cut input is written as a string.
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
    AssistantMessage, "a message with content", by read_json;
}
