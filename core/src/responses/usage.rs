//! Tokens and cost of a response.

use serde::{Serialize, Serializer};

use crate::chat::Details;
use crate::json::{Members, ObjectWriter, received};
use crate::{Decimal, Extra};

/// Tokens and cost of a response, as the server reported them. Nothing is computed, and the counts need not add up.
///
/// The router's page: [create response](https://docs.requesty.ai/api-reference/endpoint/responses-create).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Usage {
    /// Tokens of the input, including those read from the cache.
    pub input_tokens: Option<u64>,
    /// Tokens of the output, including those of reasoning.
    pub output_tokens: Option<u64>,
    /// All tokens.
    pub total_tokens: Option<u64>,
    /// Price in US dollars; `None` if the reply does not report it.
    pub cost: Option<Decimal>,
    /// Input tokens read from the provider's cache (`input_tokens_details.cached_tokens`).
    pub cached_tokens: Option<u64>,
    /// Input tokens written to the provider's cache (`input_tokens_details.caching_tokens`, a Requesty name).
    pub caching_tokens: Option<u64>,
    /// Output tokens spent on reasoning (`output_tokens_details.reasoning_tokens`).
    pub reasoning_tokens: Option<u64>,
    /// Further members of `input_tokens_details`.
    pub input_details: Extra,
    /// Further members of `output_tokens_details`.
    pub output_details: Extra,
    /// Members without a field.
    pub extra: Extra,
}

impl Usage {
    /// Reads a usage object. Any member may be missing, null or of the wrong type.
    pub(super) fn read(mut members: Members<'_>) -> Option<Self> {
        let mut usage = Usage {
            input_tokens: members.uint("input_tokens"),
            output_tokens: members.uint("output_tokens"),
            total_tokens: members.uint("total_tokens"),
            cost: members.decimal("cost"),
            ..Usage::default()
        };
        if let Some(mut details) = members.object("input_tokens_details") {
            usage.cached_tokens = details.uint("cached_tokens");
            usage.caching_tokens = details.uint("caching_tokens");
            usage.input_details = details.rest();
        }
        if let Some(mut details) = members.object("output_tokens_details") {
            usage.reasoning_tokens = details.uint("reasoning_tokens");
            usage.output_details = details.rest();
        }
        usage.extra = members.rest();
        Some(usage)
    }
}

received! {
    Usage, "a usage object";
}

impl Serialize for Usage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let input = [("cached_tokens", self.cached_tokens), ("caching_tokens", self.caching_tokens)];
        let input = Details { counts: &input, nested: None, extra: &self.input_details };
        let output = [("reasoning_tokens", self.reasoning_tokens)];
        let output = Details { counts: &output, nested: None, extra: &self.output_details };
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.optional("input_tokens", self.input_tokens.as_ref())?;
        object.optional("input_tokens_details", input.set())?;
        object.optional("output_tokens", self.output_tokens.as_ref())?;
        object.optional("output_tokens_details", output.set())?;
        object.optional("total_tokens", self.total_tokens.as_ref())?;
        object.optional("cost", self.cost.as_ref())?;
        object.end()
    }
}
