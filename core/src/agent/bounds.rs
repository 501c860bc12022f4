//! The bounds of a loop.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Bound, RunnableCall, Spending, Stop};
use crate::Decimal;
use crate::models::Prices;

/// The bounds of a loop. Every bound is checked before a request, against all that the conversation
/// [used](super::Conversation::used) so far.
///
/// # Examples
/// ```
/// use requesty_core::agent::Bounds;
///
/// let bounds = Bounds::default().turns(30).cost("0.25".parse()?);
/// # Ok::<(), requesty_core::DecimalError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    turns: u32,
    calls: u32,
    calls_per_turn: u32,
    identical_calls: u32,
    continuations: u32,
    tokens: Option<u64>,
    cost: Option<Decimal>,
    prices: Option<Prices>,
}

impl Bounds {
    /// Sets the most requests that are answered. By default 16.
    #[must_use]
    pub fn turns(mut self, turns: u32) -> Self {
        self.turns = turns;
        self
    }

    /// Sets the most calls in all. By default 128. Calls that cannot be run count, too.
    #[must_use]
    pub fn calls(mut self, calls: u32) -> Self {
        self.calls = calls;
        self
    }

    /// Sets the most calls in one turn. By default 32. Of a turn with more, no call is run.
    #[must_use]
    pub fn calls_per_turn(mut self, calls: u32) -> Self {
        self.calls_per_turn = calls;
        self
    }

    /// Sets how often the same function may be called with the same arguments. By default 4 times.
    #[must_use]
    pub fn identical_calls(mut self, calls: u32) -> Self {
        self.identical_calls = calls;
        self
    }

    /// Sets how often a cut answer may be [continued](super::Loop::continue_cut). By default 3 times.
    #[must_use]
    pub fn continuations(mut self, continuations: u32) -> Self {
        self.continuations = continuations;
        self
    }

    /// Sets the most tokens of requests and answers together. By default there is no such bound. At most one request
    /// goes over it; an answer that does not report its tokens stops the loop before the next request.
    #[must_use]
    pub fn tokens(mut self, tokens: u64) -> Self {
        self.tokens = Some(tokens);
        self
    }

    /// Sets the most US dollars. By default there is no such bound. At most one request goes over it, and
    /// [`Stop::Cost`] says by how much; an answer without a cost stops the loop before the next request, unless there
    /// are [`prices`](Self::prices).
    #[must_use]
    pub fn cost(mut self, dollars: Decimal) -> Self {
        self.cost = Some(dollars);
        self
    }

    /// Sets prices in US dollars per token, by which an answer is counted that reports its tokens, and no cost.
    #[must_use]
    pub fn prices(mut self, prices: Prices) -> Self {
        self.prices = Some(prices);
        self
    }

    /// Fills in a cost that was not reported, where there are prices.
    pub(super) fn priced(&self, spending: Spending) -> Spending {
        match self.prices {
            Some(prices) => spending.priced(&prices),
            None => spending,
        }
    }

    /// Returns which bound another request would exceed.
    pub(super) fn before_request(&self, used: &Used) -> Option<Stop> {
        if used.turns >= self.turns {
            return Some(Stop::Turns { limit: self.turns });
        }
        if let Some(limit) = self.tokens {
            if used.spending.replies_without_tokens > 0 {
                return Some(Stop::Unmeasured { bound: Bound::Tokens });
            }
            if used.spending.tokens() >= limit {
                return Some(Stop::Tokens { used: used.spending.tokens(), limit });
            }
        }
        if let Some(limit) = self.cost {
            if used.spending.replies_without_cost > 0 {
                return Some(Stop::Unmeasured { bound: Bound::Cost });
            }
            if used.spending.cost >= limit {
                return Some(Stop::Cost { spent: used.spending.cost, limit });
            }
        }
        None
    }

    /// Returns which bound the calls of a turn exceed, which are counted already.
    pub(super) fn before_calls(&self, used: &Used, in_turn: u32, most_identical: u32) -> Option<Stop> {
        if in_turn > self.calls_per_turn {
            return Some(Stop::CallsPerTurn { calls: in_turn, limit: self.calls_per_turn });
        }
        if used.calls > self.calls {
            return Some(Stop::Calls { limit: self.calls });
        }
        (most_identical > self.identical_calls).then_some(Stop::IdenticalCalls { limit: self.identical_calls })
    }

    pub(super) fn allows_continuation(&self, used: &Used) -> bool {
        used.continuations < self.continuations
    }
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds {
            turns: 16,
            calls: 128,
            calls_per_turn: 32,
            identical_calls: 4,
            continuations: 3,
            tokens: None,
            cost: None,
            prices: None,
        }
    }
}

/// The part of its bounds that a conversation used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Used {
    /// Requests that were answered, wholly or in part.
    pub turns: u32,
    /// Calls that the model made, those that cannot be run included.
    pub calls: u32,
    /// Cut answers that were continued.
    pub continuations: u32,
    /// Tokens and cost.
    pub spending: Spending,
    /// The number of times that each call was made, by its fingerprint.
    identical: BTreeMap<u64, u32>,
}

impl Used {
    /// Counts a call, and returns how often it was made.
    pub(super) fn count_identical(&mut self, call: &RunnableCall) -> u32 {
        let count = self.identical.entry(call.fingerprint()).or_default();
        *count = count.saturating_add(1);
        *count
    }
}
