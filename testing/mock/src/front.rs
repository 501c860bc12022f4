//! What stands between a client and a router: a TLS server, or a proxy. Bytes are passed on as they are.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy_bidirectional};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;

/// A listener on a port of its own that passes bytes on.
///
/// Dropping it closes the port and every connection.
#[derive(Debug)]
pub struct Front {
    addr: SocketAddr,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    connections: AtomicUsize,
    heads: Mutex<Vec<String>>,
}

/// What a [`Front`] does with its connections.
#[derive(Clone)]
enum Kind {
    Tls(TlsAcceptor),
    /// A proxy: its answer instead of opening a tunnel, and the TLS towards the client.
    Proxy(Option<String>, Option<TlsAcceptor>),
    Socks,
    /// Accepts connections and sends nothing.
    Silent,
}

impl Front {
    /// Starts a TLS server that passes on to `to`.
    ///
    /// # Errors
    ///
    /// Fails when no port can be bound or no thread started.
    pub fn tls(to: SocketAddr, config: ServerConfig) -> io::Result<Self> {
        Front::start(to, Kind::Tls(TlsAcceptor::from(Arc::new(config))))
    }

    /// Starts a proxy whose tunnels all lead to `to`, for any target. With `refusal`, a whole response, it sends that
    /// instead of opening a tunnel. With `tls`, clients connect to it over TLS.
    ///
    /// # Errors
    ///
    /// Fails when no port can be bound or no thread started.
    pub fn proxy(to: SocketAddr, refusal: Option<&str>, tls: Option<ServerConfig>) -> io::Result<Self> {
        let tls = tls.map(|config| TlsAcceptor::from(Arc::new(config)));
        Front::start(to, Kind::Proxy(refusal.map(str::to_owned), tls))
    }

    /// Starts a SOCKS 5 proxy without log-in whose tunnels all go to `to`.
    ///
    /// # Errors
    ///
    /// Fails when no port can be bound or no thread started.
    pub fn socks(to: SocketAddr) -> io::Result<Self> {
        Front::start(to, Kind::Socks)
    }

    /// Starts a listener that accepts connections and never sends a byte.
    ///
    /// # Errors
    ///
    /// Fails when no port can be bound or no thread started.
    pub fn silent() -> io::Result<Self> {
        Front::start(SocketAddr::from(([127, 0, 0, 1], 9)), Kind::Silent)
    }

    fn start(to: SocketAddr, kind: Kind) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let addr = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let shared = Arc::new(Shared::default());
        let (stop, stopped) = oneshot::channel();
        let state = shared.clone();
        let thread = std::thread::Builder::new().name("mock-front".to_owned()).spawn(move || {
            runtime.block_on(async move {
                tokio::select! {
                    biased;
                    _ = stopped => {}
                    _ = accept(listener, to, kind, state) => {}
                }
            });
        })?;
        Ok(Front { addr, shared, stop: Some(stop), thread: Some(thread) })
    }

    /// Returns the address it listens on.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Returns how many connections were opened to it.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::Relaxed)
    }

    /// Returns the heads of the requests that a proxy received.
    pub fn heads(&self) -> Vec<String> {
        self.shared.heads.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A port whose queue is full: a connection to it is neither opened nor refused.
#[derive(Debug)]
pub struct Jammed {
    addr: SocketAddr,
    _held: (TcpListener, Vec<std::net::TcpStream>),
}

impl Jammed {
    /// Fills the queue of a free port.
    ///
    /// # Errors
    ///
    /// Fails when no port can be bound, or when its queue cannot be filled.
    pub fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        socket2::SockRef::from(&listener).listen(0)?;
        let addr = listener.local_addr()?;
        let mut waiting = Vec::new();
        for _ in 0..64 {
            match std::net::TcpStream::connect_timeout(&addr, Duration::from_millis(100)) {
                Ok(stream) => waiting.push(stream),
                Err(_) => return Ok(Jammed { addr, _held: (listener, waiting) }),
            }
        }
        Err(io::Error::other("the queue has no end"))
    }

    /// Returns the address it listens on.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }
}

async fn accept(listener: TcpListener, to: SocketAddr, kind: Kind, shared: Arc<Shared>) -> io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    loop {
        let (stream, _) = listener.accept().await?;
        shared.connections.fetch_add(1, Ordering::Relaxed);
        let (kind, shared) = (kind.clone(), shared.clone());
        tokio::spawn(async move {
            stream.set_nodelay(true)?;
            match kind {
                // A handshake that the client breaks off ends here.
                Kind::Tls(acceptor) => match acceptor.accept(stream).into_fallible().await {
                    Ok(mut stream) => pass(&mut stream, to).await,
                    Err((error, stream)) => refuse(stream, error).await,
                },
                Kind::Proxy(refusal, Some(acceptor)) => {
                    proxy(&mut acceptor.accept(stream).await?, to, refusal, &shared).await
                }
                Kind::Proxy(refusal, None) => proxy(&mut { stream }, to, refusal, &shared).await,
                Kind::Socks => socks(&mut { stream }, to, &shared).await,
                Kind::Silent => {
                    let held: io::Result<()> = std::future::pending().await;
                    drop(stream);
                    held
                }
            }
        });
    }
}

/// Closes a connection whose handshake failed so that the client can read why: with bytes of the client unread, closing would
/// reset the connection, and the alert would be lost.
async fn refuse(mut stream: TcpStream, error: io::Error) -> io::Result<()> {
    stream.shutdown().await?;
    let mut rest = [0; 1024];
    let drained = async { while matches!(stream.read(&mut rest).await, Ok(1..)) {} };
    let _ = tokio::time::timeout(Duration::from_secs(1), drained).await;
    Err(error)
}

async fn pass<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S, to: SocketAddr) -> io::Result<()> {
    let mut target = TcpStream::connect(to).await?;
    target.set_nodelay(true)?;
    copy_bidirectional(stream, &mut target).await.map(|_| ())
}

async fn proxy<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    to: SocketAddr,
    refusal: Option<String>,
    shared: &Shared,
) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    shared.heads.lock().unwrap_or_else(PoisonError::into_inner).push(String::from_utf8_lossy(&head).into_owned());
    if let Some(refusal) = refusal {
        stream.write_all(refusal.as_bytes()).await?;
        return stream.shutdown().await;
    }
    stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
    pass(stream, to).await
}

async fn socks(stream: &mut TcpStream, to: SocketAddr, shared: &Shared) -> io::Result<()> {
    let mut greeting = [0; 2];
    stream.read_exact(&mut greeting).await?;
    let mut methods = vec![0; usize::from(greeting[1])];
    stream.read_exact(&mut methods).await?;
    stream.write_all(&[5, 0]).await?;
    let mut ask = [0; 5];
    stream.read_exact(&mut ask).await?;
    let mut rest = vec![0; usize::from(ask[4]) + 2];
    stream.read_exact(&mut rest).await?;
    let name = String::from_utf8_lossy(&rest[..rest.len() - 2]).into_owned();
    shared.heads.lock().unwrap_or_else(PoisonError::into_inner).push(name);
    stream.write_all(&[5, 0, 0, 1, 127, 0, 0, 1, 0, 0]).await?;
    pass(stream, to).await
}
