//! Converts the errors of ureq into those of the core.

use requesty_core::error::{Phase, TransportError};
use requesty_core::{BuildError, Error};
use requesty_net::TlsError;

use crate::control::Control;
use crate::wire::Lost;

/// Returns the error for a missing head of a response.
pub(crate) fn failure(error: ureq::Error, control: &Control) -> Error {
    if control.is_cancelled() {
        return Error::Cancelled(().into());
    }
    if let Some(timeout) = control.timed_out() {
        return timeout.into();
    }
    let cause = match error {
        ureq::Error::Http(_) | ureq::Error::BadUri(_) => {
            return BuildError::new("the request is not one that can be sent").into();
        }
        ureq::Error::Io(error) => Lost::unwrap(error).into(),
        ureq::Error::Other(error) => match error.downcast::<BuildError>() {
            Ok(error) => return Error::Build(*error),
            Err(error) => error,
        },
        error => Box::<dyn std::error::Error + Send + Sync>::from(error),
    };
    // With TLS 1.3, a refused client certificate is reported after the handshake.
    let phase = if is_tls(&*cause) { Phase::Tls } else { control.phase() };
    TransportError::new(phase, control.has_written(), inner(cause)).into()
}

fn is_tls(error: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    let io = error.downcast_ref::<std::io::Error>();
    io.and_then(std::io::Error::get_ref).is_some_and(|inner| inner.is::<TlsError>())
}

/// Unwraps an error that was made an I/O error on its way.
fn inner(error: Box<dyn std::error::Error + Send + Sync>) -> Box<dyn std::error::Error + Send + Sync> {
    match error.downcast::<std::io::Error>() {
        Ok(error) if error.get_ref().is_some() => match error.into_inner() {
            Some(inner) => inner,
            None => "unknown".into(),
        },
        Ok(error) => error,
        Err(error) => error,
    }
}
