//! The parts of a model's name.

use std::fmt;

/// The name of a model, split into parts.
///
/// The router defines the names, and a request accepts any text. The parts are for lists and filters; only parts that
/// are certain are returned.
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
///
/// The router's page: [list models](https://docs.requesty.ai/api-reference/endpoint/models-list).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModelName<'a>(&'a str);

impl<'a> ModelName<'a> {
    /// Creates a name from a text.
    pub fn new(name: &'a str) -> Self {
        ModelName(name)
    }

    /// Returns the name as text.
    pub fn as_str(self) -> &'a str {
        self.0
    }

    /// Returns whether the name is that of a routing policy, which chooses a model for each request.
    pub fn is_policy(self) -> bool {
        self.policy().is_some()
    }

    /// Returns the name of the policy, without `policy/`; `None` for a model.
    pub fn policy(self) -> Option<&'a str> {
        self.0.strip_prefix(POLICY)
    }

    /// Returns the provider that runs the model: the text before the first slash. `None` for a policy and for a managed
    /// model.
    pub fn provider(self) -> Option<&'a str> {
        let (provider, _) = self.0.split_once('/')?;
        (!self.is_policy() && !provider.is_empty()).then_some(provider)
    }

    /// Returns the region, such as `eu-central-1` or `swedencentral`: the text after the `@`.
    pub fn region(self) -> Option<&'a str> {
        let (_, region) = self.last()?.rsplit_once('@')?;
        let region = region.split(':').next()?;
        (!region.is_empty()).then_some(region)
    }

    /// Returns the text after the last colon, such as `flex` or `high`. Some providers use a colon in their own names:
    /// `…-v2:0` has the suffix `0`.
    pub fn suffix(self) -> Option<&'a str> {
        let (_, suffix) = self.last()?.rsplit_once(':')?;
        let suffix = suffix.split('@').next()?;
        (!suffix.is_empty()).then_some(suffix)
    }

    /// Returns the text after the last slash; `None` for a policy, whose name the organization chose.
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

/// Returns the model name of a routing policy, `policy/<name>`, for use as the model of a request. The router then
/// chooses the model as the policy defines it: by fallback, load balancing or latency. The answer names the model that
/// was used.
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
