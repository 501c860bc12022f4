//! The capabilities of models.

/// A capability that the list of models reports for each model.
///
/// ```
/// use requesty_core::models::{Capability, Model};
///
/// let model: Model = serde_json::from_str(r#"{"id":"openai/gpt-4.1","supports_vision":true,"supports_tools":true}"#)?;
/// assert_eq!(model.supports(Capability::Vision), Some(true));
/// // Three spellings are in use for this one.
/// assert_eq!(model.supports(Capability::ToolCalling), Some(true));
/// assert_eq!(model.supports(Capability::Reasoning), None);
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// The router's page: [list models](https://docs.requesty.ai/api-reference/endpoint/models-list).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Capability {
    /// `supports_caching`: the provider caches prompts.
    Caching,
    /// `supports_vision`: the model reads images.
    Vision,
    /// `supports_tool_calling`, `supports_tools` or `supports_function_calling`: the model calls functions.
    ToolCalling,
    /// `supports_reasoning`: the model reasons before it answers.
    Reasoning,
    /// `supports_computer_use`: the model operates a computer through its screen.
    ComputerUse,
    /// `supports_web_search`: the provider searches the web.
    WebSearch,
    /// `supports_image_generation`: the model makes images.
    ImageGeneration,
    /// `supports_output_json_object`: the answer can be required to be a JSON object.
    JsonObject,
    /// `supports_output_json_schema`: the answer can be required to follow a JSON schema.
    JsonSchema,
    /// `supports_role_developer`: messages may have the role `developer`.
    DeveloperRole,
}

impl Capability {
    /// All capabilities that this crate knows.
    pub const ALL: [Capability; 10] = [
        Capability::Caching,
        Capability::Vision,
        Capability::ToolCalling,
        Capability::Reasoning,
        Capability::ComputerUse,
        Capability::WebSearch,
        Capability::ImageGeneration,
        Capability::JsonObject,
        Capability::JsonSchema,
        Capability::DeveloperRole,
    ];

    /// Returns a short name, for tables: the wire name without `supports_`.
    pub fn as_str(self) -> &'static str {
        match self {
            Capability::Caching => "caching",
            Capability::Vision => "vision",
            Capability::ToolCalling => "tool_calling",
            Capability::Reasoning => "reasoning",
            Capability::ComputerUse => "computer_use",
            Capability::WebSearch => "web_search",
            Capability::ImageGeneration => "image_generation",
            Capability::JsonObject => "output_json_object",
            Capability::JsonSchema => "output_json_schema",
            Capability::DeveloperRole => "role_developer",
        }
    }
}

impl std::fmt::Display for Capability {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
