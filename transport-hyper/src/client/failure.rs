//! Where an exchange failed, whether the server can have acted on the request, and why.

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

/// The failure to open a connection: nothing was sent.
pub(super) fn connecting(error: AnyError, control: &Control) -> Error {
    match find::<BuildError>(&*error) {
        Some(error) => error.clone().into(),
        None => TransportError::new(control.get().phase(), false, cause(error)).into(),
    }
}

/// The failure of a request on a connection.
pub(super) fn sending(error: hyper::Error, stats: &SocketStats, control: &Control) -> Error {
    // hyper cancels what it has not begun to write; for the rest, the socket keeps count.
    let unsent = error.is_canceled() || !stats.has_written();
    #[cfg(feature = "http2")]
    let unsent = unsent || find::<h2::Error>(&error).is_some_and(super::http2::is_unprocessed);
    let tls = find::<io::Error>(&error).and_then(TlsError::find);
    let phase = match control.get().phase() {
        // Whether a certificate was wanted is known after the handshake, by TLS 1.3.
        _ if tls.is_some() => Phase::Tls,
        _ if unsent => Phase::Write,
        Phase::Write if !stats.is_flushed() => Phase::Write,
        _ => Phase::FirstByte,
    };
    TransportError::new(phase, !unsent, cause(error)).into()
}

/// Returns what an error comes from, without what libraries say about themselves and without text of the server's.
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
    // The debug data of a GOAWAY may be anything, the key included, and of any length.
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
