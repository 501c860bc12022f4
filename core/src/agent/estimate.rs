//! The cost of a request, estimated before it is sent.

use crate::Decimal;
use crate::models::Model;

/// The numbers that an estimate assumes, because only the provider knows them.
///
/// # Examples
/// ```
/// use requesty_core::agent::Assumptions;
/// use requesty_core::chat::{Message, Request};
/// use requesty_core::models::Model;
///
/// let model: Model = serde_json::from_str(r#"{"id":"a/b","input_price":0.000001,"output_price":0.000004}"#)?;
/// let history = [Message::user("Why is the sky blue?")];
/// let body = Request::new(&history).model("a/b").whole_body()?;
/// let estimate = Assumptions::new(500).estimate(&model, body.len());
/// assert_eq!(estimate.output_tokens, 500);
/// assert!(estimate.cost.is_some_and(|cost| cost > "0.002".parse().unwrap()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Assumptions {
    /// Bytes of the request's body that make one token: 4 by default, which is near what English text has. Chinese and
    /// code have fewer; files and images are counted quite differently by each provider. 0 counts as 1.
    pub bytes_per_token: u32,
    /// Tokens that the answer takes, reasoning included. The most that it can be is the `max_tokens` of the request.
    pub output_tokens: u64,
}

/// The estimated cost of a request. The cache is left out: tokens read from it make the request cheaper, tokens written to
/// it may make it dearer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Estimate {
    /// Tokens of the request.
    pub input_tokens: u64,
    /// Tokens of the answer: those assumed, or the most that the model can answer.
    pub output_tokens: u64,
    /// US dollars; `None` where the list does not name a price, and for a routing policy.
    pub cost: Option<Decimal>,
    /// The assumptions of this estimate.
    pub assumptions: Assumptions,
}

impl Assumptions {
    /// Assumes an answer of so many tokens.
    pub fn new(output_tokens: u64) -> Self {
        Assumptions { bytes_per_token: 4, output_tokens }
    }

    /// Returns what a request to `model` with a body of so many bytes may cost.
    pub fn estimate(self, model: &Model, body_bytes: usize) -> Estimate {
        let input_tokens = (body_bytes as u64).div_ceil(u64::from(self.bytes_per_token.max(1)));
        let output_tokens = model.max_output().map_or(self.output_tokens, |most| most.min(self.output_tokens));
        let cost = model.cost(input_tokens, output_tokens);
        Estimate { input_tokens, output_tokens, cost, assumptions: self }
    }
}
