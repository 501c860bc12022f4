//! A connection that keeps count: what was written, when, and whether it is still wanted.

use std::error::Error as StdError;
use std::future::Future;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use http::Uri;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection};
use requesty_core::error::Phase;
use tower_service::Service;

use super::clocks::Clocks;
use crate::Timer;

/// What is known of a connection from outside.
#[derive(Debug, Default)]
pub(super) struct Stats {
    written: AtomicU64,
    /// How much of it the requests account for that got their answer.
    answered: AtomicU64,
    /// When something was written last, in nanoseconds.
    wrote_at: AtomicU64,
    /// All that was written has been passed on.
    flushed: AtomicBool,
    killed: AtomicBool,
    reader: Mutex<Option<Waker>>,
}

impl Stats {
    /// Returns whether anything was written since the last answer.
    pub(super) fn has_written(&self) -> bool {
        self.written.load(Ordering::Acquire) > self.answered.load(Ordering::Acquire)
    }

    /// Notes that what was written has its answer.
    pub(super) fn answered(&self) {
        self.answered.store(self.written.load(Ordering::Acquire), Ordering::Release);
    }

    /// Returns whether nothing waits to be written.
    pub(super) fn is_flushed(&self) -> bool {
        self.flushed.load(Ordering::Acquire)
    }

    /// Returns when something was written last.
    pub(super) fn wrote_at(&self) -> Duration {
        Duration::from_nanos(self.wrote_at.load(Ordering::Acquire))
    }

    /// Ends the connection, whatever goes on in it.
    pub(super) fn kill(&self) {
        self.killed.store(true, Ordering::Release);
        let reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(reader) = reader {
            reader.wake();
        }
    }

    fn wrote(&self, count: usize, now: Duration) {
        self.flushed.store(false, Ordering::Release);
        self.wrote_at.store(u64::try_from(now.as_nanos()).unwrap_or(u64::MAX), Ordering::Release);
        self.written.fetch_add(u64::try_from(count).unwrap_or(u64::MAX), Ordering::AcqRel);
    }
}

/// A connection that keeps count.
pub(super) struct Wire<T> {
    inner: T,
    stats: Arc<Stats>,
    timer: Arc<dyn Timer>,
}

impl<T> std::fmt::Debug for Wire<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wire").finish_non_exhaustive()
    }
}

impl<T: Connection> Connection for Wire<T> {
    fn connected(&self) -> Connected {
        self.inner.connected().extra(self.stats.clone())
    }
}

impl<T: Read + Unpin> Read for Wire<T> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.inner).poll_read(cx, buf);
        if read.is_pending() {
            *self.stats.reader.lock().unwrap_or_else(PoisonError::into_inner) = Some(cx.waker().clone());
            // Looked at after the waker is there, so that no end is missed.
            if self.stats.killed.load(Ordering::Acquire) {
                return Poll::Ready(Err(io::Error::other("the connection was given up")));
            }
        }
        read
    }
}

impl<T: Write + Unpin> Write for Wire<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write(cx, bytes);
        self.note(written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.inner).poll_flush(cx);
        if let Poll::Ready(Ok(())) = flushed {
            self.stats.flushed.store(true, Ordering::Release);
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write_vectored(cx, slices);
        self.note(written)
    }
}

impl<T> Wire<T> {
    fn note(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match &written {
            Poll::Ready(Ok(count)) => self.stats.wrote(*count, self.timer.now()),
            // There is something to write, and it is not written.
            Poll::Pending => self.stats.flushed.store(false, Ordering::Release),
            Poll::Ready(Err(_)) => {}
        }
        written
    }
}

/// A connector whose connections keep count.
#[derive(Clone)]
pub(super) struct Counted<C> {
    pub(super) connector: C,
    pub(super) timer: Arc<dyn Timer>,
}

impl<C> Service<Uri> for Counted<C>
where
    C: Service<Uri>,
    C::Error: Into<Box<dyn StdError + Send + Sync>>,
    C::Future: Send + 'static,
{
    type Response = Wire<C::Response>;
    type Error = C::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.connector.poll_ready(cx)
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        if let Some(clocks) = Clocks::current() {
            clocks.connecting(Phase::Connect);
        }
        let (connecting, timer) = (self.connector.call(target), self.timer.clone());
        Box::pin(async move { Ok(Wire { inner: connecting.await?, stats: Arc::default(), timer }) })
    }
}
