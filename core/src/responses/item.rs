//! The items of a response's output.

use serde::{Serialize, Serializer};

use super::lists::take_list;
use super::{FunctionCall, OutputPart, Status};
use crate::Extra;
use crate::json::{self, Element, EmptyMembers, Members, ObjectWriter, RawText, fields, received};

/// An item of a response's output. An item that this crate does not know is kept as it came.
///
/// It is written with all members that it came with, so that it can be sent back: see
/// [`InputItem::Output`](super::InputItem::Output).
///
/// The router's page: [create response](https://docs.requesty.ai/api-reference/endpoint/responses-create).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum OutputItem {
    /// A message of the model: `message`.
    Message(OutputMessage),
    /// Reasoning of the model: `reasoning`.
    Reasoning(ReasoningItem),
    /// A function that the model calls: `function_call`.
    FunctionCall(FunctionCall),
    /// The JSON text of any other item, such as a web search that the provider ran.
    Other(String),
}

impl OutputItem {
    /// Marks a call as possibly cut, so that it cannot be run.
    pub(super) fn cut(&mut self) {
        if let OutputItem::FunctionCall(call) = self {
            call.unfinished = true;
        }
    }

    /// Reads an item; an item that cannot be read is kept as it came.
    pub(super) fn of(item: Element<'_>) -> Self {
        let other = || OutputItem::Other(json::lossy(item.json));
        let Some(mut members) = item.members else { return other() };
        match members.string("type").as_deref() {
            Some("message") => OutputItem::Message(OutputMessage::read(members)),
            Some("reasoning") => OutputItem::Reasoning(ReasoningItem::read(members)),
            Some("function_call") => OutputItem::FunctionCall(FunctionCall::read(members)),
            _ => other(),
        }
    }

    /// Reads an item, which is an object.
    fn read_json(json: &[u8]) -> Option<Self> {
        let item = Element::read(json);
        item.members.is_some().then(|| OutputItem::of(item))
    }

    /// Returns the type of the item, as it is on the wire; `None` if it has no type.
    pub fn kind(&self) -> Option<String> {
        match self {
            OutputItem::Message(_) => Some("message".to_owned()),
            OutputItem::Reasoning(_) => Some("reasoning".to_owned()),
            OutputItem::FunctionCall(_) => Some("function_call".to_owned()),
            OutputItem::Other(json) => Members::read(json.as_bytes()).ok()?.string("type"),
        }
    }

    /// Returns the id of the item, if it has one.
    pub(super) fn id(&self) -> Option<String> {
        let id = match self {
            OutputItem::Message(message) => message.id.clone(),
            OutputItem::Reasoning(reasoning) => reasoning.id.clone(),
            OutputItem::FunctionCall(call) => call.id.clone(),
            OutputItem::Other(json) => Members::read(json.as_bytes()).ok()?.string("id"),
        };
        id.filter(|id| !id.is_empty())
    }

    /// Returns the size of the item in a request, in bytes, approximately.
    pub(super) fn size(&self) -> usize {
        match self {
            OutputItem::Message(message) => message.content.iter().map(OutputPart::size).sum(),
            OutputItem::Reasoning(reasoning) => {
                let texts = reasoning.texts().map(str::len).sum::<usize>();
                texts + reasoning.encrypted_content.as_ref().map_or(0, String::len)
            }
            OutputItem::FunctionCall(call) => call.arguments.len(),
            OutputItem::Other(json) => json.len(),
        }
    }
}

received! {
    OutputItem, "an item", by read_json;
}

impl Serialize for OutputItem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            OutputItem::Message(message) => message.serialize(serializer),
            OutputItem::Reasoning(reasoning) => reasoning.serialize(serializer),
            OutputItem::FunctionCall(call) => call.serialize(serializer),
            OutputItem::Other(json) => RawText(json).serialize(serializer),
        }
    }
}

/// A message of the model.
///
/// The router's page: [create response](https://docs.requesty.ai/api-reference/endpoint/responses-create).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct OutputMessage {
    /// The id of the item.
    pub id: Option<String>,
    /// The status of the message.
    pub status: Option<Status>,
    /// The content.
    pub content: Vec<OutputPart>,
    /// Members without a field, `role` among them.
    pub extra: Extra,
    blanks: EmptyMembers,
}

impl OutputMessage {
    fn read(mut members: Members<'_>) -> Self {
        let mut blanks = EmptyMembers::default();
        OutputMessage {
            id: blanks.string(&mut members, "id"),
            status: status(&mut members, &mut blanks),
            content: take_list(&mut members, &mut blanks, "content", |part| Some(OutputPart::read(part))),
            extra: members.rest(),
            blanks,
        }
    }

    /// Creates a message that came in deltas only.
    pub(super) fn unannounced() -> Self {
        let mut message = OutputMessage::default();
        message.extra.put_raw("role".to_owned(), r#""assistant""#.to_owned());
        message
    }
}

impl Serialize for OutputMessage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let content = (!self.content.is_empty()).then_some(&self.content);
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.field("type", "message")?;
        self.blanks.write(&mut object, "id", self.id.as_ref())?;
        self.blanks.write(&mut object, "status", self.status.as_ref())?;
        self.blanks.write(&mut object, "content", content)?;
        object.end()
    }
}

/// Reasoning of the model. It must be sent back with the items that followed it.
///
/// The router's page: [create response](https://docs.requesty.ai/api-reference/endpoint/responses-create).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReasoningItem {
    /// The id of the item.
    pub id: Option<String>,
    /// The status of the reasoning.
    pub status: Option<Status>,
    /// Summaries of the reasoning.
    pub summary: Vec<ReasoningText>,
    /// The full reasoning; most models do not show it.
    pub content: Vec<ReasoningText>,
    /// The reasoning, encrypted for the provider. It is present if the request included `reasoning.encrypted_content`.
    pub encrypted_content: Option<String>,
    /// Members without a field.
    pub extra: Extra,
    blanks: EmptyMembers,
}

impl ReasoningItem {
    fn read(mut members: Members<'_>) -> Self {
        let mut blanks = EmptyMembers::default();
        ReasoningItem {
            id: blanks.string(&mut members, "id"),
            status: status(&mut members, &mut blanks),
            summary: take_list(&mut members, &mut blanks, "summary", |text| ReasoningText::read(text.members?)),
            content: take_list(&mut members, &mut blanks, "content", |text| ReasoningText::read(text.members?)),
            encrypted_content: blanks.string(&mut members, "encrypted_content"),
            extra: members.rest(),
            blanks,
        }
    }

    /// Creates an item that came in deltas only. It always has a `summary`, which may be empty.
    pub(super) fn unannounced() -> Self {
        let mut item = ReasoningItem::default();
        item.blanks.note("summary", "[]");
        item
    }

    /// Returns the texts: first those of the summary, then those of the full reasoning.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.summary.iter().chain(&self.content).map(|part| part.text.as_str())
    }
}

impl Serialize for ReasoningItem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let set = |list: &Vec<ReasoningText>| !list.is_empty();
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.field("type", "reasoning")?;
        self.blanks.write(&mut object, "id", self.id.as_ref())?;
        self.blanks.write(&mut object, "status", self.status.as_ref())?;
        self.blanks.write(&mut object, "summary", Some(&self.summary).filter(|list| set(list)))?;
        self.blanks.write(&mut object, "content", Some(&self.content).filter(|list| set(list)))?;
        self.blanks.write(&mut object, "encrypted_content", self.encrypted_content.as_ref())?;
        object.end()
    }
}

/// A text of the reasoning: `{"type":"summary_text","text":"…"}`.
///
/// The router's page: [create response](https://docs.requesty.ai/api-reference/endpoint/responses-create).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReasoningText {
    /// The kind of text, `type` on the wire: `summary_text` or `reasoning_text`.
    pub kind: Option<String>,
    /// The text.
    pub text: String,
    /// Members without a field.
    pub extra: Extra,
}

impl ReasoningText {
    pub(super) fn of(kind: &str, text: String) -> Self {
        ReasoningText { kind: Some(kind.to_owned()), text, extra: Extra::new() }
    }
}

fields! {
    ReasoningText { kind as "type": string, text: string }
}

/// Takes the status of an item.
pub(super) fn status(members: &mut Members<'_>, blanks: &mut EmptyMembers) -> Option<Status> {
    blanks.string(members, "status").map(|status| Status::from(&*status))
}
