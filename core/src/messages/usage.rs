//! Tokens and cost of a message.

use crate::json::{Merged, fields, received};
use crate::{Decimal, Extra};

/// Tokens and cost of a message, as the server reported them; nothing is computed.
///
/// The router's page: [create message](https://docs.requesty.ai/api-reference/endpoint/messages-create).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Usage {
    /// Tokens of the request, without those read from or written to the cache; see
    /// [`all_input_tokens`](Self::all_input_tokens).
    pub input_tokens: Option<u64>,
    /// Tokens of the answer.
    pub output_tokens: Option<u64>,
    /// Tokens of the request that were written to the provider's cache.
    pub cache_creation_input_tokens: Option<u64>,
    /// Tokens of the request that were read from the provider's cache.
    pub cache_read_input_tokens: Option<u64>,
    /// Price in US dollars. Other clients of the router report this member; its documentation does not mention it.
    pub cost: Option<Decimal>,
    /// Members without a field, such as `cache_creation` (by life time), `server_tool_use` and `service_tier`.
    pub extra: Extra,
}

impl Usage {
    /// Returns all tokens of the request, including those read from and written to the cache; `None` if no count came.
    pub fn all_input_tokens(&self) -> Option<u64> {
        let counts = [self.input_tokens, self.cache_creation_input_tokens, self.cache_read_input_tokens];
        counts.into_iter().flatten().reduce(u64::saturating_add)
    }
}

/// Accumulated usage of a stream: each report is cumulative.
#[derive(Debug)]
pub(super) struct UsageSum {
    /// The members with a typed field.
    fields: Usage,
    extra: Merged,
}

impl UsageSum {
    /// Adds a later report; returns by about how many bytes the memory grows. Some servers end a stream with 0 for
    /// counts that they reported at its beginning: a 0 does not replace a count of the prompt.
    pub(super) fn add(&mut self, later: Usage) -> usize {
        let newest = |old: &mut Option<u64>, new: Option<u64>| *old = new.or(*old);
        let counted = |old: &mut Option<u64>, new: Option<u64>| *old = new.filter(|&count| count > 0).or(*old).or(new);
        let fields = &mut self.fields;
        counted(&mut fields.input_tokens, later.input_tokens);
        counted(&mut fields.cache_creation_input_tokens, later.cache_creation_input_tokens);
        counted(&mut fields.cache_read_input_tokens, later.cache_read_input_tokens);
        newest(&mut fields.output_tokens, later.output_tokens);
        fields.cost = later.cost.or(fields.cost);
        self.extra.add_all(&later.extra)
    }

    /// Returns the counts that change from event to event.
    pub(super) fn counts(&self) -> (Option<u64>, Option<u64>, Option<Decimal>) {
        (self.fields.input_tokens, self.fields.output_tokens, self.fields.cost)
    }

    /// Returns the usage so far.
    pub(super) fn usage(&self) -> Usage {
        let mut usage = self.fields.clone();
        usage.extra = self.extra.extra();
        for (field, has_value) in [
            ("input_tokens", usage.input_tokens.is_some()),
            ("output_tokens", usage.output_tokens.is_some()),
            ("cache_creation_input_tokens", usage.cache_creation_input_tokens.is_some()),
            ("cache_read_input_tokens", usage.cache_read_input_tokens.is_some()),
            ("cost", usage.cost.is_some()),
        ] {
            usage.extra.give_way(field, has_value);
        }
        usage
    }
}

impl Default for UsageSum {
    fn default() -> Self {
        UsageSum { fields: Usage::default(), extra: Merged::of_totals() }
    }
}

fields! {
    Usage {
        input_tokens: uint,
        output_tokens: uint,
        cache_creation_input_tokens: uint,
        cache_read_input_tokens: uint,
        cost: cost,
    }
}

received! {
    Usage, "a usage";
}
