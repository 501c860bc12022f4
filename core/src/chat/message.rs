//! The messages of a conversation.

use std::borrow::Cow;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::{Content, Function, Part, Role, ToolCall};
use crate::Extra;
use crate::json::{EmptyMembers, Kind, Members, ObjectWriter, Syntax, elements, kind, string};

/// One message of a conversation. A reply contains it, and the next request sends it back.
///
/// Reading a message never fails because of a member: a known member of the wrong type and every unknown member stay in
/// [`extra`](Self::extra), byte for byte. Writing a message that was read gives the same members with the same values.
/// In a request, known members that came as `null` are left out, and so is an empty list of tool calls, because
/// providers refuse them; `content` is sent as it came. (The texts of known members are escaped anew: `\u00e9` is sent
/// as `é`, and half a surrogate pair as U+FFFD.)
///
/// Append the message of a reply to the history as it is: reasoning models need their reasoning and its signature back
/// with the tool calls that they made.
///
/// # Examples
/// ```
/// use requesty_core::chat::Message;
///
/// let history = [Message::system("You are helpful."), Message::user("Hello").with_name("ada")];
/// let json = serde_json::to_string(&history)?;
/// assert_eq!(
///     json,
///     r#"[{"role":"system","content":"You are helpful."},{"role":"user","content":"Hello","name":"ada"}]"#,
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// The router's page: [create chat completion](https://docs.requesty.ai/api-reference/endpoint/chat-completions-create).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Message {
    /// The author of the message.
    pub role: Role,
    /// The content.
    pub content: Content,
    /// The name of the author, or of the function that a legacy `function` message answers.
    pub name: Option<String>,
    /// The id of the tool call that a `tool` message answers.
    pub tool_call_id: Option<String>,
    /// The tool calls that the model made.
    pub tool_calls: Vec<ToolCall>,
    /// The tool call in its legacy form.
    pub function_call: Option<Function>,
    /// The refusal: what the model wrote instead of an answer.
    pub refusal: Option<String>,
    /// The reasoning of the model. Gemini and Claude models refuse the next request if a message with tool calls is
    /// sent back without it.
    pub reasoning: Option<String>,
    /// The wire names under which `reasoning` came and is sent.
    pub reasoning_names: ReasoningNames,
    /// The provider's signature of `reasoning`: opaque, one per message. It must be sent back with the reasoning.
    pub reasoning_signature: Option<String>,
    /// Members without a field. A member with the name of a field replaces that field when the message is written.
    pub extra: Extra,
    blanks: EmptyMembers,
}

/// The wire names of reasoning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReasoningNames {
    /// `reasoning_content`, the name in the router's documentation.
    #[default]
    ReasoningContent,
    /// `reasoning`.
    Reasoning,
    /// Both names, with the same text.
    Both,
    /// Neither name: the reasoning is in parts of `content`, and is sent back with them.
    InContent,
}

impl Message {
    /// Creates a message.
    pub fn new(role: Role, content: impl Into<Content>) -> Self {
        Message { role, content: content.into(), ..Message::default() }
    }

    /// Creates a system message: instructions of the application.
    pub fn system(content: impl Into<Content>) -> Self {
        Message::new(Role::System, content)
    }

    /// Creates a developer message: instructions, for models whose list entry has `supports_role_developer`.
    pub fn developer(content: impl Into<Content>) -> Self {
        Message::new(Role::Developer, content)
    }

    /// Creates a user message.
    pub fn user(content: impl Into<Content>) -> Self {
        Message::new(Role::User, content)
    }

    /// Creates an assistant message: an answer of the model.
    pub fn assistant(content: impl Into<Content>) -> Self {
        Message::new(Role::Assistant, content)
    }

    /// Creates an assistant message that only calls tools.
    ///
    /// Its content is `null`, as the router's own client sends it. If a provider needs no `content` or an empty text,
    /// set [`content`](Self::content).
    pub fn assistant_calls(calls: impl Into<Vec<ToolCall>>) -> Self {
        Message { tool_calls: calls.into(), ..Message::assistant(Content::Null) }
    }

    /// Creates the message that answers the tool call with this id.
    pub fn tool(call_id: impl Into<String>, content: impl Into<Content>) -> Self {
        Message { tool_call_id: Some(call_id.into()), ..Message::new(Role::Tool, content) }
    }

    /// Sets the name of the author.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets an extra member. It replaces a field of the same name when the message is written.
    ///
    /// # Errors
    /// [`serde_json::Error`] if `value` cannot be written as JSON.
    pub fn with_extra<T: Serialize + ?Sized>(mut self, key: &str, value: &T) -> Result<Self, serde_json::Error> {
        self.extra.insert(key, value)?;
        Ok(self)
    }

    /// Returns the text of the content, or the text of all text parts joined.
    pub fn text(&self) -> Cow<'_, str> {
        self.content.text()
    }

    /// Reads a message. Any member may be absent or of the wrong type.
    pub(crate) fn read(json: &[u8]) -> Result<Self, Syntax> {
        let mut members = Members::read(json)?;
        let mut blanks = EmptyMembers::default();
        let role = read_role(&mut members, &mut blanks);
        let content = read_content(&mut members);
        let name = blanks.string(&mut members, "name");
        let tool_call_id = blanks.string(&mut members, "tool_call_id");
        let tool_calls = blanks.take(&mut members, "tool_calls", |members, name| members.take_with(name, read_calls));
        if tool_calls.as_ref().is_some_and(Vec::is_empty) {
            blanks.note("tool_calls", "[]");
        }
        let function_call = blanks.take(&mut members, "function_call", |members, name| {
            members.take_with(name, |json| Function::read(json).ok())
        });
        let refusal = blanks.string(&mut members, "refusal");
        let (reasoning, reasoning_names) = read_reasoning(&mut members, &mut blanks);
        let reasoning_signature = blanks.string(&mut members, "reasoning_signature");
        Ok(Message {
            role,
            content,
            name,
            tool_call_id,
            tool_calls: tool_calls.unwrap_or_default(),
            function_call,
            refusal,
            reasoning,
            reasoning_names,
            reasoning_signature,
            extra: members.rest(),
            blanks,
        })
    }

    /// Sets the members of a reply that the accumulator keeps among the extra members and that are fields of a message:
    /// the name, and the id of a call.
    pub(super) fn set_members(&mut self, mut extra: Extra) {
        for (name, field) in [("name", &mut self.name), ("tool_call_id", &mut self.tool_call_id)] {
            match extra.get(name).map(str::as_bytes) {
                Some(b"null") => {
                    extra.remove(name);
                    self.blanks.note(name, "null");
                }
                Some(json) if kind(json) == Some(Kind::String) => {
                    *field = string(json);
                    extra.remove(name);
                }
                _ => {}
            }
        }
        self.extra = extra;
    }

    /// Returns the size of the message in a request, in bytes, approximately.
    pub(super) fn size(&self) -> usize {
        /// The bytes of the names, the braces and the short values.
        const FRAME: usize = 64;
        let reasoning = [&self.reasoning, &self.reasoning_signature, &self.refusal].into_iter().flatten();
        FRAME
            + self.content.size()
            + self.tool_calls.iter().map(ToolCall::size).sum::<usize>()
            + reasoning.map(|text| text.len() + FRAME).sum::<usize>()
            + self.extra.size()
    }

    fn write<S: Serializer>(&self, serializer: S, is_sent: bool) -> Result<S::Ok, S::Error> {
        let nothing = EmptyMembers::default();
        let blanks = if is_sent { &nothing } else { &self.blanks };
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        match blanks.get("role") {
            // A received message without a role is an assistant message. It is written without a role again.
            Some("") if self.role == Role::Assistant => {}
            blank => blanks.write(
                &mut object,
                "role",
                (blank.is_none() || self.role != Role::Assistant).then_some(&self.role),
            )?,
        }
        if self.content != Content::Omit {
            object.field("content", &self.content)?;
        }
        blanks.write(&mut object, "name", self.name.as_ref())?;
        blanks.write(&mut object, "tool_call_id", self.tool_call_id.as_ref())?;
        let (content, plain) = match self.reasoning_names {
            ReasoningNames::ReasoningContent => (self.reasoning.as_ref(), None),
            ReasoningNames::Reasoning => (None, self.reasoning.as_ref()),
            ReasoningNames::Both => (self.reasoning.as_ref(), self.reasoning.as_ref()),
            ReasoningNames::InContent => (None, None),
        };
        blanks.write(&mut object, "reasoning_content", content)?;
        blanks.write(&mut object, "reasoning", plain)?;
        blanks.write(&mut object, "reasoning_signature", self.reasoning_signature.as_ref())?;
        let calls = (!self.tool_calls.is_empty()).then_some(&self.tool_calls);
        if is_sent {
            object.optional("tool_calls", calls.map(|calls| Sent(calls.as_slice())).as_ref())?;
            object.optional("function_call", self.function_call.as_ref().map(Sent).as_ref())?;
        } else {
            blanks.write(&mut object, "tool_calls", calls)?;
            blanks.write(&mut object, "function_call", self.function_call.as_ref())?;
        }
        blanks.write(&mut object, "refusal", self.refusal.as_ref())?;
        object.end()
    }
}

impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.write(serializer, false)
    }
}

impl<'de> Deserialize<'de> for Message {
    /// Reads a message from JSON. Deserialisers of other formats fail.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Box::<RawValue>::deserialize(deserializer)?;
        Message::read(json.get().as_bytes())
            .map_err(|syntax| D::Error::custom(format_args!("not a message: stopped at byte {}", syntax.at)))
    }
}

/// A value as it is written in a request. Empty members are left out, because providers refuse `null` and `[]` where
/// they accept an absent member. Arguments that came as a JSON value are sent as its text, because providers accept
/// only text.
pub(super) struct Sent<'a, T: ?Sized>(pub(super) &'a T);

impl Serialize for Sent<'_, Message> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write(serializer, true)
    }
}

fn read_role(members: &mut Members<'_>, blanks: &mut EmptyMembers) -> Role {
    if !members.has("role") {
        blanks.note("role", "");
        return Role::default();
    }
    match blanks.string(members, "role") {
        Some(role) if role.is_empty() => {
            blanks.note("role", "\"\"");
            Role::default()
        }
        Some(role) => Role::from(role.as_str()),
        None => Role::default(),
    }
}

fn read_content(members: &mut Members<'_>) -> Content {
    let came = members.has("content");
    let content = members.take_with("content", |json| match kind(json)? {
        Kind::String => string(json).map(Content::Text),
        Kind::Array => elements(json).map(|parts| Content::Parts(parts.map(Part::read).collect())),
        _ => None,
    });
    match content {
        Some(content) => content,
        None if came && !members.has("content") => Content::Null,
        None => Content::Omit,
    }
}

/// Reads the calls in a list; `None` if an element is not an object, so that the list stays an extra member.
fn read_calls(json: &[u8]) -> Option<Vec<ToolCall>> {
    elements(json)?.map(|call| ToolCall::read(call).ok()).collect()
}

/// Reads the reasoning. If there are two different texts, `reasoning_content` counts, and the other stays an extra
/// member.
fn read_reasoning(members: &mut Members<'_>, blanks: &mut EmptyMembers) -> (Option<String>, ReasoningNames) {
    let Some(content) = blanks.string(members, "reasoning_content") else {
        return match blanks.string(members, "reasoning") {
            Some(plain) => (Some(plain), ReasoningNames::Reasoning),
            None => (None, ReasoningNames::default()),
        };
    };
    let plain = blanks.take(members, "reasoning", |members, name| {
        members.take_with(name, |json| {
            string(json).filter(|plain| *plain == content || plain.is_empty() || content.is_empty())
        })
    });
    match plain {
        Some(plain) if plain == content => (Some(content), ReasoningNames::Both),
        Some(plain) if content.is_empty() => {
            blanks.note("reasoning_content", "\"\"");
            (Some(plain), ReasoningNames::Reasoning)
        }
        Some(_) => {
            blanks.note("reasoning", "\"\"");
            (Some(content), ReasoningNames::ReasoningContent)
        }
        None => (Some(content), ReasoningNames::ReasoningContent),
    }
}
