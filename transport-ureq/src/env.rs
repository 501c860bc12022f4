//! What is read from the environment; the core reads nothing of it.

use requesty_core::{Error, Router};

/// Creates a router from the variables of the environment: see [`Router::from_variables`], which lists them.
///
/// # Errors
/// [`Error::Build`], which names the variable, where the key is absent or a value cannot be used.
///
/// # Examples
///
/// ```no_run
/// let router = requesty_ureq::router_from_env()?;
/// # Ok::<(), requesty_ureq::requesty_core::Error>(())
/// ```
pub fn router_from_env() -> Result<Router, Error> {
    // What is not Unicode becomes U+FFFD, which stands in no key and in no URL: the variable is refused by its name.
    let lookup = |name: &str| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned());
    Ok(Router::from_variables(lookup)?)
}
