//! How much a model thinks.

use std::borrow::Cow;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::json::RawText;

/// How much a model thinks before it answers. Open: any text is sent as it is.
///
/// Documented by the router, which maps it to what the provider takes:
///
/// | value | OpenAI | Anthropic, tokens | Gemini, tokens |
/// |---|---|---|---|
/// | `none`, `min` | low | 1024 | 0 (Flash) or 128 (Pro) |
/// | `low` | low | 1024 | 1024 |
/// | `medium` | medium | 8192 | 8192 |
/// | `high` | high | 16384 | 24576 |
/// | `max` | high | all but one of the output | all of the output |
/// | a number | low to 1024, medium to 8192, else high | the number | the number |
///
/// `none`, `min`, `max` and numbers are Requesty extensions.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ReasoningEffort(Cow<'static, str>);

impl ReasoningEffort {
    /// `none`.
    pub const NONE: Self = ReasoningEffort(Cow::Borrowed("none"));
    /// `min`.
    pub const MIN: Self = ReasoningEffort(Cow::Borrowed("min"));
    /// `low`.
    pub const LOW: Self = ReasoningEffort(Cow::Borrowed("low"));
    /// `medium`.
    pub const MEDIUM: Self = ReasoningEffort(Cow::Borrowed("medium"));
    /// `high`.
    pub const HIGH: Self = ReasoningEffort(Cow::Borrowed("high"));
    /// `max`.
    pub const MAX: Self = ReasoningEffort(Cow::Borrowed("max"));

    /// Creates a budget in tokens, which is sent as a string. It must be below `max_tokens`.
    pub fn budget(tokens: u32) -> Self {
        ReasoningEffort(Cow::Owned(tokens.to_string()))
    }

    /// Returns the text on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the budget in tokens, if the effort is given as one.
    pub fn as_budget(&self) -> Option<u64> {
        self.0.parse().ok()
    }
}

impl From<&str> for ReasoningEffort {
    fn from(effort: &str) -> Self {
        ReasoningEffort(Cow::Owned(effort.to_owned()))
    }
}

impl From<String> for ReasoningEffort {
    fn from(effort: String) -> Self {
        ReasoningEffort(Cow::Owned(effort))
    }
}

impl Serialize for ReasoningEffort {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// Thinking in the manner of Anthropic: `{"type":"enabled","budget_tokens":1024}`. Sent by clients of the router, which
/// itself documents [`ReasoningEffort`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Thinking {
    /// The model thinks, in at most that many tokens.
    Enabled {
        /// The budget in tokens. It must be below `max_tokens`.
        budget_tokens: u32,
    },
    /// The model does not think.
    Disabled,
    /// The JSON text of any other setting.
    Raw(String),
}

impl Thinking {
    /// Lets the model think in at most that many tokens, which must be below `max_tokens`.
    pub fn enabled(budget_tokens: u32) -> Self {
        Thinking::Enabled { budget_tokens }
    }

    /// Keeps the model from thinking.
    pub fn disabled() -> Self {
        Thinking::Disabled
    }

    /// Creates any other setting from what it is in JSON.
    ///
    /// # Errors
    /// [`serde_json::Error`] where `thinking` cannot be written as JSON.
    pub fn raw<T: Serialize + ?Sized>(thinking: &T) -> Result<Self, serde_json::Error> {
        serde_json::to_string(thinking).map(Thinking::Raw)
    }
}

impl Serialize for Thinking {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (kind, budget) = match self {
            Thinking::Enabled { budget_tokens } => ("enabled", Some(budget_tokens)),
            Thinking::Disabled => ("disabled", None),
            Thinking::Raw(json) => return RawText(json).serialize(serializer),
        };
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", kind)?;
        if let Some(budget) = budget {
            map.serialize_entry("budget_tokens", budget)?;
        }
        map.end()
    }
}
