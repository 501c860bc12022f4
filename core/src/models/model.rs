//! One model.

use super::{ApiKind, Capability, Geolocation, ModelName, PriceTier, Prices};
use crate::json;
use crate::{Decimal, Extra};

/// A model, as the router lists it. Every field except the id may be missing.
///
/// ```
/// use requesty_core::models::Model;
///
/// let model: Model = serde_json::from_str(
///     r#"{"id":"openai/gpt-4.1@eu","context_window":1000000,"max_output_tokens":0,"input_price":0.000002}"#,
/// )?;
/// assert_eq!(model.context(), Some(1_000_000));
/// assert_eq!(model.max_output(), None, "0 is not a limit: it is not known");
/// assert_eq!(model.region(), Some("eu"));
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// The router's page: [list models](https://docs.requesty.ai/api-reference/endpoint/models-list).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Model {
    /// The id, which requests use as the model name.
    pub id: String,
    /// The display name.
    pub name: Option<String>,
    /// The name of the model without a provider; several providers may run the same model.
    pub model_canonical_name: Option<String>,
    /// When the model was listed, in seconds since 1970.
    pub created: Option<u64>,
    /// The owner; `system` for models of the router.
    pub owned_by: Option<String>,
    /// The kind of endpoint that serves the model.
    pub api: Option<ApiKind>,
    /// Where the model runs.
    pub geolocation: Option<Geolocation>,
    /// The limit for the tokens of prompt and answer together, as sent; see [`context`](Self::context).
    pub context_window: Option<u64>,
    /// The limit for the tokens of an answer, as sent; see [`max_output`](Self::max_output).
    pub max_output_tokens: Option<u64>,
    /// US dollars per token of the prompt.
    pub input_price: Option<Decimal>,
    /// US dollars per token of the answer.
    pub output_price: Option<Decimal>,
    /// US dollars per token read from the cache. It may be set for a model without a cache.
    pub cached_price: Option<Decimal>,
    /// US dollars per token written to the cache.
    pub caching_price: Option<Decimal>,
    /// Prices for long prompts.
    pub pricing: Vec<PriceTier>,
    /// Whether the model has [`Capability::Caching`].
    pub supports_caching: Option<bool>,
    /// Whether the model has [`Capability::Vision`].
    pub supports_vision: Option<bool>,
    /// Whether the model has [`Capability::ToolCalling`].
    pub supports_tool_calling: Option<bool>,
    /// Whether the model has [`Capability::ToolCalling`], under another name.
    pub supports_tools: Option<bool>,
    /// Whether the model has [`Capability::ToolCalling`], under another name.
    pub supports_function_calling: Option<bool>,
    /// Whether the model has [`Capability::Reasoning`].
    pub supports_reasoning: Option<bool>,
    /// Whether the model has [`Capability::ComputerUse`].
    pub supports_computer_use: Option<bool>,
    /// Whether the model has [`Capability::WebSearch`].
    pub supports_web_search: Option<bool>,
    /// Whether the model has [`Capability::ImageGeneration`].
    pub supports_image_generation: Option<bool>,
    /// Whether the model has [`Capability::JsonObject`].
    pub supports_output_json_object: Option<bool>,
    /// Whether the model has [`Capability::JsonSchema`].
    pub supports_output_json_schema: Option<bool>,
    /// Whether the model has [`Capability::DeveloperRole`].
    pub supports_role_developer: Option<bool>,
    /// A description of the model.
    pub description: Option<String>,
    /// How the provider treats prompts, in words.
    pub privacy_comments: Option<String>,
    /// Whether the provider keeps prompts.
    pub data_retention: Option<bool>,
    /// How long the provider keeps prompts, in days.
    pub data_retention_days: Option<u64>,
    /// Members without a field.
    pub extra: Extra,
}

impl Model {
    /// Returns the limit for the tokens of prompt and answer together; `None` if it is not known, which the list sends
    /// as 0.
    pub fn context(&self) -> Option<u64> {
        self.context_window.filter(|&tokens| tokens > 0)
    }

    /// Returns the limit for the tokens of an answer; `None` if it is not known, which the list sends as 0.
    pub fn max_output(&self) -> Option<u64> {
        self.max_output_tokens.filter(|&tokens| tokens > 0)
    }

    /// Returns whether the model has this capability; `None` if the list does not report it. If a capability has
    /// several names, `true` under one of them counts.
    pub fn supports(&self, capability: Capability) -> Option<bool> {
        match capability {
            Capability::Caching => self.supports_caching,
            Capability::Vision => self.supports_vision,
            Capability::ToolCalling => {
                [self.supports_tool_calling, self.supports_tools, self.supports_function_calling].into_iter().max()?
            }
            Capability::Reasoning => self.supports_reasoning,
            Capability::ComputerUse => self.supports_computer_use,
            Capability::WebSearch => self.supports_web_search,
            Capability::ImageGeneration => self.supports_image_generation,
            Capability::JsonObject => self.supports_output_json_object,
            Capability::JsonSchema => self.supports_output_json_schema,
            Capability::DeveloperRole => self.supports_role_developer,
        }
    }

    /// Returns the prices for a short prompt.
    pub fn prices(&self) -> Prices {
        Prices {
            input: self.input_price,
            output: self.output_price,
            cached: self.cached_price,
            caching: self.caching_price,
        }
    }

    /// Returns the prices for a prompt of so many tokens: those of the highest tier below that number.
    pub fn prices_for(&self, input_tokens: u64) -> Prices {
        let reached =
            self.pricing.iter().filter(|tier| tier.input_tokens_above.is_some_and(|above| input_tokens > above));
        let tier = reached.max_by_key(|tier| tier.input_tokens_above);
        self.prices().overridden(tier.map_or_else(Prices::default, |tier| tier.prices))
    }

    /// Returns an estimate, in US dollars, of the price of a prompt and an answer with so many tokens, without a cache.
    /// The actual cost is the one that the answer reports. `None` if a price is not known, and for a policy, whose
    /// price depends on the model that it chooses.
    pub fn cost(&self, input_tokens: u64, output_tokens: u64) -> Option<Decimal> {
        if self.is_policy() { None } else { self.prices_for(input_tokens).cost(input_tokens, output_tokens) }
    }

    /// Returns the id as a [`ModelName`], which has its parts.
    pub fn model_name(&self) -> ModelName<'_> {
        ModelName::new(&self.id)
    }

    /// Returns whether the id names a routing policy, which chooses a model for each request.
    pub fn is_policy(&self) -> bool {
        self.model_name().is_policy()
    }

    /// Returns the provider that runs the model; see [`ModelName::provider`].
    pub fn provider(&self) -> Option<&str> {
        self.model_name().provider()
    }

    /// Returns the region in which the model runs; see [`ModelName::region`].
    pub fn region(&self) -> Option<&str> {
        self.model_name().region()
    }
}

json::fields! {
    Model {
        id: take_with(id),
        name: string,
        model_canonical_name: string,
        created: uint,
        owned_by: string,
        api: named,
        geolocation: named,
        context_window: uint,
        max_output_tokens: uint,
        input_price: decimal,
        output_price: decimal,
        cached_price: decimal,
        caching_price: decimal,
        pricing: objects(PriceTier::read),
        supports_caching: flag,
        supports_vision: flag,
        supports_tool_calling: flag,
        supports_tools: flag,
        supports_function_calling: flag,
        supports_reasoning: flag,
        supports_computer_use: flag,
        supports_web_search: flag,
        supports_image_generation: flag,
        supports_output_json_object: flag,
        supports_output_json_schema: flag,
        supports_role_developer: flag,
        description: string,
        privacy_comments: string,
        data_retention: flag,
        data_retention_days: uint,
    }
}

json::received! {
    Model, "a model";
}

/// Returns an id that is not empty.
fn id(value: &[u8]) -> Option<String> {
    json::string(value).filter(|id| !id.is_empty())
}
