//! The phase of a failed exchange, whether the server may have acted on the request, and the cause.

use std::error::Error as StdError;
use std::io;

use requesty_core::error::{Phase, TransportError};
use requesty_core::{BuildError, Error};
use requesty_net::{Refused, TlsError};

use super::control::Control;
#[cfg(feature = "http2")]
use super::http2::Http2Error;
use super::socket::SocketStats;

type AnyError = Box<dyn StdError + Send + Sync>;

/// The error for a connection that could not be opened: no byte was sent.
pub(super) fn connecting(error: AnyError, control: &Control) -> Error {
    match find::<BuildError>(&*error) {
        Some(error) => error.clone().into(),
        None => TransportError::new(control.get().phase(), false, cause(error)).into(),
    }
}

/// The error for a request that failed on a connection.
pub(super) fn sending(error: hyper::Error, stats: &SocketStats, control: &Control) -> Error {
    // hyper cancels requests that it has not begun to write. For others, the socket counts the bytes.
    let unsent = error.is_canceled() || !stats.has_written();
    #[cfg(feature = "http2")]
    let unsent = unsent || find::<h2::Error>(&error).is_some_and(super::http2::is_unprocessed);
    let tls = find::<io::Error>(&error).and_then(TlsError::find);
    let phase = match control.get().phase() {
        // With TLS 1.3, a refused client certificate is reported after the handshake.
        _ if tls.is_some() => Phase::Tls,
        _ if unsent => Phase::Write,
        Phase::Write if !stats.is_flushed() => Phase::Write,
        _ => Phase::FirstByte,
    };
    TransportError::new(phase, !unsent, cause(error)).into()
}

/// Returns the cause of an error, without the texts of the libraries around it and without text of the server.
pub(super) fn cause(error: impl Into<AnyError>) -> AnyError {
    let error = error.into();
    if let Some(error) = find::<Refused>(&*error) {
        return error.clone().into();
    }
    if let Some(error) = find::<TlsError>(&*error) {
        return error.clone().into();
    }
    if let Some(error) = find::<io::Error>(&*error).and_then(TlsError::find) {
        return error.into();
    }
    // The debug data of a GOAWAY may be any text of any length, and may contain the key.
    #[cfg(feature = "http2")]
    if let Some(error) = find::<h2::Error>(&*error).and_then(Http2Error::of) {
        return error.into();
    }
    error
}

fn find<'a, E: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = error.source();
    }
    None
}
