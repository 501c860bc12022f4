//! The kinds of reported errors.

use std::fmt;

use http::StatusCode;

use super::table;

/// The kind of a reported error, decided by status, code and wording.
///
/// `docs/errors.md` in the repository lists the statuses, names and words of each kind, with the provider that writes
/// them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// 400, 405, 406, 415, 422: the server does not accept the request. Correct the request.
    InvalidRequest,
    /// The prompt does not fit into the model's context. Shorten it.
    ContextLength,
    /// The content of the request or of the answer was refused.
    ContentPolicy,
    /// 401: no key was sent.
    #[doc(alias("401", "invalid api key"))]
    Unauthorized,
    /// 402: the balance is used up. Top it up.
    InsufficientBalance,
    /// 403: the key is wrong, restricted, or not allowed to do this.
    Forbidden,
    /// 404: no such model, or no such path. Check the model's name and the base URL.
    NotFound,
    /// 409: the resource is in use.
    Conflict,
    /// 412: the key's monthly limit is reached. Raise it.
    SpendLimit,
    /// 413: the request is too large.
    PayloadTooLarge,
    /// 424: the provider's answer was unusable. Ask again.
    ProviderResponse,
    /// 429: too many requests at once. Wait.
    #[doc(alias("too many requests", "429"))]
    RateLimited,
    /// A quota, daily or monthly, is used up: 429 by status, but waiting a minute does not help.
    QuotaExceeded,
    /// 529: the provider is overloaded. Wait.
    Overloaded,
    /// 502, 503: the provider is down or timed out. Ask again.
    Unavailable,
    /// 408, 504: a server between the router and the model timed out.
    TimedOut,
    /// 3xx: a redirect, which is never followed, so that the key goes nowhere else. Check the base URL.
    Redirect,
    /// 500 and other 5xx.
    Server,
    /// Anything else.
    Other,
}

impl ErrorKind {
    /// Returns whether asking again usually helps. True for [`ProviderResponse`](Self::ProviderResponse),
    /// [`RateLimited`](Self::RateLimited), [`Overloaded`](Self::Overloaded) and [`Unavailable`](Self::Unavailable).
    pub fn is_retryable(self) -> bool {
        table::RETRIED.contains(&self)
    }

    /// Returns whether the error is never tried again, even if a header or a [`Policy`](crate::Policy) asks for it.
    /// True for a used-up quota, balance or spend limit.
    pub fn is_final(self) -> bool {
        table::FINAL.contains(&self)
    }

    /// Returns the status with which a gateway answers an error of this kind, if the error has no status of its own:
    /// the status that the router uses for this kind. See [`Error::gateway_status`](super::Error::gateway_status).
    pub fn gateway_status(self) -> StatusCode {
        let status = self.entry().map(|(_, _, status)| *status);
        status.and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(StatusCode::BAD_GATEWAY)
    }

    fn entry(self) -> Option<&'static (ErrorKind, &'static str, u16)> {
        table::KINDS.iter().find(|(kind, ..)| *kind == self)
    }
}

impl fmt::Display for ErrorKind {
    /// Writes the kind in a few words, such as `rate limited`: always the same for a kind, so that it can label a metric.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.entry().map_or("unknown error", |(_, words, _)| words))
    }
}
