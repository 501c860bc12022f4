//! Selections of models.

use super::{Capability, Geolocation, Model};
use crate::Decimal;

/// A selection from a [list](super::Models) of models. Each method keeps the models that match by the list; a model
/// without the required information does not match.
///
/// Prices are in US dollars per million tokens, as in price lists.
///
/// The router's page: [list models](https://docs.requesty.ai/api-reference/endpoint/models-list).
#[derive(Clone, Debug, Default)]
pub struct Selection<'a> {
    models: Vec<&'a Model>,
}

impl<'a> Selection<'a> {
    /// Keeps the models for which `keep` returns `true`.
    #[must_use]
    pub fn filter(mut self, keep: impl Fn(&Model) -> bool) -> Self {
        self.models.retain(|model| keep(model));
        self
    }

    /// Keeps the models with this capability.
    #[must_use]
    pub fn supporting(self, capability: Capability) -> Self {
        self.filter(|model| model.supports(capability) == Some(true))
    }

    /// Keeps the models with a context of at least so many tokens.
    #[must_use]
    pub fn min_context(self, tokens: u64) -> Self {
        self.filter(|model| model.context().is_some_and(|context| context >= tokens))
    }

    /// Keeps the models whose answers may have at least so many tokens.
    #[must_use]
    pub fn min_output(self, tokens: u64) -> Self {
        self.filter(|model| model.max_output().is_some_and(|output| output >= tokens))
    }

    /// Keeps the models whose prompts cost at most so many US dollars per million tokens.
    #[must_use]
    pub fn max_input_price(self, per_million: Decimal) -> Self {
        self.filter(|model| model.prices().per_million().input.is_some_and(|price| price <= per_million))
    }

    /// Keeps the models whose answers cost at most so many US dollars per million tokens.
    #[must_use]
    pub fn max_output_price(self, per_million: Decimal) -> Self {
        self.filter(|model| model.prices().per_million().output.is_some_and(|price| price <= per_million))
    }

    /// Keeps the models of a provider, such as `bedrock` or `openai`.
    #[must_use]
    pub fn provider(self, provider: &str) -> Self {
        self.filter(|model| model.provider() == Some(provider))
    }

    /// Keeps the models that run at this place.
    #[must_use]
    pub fn geolocation(self, place: &Geolocation) -> Self {
        self.filter(|model| model.geolocation.as_ref() == Some(place))
    }

    /// Removes the routing policies.
    #[must_use]
    pub fn without_policies(self) -> Self {
        self.filter(|model| !model.is_policy())
    }

    /// Returns the cheapest model for a prompt and an answer with so many tokens; of two equal ones, the one whose id
    /// sorts first. Models without known prices and policies are left out.
    pub fn cheapest(&self, input_tokens: u64, output_tokens: u64) -> Option<&'a Model> {
        let priced = self.models.iter().filter_map(|model| Some((model.cost(input_tokens, output_tokens)?, *model)));
        let (_, cheapest) =
            priced.min_by(|(cost, model), (other, rival)| cost.cmp(other).then(model.id.cmp(&rival.id)))?;
        Some(cheapest)
    }

    /// Returns the selected models in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &'a Model> {
        self.models.iter().copied()
    }

    /// Returns the number of selected models.
    pub fn len(&self) -> usize {
        self.models.len()
    }

    /// Returns whether no model is selected.
    pub fn is_empty(&self) -> bool {
        self.models.is_empty()
    }
}

impl<'a> FromIterator<&'a Model> for Selection<'a> {
    fn from_iter<I: IntoIterator<Item = &'a Model>>(models: I) -> Self {
        Selection { models: models.into_iter().collect() }
    }
}

impl<'a> IntoIterator for Selection<'a> {
    type Item = &'a Model;
    type IntoIter = std::vec::IntoIter<&'a Model>;

    fn into_iter(self) -> Self::IntoIter {
        self.models.into_iter()
    }
}
