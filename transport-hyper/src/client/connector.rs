//! How connections are opened, unless the caller has a connector.
//!
//! ```text
//! resolve ─▶ TCP ─▶ TLS to the proxy ─▶ tunnel ─▶ TLS
//! ```

use std::error::Error as StdError;
use std::fmt;
use std::future::{Future, Ready, ready};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use http::Uri;
use hyper_util::client::legacy::connect::dns::Name;
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::rt::TokioIo;
use requesty_core::BuildError;
use requesty_core::error::Phase;
use requesty_net::{Options, Rules, Step, TlsError, Tunnel};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tower_service::Service;

use super::control::Control;

/// Opens connections by the [`Options`].
#[derive(Clone)]
pub struct Connector {
    shared: Arc<Shared>,
}

struct Shared {
    options: Options,
    rules: Rules,
    /// The application protocols offered to the target.
    protocols: &'static [&'static [u8]],
    /// TLS configurations for a proxy and for the target, made for the first connection that needs them.
    tls: [OnceLock<Result<Arc<ClientConfig>, BuildError>>; 2],
}

type Failure = Box<dyn StdError + Send + Sync>;

impl Connector {
    pub(super) fn new(options: Options, protocols: &'static [&'static [u8]]) -> Self {
        let rules = options.proxy().rules();
        Connector { shared: Arc::new(Shared { options, rules, protocols, tls: Default::default() }) }
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connector").finish_non_exhaustive()
    }
}

impl Service<Uri> for Connector {
    type Response = TokioIo<Io>;
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Failure>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        let (shared, control) = (self.shared.clone(), Control::current());
        Box::pin(async move { Ok(TokioIo::new(shared.open(&target, control.as_deref()).await?)) })
    }
}

impl Shared {
    async fn open(&self, target: &Uri, control: Option<&Control>) -> Result<Io, Failure> {
        let enter = |phase| control.map(|control| control.enter(phase));
        let secure = target.scheme() == Some(&http::uri::Scheme::HTTPS);
        let host = target.host().unwrap_or_default();
        let port = target.port_u16().unwrap_or(if secure { 443 } else { 80 });
        let proxy = self.rules.route(target)?;

        enter(Phase::Resolve);
        let (name, at) = proxy.as_ref().map_or((host, port), |proxy| (proxy.host(), proxy.port()));
        let addresses = addresses(name, at).await?;
        enter(Phase::Connect);
        let mut io = Io::Plain(self.tcp(addresses).await?);
        if let Some(proxy) = proxy {
            if proxy.is_tls() {
                enter(Phase::Tls);
                io = self.tls(io, proxy.host(), true).await?;
            }
            enter(Phase::Proxy);
            pass(Tunnel::new(proxy, host, port), &mut io).await?;
        }
        if secure {
            enter(Phase::Tls);
            io = self.tls(io, host, false).await?;
        }
        Ok(io)
    }

    /// Opens a connection to the first address that answers, alternating between IPv4 and IPv6.
    async fn tcp(&self, addresses: Vec<SocketAddr>) -> Result<TcpStream, Failure> {
        let mut tcp = HttpConnector::new_with_resolver(Resolved(addresses));
        // The host name does not matter here; the addresses have their port.
        let stream = tcp.call(Uri::from_static("http://resolved")).await?.into_inner();
        self.options.tune(&stream)?;
        Ok(stream)
    }

    async fn tls(&self, io: Io, host: &str, to_proxy: bool) -> Result<Io, Failure> {
        let [target, proxy] = &self.tls;
        let (cell, protocols) = if to_proxy { (proxy, &[b"http/1.1" as &[u8]][..]) } else { (target, self.protocols) };
        let config = cell.get_or_init(|| self.options.tls().client_config(protocols)).clone()?;
        let name = ServerName::try_from(bare(host).to_owned())?;
        let stream = TlsConnector::from(config).connect(name, io).await;
        let stream =
            stream.map_err(|error| TlsError::find(&error).map_or_else(|| Failure::from(error), Failure::from))?;
        Ok(Io::Tls(Box::new(stream)))
    }
}

fn bare(host: &str) -> &str {
    host.trim_start_matches('[').trim_end_matches(']')
}

async fn addresses(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    match bare(host).parse::<IpAddr>() {
        Ok(address) => Ok(vec![SocketAddr::new(address, port)]),
        Err(_) => Ok(tokio::net::lookup_host((host, port)).await?.collect()),
    }
}

/// Runs the handshake with a proxy.
async fn pass(mut tunnel: Tunnel, io: &mut Io) -> Result<(), Failure> {
    let mut buffer = [0; 2048];
    loop {
        match tunnel.step()? {
            Step::Done => return Ok(()),
            Step::Write(bytes) => {
                io.write_all(&bytes).await?;
                io.flush().await?;
            }
            Step::Read => {
                let read = io.read(&mut buffer).await?;
                tunnel.read(buffer.get(..read).unwrap_or_default());
            }
        }
    }
}

/// A resolver that returns known addresses.
#[derive(Clone)]
struct Resolved(Vec<SocketAddr>);

impl Service<Name> for Resolved {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = Ready<io::Result<Self::Response>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Name) -> Self::Future {
        ready(Ok(std::mem::take(&mut self.0).into_iter()))
    }
}

/// A connection: plain, with TLS to a proxy or to the target, or with TLS inside TLS.
pub enum Io {
    /// Without TLS.
    Plain(TcpStream),
    /// With TLS on top.
    Tls(Box<TlsStream<Io>>),
}

impl Io {
    /// Returns the socket below all TLS layers.
    pub(super) fn tcp(&self) -> &TcpStream {
        match self {
            Io::Plain(stream) => stream,
            Io::Tls(stream) => stream.get_ref().0.tcp(),
        }
    }
}

impl fmt::Debug for Io {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if matches!(self, Io::Tls(_)) { "Io(TLS)" } else { "Io(plain)" })
    }
}

impl Connection for Io {
    fn connected(&self) -> Connected {
        match self {
            Io::Tls(stream) if stream.get_ref().1.alpn_protocol() == Some(b"h2") => Connected::new().negotiated_h2(),
            _ => Connected::new(),
        }
    }
}

impl AsyncRead for Io {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Io::Plain(stream) => Pin::new(stream).poll_read(cx, buffer),
            Io::Tls(stream) => Pin::new(stream).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Io {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Io::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Io::Tls(stream) => {
                let written = Pin::new(&mut **stream).poll_write(cx, bytes);
                why(stream, cx, written)
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Io::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Io::Tls(stream) => {
                let flushed = Pin::new(&mut **stream).poll_flush(cx);
                why(stream, cx, flushed)
            }
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Io::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Io::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Io::Plain(stream) => stream.is_write_vectored(),
            Io::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Io::Plain(stream) => Pin::new(stream).poll_write_vectored(cx, slices),
            Io::Tls(stream) => {
                let written = Pin::new(&mut **stream).poll_write_vectored(cx, slices);
                why(stream, cx, written)
            }
        }
    }
}

/// Returns the reason of a failed write. If a server ends a connection because of a certificate, its TLS alert can
/// still be read.
fn why<T>(stream: &mut TlsStream<Io>, cx: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
    let Poll::Ready(Err(error)) = written else { return written };
    let mut byte = [0];
    match Pin::new(stream).poll_read(cx, &mut ReadBuf::new(&mut byte)) {
        Poll::Ready(Err(why)) if TlsError::find(&why).is_some() => Poll::Ready(Err(why)),
        _ => Poll::Ready(Err(error)),
    }
}
