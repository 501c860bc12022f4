//! What a model can do.

/// Something that the list of models says a model can do, or can not.
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Capability {
    /// `supports_caching`: prompts are cached.
    Caching,
    /// `supports_vision`: images are seen.
    Vision,
    /// `supports_tool_calling`, `supports_tools` or `supports_function_calling`: functions are called.
    ToolCalling,
    /// `supports_reasoning`: it thinks before it answers.
    Reasoning,
    /// `supports_computer_use`: it uses a computer by its screen.
    ComputerUse,
    /// `supports_web_search`: the provider searches the web.
    WebSearch,
    /// `supports_image_generation`: images are made.
    ImageGeneration,
    /// `supports_output_json_object`: answers can be any JSON object.
    JsonObject,
    /// `supports_output_json_schema`: answers can be held to a JSON schema.
    JsonSchema,
    /// `supports_role_developer`: messages can be from the role `developer`.
    DeveloperRole,
}

impl Capability {
    /// All that this crate knows.
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
