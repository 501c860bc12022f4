//! The prices of a model.

use serde::{Serialize, Serializer};

use crate::json::{self, Members, ObjectWriter};
use crate::{Decimal, Extra};

/// Prices in US dollars per token, or per million tokens after [`per_million`](Self::per_million). `None` means that
/// the price is not known.
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
///
/// The router's page: [list models](https://docs.requesty.ai/api-reference/endpoint/models-list).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Prices {
    /// The price of a token of the prompt.
    pub input: Option<Decimal>,
    /// The price of a token of the answer.
    pub output: Option<Decimal>,
    /// The price of a token read from the cache.
    pub cached: Option<Decimal>,
    /// The price of a token written to the cache.
    pub caching: Option<Decimal>,
}

impl Prices {
    /// Returns the same prices per million tokens.
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

    /// Returns the price of a prompt and an answer with so many tokens, without a cache; `None` if a price is not
    /// known, or if the sum has more digits than a [`Decimal`] holds.
    pub fn cost(&self, input_tokens: u64, output_tokens: u64) -> Option<Decimal> {
        let input = self.input?.checked_mul(Decimal::from(input_tokens))?;
        input.checked_add(self.output?.checked_mul(Decimal::from(output_tokens))?)
    }

    /// Replaces each price that `over` has.
    pub(super) fn overridden(self, over: Prices) -> Self {
        Prices {
            input: over.input.or(self.input),
            output: over.output.or(self.output),
            cached: over.cached.or(self.cached),
            caching: over.caching.or(self.caching),
        }
    }
}

/// Prices for long prompts: an element of `pricing`. Other clients of the router report this member; the router's
/// documentation does not mention it.
///
/// The router's page: [list models](https://docs.requesty.ai/api-reference/endpoint/models-list).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PriceTier {
    /// The tier applies to prompts with more tokens than this.
    pub input_tokens_above: Option<u64>,
    /// The prices of the tier. A price that is `None` is that of shorter prompts.
    pub prices: Prices,
    /// Members without a field.
    pub extra: Extra,
}

impl PriceTier {
    pub(crate) fn read(mut members: Members<'_>) -> Option<Self> {
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
