//! What is read from the environment.

use std::env::{self, VarError};

use requesty_core::error::BuildError;
use requesty_core::{ApiKey, Error, Router};

/// Creates a router from the environment: the key from `REQUESTY_API_KEY`, and where it calls from `REQUESTY_BASE_URL`,
/// if that is set and not empty; otherwise it calls the global endpoints.
///
/// # Errors
/// [`Error::Build`], naming the variable, where the key is missing or cannot be one, or the URL cannot.
///
/// # Examples
///
/// ```no_run
/// let router = requesty_hyper::router_from_env()?;
/// # Ok::<(), requesty_hyper::Error>(())
/// ```
pub fn router_from_env() -> Result<Router, Error> {
    router_from(|name| match env::var(name) {
        Ok(value) => Ok(Some(value)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(BuildError::new(format!("{name} is not Unicode"))),
    })
}

/// The same with the lookup as an argument, as a test cannot change the environment safely.
fn router_from(lookup: impl Fn(&str) -> Result<Option<String>, BuildError>) -> Result<Router, Error> {
    let Some(key) = lookup(KEY)? else {
        return Err(BuildError::new(format!("{KEY} is not set: it holds the API key")).into());
    };
    let named = |name: &'static str| move |error: BuildError| BuildError::new(format!("{name}: {error}"));
    let router = Router::new(ApiKey::new(key).map_err(named(KEY))?);
    match lookup(BASE_URL)?.filter(|url| !url.trim().is_empty()) {
        Some(url) => Ok(router.with_inference_base(url.trim()).map_err(named(BASE_URL))?),
        None => Ok(router),
    }
}

const KEY: &str = "REQUESTY_API_KEY";
const BASE_URL: &str = "REQUESTY_BASE_URL";

#[cfg(test)]
mod tests {
    use super::*;

    fn of(key: Option<&str>, url: Option<&str>) -> Result<Router, String> {
        let lookup = |name: &str| Ok(if name == KEY { key } else { url }.map(str::to_owned));
        router_from(lookup).map_err(|error| error.to_string())
    }

    #[test]
    fn key_and_base_url_are_read() {
        let router = of(Some("rqsty-sk-example\n"), Some(" http://127.0.0.1:8080/v1 ")).unwrap();
        let call = router.get::<()>("models").unwrap();
        assert_eq!(call.request().uri(), "http://127.0.0.1:8080/v1/models");
        assert_eq!(call.request().headers()["authorization"], "Bearer rqsty-sk-example");
        let call = of(Some("k"), Some("")).unwrap().get::<()>("models").unwrap();
        assert_eq!(call.request().uri(), "https://router.requesty.ai/v1/models");
    }

    #[test]
    fn errors_name_the_variable_and_not_its_value() {
        let missing = of(None, None).unwrap_err();
        assert!(missing.contains("REQUESTY_API_KEY"), "{missing}");
        let bad = of(Some("rqsty sk"), None).unwrap_err();
        assert!(bad.contains("REQUESTY_API_KEY") && !bad.contains("rqsty sk"), "{bad}");
        let url = of(Some("k"), Some("ftp://x")).unwrap_err();
        assert!(url.contains("REQUESTY_BASE_URL"), "{url}");
    }
}
