//! One request and the head of its response, within the limits for both.

use std::convert::Infallible;
use std::error::Error as StdError;
use std::fmt;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::{Extensions, Request, Response};
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::{CaptureConnection, Connect, capture_connection};
use requesty_core::error::{Phase, TransportError};
use requesty_core::{BuildError, Error};
use requesty_net::TlsError;

use super::clocks::Clocks;
use super::wire::Stats;

/// The connection of a request, once it has one.
#[derive(Clone)]
pub(super) struct Given {
    capture: CaptureConnection,
    stats: Option<Arc<Stats>>,
}

impl Given {
    /// Sees to it that a connection on which nothing comes any more is not given to others: with HTTP/2, they share it.
    pub(super) fn give_up(&self) {
        if let Some(connected) = &*self.capture.connection_metadata() {
            connected.poison();
        }
        if let Some(stats) = &self.stats {
            stats.kill();
        }
    }
}

/// Sends a request and waits for the head.
///
/// ```text
/// resolve, connect, proxy, TLS ─▶ write ───────────▶ first byte ─▶ head
///     as the connector says         │ given a connection    all of it passed on
/// ```
pub(super) async fn exchange<C>(
    pool: &legacy::Client<C, Sent>,
    request: Request<Bytes>,
    clocks: &Arc<Clocks>,
) -> Result<(Response<Incoming>, Given), Error>
where
    C: Connect + Clone + Send + Sync + 'static,
{
    let body = Sent::new(request.body().clone());
    let sent = body.handed.clone();
    let mut request = request.map(|_| body);
    let mut given = Given { capture: capture_connection(&mut request), stats: None };
    let mut response = pin!(pool.request(request));
    let mut alarm: Option<Alarm> = None;
    let result = poll_fn(|cx| {
        let result = clocks.during(|| response.as_mut().poll(cx));
        given.look(clocks);
        if let Poll::Ready(result) = result {
            return Poll::Ready(result.map_err(|error| failure(error, given.stats.as_deref(), clocks)));
        }
        loop {
            given.follow(clocks, &sent);
            if let Some(timeout) = clocks.expired() {
                return Poll::Ready(Err(timeout.into()));
            }
            let Some(at) = given.next_look(clocks) else { return Poll::Pending };
            // An earlier alarm rings in vain, which is cheaper than setting one for each phase.
            let set = match &mut alarm {
                Some(alarm) if alarm.at <= at => alarm,
                alarm => alarm.insert(Alarm { at, ringing: clocks.timer().sleep_until(at) }),
            };
            ready!(set.ringing.as_mut().poll(cx));
            alarm = None;
        }
    })
    .await;
    match result {
        Ok(response) => {
            if let Some(stats) = &given.stats {
                stats.answered();
            }
            Ok((response, given))
        }
        Err(error) => {
            if error.is_timeout() {
                given.give_up();
            }
            Err(error)
        }
    }
}

/// An alarm that is set.
struct Alarm {
    at: Duration,
    ringing: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Given {
    /// Looks whether there is a connection now.
    fn look(&mut self, clocks: &Clocks) {
        if self.stats.is_some() {
            return;
        }
        if let Some(connected) = &*self.capture.connection_metadata() {
            let mut extras = Extensions::new();
            connected.get_extras(&mut extras);
            self.stats = extras.remove();
            clocks.enter(Phase::Write);
        }
    }

    /// Follows the request onto the wire. Nobody is woken for it: what is noted there says when it was.
    fn follow(&self, clocks: &Clocks, handed: &AtomicBool) {
        let (Some(stats), Phase::Write) = (&self.stats, clocks.get().phase()) else { return };
        if !stats.has_written() {
            return;
        }
        let all = handed.load(Ordering::Acquire) && stats.is_flushed();
        clocks.enter_at(if all { Phase::FirstByte } else { Phase::Write }, stats.wrote_at());
    }

    /// Returns when to look again: at the next limit, or when the limit for the head can first have passed if all of the
    /// request was sent just now.
    fn next_look(&self, clocks: &Clocks) -> Option<Duration> {
        let deadlines = clocks.get();
        let mut other = deadlines;
        if deadlines.phase() == Phase::Write {
            other.enter(Phase::FirstByte, clocks.now());
        }
        [deadlines.deadline(), other.deadline()].into_iter().flatten().min()
    }
}

/// Says where the exchange failed, and whether the server can have acted on the request.
fn failure(error: legacy::Error, stats: Option<&Stats>, clocks: &Clocks) -> Error {
    if let Some(error) = find::<BuildError>(&error) {
        return error.clone().into();
    }
    if error.is_connect() {
        let phase = match clocks.get().phase() {
            Phase::Write | Phase::FirstByte => Phase::Connect,
            phase => phase,
        };
        return TransportError::new(phase, false, cause(error)).into();
    }
    // hyper cancels what it has not begun to write; for the rest, the connection keeps count.
    let unsent = find::<hyper::Error>(&error).is_some_and(hyper::Error::is_canceled)
        || stats.is_some_and(|stats| !stats.has_written());
    let tls = find::<io::Error>(&error).and_then(TlsError::find);
    let phase = match clocks.get().phase() {
        // Whether a certificate was wanted is known after the handshake, by TLS 1.3.
        _ if tls.is_some() => Phase::Tls,
        _ if unsent => Phase::Write,
        Phase::Write if stats.is_some_and(|stats| !stats.is_flushed()) => Phase::Write,
        _ => Phase::FirstByte,
    };
    let cause = tls.map_or_else(|| cause(error), Into::into);
    TransportError::new(phase, !unsent, cause).into()
}

/// Leaves out what the pool says about itself.
fn cause(error: legacy::Error) -> Box<dyn StdError + Send + Sync> {
    if let Some(error) = find::<requesty_net::Refused>(&error) {
        return error.clone().into();
    }
    match find::<TlsError>(&error) {
        Some(error) => error.clone().into(),
        None => error.into(),
    }
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

/// The body of a request, which notes that it was handed out.
pub(super) struct Sent {
    bytes: Option<Bytes>,
    handed: Arc<AtomicBool>,
}

impl Sent {
    fn new(bytes: Bytes) -> Self {
        let bytes = Some(bytes).filter(|bytes| !bytes.is_empty());
        Sent { handed: Arc::new(AtomicBool::new(bytes.is_none())), bytes }
    }
}

impl Body for Sent {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let bytes = self.bytes.take();
        self.handed.store(true, Ordering::Release);
        Poll::Ready(bytes.map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.as_ref().map_or(0, |bytes| u64::try_from(bytes.len()).unwrap_or(u64::MAX)))
    }
}

impl fmt::Debug for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sent").finish_non_exhaustive()
    }
}
