//! The error for a request or a configuration that cannot be sent.

use std::borrow::Cow;
use std::fmt;

use crate::json::DecimalError;

/// A request or a configuration that cannot be sent. No byte of it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildError {
    message: Cow<'static, str>,
}

impl BuildError {
    /// Creates an error. `message` says what to change; it must not quote a key or a prompt.
    pub fn new(message: impl Into<Cow<'static, str>>) -> Self {
        BuildError { message: message.into() }
    }

    /// Creates the error for a member whose value cannot be written.
    pub(crate) fn unwritten(key: &str) -> Self {
        BuildError::new(format!("the value of `{key}` cannot be written as JSON"))
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for BuildError {}

impl From<DecimalError> for BuildError {
    fn from(error: DecimalError) -> Self {
        BuildError::new(error.to_string())
    }
}
