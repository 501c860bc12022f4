//! Connectors of the caller's own.
#![cfg(feature = "hyper")]

mod support;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use http::Uri;
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::TokioIo;
use requesty_hyper::chat::{Message, Request};
use requesty_hyper::error::Phase;
use requesty_hyper::{Client, Error, Options, Policy};
use requesty_mock::Mock;
use support::{ms, router, streamed, whole};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tower_service::Service;

/// Connects to one address, whatever it is asked for; the first connections break when they are written to.
#[derive(Clone)]
struct Own {
    to: SocketAddr,
    broken: Arc<AtomicUsize>,
    opened: Arc<AtomicUsize>,
}

struct Stream {
    tcp: TcpStream,
    broken: bool,
}

impl Own {
    fn new(to: SocketAddr, broken: usize) -> Self {
        Own { to, broken: Arc::new(broken.into()), opened: Arc::default() }
    }
}

impl Service<Uri> for Own {
    type Response = TokioIo<Stream>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        self.opened.fetch_add(1, Ordering::Relaxed);
        let broken = self.broken.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok();
        let to = self.to;
        Box::pin(async move { Ok(TokioIo::new(Stream { tcp: TcpStream::connect(to).await?, broken })) })
    }
}

impl Connection for Stream {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl AsyncRead for Stream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.broken {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        Pin::new(&mut self.tcp).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }
}

#[tokio::test]
async fn an_own_connector_is_used() {
    let mock = Mock::start().unwrap();
    let own = Own::new(mock.addr(), 0);
    let client = Client::with_connector(own.clone(), Options::new());
    // There is no such host: any other connector would fail.
    let router = router(&mock).with_plain_http(true).with_inference_base("http://router.invalid/v1").unwrap();
    let call = router.chat_stream(&Request::new(&[Message::user("Hi")]).model("mock/text")).unwrap();
    for _ in 0..3 {
        client.send(&call).await.unwrap();
    }
    assert_eq!((own.opened.load(Ordering::Relaxed), mock.connections(), mock.hits("mock/text")), (1, 1, 3));
    let call = streamed(&mock, "mock/stall-before-head");
    let call = call.clone().with_timeouts(call.timeouts().with_first_byte(ms(100)));
    assert!(client.send(&call).await.unwrap_err().error().is_timeout());
}

#[tokio::test]
async fn a_request_of_which_nothing_was_written_is_sent_again() {
    let mock = Mock::start().unwrap();
    let own = Own::new(mock.addr(), 1);
    Client::with_connector(own.clone(), Options::new()).send(&whole(&mock, "mock/text")).await.unwrap();
    assert_eq!(own.opened.load(Ordering::Relaxed), 2);
    assert_eq!(mock.hits("mock/text"), 1);

    let client = Client::with_connector(Own::new(mock.addr(), 1), Options::new());
    let error = client.send(&whole(&mock, "mock/text").with_policy(Policy::none())).await.unwrap_err();
    let Error::Transport(transport) = error.error() else { panic!("{error:?}") };
    assert_eq!(transport.phase(), Phase::Write);
    assert!(!transport.request_maybe_processed());
}
