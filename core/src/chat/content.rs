//! The content of a message: nothing, a text, or parts.

use std::borrow::Cow;
use std::fmt;

use serde::{Serialize, Serializer};

use super::Part;
use crate::json::{Abbreviated, joined, text_or_list};

/// The content of a message.
///
/// Providers disagree about the content of an assistant message that only calls tools: some refuse a missing `content`,
/// some a `null`, some an empty string. So all three can be written, and a received message is written with the content
/// that it came with. This crate uses [`Null`](Self::Null) for such a message, as the router's own client does; see
/// [`Message::assistant_calls`](super::Message::assistant_calls).
///
/// The router's page: [create chat completion](https://docs.requesty.ai/api-reference/endpoint/chat-completions-create).
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Content {
    /// There is no member `content`.
    #[default]
    Omit,
    /// `"content":null`.
    Null,
    /// A text.
    Text(String),
    /// A list of parts: texts, images, files.
    Parts(Vec<Part>),
}

text_or_list!(Content, Parts, Part);

impl Content {
    /// Returns the text, or the text of all text parts joined.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Content::Omit | Content::Null => Cow::Borrowed(""),
            Content::Text(text) => Cow::Borrowed(text),
            Content::Parts(parts) => joined(parts.iter().filter_map(Part::as_text)),
        }
    }

    /// Returns whether there is neither a text nor a part.
    pub fn is_empty(&self) -> bool {
        match self {
            Content::Omit | Content::Null => true,
            Content::Text(text) => text.is_empty(),
            Content::Parts(parts) => parts.is_empty(),
        }
    }

    /// Returns the size of the content in a request, in bytes, approximately.
    pub(super) fn size(&self) -> usize {
        match self {
            Content::Omit | Content::Null => 0,
            Content::Text(text) => text.len(),
            Content::Parts(parts) => parts.iter().map(Part::size).sum(),
        }
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Content::Omit => f.write_str("Omit"),
            Content::Null => f.write_str("Null"),
            Content::Text(text) => f.debug_tuple("Text").field(&Abbreviated(text)).finish(),
            Content::Parts(parts) => f.debug_tuple("Parts").field(parts).finish(),
        }
    }
}

impl Serialize for Content {
    /// Writes the value. [`Omit`](Content::Omit) is `null` when written alone; a message leaves it out.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Content::Omit | Content::Null => serializer.serialize_unit(),
            Content::Text(text) => serializer.serialize_str(text),
            Content::Parts(parts) => parts.serialize(serializer),
        }
    }
}
