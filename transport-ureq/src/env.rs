//! Reading the environment, which the core never does.

use requesty_core::{Error, Router};

/// Creates a router from environment variables. [`Router::from_variables`] lists them.
///
/// # Errors
/// [`Error::Build`], which names the variable, if the key is absent or a value cannot be used.
///
/// # Examples
///
/// ```no_run
/// let router = requesty_ureq::router_from_env()?;
/// # Ok::<(), requesty_ureq::requesty_core::Error>(())
/// ```
pub fn router_from_env() -> Result<Router, Error> {
    // A value that is not Unicode gets U+FFFD, which no key and no URL may hold, so the error names the variable.
    let lookup = |name: &str| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned());
    Ok(Router::from_variables(lookup)?)
}
