//! Labels of a key.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::Extra;
use crate::json::{self, Members, received};

/// The labels of a key: names and values, in order.
///
/// Setting labels replaces all labels of the key. To change one, start with the labels of the key.
///
/// # Examples
/// ```
/// use requesty_core::manage::{Key, Labels};
/// use requesty_core::{ApiKey, Router};
///
/// let key: Key = serde_json::from_str(r#"{"id":"key-1","labels":{"env":"prod","team":"a"}}"#)?;
/// let labels = key.labels.clone().label("team", "b");
///
/// let router = Router::new(ApiKey::new("rqsty-sk-example")?);
/// let call = router.set_key_labels(&key.id, &labels)?;
/// assert_eq!(call.request().body(), r#"{"labels":{"env":"prod","team":"b"}}"#);
/// let call = router.set_key_labels(&key.id, &Labels::new())?;
/// assert_eq!(call.request().body(), r#"{"labels":{}}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The router's page: [management API](https://docs.requesty.ai/api-reference/requesty_management-openapi.json).
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Labels {
    /// Values that are not strings are kept too, and written as they came.
    members: Extra,
}

impl Labels {
    /// Creates an empty list of labels.
    pub fn new() -> Self {
        Labels::default()
    }

    pub(super) fn read(members: Members<'_>) -> Option<Self> {
        Some(Labels { members: members.rest() })
    }

    /// Sets a label. It replaces a label of the same name.
    #[must_use]
    pub fn label(mut self, name: impl Into<String>, value: &str) -> Self {
        self.members.put_raw(name.into(), json::quoted(value));
        self
    }

    /// Removes the label with this name.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.members.remove(name);
        self
    }

    /// Returns the value of a label, as JSON if it is not a string; `None` if there is no such label.
    pub fn get(&self, name: &str) -> Option<String> {
        self.members.get(name).map(value)
    }

    /// Returns the labels in order: names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, String)> {
        self.members.iter().map(|(name, json)| (name, value(json)))
    }

    /// Returns the number of labels.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Returns whether there are no labels.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }
}

impl<'a, K: Into<String>> FromIterator<(K, &'a str)> for Labels {
    fn from_iter<I: IntoIterator<Item = (K, &'a str)>>(labels: I) -> Self {
        let labels = labels.into_iter().map(|(name, value)| (name.into(), json::quoted(value)));
        Labels { members: Extra::from_raw(labels) }
    }
}

impl fmt::Debug for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.members.iter()).finish()
    }
}

impl Serialize for Labels {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.members.serialize(serializer)
    }
}

received! {
    Labels, "labels";
}

fn value(json: &str) -> String {
    json::string(json.as_bytes()).unwrap_or_else(|| json.to_owned())
}
