//! A new key, which the router returns once.

use std::fmt;

use crate::json::{self, string};
use crate::{ApiKey, BuildError};

/// A new key itself. The router returns it only in the reply that created the key, so store it safely.
///
/// Only [`expose`](Self::expose) shows it: `Debug` does not, and there is neither `Display` nor `Serialize`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Reads a secret: a string, or the JSON of any other value, which is secret too.
    pub(super) fn read(json: &[u8]) -> Self {
        Secret(string(json).unwrap_or_else(|| json::lossy(json)))
    }

    /// Returns the key as plain text. Keep it out of logs.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Returns the [`ApiKey`](crate::ApiKey) for a [`Router`](crate::Router).
    ///
    /// # Errors
    /// [`BuildError`] if a header cannot hold the text.
    pub fn api_key(&self) -> Result<ApiKey, BuildError> {
        ApiKey::new(&self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl TryFrom<Secret> for ApiKey {
    type Error = BuildError;

    fn try_from(secret: Secret) -> Result<Self, BuildError> {
        secret.api_key()
    }
}
