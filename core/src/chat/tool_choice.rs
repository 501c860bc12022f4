//! Whether the model must call tools, and which.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::json::RawText;

/// Whether the model may, must or must not call tools.
///
/// The router's page: [create chat completion](https://docs.requesty.ai/api-reference/endpoint/chat-completions-create).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ToolChoice {
    /// `auto`: the model decides. This is the default of providers.
    Auto,
    /// `none`: the model calls no tool.
    None,
    /// `required`: the model calls at least one tool.
    Required,
    /// The model calls the function with this name: `{"type":"function","function":{"name":"…"}}`.
    Function(String),
    /// The JSON text of any other choice.
    Raw(String),
}

impl ToolChoice {
    /// Creates the choice of one function.
    pub fn function(name: impl Into<String>) -> Self {
        ToolChoice::Function(name.into())
    }

    /// Creates any other choice from a value that is written as JSON.
    ///
    /// # Errors
    /// [`serde_json::Error`] if `choice` cannot be written as JSON.
    pub fn raw<T: Serialize + ?Sized>(choice: &T) -> Result<Self, serde_json::Error> {
        serde_json::to_string(choice).map(ToolChoice::Raw)
    }
}

impl Serialize for ToolChoice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            ToolChoice::Auto => serializer.serialize_str("auto"),
            ToolChoice::None => serializer.serialize_str("none"),
            ToolChoice::Required => serializer.serialize_str("required"),
            ToolChoice::Function(name) => {
                let mut map = serializer.serialize_map(None)?;
                map.serialize_entry("type", "function")?;
                map.serialize_entry("function", &Named { name })?;
                map.end()
            }
            ToolChoice::Raw(json) => RawText(json).serialize(serializer),
        }
    }
}

/// A choice as the responses endpoint accepts it: the name of the function is beside the type.
pub(crate) struct FlatChoice<'a>(pub(crate) &'a ToolChoice);

impl Serialize for FlatChoice<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ToolChoice::Function(name) = self.0 else { return self.0.serialize(serializer) };
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", "function")?;
        map.serialize_entry("name", name)?;
        map.end()
    }
}

#[derive(Serialize)]
struct Named<'a> {
    name: &'a str,
}
