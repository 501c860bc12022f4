//! The tokens and the cost of replies, added up.

use std::iter::Sum;
use std::ops::{Add, AddAssign};

use serde::{Deserialize, Serialize};

use crate::models::Prices;
use crate::{Decimal, chat, messages, responses};

/// Tokens and cost of any number of replies, added up exactly. It is made of any family's answer, and of sums of itself.
///
/// # Examples
/// ```
/// use requesty_core::agent::Spending;
/// use requesty_core::chat::Completion;
///
/// let reply = r#"{"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":2,"cost":0.1}}"#;
/// let replies: Vec<Completion> = vec![serde_json::from_str(reply)?, serde_json::from_str(reply)?];
/// let spending: Spending = replies.iter().map(Spending::from).sum();
/// assert_eq!((spending.input_tokens, spending.cost.to_string()), (20, "0.2".to_owned()));
/// assert_eq!(spending.replies_without_cost, 0);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Spending {
    /// The number of replies.
    pub replies: u64,
    /// Tokens of the requests, those from and to the cache included.
    pub input_tokens: u64,
    /// Tokens of the answers, those of reasoning included.
    pub output_tokens: u64,
    /// All tokens: of each reply what it reports, or its two parts together, whichever is more.
    pub total_tokens: u64,
    /// Tokens of the requests that were read from the cache.
    pub cached_tokens: u64,
    /// Tokens of the requests that were written to the cache.
    pub caching_tokens: u64,
    /// Tokens of the answers that were spent on reasoning.
    pub reasoning_tokens: u64,
    /// US dollars: the exact sum of what was reported.
    pub cost: Decimal,
    /// The number of replies that reported no tokens; they are not in these sums.
    pub replies_without_tokens: u64,
    /// The number of replies that reported no cost, or a cost that cannot be added exactly; they are not in the sum.
    pub replies_without_cost: u64,
}

/// The tokens and the cost that one reply reports.
#[derive(Default)]
struct Reported {
    input: Option<u64>,
    output: Option<u64>,
    total: Option<u64>,
    cached: Option<u64>,
    caching: Option<u64>,
    reasoning: Option<u64>,
    cost: Option<Decimal>,
}

impl Spending {
    /// Returns all tokens.
    pub fn tokens(&self) -> u64 {
        self.total_tokens
    }

    /// Returns the same with a cost by `prices`, if this is one reply that reported its tokens and no cost.
    ///
    /// Tokens read from or written to the cache are counted at the input price if their own price is not known.
    pub(super) fn priced(mut self, prices: &Prices) -> Self {
        if (self.replies, self.replies_without_cost, self.replies_without_tokens) != (1, 1, 0) {
            return self;
        }
        let Some(cost) = self.cost_by(prices) else { return self };
        self.cost = cost;
        self.replies_without_cost = 0;
        self
    }

    fn cost_by(&self, prices: &Prices) -> Option<Decimal> {
        let input = prices.input?;
        let plain = self.input_tokens.saturating_sub(self.cached_tokens).saturating_sub(self.caching_tokens);
        let parts = [
            (input, plain),
            (prices.cached.unwrap_or(input), self.cached_tokens),
            (prices.caching.unwrap_or(input), self.caching_tokens),
            (prices.output?, self.total_tokens.saturating_sub(self.input_tokens).max(self.output_tokens)),
        ];
        parts
            .into_iter()
            .try_fold(Decimal::ZERO, |sum, (price, tokens)| sum.checked_add(price.checked_mul(Decimal::from(tokens))?))
    }

    fn of(reported: &Reported) -> Self {
        let parts = [reported.input, reported.output].into_iter().flatten().reduce(u64::saturating_add);
        let total = parts.into_iter().chain(reported.total).max();
        // A price below zero would give money back to the bound.
        let cost = reported.cost.filter(|cost| !cost.is_negative());
        Spending {
            replies: 1,
            input_tokens: reported.input.unwrap_or_default(),
            output_tokens: reported.output.unwrap_or_default(),
            total_tokens: total.unwrap_or_default(),
            cached_tokens: reported.cached.unwrap_or_default(),
            caching_tokens: reported.caching.unwrap_or_default(),
            reasoning_tokens: reported.reasoning.unwrap_or_default(),
            cost: cost.unwrap_or_default(),
            replies_without_tokens: u64::from(total.is_none()),
            replies_without_cost: u64::from(cost.is_none()),
        }
    }
}

impl Add for Spending {
    type Output = Spending;

    fn add(mut self, other: Spending) -> Spending {
        self += other;
        self
    }
}

impl AddAssign for Spending {
    fn add_assign(&mut self, other: Spending) {
        let add = |sum: &mut u64, count: u64| *sum = sum.saturating_add(count);
        add(&mut self.replies, other.replies);
        add(&mut self.input_tokens, other.input_tokens);
        add(&mut self.output_tokens, other.output_tokens);
        add(&mut self.total_tokens, other.total_tokens);
        add(&mut self.cached_tokens, other.cached_tokens);
        add(&mut self.caching_tokens, other.caching_tokens);
        add(&mut self.reasoning_tokens, other.reasoning_tokens);
        add(&mut self.replies_without_tokens, other.replies_without_tokens);
        add(&mut self.replies_without_cost, other.replies_without_cost);
        match self.cost.checked_add(other.cost) {
            Some(cost) => self.cost = cost,
            // Never a sum that is not exact: what does not fit is named as missing.
            None => add(&mut self.replies_without_cost, other.replies.max(1)),
        }
    }
}

impl Sum for Spending {
    fn sum<I: Iterator<Item = Spending>>(spendings: I) -> Self {
        spendings.fold(Spending::default(), Add::add)
    }
}

/// Counts a reply of each family by what it reports, and one that reports nothing as a reply without tokens and cost.
macro_rules! of_answer {
    ($($answer:ty),+) => {$(
        impl From<&$answer> for Spending {
            fn from(answer: &$answer) -> Self {
                answer.usage.as_ref().map_or_else(|| Spending::of(&Reported::default()), Spending::from)
            }
        }
    )+};
}

of_answer!(chat::Completion, messages::AssistantMessage, responses::Response);

impl From<&chat::Usage> for Spending {
    fn from(usage: &chat::Usage) -> Self {
        Spending::of(&Reported {
            input: usage.prompt_tokens,
            output: usage.completion_tokens,
            total: usage.total_tokens,
            cached: usage.cached_tokens,
            caching: usage.caching_tokens,
            reasoning: usage.reasoning_tokens,
            cost: usage.cost,
        })
    }
}

impl From<&messages::Usage> for Spending {
    fn from(usage: &messages::Usage) -> Self {
        Spending::of(&Reported {
            input: usage.all_input_tokens(),
            output: usage.output_tokens,
            cached: usage.cache_read_input_tokens,
            caching: usage.cache_creation_input_tokens,
            cost: usage.cost,
            ..Reported::default()
        })
    }
}

impl From<&responses::Usage> for Spending {
    fn from(usage: &responses::Usage) -> Self {
        Spending::of(&Reported {
            input: usage.input_tokens,
            output: usage.output_tokens,
            total: usage.total_tokens,
            cached: usage.cached_tokens,
            caching: usage.caching_tokens,
            reasoning: usage.reasoning_tokens,
            cost: usage.cost,
        })
    }
}
