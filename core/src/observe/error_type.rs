//! Few names for all errors: dashboards group by them.

use std::borrow::Cow;

use crate::Error;
use crate::error::{ErrorKind, Phase};

/// Returns the class of an error, for the attribute `error.type` of OpenTelemetry: the status of an error reply in digits,
/// such as `429`, or a name in small letters, such as `timeout`. It never holds words of a server.
///
/// The names are `build`, `unexpected_reply`, `decode`, `truncated`, `unfinished`, `no_choices`, `too_large`, `timeout`,
/// `transport` and `cancelled`, and those of [`ErrorKind`] for an error inside a stream, such as `rate_limited`.
pub fn error_type(error: &Error) -> Cow<'static, str> {
    Cow::Borrowed(match error {
        Error::Api(api) => match api.status() {
            Some(status) => return Cow::Owned(status.as_u16().to_string()),
            None => kind(api.kind()),
        },
        Error::Build(_) => "build",
        Error::Unexpected(_) => "unexpected_reply",
        Error::Decode(_) => "decode",
        Error::Truncated(_) => "truncated",
        Error::Unfinished(_) => "unfinished",
        Error::NoChoices(_) => "no_choices",
        Error::TooLarge(_) => "too_large",
        Error::Timeout(_) => "timeout",
        Error::Transport(_) => "transport",
        Error::Cancelled(_) => "cancelled",
    })
}

/// Returns in which phase of the call a time limit passed, or the connection failed: `resolve`, `connect`, `tls`, `proxy`,
/// `write`, `first_byte`, `idle_bytes`, `idle_progress` or `total`; `None` for other errors.
pub fn error_phase(error: &Error) -> Option<&'static str> {
    let phase = match error {
        Error::Timeout(timeout) => timeout.phase(),
        Error::Transport(transport) => transport.phase(),
        _ => return None,
    };
    Some(match phase {
        Phase::Resolve => "resolve",
        Phase::Connect => "connect",
        Phase::Tls => "tls",
        Phase::Proxy => "proxy",
        Phase::Write => "write",
        Phase::FirstByte => "first_byte",
        Phase::IdleBytes => "idle_bytes",
        Phase::IdleProgress => "idle_progress",
        Phase::Total => "total",
    })
}

fn kind(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::InvalidRequest => "invalid_request",
        ErrorKind::ContextLength => "context_length",
        ErrorKind::ContentPolicy => "content_policy",
        ErrorKind::Unauthorized => "unauthorized",
        ErrorKind::InsufficientBalance => "insufficient_balance",
        ErrorKind::Forbidden => "forbidden",
        ErrorKind::NotFound => "not_found",
        ErrorKind::Conflict => "conflict",
        ErrorKind::SpendLimit => "spend_limit",
        ErrorKind::PayloadTooLarge => "payload_too_large",
        ErrorKind::ProviderResponse => "provider_response",
        ErrorKind::RateLimited => "rate_limited",
        ErrorKind::QuotaExceeded => "quota_exceeded",
        ErrorKind::Overloaded => "overloaded",
        ErrorKind::Unavailable => "unavailable",
        ErrorKind::TimedOut => "timed_out",
        ErrorKind::Redirect => "redirect",
        ErrorKind::Server => "server",
        ErrorKind::Other => "_OTHER",
    }
}
