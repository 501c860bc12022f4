//! Connections with HTTP/2, which many calls share. Each has a task that drives it.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use http::header::HOST;
use http::{Request, Response, Uri};
use hyper::client::conn::TrySendError;
use hyper::client::conn::http2::{Builder, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::runtime::Handle;

use super::body::{RequestBody, ResponseBody};
use super::pool::{Key, Pool};
use super::socket::{Socket, SocketStats};
use crate::Timer;

/// A connection with HTTP/2. Each of its calls has a clone, and so has the pool; it closes when the last clone is
/// dropped.
#[derive(Clone)]
pub(super) struct Http2Connection {
    sender: SendRequest<RequestBody>,
    stats: Arc<SocketStats>,
    usage: Arc<Usage>,
}

/// The state that all clones of a connection share.
struct Usage {
    key: Key,
    pool: Weak<Pool>,
    timer: Arc<dyn Timer>,
    /// When the last clone was dropped, in nanoseconds.
    used_at: AtomicU64,
}

impl Http2Connection {
    pub(super) async fn open(
        socket: Socket,
        key: Key,
        runtime: &Handle,
        pool: &Arc<Pool>,
        timer: Arc<dyn Timer>,
    ) -> hyper::Result<Self> {
        let stats = socket.stats().clone();
        let mut builder = Builder::new(TokioExecutor::new());
        builder.timer(TokioTimer::new()).keep_alive_interval(KEEP_ALIVE.0).keep_alive_timeout(KEEP_ALIVE.1);
        let (sender, connection) = builder.handshake(socket).await?;
        // Each call learns of the end through its own channel.
        runtime.spawn(async { drop(connection.await) });
        let usage = Usage { key, pool: Arc::downgrade(pool), timer, used_at: AtomicU64::new(0) };
        Ok(Http2Connection { sender, stats, usage: Arc::new(usage) })
    }

    pub(super) fn key(&self) -> &Key {
        &self.usage.key
    }

    pub(super) fn stats(&self) -> &Arc<SocketStats> {
        &self.stats
    }

    pub(super) fn is_open(&self) -> bool {
        !self.sender.is_closed()
    }

    /// Returns the time since which only the pool has a clone; `None` while calls have clones.
    pub(super) fn idle_since(&self) -> Option<Duration> {
        let at = self.usage.used_at.load(Ordering::Acquire);
        (Arc::strong_count(&self.usage) == 1).then(|| Duration::from_nanos(at))
    }

    /// Returns whether both are clones of the same connection.
    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.usage, &other.usage)
    }

    /// Puts the host into the URL, as HTTP/2 requires.
    pub(super) fn address<B>(&self, request: &mut Request<B>, target: &Uri) {
        request.headers_mut().remove(HOST);
        *request.uri_mut() = target.clone();
    }

    pub(super) async fn send(
        mut self,
        request: Request<RequestBody>,
    ) -> Result<Response<ResponseBody>, TrySendError<Request<RequestBody>>> {
        let response = self.sender.try_send_request(request).await?;
        Ok(response.map(|body| ResponseBody::http2(body, self)))
    }

    /// Marks a connection that receives nothing any more, so that no further call uses it.
    pub(super) fn give_up(&self) {
        if let Some(pool) = self.usage.pool.upgrade() {
            pool.forget(self);
        }
    }
}

impl Drop for Http2Connection {
    fn drop(&mut self) {
        let now = u64::try_from(self.usage.timer.now().as_nanos()).unwrap_or(u64::MAX);
        self.usage.used_at.store(now, Ordering::Release);
    }
}

/// How often a connection with open streams is pinged, and how long the reply may take.
const KEEP_ALIVE: (Duration, Duration) = (Duration::from_secs(20), Duration::from_secs(10));

/// Returns whether the server did not process a request without an answer: it refused the stream, or the stream is
/// above the last one that it will process.
///
/// The library reports a GOAWAY only to streams above the last one, and to requests that were not sent yet. Other
/// streams end with the connection, with an error of its own.
pub(super) fn is_unprocessed(error: &h2::Error) -> bool {
    error.is_remote() && (error.is_go_away() || error.reason() == Some(h2::Reason::REFUSED_STREAM))
}

/// An HTTP/2 error, by its reason code alone.
#[derive(Clone, Copy, Debug)]
pub(super) struct Http2Error {
    what: &'static str,
    reason: h2::Reason,
}

impl Http2Error {
    /// Keeps only the reason code; `None` for an error without a reason, such as an error of the socket.
    pub(super) fn of(error: &h2::Error) -> Option<Self> {
        let what = match (error.is_remote(), error.is_go_away()) {
            (true, true) => "the server ended the connection",
            (true, false) => "the server reset the stream",
            (false, true) => "the connection was ended",
            (false, false) => "the stream was reset",
        };
        Some(Http2Error { what, reason: error.reason()? })
    }
}

impl fmt::Display for Http2Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?} ({})", self.what, self.reason, self.reason.description())
    }
}

impl std::error::Error for Http2Error {}
