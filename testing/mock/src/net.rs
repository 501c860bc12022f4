//! The connections: who is there, who closed, and how a connection is reset.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::state::Shared;

/// The side that closed a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClosedBy {
    /// The client: the mock read the end of its stream, or an error.
    Client,
    /// The mock.
    Server,
}

/// What the playing of a script may tell the connection it is played on.
#[derive(Debug, Default)]
pub(crate) struct Control {
    reset: AtomicBool,
    left: AtomicBool,
}

impl Control {
    /// Makes the connection end with a reset when it is dropped.
    pub(crate) fn reset(&self) {
        self.reset.store(true, Ordering::SeqCst);
    }
}

/// An accepted connection; it reports its end when it is dropped.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    number: usize,
    control: Arc<Control>,
    shared: Arc<Shared>,
}

impl Connection {
    /// Takes an accepted stream and counts it.
    pub(crate) fn new(stream: TcpStream, shared: Arc<Shared>) -> Self {
        // One write of a script is to be one segment, not to wait for the next. A socket that has died already cannot
        // be told; the first read says so.
        let _ = stream.set_nodelay(true);
        let number = shared.opened();
        Self { stream, number, control: Arc::default(), shared }
    }

    /// Returns the connection's number.
    pub(crate) fn number(&self) -> usize {
        self.number
    }

    /// Returns what scripts use to reach the connection.
    pub(crate) fn control(&self) -> Arc<Control> {
        self.control.clone()
    }

    fn note<T>(&self, outcome: &Poll<io::Result<T>>) {
        if matches!(outcome, Poll::Ready(Err(_))) {
            self.control.left.store(true, Ordering::SeqCst);
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if self.control.reset.load(Ordering::SeqCst) {
            // A linger time of zero turns the close into a reset. It never blocks, which is all the deprecation of
            // `set_linger` is about; `set_zero_linger` is newer than the oldest tokio this builds with.
            #[allow(deprecated)]
            let _ = self.stream.set_linger(Some(std::time::Duration::ZERO));
        }
        let left = self.control.left.load(Ordering::SeqCst);
        self.shared.closed(self.number, if left { ClosedBy::Client } else { ClosedBy::Server });
    }
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let room = buf.remaining();
        let outcome = Pin::new(&mut self.stream).poll_read(cx, buf);
        self.note(&outcome);
        if matches!(outcome, Poll::Ready(Ok(()))) && room > 0 && buf.filled().len() == before {
            self.control.left.store(true, Ordering::SeqCst);
        }
        outcome
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.note(&outcome);
        outcome
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.note(&outcome);
        outcome
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
