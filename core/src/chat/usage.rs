//! Tokens and cost of a completion.

use serde::{Serialize, Serializer};

use crate::json::{Members, Merged, ObjectWriter};
use crate::{Decimal, Extra};

/// Tokens and cost of a completion, as the server reported them. Nothing is computed, and the counts need not add up:
/// hidden reasoning makes `total_tokens` larger than the sum of its parts.
///
/// The router's page: [cost tracking](https://docs.requesty.ai/features/cost-tracking).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Usage {
    /// Tokens of the prompt, including those read from and written to the cache.
    pub prompt_tokens: Option<u64>,
    /// Tokens of the answer.
    pub completion_tokens: Option<u64>,
    /// All tokens.
    pub total_tokens: Option<u64>,
    /// Price in US dollars; `None` if the reply does not report it.
    pub cost: Option<Decimal>,
    /// Prompt tokens read from the provider's cache (`prompt_tokens_details.cached_tokens`).
    pub cached_tokens: Option<u64>,
    /// Prompt tokens written to the provider's cache (`prompt_tokens_details.caching_tokens`, a Requesty name).
    pub caching_tokens: Option<u64>,
    /// Prompt tokens written to the cache for five minutes (`caching_token_details.caching_5m_tokens`).
    pub caching_5m_tokens: Option<u64>,
    /// Prompt tokens written to the cache for one hour (`caching_token_details.caching_1h_tokens`).
    pub caching_1h_tokens: Option<u64>,
    /// Answer tokens spent on reasoning (`completion_tokens_details.reasoning_tokens`).
    pub reasoning_tokens: Option<u64>,
    /// Further members of `prompt_tokens_details`.
    pub prompt_details: Extra,
    /// Further members of `prompt_tokens_details.caching_token_details`.
    pub caching_details: Extra,
    /// Further members of `completion_tokens_details`.
    pub completion_details: Extra,
    /// Members without a field.
    pub extra: Extra,
}

impl Usage {
    /// Reads a usage object. Any member may be missing, null or of the wrong type.
    pub(crate) fn read(json: &[u8]) -> Option<Self> {
        let mut members = Members::read(json).ok()?;
        let mut usage = Usage {
            prompt_tokens: members.uint("prompt_tokens"),
            completion_tokens: members.uint("completion_tokens"),
            total_tokens: members.uint("total_tokens"),
            cost: members.cost("cost"),
            ..Usage::default()
        };
        if let Some(mut details) = members.object("prompt_tokens_details") {
            usage.cached_tokens = details.uint("cached_tokens");
            usage.caching_tokens = details.uint("caching_tokens");
            if let Some(mut ages) = details.object("caching_token_details") {
                usage.caching_5m_tokens = ages.uint("caching_5m_tokens");
                usage.caching_1h_tokens = ages.uint("caching_1h_tokens");
                usage.caching_details = ages.rest();
            }
            usage.prompt_details = details.rest();
        }
        if let Some(mut details) = members.object("completion_tokens_details") {
            usage.reasoning_tokens = details.uint("reasoning_tokens");
            usage.completion_details = details.rest();
        }
        usage.extra = members.rest();
        Some(usage)
    }
}

/// Accumulated usage of a stream: each report is cumulative.
#[derive(Clone, Debug)]
pub(super) struct UsageSum {
    /// The members with a typed field.
    fields: Usage,
    prompt_details: Merged,
    caching_details: Merged,
    completion_details: Merged,
    extra: Merged,
}

impl UsageSum {
    /// Adds a later report; returns by about how many bytes the memory grows.
    pub(super) fn add(&mut self, later: Usage) -> usize {
        let newest = |old: &mut Option<u64>, new: Option<u64>| *old = new.or(*old);
        let fields = &mut self.fields;
        newest(&mut fields.prompt_tokens, later.prompt_tokens);
        newest(&mut fields.completion_tokens, later.completion_tokens);
        newest(&mut fields.total_tokens, later.total_tokens);
        newest(&mut fields.cached_tokens, later.cached_tokens);
        newest(&mut fields.caching_tokens, later.caching_tokens);
        newest(&mut fields.caching_5m_tokens, later.caching_5m_tokens);
        newest(&mut fields.caching_1h_tokens, later.caching_1h_tokens);
        newest(&mut fields.reasoning_tokens, later.reasoning_tokens);
        fields.cost = later.cost.or(fields.cost);
        self.prompt_details.add_all(&later.prompt_details)
            + self.caching_details.add_all(&later.caching_details)
            + self.completion_details.add_all(&later.completion_details)
            + self.extra.add_all(&later.extra)
    }

    /// Returns the usage so far.
    pub(super) fn into_usage(self) -> Usage {
        let mut usage = self.fields;
        usage.prompt_details = self.prompt_details.into_extra();
        usage.caching_details = self.caching_details.into_extra();
        usage.completion_details = self.completion_details.into_extra();
        usage.extra = self.extra.into_extra();
        usage.drop_odd();
        usage
    }
}

impl Default for UsageSum {
    fn default() -> Self {
        UsageSum {
            fields: Usage::default(),
            prompt_details: Merged::of_totals(),
            caching_details: Merged::of_totals(),
            completion_details: Merged::of_totals(),
            extra: Merged::of_totals(),
        }
    }
}

impl Usage {
    /// Drops members of the wrong type if their fields have a value.
    fn drop_odd(&mut self) {
        self.caching_details.give_way("caching_5m_tokens", self.caching_5m_tokens.is_some());
        self.caching_details.give_way("caching_1h_tokens", self.caching_1h_tokens.is_some());
        let ages = self.caching_5m_tokens.or(self.caching_1h_tokens).is_some() || !self.caching_details.is_empty();
        let cached = self.cached_tokens.or(self.caching_tokens).is_some();
        let reasoned = self.reasoning_tokens.is_some();
        self.prompt_details.give_way("cached_tokens", self.cached_tokens.is_some());
        self.prompt_details.give_way("caching_tokens", self.caching_tokens.is_some());
        self.prompt_details.give_way("caching_token_details", ages);
        self.completion_details.give_way("reasoning_tokens", reasoned);
        let prompt = ages || cached || !self.prompt_details.is_empty();
        self.extra.give_way("prompt_tokens", self.prompt_tokens.is_some());
        self.extra.give_way("completion_tokens", self.completion_tokens.is_some());
        self.extra.give_way("total_tokens", self.total_tokens.is_some());
        self.extra.give_way("cost", self.cost.is_some());
        self.extra.give_way("prompt_tokens_details", prompt);
        self.extra.give_way("completion_tokens_details", reasoned || !self.completion_details.is_empty());
    }
}

impl Serialize for Usage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Rust 1.85 keeps an array of a constructor's argument for its statement only.
        let ages = [("caching_5m_tokens", self.caching_5m_tokens), ("caching_1h_tokens", self.caching_1h_tokens)];
        let cached = [("cached_tokens", self.cached_tokens), ("caching_tokens", self.caching_tokens)];
        let reasoned = [("reasoning_tokens", self.reasoning_tokens)];
        let ages = Details { counts: &ages, nested: None, extra: &self.caching_details };
        let nested = Some(("caching_token_details", &ages));
        let prompt = Details { counts: &cached, nested, extra: &self.prompt_details };
        let completion = Details { counts: &reasoned, nested: None, extra: &self.completion_details };
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.optional("prompt_tokens", self.prompt_tokens.as_ref())?;
        object.optional("completion_tokens", self.completion_tokens.as_ref())?;
        object.optional("total_tokens", self.total_tokens.as_ref())?;
        object.optional("cost", self.cost.as_ref())?;
        object.optional("prompt_tokens_details", prompt.set())?;
        object.optional("completion_tokens_details", completion.set())?;
        object.end()
    }
}

/// The object that breaks a count down.
pub(crate) struct Details<'a> {
    pub(crate) counts: &'a [(&'static str, Option<u64>)],
    pub(crate) nested: Option<(&'static str, &'a Details<'a>)>,
    pub(crate) extra: &'a Extra,
}

impl Details<'_> {
    /// Returns the object; `None` if it is empty, and left out.
    pub(crate) fn set(&self) -> Option<&Self> {
        let counted = self.counts.iter().any(|(_, count)| count.is_some());
        let nested = self.nested.is_some_and(|(_, details)| details.set().is_some());
        (counted || nested || !self.extra.is_empty()).then_some(self)
    }
}

impl Serialize for Details<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, self.extra)?;
        for (name, count) in self.counts {
            object.optional(name, count.as_ref())?;
        }
        if let Some((name, details)) = self.nested {
            object.optional(name, details.set())?;
        }
        object.end()
    }
}
