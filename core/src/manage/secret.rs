//! The key that is shown once.

use std::fmt;

use crate::json::{self, string};
use crate::{ApiKey, BuildError};

/// A new key itself. The router shows it once, in the reply that made it: keep it where it belongs.
///
/// Nothing shows it but [`expose`](Self::expose): not `Debug`, and there is neither `Display` nor `Serialize`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes a secret as it came: a string, or else the JSON of what stands in its place, which is no less secret.
    pub(super) fn read(json: &[u8]) -> Self {
        Secret(string(json).unwrap_or_else(|| json::lossy(json)))
    }

    /// Returns the key itself. Keep it out of logs.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Returns the [`ApiKey`](crate::ApiKey) for a [`Router`](crate::Router).
    ///
    /// # Errors
    /// [`BuildError`] if the text cannot be sent as a header value.
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
