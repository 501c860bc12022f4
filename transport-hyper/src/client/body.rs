//! The bodies of requests and responses.

use std::convert::Infallible;
use std::error::Error as StdError;
use std::fmt;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;

use super::connection::Http1Connection;
use super::failure;
#[cfg(feature = "http2")]
use super::http2::Http2Connection;

/// The body of a response, which owns its connection with HTTP/1.1.
///
/// * Whoever polls it drives the connection: no task does, so what is not asked for is not read from the socket either, and
///   a slow reader slows the server down.
/// * At its end, the connection goes back to the client for the next call, if it can serve one.
/// * Dropping it before its end closes the connection, at once.
/// * A request that was answered before all of it was sent goes on being sent while this is polled.
///
/// With HTTP/2, a task of the client's drives the connection, which many bodies share; dropping one resets its stream.
///
/// Its errors are of any type: they show no text of the server's.
pub struct ResponseBody {
    body: Incoming,
    /// `None` with HTTP/2, and once the connection is over or has been given back. Only ever reached by `get_mut`: the
    /// lock makes the body [`Sync`], as connections of the caller's own need not be.
    connection: Option<Mutex<Box<Http1Connection>>>,
    #[cfg(feature = "http2")]
    /// Keeps it from being taken for idle.
    _shared: Option<Http2Connection>,
}

impl ResponseBody {
    pub(super) fn http1(body: Incoming, connection: Box<Http1Connection>) -> Self {
        ResponseBody {
            body,
            connection: Some(Mutex::new(connection)),
            #[cfg(feature = "http2")]
            _shared: None,
        }
    }

    #[cfg(feature = "http2")]
    pub(super) fn http2(body: Incoming, connection: Http2Connection) -> Self {
        ResponseBody { body, connection: None, _shared: Some(connection) }
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = Box<dyn StdError + Send + Sync>;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let ResponseBody { body, connection, .. } = self.get_mut();
        let frame = match connection {
            Some(connection) => {
                let connection = connection.get_mut().unwrap_or_else(PoisonError::into_inner);
                connection.poll_with(cx, |cx| Pin::new(&mut *body).poll_frame(cx))
            }
            None => Pin::new(body).poll_frame(cx),
        };
        match frame {
            Poll::Ready(Some(Ok(frame))) => Poll::Ready(Some(Ok(frame))),
            Poll::Ready(Some(Err(error))) => {
                *connection = None;
                Poll::Ready(Some(Err(failure::cause(error))))
            }
            Poll::Ready(None) => {
                if let Some(connection) = connection.take() {
                    connection.into_inner().unwrap_or_else(PoisonError::into_inner).give_back();
                }
                Poll::Ready(None)
            }
            Poll::Pending => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        // Where the connection is still there, the poll that gives it back is still to come.
        self.connection.is_none() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl fmt::Debug for ResponseBody {
    /// Shows nothing of what was read.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseBody").field("owns_connection", &self.connection.is_some()).finish_non_exhaustive()
    }
}

/// The body of a request, which notes that it was handed out.
pub(super) struct RequestBody {
    bytes: Option<Bytes>,
    handed: Arc<AtomicBool>,
}

impl RequestBody {
    pub(super) fn new(bytes: Bytes) -> Self {
        let bytes = Some(bytes).filter(|bytes| !bytes.is_empty());
        RequestBody { handed: Arc::new(AtomicBool::new(bytes.is_none())), bytes }
    }

    /// Returns the flag that is set once all of it was handed out.
    pub(super) fn handed(&self) -> Arc<AtomicBool> {
        self.handed.clone()
    }
}

impl Body for RequestBody {
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

impl fmt::Debug for RequestBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestBody").finish_non_exhaustive()
    }
}
