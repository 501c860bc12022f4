//! One request and the head of its response, within the limits for both.

use std::error::Error as StdError;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::task::{Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::{Connect, capture_connection};
use requesty_core::error::{Phase, Timeout, TransportError};
use requesty_core::{Error, Timeouts};

use crate::Timer;

/// Sends a request and waits for the head.
///
/// The limits follow each other: one until a connection, new or from the pool, has been given to the request, then one
/// until the head. As long as no connection was given, nothing can have been written.
pub(super) async fn exchange<C>(
    pool: &legacy::Client<C, Full<Bytes>>,
    mut request: Request<Full<Bytes>>,
    timeouts: &Timeouts,
    timer: &dyn Timer,
) -> Result<Response<Incoming>, Error>
where
    C: Connect + Clone + Send + Sync + 'static,
{
    let given = capture_connection(&mut request);
    let mut response = pin!(pool.request(request));
    let mut phase = Phase::Connect;
    let mut limit = Limit::start(timeouts.connect, timer);
    poll_fn(|cx| {
        if let Poll::Ready(result) = response.as_mut().poll(cx) {
            return Poll::Ready(result.map_err(|error| failure(error).into()));
        }
        // The response gives itself the connection, so there is nothing else to wait for.
        if phase == Phase::Connect && given.connection_metadata().is_some() {
            phase = Phase::FirstByte;
            limit = Limit::start(timeouts.first_byte, timer);
        }
        let Some(limit) = &mut limit else { return Poll::Pending };
        ready!(limit.alarm.as_mut().poll(cx));
        Poll::Ready(Err(Timeout::new(phase, limit.length).into()))
    })
    .await
}

/// A limit that is running.
struct Limit {
    length: Duration,
    alarm: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Limit {
    fn start(length: Option<Duration>, timer: &dyn Timer) -> Option<Self> {
        let length = length?;
        Some(Limit { length, alarm: timer.sleep_until(timer.now().saturating_add(length)) })
    }
}

/// Says where the exchange failed, and whether the server can have acted on the request.
fn failure(error: legacy::Error) -> TransportError {
    if error.is_connect() {
        return TransportError::new(connect_phase(&error), false, error);
    }
    // hyper cancels what it has not begun to write; everything else may be out.
    let unsent = find::<hyper::Error>(&error).is_some_and(hyper::Error::is_canceled);
    let phase = if unsent { Phase::Write } else { Phase::FirstByte };
    TransportError::new(phase, !unsent, error)
}

fn connect_phase(error: &legacy::Error) -> Phase {
    let mut next = error.source();
    while let Some(cause) = next {
        // The resolver's errors have no type of their own.
        if cause.to_string() == "dns error" {
            return Phase::Resolve;
        }
        next = cause.source();
    }
    // The TLS error is inside an I/O error, which hides it from `source`.
    let inner = |error: &io::Error| error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>());
    if find::<io::Error>(error).is_some_and(inner) { Phase::Tls } else { Phase::Connect }
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
