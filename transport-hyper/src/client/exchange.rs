//! One request and the head of its response, within their time limits.

use std::error::Error as StdError;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, Uri};
use hyper::client::conn::TrySendError;
use hyper::rt::{Read, Write};
use hyper_util::client::legacy::connect::Connection as Connected;
use requesty_core::Error;
use requesty_core::error::{Phase, Timeout};
use tokio::runtime::Handle;
use tower_service::Service;

use super::body::{RequestBody, ResponseBody};
use super::connection::Http1Connection;
use super::control::Control;
use super::failure;
#[cfg(feature = "http2")]
use super::http2::Http2Connection;
use super::pool::{Key, Pool};
use super::socket::{Socket, SocketStats};
use crate::stream::Link;

/// A connection on which a request can be sent.
pub(super) enum Connection {
    Http1(Box<Http1Connection>),
    #[cfg(feature = "http2")]
    Http2(Http2Connection),
}

/// A connection, or the error that prevented it.
type Opened = Result<Connection, Box<dyn StdError + Send + Sync>>;

/// Sends a request and waits for the head.
///
/// ```text
/// pool ─▶ a connection that can be used again ─┐
///   └──▶ resolve, connect, proxy, TLS ─────────┴▶ write ───────────▶ first byte ─▶ head
///            as the connector says                     all of it passed on
/// ```
///
/// If a connection from the pool turns out to be closed before a byte of the request was written on it, the request is
/// sent on the next connection, which is safe for a POST too. If a byte may have been sent, the error is returned.
pub(super) async fn exchange<C>(
    connector: &C,
    pool: &Arc<Pool>,
    request: Request<Bytes>,
    control: &Arc<Control>,
) -> Result<(Response<ResponseBody>, Exchanged), Error>
where
    C: Service<Uri> + Clone + Send + Sync + 'static,
    C::Response: Connected + Read + Write + Unpin + Send + 'static,
    C::Error: Into<Box<dyn StdError + Send + Sync>>,
    C::Future: Send + 'static,
{
    let runtime = Handle::current();
    let target = request.uri().clone();
    let key = Key::new(&target, runtime.id())?;
    let body = RequestBody::new(request.body().clone());
    let handed = body.handed();
    let mut request = request.map(|_| body);
    let mut alarm = None;
    pool.look(&key).await;
    loop {
        let pooled = pool.take(&key);
        let is_pooled = pooled.is_some();
        let connection = match pooled {
            Some(connection) => connection,
            None => {
                let opening = open(connector.clone(), &target, &key, &runtime, pool, control);
                let opened = within(control, &mut alarm, None, opening).await?;
                opened.map_err(|error| failure::connecting(error, control))?
            }
        };
        control.enter(Phase::Write);
        let stats = connection.stats().clone();
        let exchanged = connection.exchanged();
        connection.address(&mut request, &target);
        match within(control, &mut alarm, Some((&stats, &handed)), connection.send(request)).await {
            Ok(Ok(response)) => {
                stats.answered();
                return Ok((response, exchanged));
            }
            Ok(Err(mut error)) => match error.take_message() {
                Some(unsent) if is_pooled => request = unsent,
                _ => return Err(failure::sending(error.into_error(), &stats, control)),
            },
            Err(timeout) => {
                exchanged.timed_out();
                return Err(timeout.into());
            }
        }
    }
}

/// Opens a connection through the connector.
fn open<C>(
    mut connector: C,
    target: &Uri,
    key: &Key,
    runtime: &Handle,
    pool: &Arc<Pool>,
    control: &Arc<Control>,
) -> Pin<Box<dyn Future<Output = Opened> + Send>>
where
    C: Service<Uri> + Send + 'static,
    C::Response: Connected + Read + Write + Unpin + Send + 'static,
    C::Error: Into<Box<dyn StdError + Send + Sync>>,
    C::Future: Send + 'static,
{
    let (target, key, runtime) = (target.clone(), key.clone(), runtime.clone());
    let (pool, control) = (pool.clone(), control.clone());
    // It is boxed because it is large, and most calls find a connection in the pool.
    Box::pin(async move {
        control.enter(Phase::Connect);
        poll_fn(|cx| control.during(|| connector.poll_ready(cx))).await.map_err(Into::into)?;
        let mut connecting = pin!(control.during(|| connector.call(target)));
        let io = poll_fn(|cx| control.during(|| connecting.as_mut().poll(cx))).await.map_err(Into::into)?;
        let connected = io.connected();
        let socket = Socket::new(io, control.timer().clone());
        #[cfg(feature = "http2")]
        if connected.is_negotiated_h2() {
            let connection = Http2Connection::open(socket, key, &runtime, &pool, control.timer().clone()).await?;
            return Ok(Connection::Http2(pool.share(connection, &runtime)));
        }
        Ok(Connection::Http1(Http1Connection::open(socket, connected.is_proxied(), key, runtime, &pool).await?))
    })
}

impl Connection {
    fn stats(&self) -> &Arc<SocketStats> {
        match self {
            Connection::Http1(connection) => connection.stats(),
            #[cfg(feature = "http2")]
            Connection::Http2(connection) => connection.stats(),
        }
    }

    fn exchanged(&self) -> Exchanged {
        Exchanged {
            #[cfg(feature = "http2")]
            shared: match self {
                Connection::Http1(_) => None,
                Connection::Http2(connection) => Some(connection.clone()),
            },
        }
    }

    fn address<B>(&self, request: &mut Request<B>, target: &Uri) {
        match self {
            Connection::Http1(connection) => connection.address(request, target),
            #[cfg(feature = "http2")]
            Connection::Http2(connection) => connection.address(request, target),
        }
    }

    async fn send(
        self,
        request: Request<RequestBody>,
    ) -> Result<Response<ResponseBody>, TrySendError<Request<RequestBody>>> {
        match self {
            Connection::Http1(connection) => connection.send(request).await,
            #[cfg(feature = "http2")]
            Connection::Http2(connection) => connection.send(request).await,
        }
    }
}

/// The parts of a connection that its stream keeps.
pub(super) struct Exchanged {
    #[cfg(feature = "http2")]
    shared: Option<Http2Connection>,
}

impl Link for Exchanged {
    fn timed_out(&self) {
        // With HTTP/1.1 the body is dropped, which closes the connection.
        #[cfg(feature = "http2")]
        if let Some(connection) = &self.shared {
            connection.give_up();
        }
    }
}

/// An alarm with a set time.
struct Alarm {
    at: Duration,
    ringing: Pin<Box<dyn Future<Output = ()> + Send>>,
}

/// Runs some work unless a limit passes, and follows the request onto the wire.
async fn within<T>(
    control: &Control,
    alarm: &mut Option<Alarm>,
    sending: Option<(&SocketStats, &AtomicBool)>,
    work: impl Future<Output = T>,
) -> Result<T, Timeout> {
    let mut work = pin!(work);
    poll_fn(|cx| {
        if let Poll::Ready(done) = work.as_mut().poll(cx) {
            return Poll::Ready(Ok(done));
        }
        loop {
            if let Some((stats, handed)) = sending {
                follow(stats, handed, control);
            }
            if let Some(timeout) = control.expired() {
                return Poll::Ready(Err(timeout));
            }
            let Some(at) = next_look(control) else { return Poll::Pending };
            // An earlier alarm may ring without need, which is cheaper than one alarm per phase.
            let set = match &mut *alarm {
                Some(alarm) if alarm.at <= at => alarm,
                alarm => alarm.insert(Alarm { at, ringing: control.timer().sleep_until(at) }),
            };
            ready!(set.ringing.as_mut().poll(cx));
            *alarm = None;
        }
    })
    .await
}

/// Notes when the request was written. No task is woken for it, because the socket notes the time.
fn follow(stats: &SocketStats, handed: &AtomicBool, control: &Control) {
    if control.get().phase() != Phase::Write || !stats.has_written() {
        return;
    }
    let all = handed.load(Ordering::Acquire) && stats.is_flushed();
    control.enter_at(if all { Phase::FirstByte } else { Phase::Write }, stats.wrote_at());
}

/// Returns when to check again: at the next limit, or at the earliest time at which the limit for the head can pass if
/// the request was completed just now.
fn next_look(control: &Control) -> Option<Duration> {
    let deadlines = control.get();
    let mut other = deadlines;
    if deadlines.phase() == Phase::Write {
        other.enter(Phase::FirstByte, control.now());
    }
    [deadlines.deadline(), other.deadline()].into_iter().flatten().min()
}
