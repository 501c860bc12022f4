//! The parts of a model's name.

use std::fmt;

/// The name of a model, with a look at its parts.
///
/// Names are the router's: a request takes any text. The parts are there for lists and filters, and are only those that
/// can be told without a guess.
///
/// ```
/// use requesty_core::models::ModelName;
///
/// let name = ModelName::new("bedrock/claude-sonnet-4-5@eu-central-1");
/// assert_eq!((name.provider(), name.region()), (Some("bedrock"), Some("eu-central-1")));
/// assert_eq!(ModelName::new("openai/o4-mini:flex").suffix(), Some("flex"));
/// // Some have more slashes, and some have none.
/// assert_eq!(ModelName::new("vertex/google/gemini-2.5-pro").provider(), Some("vertex"));
/// assert_eq!(ModelName::new("claude-sonnet-4-5@eu").provider(), None);
/// assert_eq!(ModelName::new("policy/support").policy(), Some("support"));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModelName<'a>(&'a str);

impl<'a> ModelName<'a> {
    /// Looks at a name.
    pub fn new(name: &'a str) -> Self {
        ModelName(name)
    }

    /// Returns the name as it is.
    pub fn as_str(self) -> &'a str {
        self.0
    }

    /// Returns whether it names a routing policy, which chooses the model at each request.
    pub fn is_policy(self) -> bool {
        self.policy().is_some()
    }

    /// Returns the name of the policy, without `policy/`.
    pub fn policy(self) -> Option<&'a str> {
        self.0.strip_prefix(POLICY)
    }

    /// Returns who runs the model: what is before the first slash. A policy has none, and neither has a managed model.
    pub fn provider(self) -> Option<&'a str> {
        let (provider, _) = self.0.split_once('/')?;
        (!self.is_policy() && !provider.is_empty()).then_some(provider)
    }

    /// Returns the region, such as `eu-central-1` or `swedencentral`: what follows the `@`.
    pub fn region(self) -> Option<&'a str> {
        let (_, region) = self.last()?.rsplit_once('@')?;
        let region = region.split(':').next()?;
        (!region.is_empty()).then_some(region)
    }

    /// Returns what follows the last colon, such as `flex` or `high`. Some names have a colon of the provider's in them:
    /// `…-v2:0` ends in the suffix `0`.
    pub fn suffix(self) -> Option<&'a str> {
        let (_, suffix) = self.last()?.rsplit_once(':')?;
        let suffix = suffix.split('@').next()?;
        (!suffix.is_empty()).then_some(suffix)
    }

    /// Returns what is after the last slash; nothing of a policy, whose name is its owner's.
    fn last(self) -> Option<&'a str> {
        if self.is_policy() { None } else { self.0.rsplit('/').next() }
    }
}

impl fmt::Display for ModelName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Debug for ModelName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.0, f)
    }
}

/// Returns the model name of a routing policy, `policy/<name>`: what a request is given instead of a model. The router
/// then falls back, spreads the load or picks the quickest, as the policy says, and the answer names the model it was.
///
/// ```
/// use requesty_core::chat::{Message, Request};
/// use requesty_core::models::policy;
///
/// let messages = [Message::user("Hello")];
/// let body = Request::new(&messages).model(policy("support")).whole_body()?;
/// assert!(body.starts_with(br#"{"model":"policy/support","#));
/// # Ok::<(), requesty_core::BuildError>(())
/// ```
pub fn policy(name: &str) -> String {
    format!("{POLICY}{}", name.strip_prefix(POLICY).unwrap_or(name))
}

const POLICY: &str = "policy/";
