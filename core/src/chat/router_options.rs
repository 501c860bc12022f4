//! Options of a request for the router itself.

use serde::{Serialize, Serializer};

use crate::json::ObjectWriter;
use crate::{BuildError, Extra};

/// Options for the router itself, in the member `requesty` of a request. It is a Requesty extension; see the router's
/// [documentation](https://docs.requesty.ai/features/request-metadata).
///
/// A value that cannot be written as JSON is an error when the request is built.
///
/// # Examples
/// ```
/// use requesty_core::chat::Requesty;
///
/// let options = Requesty::new().auto_cache(true).tag("prod").trace_id("session_9").extra("feature", "code-review");
/// assert_eq!(
///     serde_json::to_string(&options)?,
///     r#"{"auto_cache":true,"tags":["prod"],"trace_id":"session_9","extra":{"feature":"code-review"}}"#,
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Requesty {
    /// Whether the router sets cache marks for the provider, see
    /// [auto-caching](https://docs.requesty.ai/features/auto-caching); `false` forbids it.
    pub auto_cache: Option<bool>,
    /// Labels for analytics.
    pub tags: Vec<String>,
    /// The id of the end user.
    pub user_id: Option<String>,
    /// The id of a session, which groups requests. Load balancing keeps a session on one model.
    pub trace_id: Option<String>,
    /// Dimensions for analytics, with values of any JSON type. Usage can be grouped by `extra.<key>`.
    pub extra: Extra,
    /// A prompt of the [prompt library](https://docs.requesty.ai/features/prompt-library): `name:version`. With it, a
    /// request needs no messages.
    pub prompt_id: Option<String>,
    /// Values for the variables of the prompt.
    pub prompt_variables: Extra,
    /// Members of the object `requesty` without a field.
    pub more: Extra,
    /// The error of the first value that could not be written.
    problem: Option<String>,
}

impl Requesty {
    /// Creates options with nothing set.
    pub fn new() -> Self {
        Requesty::default()
    }

    /// Sets whether the router sets cache marks for the provider; `false` forbids it.
    #[must_use]
    pub fn auto_cache(mut self, auto_cache: bool) -> Self {
        self.auto_cache = Some(auto_cache);
        self
    }

    /// Adds a label.
    #[must_use]
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.tags.push(tag.into());
        self
    }

    /// Adds labels.
    #[must_use]
    pub fn tags<T: Into<String>>(mut self, tags: impl IntoIterator<Item = T>) -> Self {
        self.tags.extend(tags.into_iter().map(Into::into));
        self
    }

    /// Sets the id of the end user.
    #[must_use]
    pub fn user_id(mut self, user_id: impl Into<String>) -> Self {
        self.user_id = Some(user_id.into());
        self
    }

    /// Sets the id of the session that the request belongs to.
    #[must_use]
    pub fn trace_id(mut self, trace_id: impl Into<String>) -> Self {
        self.trace_id = Some(trace_id.into());
        self
    }

    /// Sets a dimension for analytics.
    #[must_use]
    pub fn extra<T: Serialize + ?Sized>(mut self, key: &str, value: &T) -> Self {
        let written = self.extra.insert(key, value);
        self.noting(key, written)
    }

    /// Sets the prompt of the prompt library: `name:version`.
    #[must_use]
    pub fn prompt_id(mut self, prompt_id: impl Into<String>) -> Self {
        self.prompt_id = Some(prompt_id.into());
        self
    }

    /// Sets a variable of the prompt.
    #[must_use]
    pub fn prompt_variable<T: Serialize + ?Sized>(mut self, key: &str, value: &T) -> Self {
        let written = self.prompt_variables.insert(key, value);
        self.noting(key, written)
    }

    /// Sets a member of the object `requesty` without a field. It replaces a field of the same name.
    #[must_use]
    pub fn more<T: Serialize + ?Sized>(mut self, key: &str, value: &T) -> Self {
        let written = self.more.insert(key, value);
        self.noting(key, written)
    }

    /// Checks that the options can be sent.
    pub(crate) fn check(&self) -> Result<(), BuildError> {
        match &self.problem {
            Some(key) => Err(BuildError::new(format!("`{key}` of the requesty options cannot be written as JSON"))),
            None => Ok(()),
        }
    }

    fn noting(mut self, key: &str, written: Result<(), serde_json::Error>) -> Self {
        if written.is_err() && self.problem.is_none() {
            self.problem = Some(key.to_owned());
        }
        self
    }
}

impl Serialize for Requesty {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.more)?;
        object.optional("auto_cache", self.auto_cache.as_ref())?;
        object.optional("tags", (!self.tags.is_empty()).then_some(&self.tags))?;
        object.optional("user_id", self.user_id.as_ref())?;
        object.optional("trace_id", self.trace_id.as_ref())?;
        object.optional("extra", (!self.extra.is_empty()).then_some(&self.extra))?;
        object.optional("prompt_id", self.prompt_id.as_ref())?;
        object.optional("prompt_variables", (!self.prompt_variables.is_empty()).then_some(&self.prompt_variables))?;
        object.end()
    }
}
