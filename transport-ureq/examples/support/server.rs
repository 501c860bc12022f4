//! A small server of HTTP/1.1 for the gateway: one request for each connection, and chunks that go out as they are written.
//!
//! Servers that hold chunks back until there are some kilobytes, or that end a broken answer like a whole one, are of no use to
//! a gateway of streams.

use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;
use std::{mem, thread};

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use requesty_ureq::CancelHandle;

/// Files come within the body, in bytes.
const MAX_BODY: u64 = 64 << 20;
const MAX_HEAD: u64 = 64 << 10;
/// For a client that sends nothing, or reads nothing.
const PATIENCE: Duration = Duration::from_secs(60);

/// A request, and the client that waits for the answer.
pub(crate) struct Exchange<'a> {
    pub(crate) request: Request<Bytes>,
    /// Cancelled when the client leaves.
    pub(crate) left: CancelHandle,
    connection: &'a TcpStream,
}

/// Serves while there are connections, each in a thread. What goes wrong with one client is no matter of the others.
pub(crate) fn listen(
    connections: impl Iterator<Item = io::Result<TcpStream>>,
    answer: impl Fn(&Exchange<'_>) -> Option<Response<Bytes>> + Sync,
) {
    thread::scope(|scope| {
        for connection in connections.flatten() {
            let answer = &answer;
            scope.spawn(move || serve(&connection, answer));
        }
    });
}

/// Reads a request, and writes the response of `answer` if [`Chunks`] did not.
fn serve(connection: &TcpStream, answer: impl FnOnce(&Exchange<'_>) -> Option<Response<Bytes>>) -> io::Result<()> {
    let request = match read(connection)? {
        Ok(request) => request,
        Err(status) => return write(connection, &empty(status)),
    };
    let exchange = Exchange { request, left: CancelHandle::new(), connection };
    thread::scope(|scope| {
        // Nothing more is to come from the client, so this ends when it leaves, or with the shutdown.
        scope.spawn(|| {
            let mut connection = connection;
            while connection.read(&mut [0; 64]).is_ok_and(|count| count > 0) {}
            exchange.left.cancel();
        });
        let written = answer(&exchange).map_or(Ok(()), |response| write(connection, &response));
        connection.shutdown(Shutdown::Both).and(written)
    })
}

/// A response whose body is written in chunks. Without [`Chunks::end`] the client sees that the body is cut.
pub(crate) struct Chunks<'a> {
    exchange: &'a Exchange<'a>,
    /// What goes out before the next chunk.
    head: Vec<u8>,
}

impl<'a> Chunks<'a> {
    pub(crate) fn new(exchange: &'a Exchange<'a>, media_type: Option<&HeaderValue>) -> Self {
        let mut response = Response::new(());
        if let Some(media_type) = media_type {
            response.headers_mut().insert(header::CONTENT_TYPE, media_type.clone());
        }
        Chunks { exchange, head: head(&response, "transfer-encoding: chunked").into() }
    }

    /// Waits until the system has taken the bytes, so that a slow client slows the router down.
    pub(crate) fn write(&mut self, bytes: &[u8]) {
        let size = format!("{:x}\r\n", bytes.len());
        let head = mem::take(&mut self.head);
        self.send(&[&head, size.as_bytes(), bytes, b"\r\n"].concat());
    }

    pub(crate) fn end(mut self) {
        let head = mem::take(&mut self.head);
        self.send(&[&head, &b"0\r\n\r\n"[..]].concat());
    }

    fn send(&mut self, bytes: &[u8]) {
        let mut connection = self.exchange.connection;
        if connection.write_all(bytes).is_err() {
            self.exchange.left.cancel();
        }
    }
}

/// Makes a response without a body.
pub(crate) fn empty(status: StatusCode) -> Response<Bytes> {
    let mut response = Response::default();
    *response.status_mut() = status;
    response
}

/// Reads a request, or the status that says what is wrong with it.
fn read(connection: &TcpStream) -> io::Result<Result<Request<Bytes>, StatusCode>> {
    connection.set_read_timeout(Some(PATIENCE))?;
    connection.set_write_timeout(Some(PATIENCE))?;
    connection.set_nodelay(true)?;
    let mut reader = BufReader::new(connection).take(MAX_HEAD);
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if reader.read_until(b'\n', &mut head)? == 0 {
            return Ok(Err(StatusCode::BAD_REQUEST));
        }
    }
    let Some(request) = parse(&head) else { return Ok(Err(StatusCode::BAD_REQUEST)) };
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let Some(length) = length else { return Ok(Err(StatusCode::LENGTH_REQUIRED)) };
    if length > MAX_BODY {
        return Ok(Err(StatusCode::PAYLOAD_TOO_LARGE));
    }
    let mut body = Vec::new();
    reader.set_limit(length);
    if reader.read_to_end(&mut body)? as u64 != length {
        return Ok(Err(StatusCode::BAD_REQUEST));
    }
    connection.set_read_timeout(None)?;
    Ok(Ok(request.map(|()| body.into())))
}

fn parse(head: &[u8]) -> Option<Request<()>> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut parsed = httparse::Request::new(&mut headers);
    parsed.parse(head).ok()?;
    let request = Request::builder().method(parsed.method?).uri(parsed.path?);
    let headers = parsed.headers.iter();
    headers.fold(request, |request, header| request.header(header.name, header.value)).body(()).ok()
}

fn write(mut connection: &TcpStream, response: &Response<Bytes>) -> io::Result<()> {
    let head = head(response, &format!("content-length: {}", response.body().len()));
    connection.write_all(&[head.as_bytes(), response.body()].concat())
}

fn head<B>(response: &Response<B>, framing: &str) -> String {
    let mut head = format!("HTTP/1.1 {}\r\nconnection: close\r\n{framing}\r\n", response.status());
    for (name, value) in response.headers() {
        let _ = write!(head, "{name}: {}\r\n", String::from_utf8_lossy(value.as_bytes()));
    }
    head + "\r\n"
}
