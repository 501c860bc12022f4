//! The content of a message, a system prompt or the result of a tool: a text, or blocks.

use std::borrow::Cow;
use std::fmt;

use serde::{Serialize, Serializer};

use super::Block;
use crate::json::{self, Abbreviated, List};

/// The lists in a block whose elements are read into values of their own. The result of a tool holds blocks again.
pub(super) static BLOCKS: [List; 2] = [List::with("content", &BLOCKS), List::of("citations")];

/// The content of a message, a system prompt or the result of a tool.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Content {
    /// A text.
    Text(String),
    /// A list of blocks.
    Blocks(Vec<Block>),
}

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

/// Joins texts; a single text is not copied.
pub(super) fn joined<'a>(mut texts: impl Iterator<Item = &'a str>) -> Cow<'a, str> {
    let first = texts.next().unwrap_or_default();
    texts.fold(Cow::Borrowed(first), |joined, text| joined + text)
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

impl From<&str> for Content {
    fn from(text: &str) -> Self {
        Content::Text(text.to_owned())
    }
}

impl From<String> for Content {
    fn from(text: String) -> Self {
        Content::Text(text)
    }
}

impl From<&String> for Content {
    fn from(text: &String) -> Self {
        Content::Text(text.clone())
    }
}

impl From<Vec<Block>> for Content {
    fn from(blocks: Vec<Block>) -> Self {
        Content::Blocks(blocks)
    }
}

impl<const N: usize> From<[Block; N]> for Content {
    fn from(blocks: [Block; N]) -> Self {
        Content::Blocks(blocks.into())
    }
}

impl From<Block> for Content {
    fn from(block: Block) -> Self {
        Content::Blocks(vec![block])
    }
}
