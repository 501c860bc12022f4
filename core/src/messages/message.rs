//! One message of a conversation.

use serde::{Serialize, Serializer};

use super::{Content, Role};
use crate::Extra;
use crate::json::{Members, ObjectWriter, received};

/// One message of a conversation. An [`AssistantMessage`](super::AssistantMessage) contains it, and the next request
/// sends it back.
///
/// A message of the model must be sent back as it came: Anthropic refuses thinking without its signature, and a tool
/// use without its result in the next message. Writing a message that was read gives the same members with the same
/// values; blocks and members that this crate does not know are kept byte for byte. (Known members that came as `null`
/// are left out, and texts are escaped anew: `\u00e9` is sent as `é`.)
///
/// # Examples
/// ```
/// use requesty_core::messages::{Block, CacheControl, Message};
///
/// let history = [
///     Message::user([Block::text("A long text.").cache_control(CacheControl::ephemeral()), Block::text("What is it?")]),
///     Message::assistant("A text."),
/// ];
/// assert_eq!(
///     serde_json::to_string(&history)?,
///     concat!(
///         r#"[{"role":"user","content":[{"type":"text","text":"A long text.","cache_control":{"type":"ephemeral"}},"#,
///         r#"{"type":"text","text":"What is it?"}]},{"role":"assistant","content":"A text."}]"#,
///     ),
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// The router's page: [create message](https://docs.requesty.ai/api-reference/endpoint/messages-create).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Message {
    /// The author: `user` or `assistant`. Instructions of the application belong into
    /// [`system`](super::Request::system) of the request.
    pub role: Role,
    /// The content.
    pub content: Content,
    /// Members without a field. A member with the name of a field replaces that field when the message is written.
    pub extra: Extra,
}

impl Message {
    /// Creates a message of the user: a question, or the results of tools.
    pub fn user(content: impl Into<Content>) -> Self {
        Message { role: Role::User, content: content.into(), extra: Extra::new() }
    }

    /// Creates a message of the model. As the last message of a request it is the beginning of the answer.
    pub fn assistant(content: impl Into<Content>) -> Self {
        Message { role: Role::Assistant, content: content.into(), extra: Extra::new() }
    }

    /// Sets an extra member. It replaces a field of the same name when the message is written.
    ///
    /// # Errors
    /// [`serde_json::Error`] if `value` cannot be written as JSON.
    pub fn with_extra<T: Serialize + ?Sized>(mut self, key: &str, value: &T) -> Result<Self, serde_json::Error> {
        self.extra.insert(key, value)?;
        Ok(self)
    }

    /// Returns the text of the content, or the text of all text blocks joined.
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        self.content.text()
    }

    /// Reads a message; `None` if it has no role.
    pub(super) fn read(mut members: Members<'_>) -> Option<Self> {
        let role = Role::from(members.string("role")?.as_str());
        // A content of another type stays an extra member, and replaces the empty list when the message is written.
        let content = members.take_with("content", Content::read).unwrap_or(Content::Blocks(Vec::new()));
        Some(Message { role, content, extra: members.rest() })
    }
}

impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.field("role", &self.role)?;
        object.field("content", &self.content)?;
        object.end()
    }
}

received! {
    Message, "a message";
}
