//! One block of a message.

use std::fmt;

use serde::{Serialize, Serializer};

use super::{
    CacheControl, Content, DocumentBlock, ImageBlock, RedactedThinkingBlock, Source, TextBlock, ThinkingBlock,
    ToolResult, ToolUse,
};
use crate::json::{self, Abbreviated, Element, Members, RawText, conversions};
use crate::{BuildError, Extra};

/// One block of a message. A block that this crate does not know, or cannot read, is kept byte for byte.
///
/// # Examples
/// ```
/// use requesty_core::messages::{Block, Message};
///
/// let question = Message::user([Block::image_url("https://example.com/a.png")?, Block::text("What is this?")]);
/// assert_eq!(
///     serde_json::to_string(&question.content).unwrap(),
///     concat!(
///         r#"[{"type":"image","source":{"type":"url","url":"https://example.com/a.png"}},"#,
///         r#"{"type":"text","text":"What is this?"}]"#,
///     ),
/// );
/// # Ok::<(), requesty_core::BuildError>(())
/// ```
///
/// The router's page: [create message](https://docs.requesty.ai/api-reference/endpoint/messages-create).
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Block {
    /// A text.
    Text(TextBlock),
    /// An image, in a message of the user or in the result of a tool.
    Image(ImageBlock),
    /// A document, such as a PDF file.
    Document(DocumentBlock),
    /// A tool use: the model wants the application to run a tool.
    ToolUse(ToolUse),
    /// A tool that the provider ran itself, such as a web search. It must be neither run nor answered.
    ServerToolUse(ToolUse),
    /// The result of a tool.
    ToolResult(ToolResult),
    /// Thinking of the model, with the provider's signature.
    Thinking(ThinkingBlock),
    /// Encrypted thinking of the model, which only the provider can read.
    RedactedThinking(RedactedThinkingBlock),
    /// The JSON text of any other block, such as the results of a web search.
    Other(String),
}

impl Block {
    /// Creates a text.
    pub fn text(text: impl Into<String>) -> Self {
        Block::Text(TextBlock::new(text))
    }

    /// Creates an image from its bytes and their media type, such as `image/png`.
    ///
    /// # Errors
    /// [`BuildError`] if there are no bytes.
    #[cfg(feature = "base64")]
    pub fn image(media_type: &str, data: &[u8]) -> Result<Self, BuildError> {
        Ok(Block::Image(ImageBlock::new(Source::from_bytes(media_type, data)?)))
    }

    /// Creates an image from a web address, or from a data URL, whose bytes are sent. The router's documentation
    /// describes only images sent as bytes.
    ///
    /// # Errors
    /// As [`Source::from_url`].
    pub fn image_url(url: &str) -> Result<Self, BuildError> {
        Ok(Block::Image(ImageBlock::new(Source::from_url(url)?)))
    }

    /// Creates a document from the bytes of a PDF file.
    ///
    /// # Errors
    /// [`BuildError`] if the bytes are not a PDF file.
    #[cfg(feature = "base64")]
    #[doc(alias("file", "document", "attachment"))]
    pub fn pdf(data: &[u8]) -> Result<Self, BuildError> {
        if !data.starts_with(b"%PDF-") {
            return Err(BuildError::new(
                "the document is not a PDF file: for another, build a DocumentBlock of its Source",
            ));
        }
        Ok(Block::Document(DocumentBlock::new(Source::from_bytes("application/pdf", data)?)))
    }

    /// Creates a document from a web address or a data URL.
    ///
    /// # Errors
    /// As [`Source::from_url`].
    pub fn document_url(url: &str) -> Result<Self, BuildError> {
        Ok(Block::Document(DocumentBlock::new(Source::from_url(url)?)))
    }

    /// Creates the result of the tool use with this id.
    pub fn tool_result(tool_use_id: impl Into<String>, content: impl Into<Content>) -> Self {
        Block::ToolResult(ToolResult::new(tool_use_id, content))
    }

    /// Creates a block of any other kind from a value that is written as JSON.
    ///
    /// # Errors
    /// [`serde_json::Error`] if `block` cannot be written as a JSON object.
    pub fn raw<T: Serialize + ?Sized>(block: &T) -> Result<Self, serde_json::Error> {
        let json = serde_json::to_string(block)?;
        Members::read(json.as_bytes())
            .map_err(|_| <serde_json::Error as serde::ser::Error>::custom("a block must be a JSON object"))?;
        Ok(Block::Other(json))
    }

    /// Marks the end of a cached prefix after this block. Providers cache prefixes of about 1000 tokens and more.
    #[must_use]
    pub fn cache_control(self, cache_control: CacheControl) -> Self {
        // A mark can always be written.
        let json = serde_json::to_string(&cache_control).unwrap_or_default();
        self.with_json("cache_control", json)
    }

    /// Sets an extra member of the block. It replaces a field of the same name when the block is sent.
    ///
    /// # Errors
    /// [`serde_json::Error`] if `value` cannot be written as JSON.
    pub fn with_extra<T: Serialize + ?Sized>(self, key: &str, value: &T) -> Result<Self, serde_json::Error> {
        Ok(self.with_json(key, serde_json::to_string(value)?))
    }

    /// Returns the text of a text block; `None` for other blocks.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Block::Text(block) => Some(&block.text),
            _ => None,
        }
    }

    /// Returns the tool use that the application must run; `None` for other blocks.
    pub fn as_tool_use(&self) -> Option<&ToolUse> {
        match self {
            Block::ToolUse(tool_use) => Some(tool_use),
            _ => None,
        }
    }

    /// Returns the kind of block, `type` on the wire; `None` if the block has no type.
    pub fn kind(&self) -> Option<std::borrow::Cow<'_, str>> {
        Some(match self {
            Block::Text(_) => "text".into(),
            Block::Image(_) => "image".into(),
            Block::Document(_) => "document".into(),
            Block::ToolUse(_) => "tool_use".into(),
            Block::ServerToolUse(_) => "server_tool_use".into(),
            Block::ToolResult(_) => "tool_result".into(),
            Block::Thinking(_) => "thinking".into(),
            Block::RedactedThinking(_) => "redacted_thinking".into(),
            Block::Other(json) => Members::read(json.as_bytes()).ok()?.string("type")?.into(),
        })
    }

    /// Reads a block. It never fails: a block that does not fit its type is kept byte for byte.
    pub(super) fn read(block: Element<'_>) -> Self {
        block.members.and_then(Block::read_known).unwrap_or_else(|| Block::Other(json::lossy(block.json)))
    }

    fn read_known(mut members: Members<'_>) -> Option<Self> {
        match members.string("type")?.as_str() {
            "text" => TextBlock::read(members).map(Block::Text),
            "image" => ImageBlock::read(members).map(Block::Image),
            "document" => DocumentBlock::read(members).map(Block::Document),
            "tool_use" => Some(Block::ToolUse(ToolUse::read(members))),
            "server_tool_use" => Some(Block::ServerToolUse(ToolUse::read(members))),
            "tool_result" => Some(Block::ToolResult(ToolResult::read(members))),
            "thinking" => ThinkingBlock::read(members).map(Block::Thinking),
            "redacted_thinking" => RedactedThinkingBlock::read(members).map(Block::RedactedThinking),
            _ => None,
        }
    }

    fn with_json(mut self, key: &str, value: String) -> Self {
        let extra = match &mut self {
            Block::Text(block) => &mut block.extra,
            Block::Image(block) => &mut block.extra,
            Block::Document(block) => &mut block.extra,
            Block::ToolUse(block) | Block::ServerToolUse(block) => &mut block.extra,
            Block::ToolResult(block) => &mut block.extra,
            Block::Thinking(block) => &mut block.extra,
            Block::RedactedThinking(block) => &mut block.extra,
            Block::Other(json) => {
                let mut members = Members::read(json.as_bytes()).map_or_else(|_| Extra::new(), Members::rest);
                members.put_raw(key.to_owned(), value);
                *json = serde_json::to_string(&members).unwrap_or_default();
                return self;
            }
        };
        extra.put_raw(key.to_owned(), value);
        self
    }
}

impl fmt::Debug for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Block::Text(block) => block.fmt(f),
            Block::Image(block) => block.fmt(f),
            Block::Document(block) => block.fmt(f),
            Block::ToolUse(block) => block.fmt(f),
            Block::ServerToolUse(block) => f.debug_tuple("ServerToolUse").field(block).finish(),
            Block::ToolResult(block) => block.fmt(f),
            Block::Thinking(block) => block.fmt(f),
            Block::RedactedThinking(block) => block.fmt(f),
            Block::Other(json) => f.debug_tuple("Other").field(&Abbreviated(json)).finish(),
        }
    }
}

impl Serialize for Block {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Block::Text(block) => block.serialize(serializer),
            Block::Image(block) => block.serialize(serializer),
            Block::Document(block) => block.serialize(serializer),
            Block::ToolUse(block) => block.write(serializer, "tool_use"),
            Block::ServerToolUse(block) => block.write(serializer, "server_tool_use"),
            Block::ToolResult(block) => block.serialize(serializer),
            Block::Thinking(block) => block.serialize(serializer),
            Block::RedactedThinking(block) => block.serialize(serializer),
            Block::Other(json) => RawText(json).serialize(serializer),
        }
    }
}

conversions! {
    Block {
        result: ToolResult => ToolResult(result),
        image: ImageBlock => Image(image),
        document: DocumentBlock => Document(document),
        text: &str => text(text),
        text: String => text(text),
    }
}
