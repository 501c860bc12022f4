//! A server that does with a socket whatever a test says, and the calls that go there.

#![allow(dead_code, unused_imports, reason = "each test file uses a part of it")]

mod connector;

use std::io::Write;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use requesty_hyper::chat::{Chunks, Message, Request, WholeCompletion};
use requesty_hyper::{ApiKey, Call, Policy, Router};

pub(crate) use connector::Own;
pub(crate) use requesty_parity::read_request;

/// A server with a thread for each connection.
pub(crate) struct Server {
    pub(crate) addr: SocketAddr,
    connections: Arc<AtomicUsize>,
    open: Arc<AtomicUsize>,
}

impl Server {
    /// Starts one that serves each connection, the first of which has the number 0. It closes it on return.
    pub(crate) fn start(serve: impl Fn(&mut TcpStream, usize) + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = listener.local_addr().unwrap();
        let server = Server { addr, connections: Arc::default(), open: Arc::default() };
        let (connections, open, serve) = (server.connections.clone(), server.open.clone(), Arc::new(serve));
        std::thread::spawn(move || {
            for mut connection in listener.incoming().flatten() {
                connection.set_nodelay(true).unwrap();
                let number = connections.fetch_add(1, Ordering::AcqRel);
                open.fetch_add(1, Ordering::AcqRel);
                let (serve, open) = (serve.clone(), open.clone());
                std::thread::spawn(move || {
                    serve(&mut connection, number);
                    drop(connection);
                    open.fetch_sub(1, Ordering::AcqRel);
                });
            }
        });
        server
    }

    /// Returns how many connections were opened.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::Acquire)
    }

    /// Returns how many are open.
    pub(crate) fn open(&self) -> usize {
        self.open.load(Ordering::Acquire)
    }

    /// Returns whether all connections were closed before that much time passed.
    pub(crate) async fn all_closed_within(&self, time: Duration) -> bool {
        let start = std::time::Instant::now();
        while self.open.load(Ordering::Acquire) > 0 {
            if start.elapsed() > time {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        true
    }

    fn router(&self) -> Router {
        let router = Router::new(ApiKey::new("rqsty-sk-test").unwrap()).with_policy(Policy::none());
        router.with_inference_base(&format!("http://{}/v1", self.addr)).unwrap()
    }

    pub(crate) fn whole(&self) -> Call<WholeCompletion> {
        self.router().chat(&Request::new(&[Message::user("Hi")]).model("m")).unwrap()
    }

    pub(crate) fn streamed(&self) -> Call<Chunks> {
        self.router().chat_stream(&Request::new(&[Message::user("Hi")]).model("m")).unwrap()
    }
}

/// A whole answer with that text.
pub(crate) fn answer(text: &str) -> String {
    let body = format!(
        r#"{{"choices":[{{"index":0,"message":{{"role":"assistant","content":"{text}"}},"finish_reason":"stop"}}]}}"#
    );
    format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

/// The head of a stream in HTTP chunks.
pub(crate) const HEAD: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";

/// One HTTP chunk.
pub(crate) fn chunk(data: &str) -> String {
    format!("{:x}\r\n{data}\r\n", data.len())
}

pub(crate) fn delta(text: &str) -> String {
    chunk(&format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n"))
}

/// The last HTTP chunks of a stream.
pub(crate) fn end() -> String {
    chunk("data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n")
        + "0\r\n\r\n"
}

pub(crate) fn send(connection: &mut TcpStream, text: &str) -> Option<()> {
    connection.write_all(text.as_bytes()).ok()
}

/// Runs the same on a runtime of each flavour, in the blocking call and in a task.
pub(crate) fn on_each<F: Future<Output = ()> + Send + 'static>(work: impl Fn(&'static str) -> F) {
    let single = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let multi = || tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    single().block_on(work("current thread"));
    multi().block_on(work("two workers, in block_on"));
    multi().block_on(async { tokio::spawn(work("two workers, in a task")).await.unwrap() });
}
