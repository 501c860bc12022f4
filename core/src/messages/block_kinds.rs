//! The text and thinking blocks of a model's answer.

use std::fmt;

use super::{Citation, citation};
use crate::Extra;
use crate::json::{Abbreviated, fields};

/// A text: `{"type":"text","text":"…"}`.
///
/// The router's page: [create message](https://docs.requesty.ai/api-reference/endpoint/messages-create).
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TextBlock {
    /// The text.
    pub text: String,
    /// Members without a field, `cache_control` and `citations` among them.
    pub extra: Extra,
}

impl TextBlock {
    /// Creates a text.
    pub fn new(text: impl Into<String>) -> Self {
        TextBlock { text: text.into(), extra: Extra::new() }
    }

    /// Returns the sources that the text cites.
    pub fn citations(&self) -> Vec<Citation> {
        self.extra.get(citation::KEY).map(citation::read_list).unwrap_or_default()
    }
}

impl fmt::Debug for TextBlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TextBlock").field("text", &Abbreviated(&self.text)).field("extra", &self.extra).finish()
    }
}

/// Thinking of the model: `{"type":"thinking","thinking":"…","signature":"…"}`. Anthropic requires it back, with its
/// signature, in a message with tool uses. The router's documentation does not mention it.
///
/// The router's page: [create message](https://docs.requesty.ai/api-reference/endpoint/messages-create).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ThinkingBlock {
    /// The thinking; empty if the provider does not show it.
    pub thinking: String,
    /// The provider's signature of the thinking: opaque.
    pub signature: Option<String>,
    /// Members without a field.
    pub extra: Extra,
}

/// Encrypted thinking of the model: `{"type":"redacted_thinking","data":"…"}`. It must be sent back as it came.
///
/// The router's page: [create message](https://docs.requesty.ai/api-reference/endpoint/messages-create).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RedactedThinkingBlock {
    /// The encrypted text: opaque.
    pub data: String,
    /// Members without a field.
    pub extra: Extra,
}

fields! {
    TextBlock as "text" { text: string }
    ThinkingBlock as "thinking" { thinking: string, signature: string }
    RedactedThinkingBlock as "redacted_thinking" { data: string }
}
