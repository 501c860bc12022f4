//! The content of a message, a system prompt or the result of a tool: a text, or blocks.

use std::borrow::Cow;
use std::fmt;

use serde::{Serialize, Serializer};

use super::Block;
use crate::json::{self, Abbreviated, List, joined, text_or_list};

/// The lists in a block whose elements are read into values of their own. The result of a tool holds blocks again.
pub(super) static BLOCKS: [List; 2] = [List::with("content", &BLOCKS), List::of("citations")];

/// The content of a message, a system prompt or the result of a tool.
///
/// The router's page: [create message](https://docs.requesty.ai/api-reference/endpoint/messages-create).
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Content {
    /// A text.
    Text(String),
    /// A list of blocks.
    Blocks(Vec<Block>),
}

text_or_list!(Content, Blocks, Block);

impl Content {
    /// Returns the text, or the text of all text blocks joined.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Content::Text(text) => Cow::Borrowed(text),
            Content::Blocks(blocks) => joined(blocks.iter().filter_map(Block::as_text)),
        }
    }

    /// Returns the blocks; empty if the content is a text.
    pub fn blocks(&self) -> &[Block] {
        match self {
            Content::Text(_) => &[],
            Content::Blocks(blocks) => blocks,
        }
    }

    /// Reads a text or a list; `None` for any other value.
    pub(super) fn read(json: &[u8]) -> Option<Self> {
        if let Some(text) = json::string(json) {
            return Some(Content::Text(text));
        }
        Some(Content::Blocks(json::elements(json)?.with_members().map(Block::read).collect()))
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Content::Text(text) => f.debug_tuple("Text").field(&Abbreviated(text)).finish(),
            Content::Blocks(blocks) => f.debug_tuple("Blocks").field(blocks).finish(),
        }
    }
}

impl Serialize for Content {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Content::Text(text) => serializer.serialize_str(text),
            Content::Blocks(blocks) => blocks.serialize(serializer),
        }
    }
}
