//! The messages of a conversation.

use std::borrow::Cow;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::{Content, Function, Part, Role, ToolCall};
use crate::Extra;
use crate::json::{EmptyMembers, Kind, Members, ObjectWriter, Syntax, elements, kind, string};

/// One message of a conversation: what a reply gives, and what the next request takes.
///
/// Reading one never fails because of a field: one of the wrong type stays in [`extra`](Self::extra) byte for byte, as does
/// any this crate does not know. Writing a message that was read gives the same members with the same values; in a
/// request, known members that came as `null` (and an empty list of tool calls, which providers refuse) are left out,
/// except `content`, which is sent as it came. (Texts of known members are spelled anew: `\u00e9` goes out as `é`, and half a
/// surrogate pair as U+FFFD.) So a reply's message can be pushed onto the history as it is, and must be:
/// models that think want their reasoning and its signature back with the tool calls they made.
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Message {
    /// Who the message is from.
    pub role: Role,
    /// What it says.
    pub content: Content,
    /// The name of the speaker, or of the function that a legacy `function` message answers.
    pub name: Option<String>,
    /// The id of the call that a `tool` message answers.
    pub tool_call_id: Option<String>,
    /// The tool calls that the model made.
    pub tool_calls: Vec<ToolCall>,
    /// The legacy form of a tool call.
    pub function_call: Option<Function>,
    /// What the model said instead of an answer.
    pub refusal: Option<String>,
    /// What the model thought. Sent back on a turn with tool calls, or Gemini and Claude refuse the next request.
    pub reasoning: Option<String>,
    /// Under which names `reasoning` came and goes.
    pub reasoning_names: ReasoningNames,
    /// The provider's signature of `reasoning`: opaque, one per message, to be sent back with it.
    pub reasoning_signature: Option<String>,
    /// Members beyond these. One of the same name replaces a field when the message is written.
    pub extra: Extra,
    blanks: EmptyMembers,
}

/// The names on the wire that carry what the model thought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReasoningNames {
    /// `reasoning_content`, the name that the router documents.
    #[default]
    ReasoningContent,
    /// `reasoning`.
    Reasoning,
    /// Both, with the same text.
    Both,
    /// Neither: the reasoning stands in parts of `content`, and goes back with them.
    InContent,
}

impl Message {
    /// Creates a message.
    pub fn new(role: Role, content: impl Into<Content>) -> Self {
        Message { role, content: content.into(), ..Message::default() }
    }

    /// Creates a message with instructions of the application.
    pub fn system(content: impl Into<Content>) -> Self {
        Message::new(Role::System, content)
    }

    /// Creates a message with instructions, for models that say `supports_role_developer`.
    pub fn developer(content: impl Into<Content>) -> Self {
        Message::new(Role::Developer, content)
    }

    /// Creates a message of the user.
    pub fn user(content: impl Into<Content>) -> Self {
        Message::new(Role::User, content)
    }

    /// Creates a message of the model.
    pub fn assistant(content: impl Into<Content>) -> Self {
        Message::new(Role::Assistant, content)
    }

    /// Creates a turn of the model that says nothing and calls tools.
    ///
    /// Its content is `null`, as the router's own client sends it. For a provider that wants none, or an empty text,
    /// set [`content`](Self::content).
    pub fn assistant_calls(calls: impl Into<Vec<ToolCall>>) -> Self {
        Message { tool_calls: calls.into(), ..Message::assistant(Content::Null) }
    }

    /// Creates the answer to the tool call of that id.
    pub fn tool(call_id: impl Into<String>, content: impl Into<Content>) -> Self {
        Message { tool_call_id: Some(call_id.into()), ..Message::new(Role::Tool, content) }
    }

    /// Sets the name of the speaker.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets an extra member, which replaces a field of the same name when the message is written.
    ///
    /// # Errors
    /// [`serde_json::Error`] where `value` cannot be written as JSON.
    pub fn with_extra<T: Serialize + ?Sized>(mut self, key: &str, value: &T) -> Result<Self, serde_json::Error> {
        self.extra.insert(key, value)?;
        Ok(self)
    }

    /// Returns all text of the content: of parts, the text parts joined.
    pub fn text(&self) -> Cow<'_, str> {
        self.content.text()
    }

    /// Reads a message; any member may be absent or odd.
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

    /// Sets the members that a reply brought without a field of the sums: a name has one in a message, and so has the id of a
    /// call.
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

    /// Returns about how many bytes the message takes in a request.
    pub(super) fn size(&self) -> usize {
        /// What the names, the braces and the short values take.
        const FRAME: usize = 64;
        let reasoning = [&self.reasoning, &self.reasoning_signature, &self.refusal].into_iter().flatten();
        let extra = self.extra.iter().map(|(key, value)| key.len() + value.len() + 4);
        FRAME
            + self.content.size()
            + self.tool_calls.iter().map(ToolCall::size).sum::<usize>()
            + reasoning.map(|text| text.len() + FRAME).sum::<usize>()
            + extra.sum::<usize>()
    }

    fn write<S: Serializer>(&self, serializer: S, is_sent: bool) -> Result<S::Ok, S::Error> {
        let nothing = EmptyMembers::default();
        let blanks = if is_sent { &nothing } else { &self.blanks };
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        match blanks.get("role") {
            // The default of a message that came without a role: unchanged, so nothing is added on the way back.
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
    /// Reads a message from JSON; of another format's deserialiser nothing can be read.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Box::<RawValue>::deserialize(deserializer)?;
        Message::read(json.get().as_bytes())
            .map_err(|syntax| D::Error::custom(format_args!("not a message: stopped at byte {}", syntax.at)))
    }
}

/// A part of a message as it goes into a request: what came without a value is left out, because providers refuse `null` and
/// `[]` where they take nothing at all, and arguments that came as a value go out as its text, because they take no other.
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

/// Reads the calls of a list; `None`, so that the list stays as it is, where one is not an object.
fn read_calls(json: &[u8]) -> Option<Vec<ToolCall>> {
    elements(json)?.map(|call| ToolCall::read(call).ok()).collect()
}

/// Reads what the model thought. Of two different texts `reasoning_content` is it, and the other stays where it is.
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
