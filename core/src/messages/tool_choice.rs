//! Whether the model must use tools, and which.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::json::RawText;

/// Whether the model may, must or must not use tools. The router's documentation mentions the member; its forms are
/// Anthropic's.
///
/// # Examples
/// ```
/// use requesty_core::messages::ToolChoice;
///
/// let choice = ToolChoice::tool("get_weather").disable_parallel_tool_use(true);
/// assert_eq!(
///     serde_json::to_string(&choice).unwrap(),
///     r#"{"type":"tool","name":"get_weather","disable_parallel_tool_use":true}"#,
/// );
/// ```
///
/// The router's page: [create message](https://docs.requesty.ai/api-reference/endpoint/messages-create).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolChoice {
    pub(super) kind: Kind,
    disable_parallel_tool_use: Option<bool>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Auto,
    Any,
    None,
    Tool(String),
    Raw(String),
}

impl ToolChoice {
    /// `auto`: the model decides. This is the default of providers.
    pub fn auto() -> Self {
        ToolChoice::of(Kind::Auto)
    }

    /// `any`: the model uses at least one tool.
    pub fn any() -> Self {
        ToolChoice::of(Kind::Any)
    }

    /// `none`: the model uses no tool.
    pub fn none() -> Self {
        ToolChoice::of(Kind::None)
    }

    /// `tool`: the model uses the tool with this name.
    pub fn tool(name: impl Into<String>) -> Self {
        ToolChoice::of(Kind::Tool(name.into()))
    }

    /// Creates any other choice from a value that is written as JSON.
    ///
    /// # Errors
    /// [`serde_json::Error`] if `choice` cannot be written as JSON.
    pub fn raw<T: Serialize + ?Sized>(choice: &T) -> Result<Self, serde_json::Error> {
        serde_json::to_string(choice).map(|json| ToolChoice::of(Kind::Raw(json)))
    }

    /// Sets whether the model must use at most one tool per message. It has no effect on a [`raw`](Self::raw) choice.
    #[must_use]
    pub fn disable_parallel_tool_use(mut self, disabled: bool) -> Self {
        self.disable_parallel_tool_use = Some(disabled);
        self
    }

    fn of(kind: Kind) -> Self {
        ToolChoice { kind, disable_parallel_tool_use: None }
    }
}

impl Serialize for ToolChoice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (kind, name) = match &self.kind {
            Kind::Auto => ("auto", None),
            Kind::Any => ("any", None),
            Kind::None => ("none", None),
            Kind::Tool(name) => ("tool", Some(name)),
            Kind::Raw(json) => return RawText(json).serialize(serializer),
        };
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", kind)?;
        if let Some(name) = name {
            map.serialize_entry("name", name)?;
        }
        if let Some(disabled) = self.disable_parallel_tool_use {
            map.serialize_entry("disable_parallel_tool_use", &disabled)?;
        }
        map.end()
    }
}
