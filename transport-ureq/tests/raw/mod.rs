//! Servers that do to a connection what no HTTP library would.
#![allow(dead_code)]

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use requesty_mock::Authority;
use requesty_ureq::chat::{Chunks, Message, Request, WholeCompletion};
use requesty_ureq::requesty_core::Reply;
use requesty_ureq::{ApiKey, Call, Client, Options, Policy, Proxy, Router, Timeouts, Tls, rustls};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::value::RawValue;

/// The text `Hi` as a stream, and as one value.
pub(crate) const EVENTS: &str =
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
pub(crate) const JSON: &str =
    r#"{"choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}]}"#;

/// A connection that a server has accepted.
pub(crate) trait Wire: Read + Write + Send {
    fn socket(&self) -> &TcpStream;

    /// Says that TLS ends here.
    fn notify(&mut self) {}
}

impl Wire for TcpStream {
    fn socket(&self) -> &TcpStream {
        self
    }
}

impl Wire for StreamOwned<ServerConnection, TcpStream> {
    fn socket(&self) -> &TcpStream {
        &self.sock
    }

    fn notify(&mut self) {
        self.conn.send_close_notify();
        let _ = self.flush();
    }
}

/// A server on a port of its own, with a thread for each connection, until the test ends.
pub(crate) struct Raw {
    pub(crate) addr: SocketAddr,
    tls: Option<Tls>,
}

impl Raw {
    pub(crate) fn plain(serve: impl Fn(&mut dyn Wire) + Send + Sync + 'static) -> Self {
        Raw { addr: listen(move |mut stream| serve(&mut stream)), tls: None }
    }

    pub(crate) fn tls(serve: impl Fn(&mut dyn Wire) + Send + Sync + 'static) -> Self {
        let authority = Authority::new();
        let config: Arc<ServerConfig> = authority.server(&authority.issue("localhost", false), false).into();
        let addr = listen(move |stream| {
            let tls = ServerConnection::new(config.clone()).unwrap();
            serve(&mut StreamOwned::new(tls, stream));
        });
        let tls = Tls::new().add_root_certificate(authority.certificate().as_bytes()).unwrap();
        Raw { addr, tls: Some(tls) }
    }

    pub(crate) fn client(&self) -> Client {
        let options = Options::new().with_proxy(Proxy::none());
        Client::with_options(match &self.tls {
            Some(tls) => options.with_tls(tls.clone()),
            None => options,
        })
    }

    pub(crate) fn router(&self) -> Router {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        let router = Router::new(ApiKey::new(super::support::KEY).unwrap()).with_policy(Policy::none());
        router.with_inference_base(&format!("{scheme}://localhost:{}/v1", self.addr.port())).unwrap()
    }

    pub(crate) fn whole(&self) -> Call<WholeCompletion> {
        self.router().chat(&Request::new(&[Message::user("Hi")]).model("m")).unwrap()
    }

    pub(crate) fn streamed(&self) -> Call<Chunks> {
        self.router().chat_stream(&Request::new(&[Message::user("Hi")]).model("m")).unwrap()
    }
}

/// A body of eight million bytes: more than the buffers of both sides hold. It is made once, as that takes a while.
pub(crate) fn large() -> &'static RawValue {
    static LARGE: LazyLock<Box<RawValue>> = LazyLock::new(|| {
        let text = format!("\"{}\"", "x".repeat(8_000_000));
        RawValue::from_string(text).unwrap()
    });
    &LARGE
}

pub(crate) fn limited<R: Reply>(call: Call<R>, change: impl Fn(Timeouts) -> Timeouts) -> Call<R> {
    let timeouts = change(*call.timeouts());
    call.with_timeouts(timeouts)
}

fn listen(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (addr, serve) = (listener.local_addr().unwrap(), Arc::new(serve));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
            stream.set_nodelay(true).unwrap();
            let serve = serve.clone();
            std::thread::spawn(move || serve(stream));
        }
    });
    addr
}

/// Reads a head and returns it with the length of the body that it announces.
pub(crate) fn head(wire: &mut dyn Wire) -> io::Result<(String, usize)> {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        wire.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap().to_lowercase();
    let length = head.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next());
    let length = length.map_or(0, |length| length.parse().unwrap());
    Ok((head, length))
}

/// Reads a whole request and returns its head.
pub(crate) fn request(wire: &mut dyn Wire) -> io::Result<String> {
    let (head, length) = head(wire)?;
    wire.read_exact(&mut vec![0; length])?;
    Ok(head)
}

/// Makes a reply with a length.
pub(crate) fn reply(status: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nx-request-id: req-7\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

pub(crate) fn say(wire: &mut dyn Wire, text: &str) {
    // The client may have gone by then.
    let _ = wire.write_all(text.as_bytes()).and_then(|()| wire.flush());
}

/// Ends the connection with a reset when it is closed: without waiting for anything that was not sent or read.
pub(crate) fn reset(wire: &dyn Wire) {
    socket2::SockRef::from(wire.socket()).set_linger(Some(Duration::ZERO)).unwrap();
}
