//! What a model costs.

use serde::{Serialize, Serializer};

use crate::json::{self, Members, ObjectWriter};
use crate::{Decimal, Extra};

/// Prices, in US dollars per token unless they were made [per million](Self::per_million). `None` is not said.
///
/// ```
/// use requesty_core::models::Model;
///
/// let model: Model = serde_json::from_str(r#"{"id":"a/b","input_price":3e-7,"output_price":"0.000015"}"#)?;
/// let listed = model.prices().per_million();
/// assert_eq!(listed.input.unwrap().to_string(), "0.3");
/// assert_eq!(listed.output.unwrap().to_string(), "15");
/// assert_eq!(model.prices().cost(1_000, 100), Some("0.0018".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Prices {
    /// Of a token of the prompt.
    pub input: Option<Decimal>,
    /// Of a token of the answer.
    pub output: Option<Decimal>,
    /// Of a token that is read from the cache.
    pub cached: Option<Decimal>,
    /// Of a token that is written to the cache.
    pub caching: Option<Decimal>,
}

impl Prices {
    /// Returns the same prices for a million tokens each.
    #[must_use]
    pub fn per_million(self) -> Self {
        let million = |price: Option<Decimal>| price.map(Decimal::times_million);
        Prices {
            input: million(self.input),
            output: million(self.output),
            cached: million(self.cached),
            caching: million(self.caching),
        }
    }

    /// Returns what a prompt and an answer of so many tokens cost, without a cache; `None` if a price is not said, or
    /// where the sum has more digits than a [`Decimal`] holds.
    pub fn cost(&self, input_tokens: u64, output_tokens: u64) -> Option<Decimal> {
        let input = self.input?.checked_mul(Decimal::from(input_tokens))?;
        input.checked_add(self.output?.checked_mul(Decimal::from(output_tokens))?)
    }

    /// Takes each price that `over` says.
    pub(super) fn overridden(self, over: Prices) -> Self {
        Prices {
            input: over.input.or(self.input),
            output: over.output.or(self.output),
            cached: over.cached.or(self.cached),
            caching: over.caching.or(self.caching),
        }
    }
}

/// Prices that hold for long prompts: `pricing` of a model, reported by third parties and not documented.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PriceTier {
    /// The tier holds for prompts of more tokens than that.
    pub input_tokens_above: Option<u64>,
    /// The prices; what a tier does not say is as without it.
    pub prices: Prices,
    /// Further members.
    pub extra: Extra,
}

impl PriceTier {
    pub(crate) fn read(json: &[u8]) -> Option<Self> {
        let mut members = Members::read(json).ok()?;
        let input_tokens_above = members.uint("input_tokens_above");
        let prices = Prices {
            input: members.decimal("input_price"),
            output: members.decimal("output_price"),
            cached: members.decimal("cached_read_price"),
            caching: members.decimal("caching_price"),
        };
        Some(PriceTier { input_tokens_above, prices, extra: members.rest() })
    }
}

impl Serialize for PriceTier {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.optional("input_tokens_above", self.input_tokens_above.as_ref())?;
        object.optional("input_price", self.prices.input.as_ref())?;
        object.optional("output_price", self.prices.output.as_ref())?;
        object.optional("cached_read_price", self.prices.cached.as_ref())?;
        object.optional("caching_price", self.prices.caching.as_ref())?;
        object.end()
    }
}

json::received! {
    PriceTier, "a tier of prices";
}
