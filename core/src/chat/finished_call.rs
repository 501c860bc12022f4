//! Tool calls that can be run, and tool calls that cannot. They are two types, so that a cut call is never run.

use std::borrow::Cow;
use std::fmt;

use serde::de::DeserializeOwned;

use super::{Content, Message, ToolCall};
use crate::json::{Kind, Reader, path_at};

impl ToolCall {
    /// Returns the call ready to run, if it is complete: it has a name, and its arguments are JSON.
    ///
    /// Missing arguments (absent, `null`, blank) become `{}`. Some gateways write an empty object before the arguments
    /// (`{}{"city":"Rome"}`); it is skipped. Nothing else is repaired.
    ///
    /// # Errors
    /// [`UnfinishedCall`] if the stream ended within the call, the arguments are not JSON, or the name is missing.
    ///
    /// # Examples
    /// ```
    /// use requesty_core::chat::ToolCall;
    ///
    /// let call = ToolCall::new("call_1", "weather", r#"{"city":"Rome"}"#);
    /// let call = call.finished().expect("a whole call");
    /// assert_eq!(call.name(), "weather");
    /// let answer = call.reply("18 °C");
    /// assert_eq!(answer.tool_call_id.as_deref(), Some("call_1"));
    ///
    /// let cut = ToolCall::new("call_2", "weather", r#"{"city":"Ro"#);
    /// assert!(cut.finished().is_err());
    /// ```
    pub fn finished(&self) -> Result<FinishedCall<'_>, UnfinishedCall<'_>> {
        let unfinished = |why| UnfinishedCall { call: self, why };
        if self.unfinished {
            return Err(unfinished(Unfinished::Cut));
        }
        let name = self.function.name.as_deref().filter(|name| !name.is_empty());
        let name = name.ok_or(unfinished(Unfinished::NoName))?;
        let arguments =
            whole_arguments(self.function.arguments.as_str()).ok_or(unfinished(Unfinished::InvalidArguments))?;
        Ok(FinishedCall { call: self, name, arguments })
    }
}

/// A complete tool call. An application may run it, and must answer it.
///
/// The router's page: [create chat completion](https://docs.requesty.ai/api-reference/endpoint/chat-completions-create).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct FinishedCall<'a> {
    call: &'a ToolCall,
    name: &'a str,
    arguments: &'a str,
}

impl<'a> FinishedCall<'a> {
    /// Returns the id of the call. It is empty if a whole reply had no id; the calls of a stream always have one.
    pub fn id(&self) -> &'a str {
        self.call.id.as_deref().unwrap_or_default()
    }

    /// Returns the name of the function. The model wrote it, so check that the request offered such a function.
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// Returns the arguments as the text of one JSON value; `{}` if there are none.
    pub fn arguments_json(&self) -> Cow<'a, str> {
        Cow::Borrowed(self.arguments)
    }

    /// Returns the arguments as `T`.
    ///
    /// # Errors
    /// [`ArgumentsError`] if they are not a `T`.
    ///
    /// # Examples
    /// ```
    /// # use requesty_core::chat::ToolCall;
    /// #[derive(serde::Deserialize)]
    /// struct Weather { city: String }
    ///
    /// let call = ToolCall::new("call_1", "weather", r#"{"city":"Rome"}"#);
    /// let weather: Weather = call.finished().expect("a whole call").arguments()?;
    /// assert_eq!(weather.city, "Rome");
    /// # Ok::<(), requesty_core::chat::ArgumentsError>(())
    /// ```
    pub fn arguments<T: DeserializeOwned>(&self) -> Result<T, ArgumentsError> {
        ArgumentsError::or_value(self.arguments, self.call.function.arguments.as_str())
    }

    /// Creates the message that answers the call.
    pub fn reply(&self, content: impl Into<Content>) -> Message {
        Message::tool(self.id(), content)
    }

    /// Returns whether the provider ran the call itself, as with a web search. Such a call must be neither run nor
    /// answered.
    ///
    /// Replies of Anthropic models contain such calls; their ids start with `srvtoolu_`.
    pub fn is_server_side(&self) -> bool {
        is_server_side(self.id())
    }

    /// Returns the tool call in the message.
    pub fn call(&self) -> &'a ToolCall {
        self.call
    }
}

impl fmt::Debug for FinishedCall<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FinishedCall").field(self.call).finish()
    }
}

/// A tool call that is not complete. It cannot be run.
///
/// Neither `Display` nor `Debug` shows what the model wrote.
///
/// The router's page: [create chat completion](https://docs.requesty.ai/api-reference/endpoint/chat-completions-create).
#[derive(Clone, Copy)]
pub struct UnfinishedCall<'a> {
    call: &'a ToolCall,
    why: Unfinished,
}

impl<'a> UnfinishedCall<'a> {
    /// Returns the id of the call; empty if no id came.
    pub fn id(&self) -> &'a str {
        self.call.id.as_deref().unwrap_or_default()
    }

    /// Returns the name of the function, or the part of it that came; `None` if no name came.
    pub fn name(&self) -> Option<&'a str> {
        self.call.function.name.as_deref()
    }

    /// Returns the arguments that came.
    pub fn fragment(&self) -> &'a str {
        self.call.function.arguments.as_str()
    }

    /// Returns the reason why the call cannot be run.
    pub fn why(&self) -> Unfinished {
        self.why
    }

    /// Returns the tool call in the message.
    pub fn call(&self) -> &'a ToolCall {
        self.call
    }
}

impl fmt::Display for UnfinishedCall<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.why {
            Unfinished::Cut => "the tool call was cut: the answer ended before it did",
            Unfinished::InvalidArguments => "the arguments of the tool call are not JSON",
            Unfinished::NoName => "the tool call names no function",
        })
    }
}

impl fmt::Debug for UnfinishedCall<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("UnfinishedCall");
        f.field("why", &self.why).field("fragment_len", &self.fragment().len()).finish_non_exhaustive()
    }
}

impl std::error::Error for UnfinishedCall<'_> {}

/// Returns whether the provider ran the call with this id itself: Anthropic's server tools, in every family.
pub(crate) fn is_server_side(id: &str) -> bool {
    id.starts_with("srvtoolu_")
}

/// The reason why a tool call cannot be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unfinished {
    /// The answer ended before the call was complete.
    Cut,
    /// The arguments are not JSON.
    InvalidArguments,
    /// The name is missing.
    NoName,
}

/// The error for arguments of a tool call that cannot be read as the type that the caller asked for.
///
/// `Display` names the member by its path, and can be sent to the model as the result of the call. Neither it nor `Debug` shows
/// a value, and there is no `source()`: serde's message may quote one.
///
/// # Examples
/// ```
/// use requesty_core::chat::ToolCall;
///
/// #[derive(Debug, serde::Deserialize)]
/// struct Trip { days: Vec<u32> }
///
/// let call = ToolCall::new("call_1", "book", r#"{"days":[3,"four"]}"#);
/// let error = call.finished().expect("a whole call").arguments::<Trip>().unwrap_err();
/// assert_eq!(error.path(), "/days/1");
/// assert!(error.to_string().ends_with("asked for: at `/days/1`, line 1 column 17"), "{error}");
/// ```
pub struct ArgumentsError {
    raw: String,
    path: String,
    error: serde_json::Error,
}

impl ArgumentsError {
    /// Reads arguments as a type of the caller's; `raw` is their text as it came.
    pub(crate) fn or_value<T: DeserializeOwned>(arguments: &str, raw: &str) -> Result<T, Self> {
        serde_json::from_str(arguments).map_err(|error| ArgumentsError::new(arguments, raw, error))
    }

    /// Creates the error for arguments that were read as far as it says.
    pub(crate) fn new(arguments: &str, raw: &str, error: serde_json::Error) -> Self {
        let path = path_at(arguments, error.line(), error.column());
        ArgumentsError { raw: raw.to_owned(), path, error }
    }

    /// Returns a JSON pointer to the wrong value. If a member is missing, it points to its object; for the arguments as
    /// a whole it is empty.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the arguments as they came.
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// Returns the error of the JSON reader. Its message may quote the arguments.
    pub fn json_error(&self) -> &serde_json::Error {
        &self.error
    }
}

impl fmt::Display for ArgumentsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, column) = (self.error.line(), self.error.column());
        f.write_str("the arguments of the tool call are not of the type that was asked for")?;
        // A value of the wrong type is found after parsing, without a position.
        match (line, self.path.as_str()) {
            (0, _) => Ok(()),
            (_, "") => write!(f, ": at line {line} column {column}"),
            (_, path) => write!(f, ": at `{path}`, line {line} column {column}"),
        }
    }
}

impl fmt::Debug for ArgumentsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("ArgumentsError");
        f.field("line", &self.error.line()).field("column", &self.error.column());
        f.field("raw_len", &self.raw.len()).finish_non_exhaustive()
    }
}

impl std::error::Error for ArgumentsError {}

/// Returns the one JSON value in the arguments; `{}` if they are empty.
pub(crate) fn whole_arguments(arguments: &str) -> Option<&str> {
    let text = arguments.trim_matches([' ', '\t', '\r', '\n']);
    if text.is_empty() || text == "null" {
        return Some("{}");
    }
    let (first, rest) = split_value(text)?;
    if rest.is_empty() {
        return Some(first);
    }
    // A gateway may write an empty object before the arguments of the model.
    let inside = first.strip_prefix('{')?.strip_suffix('}')?;
    let (second, rest) = split_value(rest)?;
    (inside.trim_ascii().is_empty() && rest.is_empty() && second.starts_with('{')).then_some(second)
}

/// Splits off the first JSON value; drops white space around it and after it.
fn split_value(text: &str) -> Option<(&str, &str)> {
    let mut reader = Reader::new(text.as_bytes());
    // Text after a number or a word would belong to it.
    let ends_itself = matches!(reader.kind()?, Kind::Object | Kind::Array | Kind::String);
    let start = reader.pos();
    reader.skip()?;
    let (value, rest) = text.get(start..)?.split_at_checked(reader.pos() - start)?;
    let rest = rest.trim_ascii();
    (ends_itself || rest.is_empty()).then_some((value, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A cut call cannot be run, even if the part that came is valid JSON.
    #[test]
    fn cut() {
        let mut call = ToolCall::new("c", "f", "{}");
        call.set_unfinished(true);
        let unfinished = call.finished().unwrap_err();
        assert_eq!((unfinished.why(), unfinished.fragment()), (Unfinished::Cut, "{}"));
        call.set_unfinished(false);
        assert!(call.finished().is_ok());
    }
}
