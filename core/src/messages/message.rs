//! One turn of a conversation.

use serde::{Serialize, Serializer};

use super::{Content, Role};
use crate::Extra;
use crate::json::{Members, ObjectWriter, received};

/// One turn of a conversation: what an [`AssistantMessage`](super::AssistantMessage) gives, and what the next request takes.
///
/// A turn of the model must go back as it came: Anthropic refuses one whose thinking lacks its signature, and a tool use
/// without its result in the next turn. Writing a message that was read gives the same members with the same values; blocks
/// and members that this crate does not know are kept byte for byte. (Known members that came as `null` are left out, and
/// texts are spelled anew: `\u00e9` goes out as `é`.)
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
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Message {
    /// Who speaks: `user` or `assistant`. Instructions of the application are the request's
    /// [`system`](super::Request::system).
    pub role: Role,
    /// What it says.
    pub content: Content,
    /// Members beyond these. One of the same name replaces a field when the message is written.
    pub extra: Extra,
}

impl Message {
    /// Creates a turn of the user, be it a question or the results of tools.
    pub fn user(content: impl Into<Content>) -> Self {
        Message { role: Role::User, content: content.into(), extra: Extra::new() }
    }

    /// Creates a turn of the model. As the last message of a request it is the beginning of the answer.
    pub fn assistant(content: impl Into<Content>) -> Self {
        Message { role: Role::Assistant, content: content.into(), extra: Extra::new() }
    }

    /// Sets an extra member, which replaces a field of the same name when the message is written.
    ///
    /// # Errors
    /// [`serde_json::Error`] where `value` cannot be written as JSON.
    pub fn with_extra<T: Serialize + ?Sized>(mut self, key: &str, value: &T) -> Result<Self, serde_json::Error> {
        self.extra.insert(key, value)?;
        Ok(self)
    }

    /// Returns all text of the content.
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        self.content.text()
    }

    /// Reads a message; `None` if it has no role.
    pub(super) fn read(json: &[u8]) -> Option<Self> {
        let mut members = Members::read(json).ok()?;
        let role = Role::from(members.string("role")?.as_str());
        // What is neither text nor list stays among the rest, and replaces the empty list when the message is written.
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
