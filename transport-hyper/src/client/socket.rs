//! The socket of a connection, of any connector. It counts the written bytes, and can be asked whether anything came.

use std::any::Any;
use std::fmt;
use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use socket2::SockRef;
use tokio::net::TcpStream;

use super::connector::Io;
use crate::Timer;

/// The observable state of a socket.
#[derive(Debug, Default)]
pub(super) struct SocketStats {
    written: AtomicU64,
    /// How many of those bytes belong to requests that were answered.
    answered: AtomicU64,
    /// When bytes were written last, in nanoseconds.
    wrote_at: AtomicU64,
    /// Whether all written bytes were flushed.
    flushed: AtomicBool,
    /// Whether the next read asks the system, and not only the runtime.
    asking: AtomicBool,
}

impl SocketStats {
    /// Returns whether bytes were written since the last answer.
    pub(super) fn has_written(&self) -> bool {
        self.written.load(Ordering::Acquire) > self.answered.load(Ordering::Acquire)
    }

    /// Notes that the written bytes were answered.
    pub(super) fn answered(&self) {
        self.answered.store(self.written.load(Ordering::Acquire), Ordering::Release);
    }

    /// Returns whether no bytes wait to be written.
    pub(super) fn is_flushed(&self) -> bool {
        self.flushed.load(Ordering::Acquire)
    }

    /// Returns when bytes were written last.
    pub(super) fn wrote_at(&self) -> Duration {
        Duration::from_nanos(self.wrote_at.load(Ordering::Acquire))
    }

    /// Makes the next read end the connection if anything came.
    pub(super) fn ask(&self) {
        self.asking.store(true, Ordering::Release);
    }

    /// Returns whether no read came since [`ask`](Self::ask).
    pub(super) fn is_asking(&self) -> bool {
        self.asking.load(Ordering::Acquire)
    }

    fn wrote(&self, count: usize, now: Duration) {
        self.flushed.store(false, Ordering::Release);
        self.wrote_at.store(u64::try_from(now.as_nanos()).unwrap_or(u64::MAX), Ordering::Release);
        self.written.fetch_add(u64::try_from(count).unwrap_or(u64::MAX), Ordering::AcqRel);
    }
}

/// The socket of a connection. The type of the connector is erased here.
pub(super) struct Socket {
    inner: Box<dyn AnyIo>,
    stats: Arc<SocketStats>,
    timer: Arc<dyn Timer>,
}

impl Socket {
    pub(super) fn new(inner: impl Read + Write + Unpin + Send + 'static, timer: Arc<dyn Timer>) -> Self {
        Socket { inner: Box::new(inner), stats: Arc::default(), timer }
    }

    pub(super) fn stats(&self) -> &Arc<SocketStats> {
        &self.stats
    }

    fn note(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match &written {
            Poll::Ready(Ok(count)) => self.stats.wrote(*count, self.timer.now()),
            // Bytes wait, and cannot be written.
            Poll::Pending => self.stats.flushed.store(false, Ordering::Release),
            Poll::Ready(Err(_)) => {}
        }
        written
    }
}

impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Socket").finish_non_exhaustive()
    }
}

impl Read for Socket {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.inner).poll_read(cx, buf);
        // The flag is set only for an idle connection. The hot path only reads it.
        if self.stats.is_asking() {
            self.stats.asking.store(false, Ordering::Release);
            // Call the method of the inner value: that of the box itself returns `None`.
            if read.is_pending() && (*self.inner).has_input() == Some(true) {
                return Poll::Ready(Err(io::Error::other("something came, or the end, on an idle connection")));
            }
        }
        read
    }
}

impl Write for Socket {
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

/// Any connection of a connector.
trait AnyIo: Read + Write + Unpin + Send {
    /// Returns whether the system has anything to read, including the end; `None` if it cannot be asked.
    fn has_input(&self) -> Option<bool>;
}

impl<T: Read + Write + Unpin + Send + 'static> AnyIo for T {
    fn has_input(&self) -> Option<bool> {
        let this: &dyn Any = self;
        if let Some(io) = this.downcast_ref::<TokioIo<Io>>() {
            return Some(has_input(io.inner().tcp()));
        }
        this.downcast_ref::<TokioIo<TcpStream>>().map(|io| has_input(io.inner()))
    }
}

/// Returns whether the system can be asked if anything came on connections of this type.
pub(super) fn can_be_asked<T: 'static>() -> bool {
    use std::any::TypeId;
    [TypeId::of::<TokioIo<Io>>(), TypeId::of::<TokioIo<TcpStream>>()].contains(&TypeId::of::<T>())
}

/// Asks the system itself. The runtime's answer is that of its driver's last check, which may be long ago if the thread
/// was busy.
fn has_input(tcp: &TcpStream) -> bool {
    let mut byte = [MaybeUninit::uninit()];
    !matches!(SockRef::from(tcp).peek(&mut byte), Err(error) if error.kind() == io::ErrorKind::WouldBlock)
}
