//! Tool calls in messages.

use std::fmt;

use serde::{Serialize, Serializer};

use super::message::Sent;
use crate::Extra;
use crate::json::{Abbreviated, EmptyMembers, Members, ObjectWriter, RawText, Syntax, is_null, string};

/// A tool call that the model made, as it is in a message. Keep it and send it back as it is.
///
/// It may have been cut, so it cannot be run directly: [`finished`](Self::finished) returns a call that can.
///
/// The router's page: [create chat completion](https://docs.requesty.ai/api-reference/endpoint/chat-completions-create).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ToolCall {
    /// The id of the call, which the answer to the call must name. Some providers send none.
    pub id: Option<String>,
    /// The kind of tool, `type` on the wire: `function`.
    pub kind: Option<String>,
    /// The function to call.
    pub function: Function,
    /// Members without a field, such as the thought signatures that Gemini models need back.
    pub extra: Extra,
    /// Whether the stream ended before the call was complete.
    pub(super) unfinished: bool,
    blanks: EmptyMembers,
}

impl ToolCall {
    /// Creates a call of a function, for a history that does not come from a reply.
    pub fn new(id: impl Into<String>, name: impl Into<String>, arguments: impl Into<String>) -> Self {
        ToolCall {
            id: Some(id.into()),
            kind: Some("function".into()),
            function: Function::new(name, arguments),
            ..ToolCall::default()
        }
    }

    /// Sets whether the stream ended before this call was complete.
    pub(crate) fn set_unfinished(&mut self, unfinished: bool) {
        self.unfinished = unfinished;
    }

    /// Reads a call. Any member may be absent or of the wrong type.
    pub(crate) fn read(json: &[u8]) -> Result<Self, Syntax> {
        let mut members = Members::read(json)?;
        let mut blanks = EmptyMembers::default();
        let id = blanks.string(&mut members, "id");
        let kind = blanks.string(&mut members, "type");
        let function = blanks
            .take(&mut members, "function", |members, name| members.take_with(name, |json| Function::read(json).ok()));
        if function.as_ref().is_some_and(Function::is_empty) {
            blanks.note("function", "{}");
        }
        let function = function.unwrap_or_default();
        Ok(ToolCall { id, kind, function, extra: members.rest(), unfinished: false, blanks })
    }

    fn write<S: Serializer>(&self, serializer: S, function: Option<&impl Serialize>) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        self.blanks.write(&mut object, "id", self.id.as_ref())?;
        self.blanks.write(&mut object, "type", self.kind.as_ref())?;
        self.blanks.write(&mut object, "function", function)?;
        object.end()
    }

    /// Returns the size of the call in a request, in bytes, approximately.
    pub(super) fn size(&self) -> usize {
        /// The bytes of the names, the braces and the short values.
        const FRAME: usize = 192;
        FRAME + self.function.arguments.as_str().len()
    }
}

impl Serialize for ToolCall {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let function = (!self.function.is_empty()).then_some(&self.function);
        self.write(serializer, function)
    }
}

impl Serialize for Sent<'_, ToolCall> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Sent(call) = self;
        let function = (!call.function.is_empty()).then_some(Sent(&call.function));
        call.write(serializer, function.as_ref())
    }
}

impl Serialize for Sent<'_, [ToolCall]> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Sent))
    }
}

/// The function of a tool call, with its arguments.
///
/// The router's page: [create chat completion](https://docs.requesty.ai/api-reference/endpoint/chat-completions-create).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Function {
    /// The name of the function.
    pub name: Option<String>,
    /// The arguments, as the model wrote them.
    pub arguments: Arguments,
    /// Members without a field.
    pub extra: Extra,
    blanks: EmptyMembers,
}

impl Function {
    /// Creates a function with its arguments as the text of a JSON object.
    pub fn new(name: impl Into<String>, arguments: impl Into<String>) -> Self {
        Function { name: Some(name.into()), arguments: Arguments::Text(arguments.into()), ..Function::default() }
    }

    /// Reads a function. Any member may be absent or of the wrong type.
    pub(crate) fn read(json: &[u8]) -> Result<Self, Syntax> {
        let mut members = Members::read(json)?;
        let mut blanks = EmptyMembers::default();
        let name = blanks.string(&mut members, "name");
        let arguments = members.raw_or_null("arguments").map_or(Arguments::Absent, Arguments::read);
        Ok(Function { name, arguments, extra: members.rest(), blanks })
    }

    fn write<S: Serializer>(&self, serializer: S, arguments: &impl Serialize) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        self.blanks.write(&mut object, "name", self.name.as_ref())?;
        if self.arguments != Arguments::Absent {
            object.field("arguments", arguments)?;
        }
        object.end()
    }

    /// Returns whether the function would be written as `{}`.
    fn is_empty(&self) -> bool {
        self.name.is_none()
            && self.arguments == Arguments::Absent
            && self.extra.is_empty()
            && self.blanks.get("name").is_none()
    }
}

impl Serialize for Function {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.write(serializer, &self.arguments)
    }
}

impl Serialize for Sent<'_, Function> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0.arguments {
            Arguments::Json(json) => self.0.write(serializer, json),
            arguments => self.0.write(serializer, arguments),
        }
    }
}

/// The arguments of a tool call, as they came. The model wrote them, so they may be any text.
///
/// The router's page: [create chat completion](https://docs.requesty.ai/api-reference/endpoint/chat-completions-create).
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Arguments {
    /// There is no member `arguments`.
    #[default]
    Absent,
    /// `"arguments":null`.
    Null,
    /// The text of the string that came. It should be JSON.
    Text(String),
    /// The JSON text of the object or other value that came instead of a string.
    Json(String),
}

impl Arguments {
    /// Returns the arguments as they came; an empty text if none came.
    ///
    /// To run a tool, use [`FinishedCall::arguments_json`](super::FinishedCall::arguments_json).
    pub fn as_str(&self) -> &str {
        match self {
            Arguments::Absent | Arguments::Null => "",
            Arguments::Text(text) | Arguments::Json(text) => text,
        }
    }

    /// Reads a valid JSON value.
    pub(crate) fn read(json: &[u8]) -> Self {
        if is_null(json) {
            return Arguments::Null;
        }
        if let Some(text) = string(json) {
            return Arguments::Text(text);
        }
        Arguments::Json(String::from_utf8_lossy(json).into_owned())
    }
}

impl fmt::Debug for Arguments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Arguments::Absent => f.write_str("Absent"),
            Arguments::Null => f.write_str("Null"),
            Arguments::Text(text) => f.debug_tuple("Text").field(&Abbreviated(text)).finish(),
            Arguments::Json(json) => f.debug_tuple("Json").field(&Abbreviated(json)).finish(),
        }
    }
}

impl Serialize for Arguments {
    /// Writes the value. [`Absent`](Arguments::Absent) is `null` when written alone; a function leaves it out.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Arguments::Absent | Arguments::Null => serializer.serialize_unit(),
            Arguments::Text(text) => serializer.serialize_str(text),
            Arguments::Json(json) => RawText(json).serialize(serializer),
        }
    }
}
