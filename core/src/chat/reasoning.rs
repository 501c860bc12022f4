//! How much a model reasons before it answers.

use std::borrow::Cow;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::json::RawText;

/// How much a model reasons before it answers. Any other text is sent as it is.
///
/// The router's [documentation](https://docs.requesty.ai/features/reasoning) maps it to the settings of the providers:
///
/// | value | OpenAI | Anthropic, tokens | Gemini, tokens |
/// |---|---|---|---|
/// | `none`, `min` | low | 1024 | 0 (Flash) or 128 (Pro) |
/// | `low` | low | 1024 | 1024 |
/// | `medium` | medium | 8192 | 8192 |
/// | `high` | high | 16384 | 24576 |
/// | `max` | high | one token less than the largest output | the largest output |
/// | a number | up to 1024 low, up to 8192 medium, else high | the number | the number |
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

    /// Creates a budget in tokens, which is sent as a string. It must be less than `max_tokens`.
    pub fn budget(tokens: u32) -> Self {
        ReasoningEffort(Cow::Owned(tokens.to_string()))
    }

    /// Returns the value on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the budget in tokens; `None` if the effort is not a number.
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

/// Reasoning in Anthropic's form: `{"type":"enabled","budget_tokens":1024}`. Some clients of the router send it; the
/// router's documentation describes [`ReasoningEffort`].
///
/// The router's page: [reasoning](https://docs.requesty.ai/features/reasoning).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Thinking {
    /// The model reasons with at most `budget_tokens` tokens.
    Enabled {
        /// The budget in tokens. It must be less than `max_tokens`.
        budget_tokens: u32,
    },
    /// The model does not reason.
    Disabled,
    /// The JSON text of any other setting.
    Raw(String),
}

impl Thinking {
    /// Lets the model reason with at most `budget_tokens` tokens, which must be less than `max_tokens`.
    pub fn enabled(budget_tokens: u32) -> Self {
        Thinking::Enabled { budget_tokens }
    }

    /// Turns reasoning off.
    pub fn disabled() -> Self {
        Thinking::Disabled
    }

    /// Creates any other setting from a value that is written as JSON.
    ///
    /// # Errors
    /// [`serde_json::Error`] if `thinking` cannot be written as JSON.
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
