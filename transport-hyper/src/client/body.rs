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

/// The body of a response. With HTTP/1.1 it owns its connection.
///
/// * Polling the body drives the connection. No task does, so bytes that are not asked for are not read from the
///   socket, and a slow reader slows the server down.
/// * At the end of the body, its connection returns to the client for the next call, if it can serve one.
/// * Dropping the body before its end closes the connection at once.
/// * If the server answered before the whole request was sent, the rest is sent while the body is polled.
///
/// With HTTP/2, a task of the client drives the connection, which many bodies share. Dropping a body resets its stream.
///
/// Its errors have no fixed type, and show no text of the server.
pub struct ResponseBody {
    body: Incoming,
    /// `None` with HTTP/2, and after the connection ended or was given back. Only `get_mut` accesses it. The lock makes
    /// the body [`Sync`] even if the caller's own connections are not.
    connection: Option<Mutex<Box<Http1Connection>>>,
    #[cfg(feature = "http2")]
    /// Keeps the connection from counting as idle.
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
        // While the connection is still here, the poll that gives it back is still to come.
        self.connection.is_none() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl fmt::Debug for ResponseBody {
    /// Shows no part of the data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseBody").field("owns_connection", &self.connection.is_some()).finish_non_exhaustive()
    }
}

/// The body of a request. It notes when it was handed out.
pub(super) struct RequestBody {
    bytes: Option<Bytes>,
    handed: Arc<AtomicBool>,
}

impl RequestBody {
    pub(super) fn new(bytes: Bytes) -> Self {
        let bytes = Some(bytes).filter(|bytes| !bytes.is_empty());
        RequestBody { handed: Arc::new(AtomicBool::new(bytes.is_none())), bytes }
    }

    /// Returns a flag that is set when the whole body was handed out.
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
