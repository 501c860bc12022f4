//! A client of nothing but a socket, so that what the tests see is what is on the wire.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};

/// How a response ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// As HTTP says.
    Clean,
    /// The connection was closed too early.
    Cut,
    /// The connection was reset.
    Reset,
    /// Nothing more came, and the connection stayed open.
    Silent,
}

/// A response.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) end: End,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }
}

/// A connection.
#[derive(Debug)]
pub(crate) struct Client {
    stream: TcpStream,
    raw: Vec<u8>,
}

/// The smallest right request.
pub(crate) fn ask(model: &str, stream: bool) -> Value {
    let mut body = json!({"model": model, "messages": [{"role": "user", "content": "What is an LLM gateway?"}]});
    if stream {
        body["stream"] = json!(true);
        body["stream_options"] = json!({"include_usage": true});
    }
    body
}

/// The headers a right request has.
pub(crate) fn headers(stream: bool) -> Vec<(String, String)> {
    let accept = if stream { "text/event-stream" } else { "application/json" };
    [("host", "mock"), ("content-type", "application/json"), ("accept", accept), ("authorization", "Bearer test-key")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
}

/// Sends a right request on a connection of its own.
pub(crate) fn post(addr: SocketAddr, body: &Value) -> Answer {
    let mut client = Client::connect(addr);
    client.send(body);
    client.receive(Duration::from_secs(10))
}

impl Client {
    pub(crate) fn connect(addr: SocketAddr) -> Self {
        Self { stream: TcpStream::connect(addr).unwrap(), raw: Vec::new() }
    }

    pub(crate) fn send(&mut self, body: &Value) {
        self.send_with(body, &headers(body["stream"] == true));
    }

    pub(crate) fn send_with(&mut self, body: &Value, headers: &[(String, String)]) {
        self.send_raw("POST", "/v1/chat/completions", headers, body.to_string().as_bytes());
    }

    pub(crate) fn send_raw(&mut self, method: &str, path: &str, headers: &[(String, String)], body: &[u8]) {
        let mut head = format!("{method} {path} HTTP/1.1\r\ncontent-length: {}\r\n", body.len());
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        self.stream.write_all(head.as_bytes()).unwrap();
        self.stream.write_all(body).unwrap();
    }

    /// Reads one response; gives up when nothing comes for the given time.
    pub(crate) fn receive(&mut self, patience: Duration) -> Answer {
        self.stream.set_read_timeout(Some(patience)).unwrap();
        let mut answer = Answer { status: 0, headers: Vec::new(), body: Vec::new(), end: End::Clean };
        let Some(at) = self.until(&mut answer, |raw| find(raw, b"\r\n\r\n")) else { return answer };
        let head = String::from_utf8(self.take(at + 4)).unwrap();
        let mut lines = head.lines();
        answer.status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let pairs = lines.filter_map(|line| line.split_once(": "));
        answer.headers = pairs.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
        if answer.header("transfer-encoding") == Some("chunked") {
            self.chunks(&mut answer);
        } else {
            let length: usize = answer.header("content-length").map_or(0, |length| length.parse().unwrap());
            let whole = self.until(&mut answer, |raw| (raw.len() >= length).then_some(length));
            let have = whole.unwrap_or(self.raw.len());
            answer.body = self.take(have);
        }
        answer
    }

    fn chunks(&mut self, answer: &mut Answer) {
        loop {
            let Some(at) = self.until(answer, |raw| find(raw, b"\r\n")) else { return };
            let line = String::from_utf8(self.take(at + 2)).unwrap();
            let size = usize::from_str_radix(line.trim(), 16).unwrap();
            let whole = self.until(answer, |raw| (raw.len() >= size + 2).then_some(size));
            let have = whole.unwrap_or_else(|| self.raw.len().min(size));
            let chunk = self.take(have);
            if whole.is_some() {
                self.take(2);
            }
            answer.body.extend(chunk);
            if whole.is_none() || size == 0 {
                return;
            }
        }
    }

    /// Reads until a test on the bytes at hand passes; notes the end if that comes first.
    fn until(&mut self, answer: &mut Answer, passes: impl Fn(&[u8]) -> Option<usize>) -> Option<usize> {
        let mut buffer = [0; 16_384];
        loop {
            if let Some(found) = passes(&self.raw) {
                return Some(found);
            }
            answer.end = match self.stream.read(&mut buffer) {
                Ok(0) => End::Cut,
                Ok(count) => {
                    self.raw.extend(&buffer[..count]);
                    continue;
                }
                Err(error) if error.kind() == ErrorKind::ConnectionReset => End::Reset,
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => End::Silent,
                Err(error) => panic!("{error}"),
            };
            return None;
        }
    }

    fn take(&mut self, count: usize) -> Vec<u8> {
        self.raw.drain(..count).collect()
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}
