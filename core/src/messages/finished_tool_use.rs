//! Tool uses that can be run, and tool uses that cannot. They are two types, so that a cut tool use is never run.

use std::fmt;

use serde::de::DeserializeOwned;

use super::{ArgumentsError, Content, ToolResult, ToolUse, Unfinished};
use crate::chat::is_server_side;

impl ToolUse {
    /// Returns the tool use ready to run, if it is complete: it has a name, and its input is a JSON object.
    ///
    /// A missing input becomes `{}`. If a limit or a filter ended the answer, its last block counts as cut, even if it
    /// is a whole object: a whole reply does not show that a member is missing.
    ///
    /// # Errors
    /// [`UnfinishedToolUse`] if the answer ended within the input, the input is not an object, or the name is missing.
    ///
    /// # Examples
    /// ```
    /// use requesty_core::messages::ToolUse;
    ///
    /// let tool_use = ToolUse::new("toolu_1", "weather", r#"{"city":"Rome"}"#);
    /// let tool_use = tool_use.finished().expect("a whole tool use");
    /// assert_eq!(tool_use.name(), "weather");
    /// assert_eq!(tool_use.result("18 °C").tool_use_id, "toolu_1");
    ///
    /// let cut = ToolUse::new("toolu_2", "weather", r#"{"city":"Ro"#);
    /// assert!(cut.finished().is_err());
    /// ```
    pub fn finished(&self) -> Result<FinishedToolUse<'_>, UnfinishedToolUse<'_>> {
        let unfinished = |why| UnfinishedToolUse { tool_use: self, why };
        if self.is_cut() {
            return Err(unfinished(Unfinished::Cut));
        }
        let name = self.name.as_deref().filter(|name| !name.is_empty());
        let name = name.ok_or(unfinished(Unfinished::NoName))?;
        let input = self.whole_input().ok_or(unfinished(Unfinished::InvalidArguments))?;
        Ok(FinishedToolUse { tool_use: self, name, input })
    }
}

/// A complete tool use. An application may run it, and must answer it in its next message.
///
/// The router's page: [create message](https://docs.requesty.ai/api-reference/endpoint/messages-create).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct FinishedToolUse<'a> {
    tool_use: &'a ToolUse,
    name: &'a str,
    input: &'a str,
}

impl<'a> FinishedToolUse<'a> {
    /// Returns the id of the tool use; empty if no id came.
    pub fn id(&self) -> &'a str {
        self.tool_use.id.as_deref().unwrap_or_default()
    }

    /// Returns the name of the tool. The model wrote it, so check that the request offered such a tool.
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// Returns the input as the text of a JSON object; `{}` if the model sent no input.
    pub fn input_json(&self) -> &'a str {
        self.input
    }

    /// Returns the input as `T`.
    ///
    /// # Errors
    /// [`ArgumentsError`] if the input is not a `T`.
    pub fn input<T: DeserializeOwned>(&self) -> Result<T, ArgumentsError> {
        ArgumentsError::or_value(self.input, self.tool_use.input.as_str())
    }

    /// Creates the block that answers the tool use, for the next message of the user. If the tool failed, call
    /// [`ToolResult::failed`] on it.
    pub fn result(&self, content: impl Into<Content>) -> ToolResult {
        ToolResult::new(self.id(), content)
    }

    /// Returns whether the provider ran the tool itself, by the type of the block or by its id. Such a tool use must be
    /// neither run nor answered.
    pub fn is_server_side(&self) -> bool {
        is_server_side(self.id())
    }

    /// Returns the tool use in the message.
    pub fn tool_use(&self) -> &'a ToolUse {
        self.tool_use
    }
}

impl fmt::Debug for FinishedToolUse<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FinishedToolUse").field(self.tool_use).finish()
    }
}

/// A tool use that is not complete. It cannot be run.
///
/// Neither `Display` nor `Debug` shows what the model wrote.
///
/// The router's page: [create message](https://docs.requesty.ai/api-reference/endpoint/messages-create).
#[derive(Clone, Copy)]
pub struct UnfinishedToolUse<'a> {
    tool_use: &'a ToolUse,
    why: Unfinished,
}

impl<'a> UnfinishedToolUse<'a> {
    /// Returns the id of the tool use; empty if no id came.
    pub fn id(&self) -> &'a str {
        self.tool_use.id.as_deref().unwrap_or_default()
    }

    /// Returns the name of the tool; `None` if no name came.
    pub fn name(&self) -> Option<&'a str> {
        self.tool_use.name.as_deref()
    }

    /// Returns the input that came.
    pub fn fragment(&self) -> &'a str {
        self.tool_use.input.as_str()
    }

    /// Returns the reason why the tool use cannot be run.
    pub fn why(&self) -> Unfinished {
        self.why
    }

    /// Returns the tool use in the message.
    pub fn tool_use(&self) -> &'a ToolUse {
        self.tool_use
    }
}

impl fmt::Display for UnfinishedToolUse<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.why {
            Unfinished::Cut => "the tool use was cut: the answer ended before it did",
            Unfinished::InvalidArguments => "the input of the tool use is not a JSON object",
            Unfinished::NoName => "the tool use names no tool",
        })
    }
}

impl fmt::Debug for UnfinishedToolUse<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("UnfinishedToolUse");
        f.field("why", &self.why).field("fragment_len", &self.fragment().len()).finish_non_exhaustive()
    }
}

impl std::error::Error for UnfinishedToolUse<'_> {}
