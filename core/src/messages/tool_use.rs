//! Tool uses and their results, as they are in messages.

use serde::{Serialize, Serializer};

use super::{Arguments, Content};
use crate::Extra;
use crate::chat::whole_arguments;
use crate::json::{Members, ObjectWriter, RawText};

/// A tool use: the model wants a tool to be run. Keep it and send it back as it is.
///
/// It may have been cut, so it cannot be run directly: [`finished`](Self::finished) returns a tool use that can.
///
/// The router's page: [create message](https://docs.requesty.ai/api-reference/endpoint/messages-create).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ToolUse {
    /// The id of the tool use, which the result must name.
    pub id: Option<String>,
    /// The name of the tool.
    pub name: Option<String>,
    /// The input: the JSON text of an object, or the part of it that came.
    pub input: Arguments,
    /// Members without a field.
    pub extra: Extra,
    /// Whether the answer ended within the input.
    unfinished: bool,
}

impl ToolUse {
    /// Creates a tool use with the JSON text of its input, for a history that does not come from a reply.
    pub fn new(id: impl Into<String>, name: impl Into<String>, input_json: impl Into<String>) -> Self {
        ToolUse {
            id: Some(id.into()),
            name: Some(name.into()),
            input: Arguments::Json(input_json.into()),
            ..ToolUse::default()
        }
    }

    /// Returns whether the answer ended within the input.
    pub(super) fn is_cut(&self) -> bool {
        self.unfinished
    }

    /// Notes that the answer ended within the input.
    pub(super) fn cut(&mut self) {
        self.unfinished = true;
    }

    /// Returns the JSON text of the input if it is an object; `{}` for a missing input.
    pub(super) fn whole_input(&self) -> Option<&str> {
        whole_object(self.input.as_str())
    }

    pub(super) fn read(mut members: Members<'_>) -> Self {
        ToolUse {
            id: members.string("id"),
            name: members.string("name"),
            input: members.raw_or_null("input").map_or(Arguments::Absent, Arguments::read),
            extra: members.rest(),
            unfinished: false,
        }
    }

    /// Writes the block. An incomplete input is written as a string, which providers refuse;
    /// [`Request::whole_body`](super::Request::whole_body) refuses it before.
    pub(super) fn write<S: Serializer>(&self, serializer: S, kind: &str) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.field("type", kind)?;
        object.optional("id", self.id.as_ref())?;
        object.optional("name", self.name.as_ref())?;
        match self.whole_input() {
            Some(json) => object.field("input", &RawText(json))?,
            None => object.field("input", &self.input)?,
        }
        object.end()
    }
}

/// Returns the JSON object in a text; `{}` if the text is empty.
pub(super) fn whole_object(text: &str) -> Option<&str> {
    whole_arguments(text).filter(|json| json.starts_with('{'))
}

/// The result of a tool: `{"type":"tool_result","tool_use_id":"…","content":…}`.
///
/// The router's page: [create message](https://docs.requesty.ai/api-reference/endpoint/messages-create).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ToolResult {
    /// The id of the tool use.
    pub tool_use_id: String,
    /// The result: a text, or texts and images. A tool need not return any.
    pub content: Option<Content>,
    /// Whether the tool failed; the content then describes the error.
    pub is_error: Option<bool>,
    /// Members without a field.
    pub extra: Extra,
}

impl ToolResult {
    /// Creates the result of the tool use with this id.
    pub fn new(tool_use_id: impl Into<String>, content: impl Into<Content>) -> Self {
        ToolResult { tool_use_id: tool_use_id.into(), content: Some(content.into()), ..ToolResult::default() }
    }

    /// Marks the result as a failure.
    #[must_use]
    pub fn failed(mut self) -> Self {
        self.is_error = Some(true);
        self
    }

    pub(super) fn read(mut members: Members<'_>) -> Self {
        ToolResult {
            tool_use_id: members.string("tool_use_id").unwrap_or_default(),
            content: members.take_with("content", Content::read),
            is_error: members.flag("is_error"),
            extra: members.rest(),
        }
    }
}

impl Serialize for ToolResult {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.field("type", "tool_result")?;
        object.field("tool_use_id", &self.tool_use_id)?;
        object.optional("content", self.content.as_ref())?;
        object.optional("is_error", self.is_error.as_ref())?;
        object.end()
    }
}
