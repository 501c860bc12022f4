//! What ureq reports, in the core's words.

use std::fmt;
use std::time::Duration;

use requesty_core::error::{Phase, Timeout, TransportError};
use requesty_core::{BuildError, Error, Timeouts};

/// A failure that knows where it happened; it travels inside [`ureq::Error::Other`].
#[derive(Debug)]
pub(crate) struct Failed {
    phase: Phase,
    cause: ureq::Error,
}

impl Failed {
    /// Notes where an error happened, unless that is known already. Time-outs stay what they are.
    pub(crate) fn tag(phase: Phase, error: ureq::Error) -> ureq::Error {
        match error {
            ureq::Error::Timeout(_) => error,
            ureq::Error::Other(inner) if inner.is::<Failed>() => ureq::Error::Other(inner),
            cause => ureq::Error::Other(Box::new(Failed { phase, cause })),
        }
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cause.fmt(f)
    }
}

impl std::error::Error for Failed {}

/// Says why there is no head of a response; `elapsed` is how long the attempt took.
pub(crate) fn failure(error: ureq::Error, timeouts: &Timeouts, elapsed: Duration) -> Error {
    let (phase, cause) = match error {
        ureq::Error::Timeout(which) => return timed_out(which, timeouts, elapsed).into(),
        ureq::Error::Http(_) | ureq::Error::BadUri(_) => {
            return BuildError::new("the request is not one that can be sent").into();
        }
        ureq::Error::RequireHttpsOnly(_) => {
            return BuildError::new("the client is set to https only, and the URL is not https").into();
        }
        ureq::Error::Other(inner) => match inner.downcast::<Failed>() {
            Ok(failed) => (failed.phase, failed.cause),
            Err(inner) => (Phase::FirstByte, ureq::Error::Other(inner)),
        },
        ureq::Error::HostNotFound => (Phase::Resolve, error),
        ureq::Error::ConnectionFailed => (Phase::Connect, error),
        ureq::Error::TlsRequired | ureq::Error::Tls(_) => (Phase::Tls, error),
        ureq::Error::ConnectProxyFailed(_) | ureq::Error::InvalidProxyUrl => (Phase::Proxy, error),
        other => (Phase::FirstByte, other),
    };
    let unsent = matches!(phase, Phase::Resolve | Phase::Connect | Phase::Tls | Phase::Proxy);
    TransportError::new(phase, !unsent, plain(cause)).into()
}

fn timed_out(which: ureq::Timeout, timeouts: &Timeouts, elapsed: Duration) -> Timeout {
    use ureq::Timeout as Which;
    let (phase, limit) = match which {
        Which::Resolve | Which::Connect => (Phase::Connect, timeouts.connect),
        Which::SendRequest | Which::SendBody | Which::PerWrite => (Phase::Write, timeouts.idle_bytes),
        _ => (Phase::FirstByte, timeouts.first_byte),
    };
    Timeout::new(phase, limit.unwrap_or(elapsed))
}

/// Unwraps the error that ureq's own does not give as its source.
fn plain(error: ureq::Error) -> Box<dyn std::error::Error + Send + Sync> {
    match error {
        ureq::Error::Io(error) => error.into(),
        ureq::Error::Rustls(error) => error.into(),
        ureq::Error::Other(error) => error,
        error => error.into(),
    }
}
