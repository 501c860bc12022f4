//! The input of a request: a text, or the items of a conversation.

use std::borrow::Cow;

use serde::{Serialize, Serializer};

use super::{InputContent, OutputItem};
use crate::chat::Role;
use crate::json::{self, Element, Members, ObjectWriter, RawText, received};
use crate::{Extra, Slice};

/// The input of a request, borrowed or owned: one text, or items.
///
/// The router's page: [create response](https://docs.requesty.ai/api-reference/endpoint/responses-create).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Input<'a> {
    /// One text of the user.
    Text(Cow<'a, str>),
    /// The items of a conversation.
    Items(Slice<'a, InputItem>),
}

impl Input<'_> {
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Input::Text(text) => text.is_empty(),
            Input::Items(items) => items.is_empty(),
        }
    }

    /// Returns the size of the input in a request, in bytes, approximately.
    pub(super) fn size(&self) -> usize {
        match self {
            Input::Text(text) => text.len(),
            Input::Items(items) => items.iter().map(InputItem::size).sum(),
        }
    }
}

impl<'a> From<&'a str> for Input<'a> {
    fn from(text: &'a str) -> Self {
        Input::Text(text.into())
    }
}

impl From<String> for Input<'_> {
    fn from(text: String) -> Self {
        Input::Text(text.into())
    }
}

impl<'a> From<&'a String> for Input<'a> {
    fn from(text: &'a String) -> Self {
        Input::Text(text.into())
    }
}

impl<'a> From<&'a [InputItem]> for Input<'a> {
    fn from(items: &'a [InputItem]) -> Self {
        Input::Items(items.into())
    }
}

impl<'a> From<&'a Vec<InputItem>> for Input<'a> {
    fn from(items: &'a Vec<InputItem>) -> Self {
        Input::Items(items.into())
    }
}

impl<'a, const N: usize> From<&'a [InputItem; N]> for Input<'a> {
    fn from(items: &'a [InputItem; N]) -> Self {
        Input::Items(items.into())
    }
}

impl From<Vec<InputItem>> for Input<'_> {
    fn from(items: Vec<InputItem>) -> Self {
        Input::Items(items.into())
    }
}

impl<const N: usize> From<[InputItem; N]> for Input<'_> {
    fn from(items: [InputItem; N]) -> Self {
        Input::Items(items.into())
    }
}

impl Serialize for Input<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Input::Text(text) => text.serialize(serializer),
            Input::Items(items) => (**items).serialize(serializer),
        }
    }
}

/// An item of the input: a message, the result of a call, or an item from the output of a response.
///
/// # Examples
/// ```
/// use requesty_core::responses::{InputItem, Response};
///
/// let mut items = vec![InputItem::user("What time is it in Rome?")];
/// let response: Response = serde_json::from_str(
///     r#"{"output":[{"type":"function_call","call_id":"call_1","name":"now","arguments":"{\"city\":\"Rome\"}"}]}"#,
/// )?;
/// let answers: Vec<InputItem> = response.function_calls().map(|call| call.output("12:07")).collect();
/// items.extend(response.into_input());
/// items.extend(answers);
/// assert_eq!(
///     serde_json::to_string(&items[1..])?,
///     concat!(
///         r#"[{"type":"function_call","call_id":"call_1","name":"now","arguments":"{\"city\":\"Rome\"}"},"#,
///         r#"{"type":"function_call_output","call_id":"call_1","output":"12:07"}]"#,
///     ),
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// The router's page: [create response](https://docs.requesty.ai/api-reference/endpoint/responses-create).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum InputItem {
    /// A message.
    Message(InputMessage),
    /// The result of a function call.
    FunctionCallOutput(FunctionCallOutput),
    /// An item of an earlier response: a message, reasoning, or a call. It is written as it came, except that the
    /// arguments of a call are always text. Reasoning must be sent back with the calls that followed it.
    Output(OutputItem),
    /// The JSON text of any other item.
    Raw(String),
}

impl InputItem {
    /// Creates a message of the user.
    pub fn user(content: impl Into<InputContent>) -> Self {
        InputItem::message(Role::User, content)
    }

    /// Creates a system message: instructions of the application, for models that use this role.
    pub fn system(content: impl Into<InputContent>) -> Self {
        InputItem::message(Role::System, content)
    }

    /// Creates a developer message: instructions of the application.
    pub fn developer(content: impl Into<InputContent>) -> Self {
        InputItem::message(Role::Developer, content)
    }

    /// Creates a message of the model, for a history that does not come from a response.
    pub fn assistant(text: impl Into<String>) -> Self {
        InputItem::message(Role::Assistant, text.into())
    }

    /// Creates a message.
    pub fn message(role: Role, content: impl Into<InputContent>) -> Self {
        InputItem::Message(InputMessage { role, content: content.into(), extra: Extra::new() })
    }

    /// Creates the result of the call with this `call_id`.
    pub fn function_call_output(call_id: impl Into<String>, output: impl Into<String>) -> Self {
        let (call_id, output) = (call_id.into(), output.into());
        InputItem::FunctionCallOutput(FunctionCallOutput { call_id, output, extra: Extra::new() })
    }

    /// Creates any other item from a value that is written as JSON.
    ///
    /// # Errors
    /// [`serde_json::Error`] if `item` cannot be written as JSON.
    pub fn raw<T: Serialize + ?Sized>(item: &T) -> Result<Self, serde_json::Error> {
        serde_json::to_string(item).map(InputItem::Raw)
    }

    /// Reads an item of a stored history. Messages stay as their JSON text.
    fn read_json(json: &[u8]) -> Option<Self> {
        let mut members = Members::read(json).ok()?;
        let kind = members.string("type");
        Some(match kind.as_deref() {
            Some("function_call_output") => match (members.string("call_id"), members.string("output")) {
                (Some(call_id), Some(output)) => {
                    InputItem::FunctionCallOutput(FunctionCallOutput { call_id, output, extra: members.rest() })
                }
                _ => InputItem::Raw(json::lossy(json)),
            },
            Some("function_call" | "reasoning") => InputItem::Output(OutputItem::of(Element::read(json))),
            _ => InputItem::Raw(json::lossy(json)),
        })
    }

    fn size(&self) -> usize {
        /// The bytes of the names, the braces and the short values.
        const FRAME: usize = 128;
        FRAME
            + match self {
                InputItem::Message(message) => message.content.size(),
                InputItem::FunctionCallOutput(output) => output.output.len(),
                InputItem::Output(item) => item.size(),
                InputItem::Raw(json) => json.len(),
            }
    }
}

received! {
    InputItem, "an item", by read_json;
}

impl From<OutputItem> for InputItem {
    fn from(item: OutputItem) -> Self {
        InputItem::Output(item)
    }
}

/// A message of the input.
///
/// The router's page: [create response](https://docs.requesty.ai/api-reference/endpoint/responses-create).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InputMessage {
    /// The author of the message.
    pub role: Role,
    /// The content.
    pub content: InputContent,
    /// Members without a field.
    pub extra: Extra,
}

/// The result of a function call.
///
/// The router's page: [create response](https://docs.requesty.ai/api-reference/endpoint/responses-create).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FunctionCallOutput {
    /// The `call_id` of the call.
    pub call_id: String,
    /// The result.
    pub output: String,
    /// Members without a field.
    pub extra: Extra,
}

impl Serialize for InputItem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            InputItem::Message(message) => {
                let mut object = ObjectWriter::new(serializer, &message.extra)?;
                object.field("type", "message")?;
                object.field("role", &message.role)?;
                object.field("content", &message.content)?;
                object.end()
            }
            InputItem::FunctionCallOutput(output) => {
                let mut object = ObjectWriter::new(serializer, &output.extra)?;
                object.field("type", "function_call_output")?;
                object.field("call_id", &output.call_id)?;
                object.field("output", &output.output)?;
                object.end()
            }
            InputItem::Output(OutputItem::FunctionCall(call)) => call.write(serializer, true),
            InputItem::Output(item) => item.serialize(serializer),
            InputItem::Raw(json) => RawText(json).serialize(serializer),
        }
    }
}
