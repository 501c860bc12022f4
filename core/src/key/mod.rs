//! The API key: opaque, checked once, never shown.

mod scrub;
mod view;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use http::HeaderValue;

pub(crate) use scrub::Scrub;

use crate::build_error::BuildError;

/// An API key.
///
/// The key is opaque: its characters are checked, its form is not. `Debug` does not show it, there is no `Display`, and
/// the header values made from it are marked as sensitive. Only the router can tell whether it accepts the key.
#[derive(Clone, PartialEq, Eq)]
#[doc(alias("api_key", "token", "bearer", "secret"))]
pub struct ApiKey(Arc<str>);

impl ApiKey {
    /// Checks a key. White space around it is dropped, such as the line end in a file or a variable.
    ///
    /// # Errors
    /// [`BuildError`] if the key is empty or holds anything except visible ASCII characters: a header cannot hold such
    /// a key, and a line break in it would forge a header.
    pub fn new(key: impl AsRef<str>) -> Result<Self, BuildError> {
        let key = key.as_ref().trim();
        if key.is_empty() {
            return Err(BuildError::new("the API key is empty"));
        }
        if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(BuildError::new("the API key holds a character that is not visible ASCII"));
        }
        Ok(ApiKey(key.into()))
    }

    /// Returns the key as plain text, for a transport or a proxy of your own. Keep it out of logs.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Returns the value of an `authorization: Bearer` header, marked as sensitive.
    pub(crate) fn bearer(&self) -> Result<HeaderValue, BuildError> {
        secret(&format!("Bearer {}", self.0))
    }

    /// Returns the value of an `x-api-key` header, marked as sensitive.
    pub(crate) fn plain(&self) -> Result<HeaderValue, BuildError> {
        secret(&self.0)
    }
}

impl FromStr for ApiKey {
    type Err = BuildError;

    /// As [`ApiKey::new`].
    fn from_str(key: &str) -> Result<Self, BuildError> {
        ApiKey::new(key)
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(…)")
    }
}

fn secret(value: &str) -> Result<HeaderValue, BuildError> {
    let mut value =
        HeaderValue::try_from(value).map_err(|_| BuildError::new("the API key cannot be sent in a header"))?;
    value.set_sensitive(true);
    Ok(value)
}
