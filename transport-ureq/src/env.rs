//! What is read from the environment; the core reads nothing of it.

use std::env::{self, VarError};

use requesty_core::{ApiKey, BuildError, Error, Router};

/// Makes a router of what the environment says.
///
/// | variable | what it is |
/// |---|---|
/// | `REQUESTY_API_KEY` | the key; required |
/// | `REQUESTY_BASE_URL` | the base URL of the inference endpoints, with its `/v1`; the global ones where it is unset or empty |
///
/// # Errors
/// [`Error::Build`], which names the variable, where the key is missing or either is not one that can be used.
pub fn router_from_env() -> Result<Router, Error> {
    let Some(key) = variable(KEY)? else {
        return Err(BuildError::new(format!("{KEY} is not set: it holds the API key")).into());
    };
    let key = ApiKey::new(key).map_err(|error| named(KEY, &error))?;
    let router = Router::new(key);
    match variable(BASE_URL)? {
        Some(url) => Ok(router.with_inference_base(&url).map_err(|error| named(BASE_URL, &error))?),
        None => Ok(router),
    }
}

const KEY: &str = "REQUESTY_API_KEY";
const BASE_URL: &str = "REQUESTY_BASE_URL";

fn variable(name: &str) -> Result<Option<String>, BuildError> {
    match env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.trim().is_empty())),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(BuildError::new(format!("{name} is not valid Unicode"))),
    }
}

fn named(name: &str, error: &BuildError) -> BuildError {
    BuildError::new(format!("{name}: {error}"))
}
