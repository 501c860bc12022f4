//! The router: its thread, its listener, and what a test may ask it.

use std::fmt;
use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;

use requesty_core::{ApiKey, Router};

use crate::net::{ClosedBy, Connection};
use crate::reply::Reply;
use crate::script::Script;
use crate::service;
use crate::state::{Received, Shared};

/// The key of [`Mock::router`].
const KEY: &str = "rqsty-sk-test";

/// A running mock of the router.
///
/// It has a thread and a runtime of its own, so blocking callers and callers inside another runtime can use it alike.
/// Dropping it closes the port and every connection.
///
/// # Examples
///
/// ```
/// use requesty_mock::{Mock, Reply};
/// use requesty_ureq::{Client, chat};
///
/// let mock = Mock::start()?;
/// mock.reply(Reply::text(["Hi", "!"]));
/// let call = mock.router().chat(&chat::Request::user("Hello").model("openai/gpt-4o-mini"))?;
/// assert_eq!(Client::new().send(&call)?.text(), "Hi!");
///
/// let request = &mock.requests()[0];
/// assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/v1/chat/completions"));
/// assert_eq!(request.json()["messages"][0]["content"], "Hello");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Mock {
    addr: SocketAddr,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Mock {
    /// Starts a mock on a free port of the loopback interface.
    ///
    /// # Errors
    ///
    /// Fails when no port can be bound or no thread started.
    pub fn start() -> io::Result<Self> {
        Self::bind("127.0.0.1:0")
    }

    /// Starts a mock on the given address.
    ///
    /// # Errors
    ///
    /// Fails when the address cannot be bound or no thread started.
    pub fn bind(addr: impl ToSocketAddrs) -> io::Result<Self> {
        Self::serving(addr, None)
    }

    /// Starts a mock on a free port that speaks HTTP/2 over TLS, and nothing else.
    ///
    /// # Errors
    ///
    /// Fails when no port can be bound or no thread started.
    pub fn start_http2(mut config: rustls::ServerConfig) -> io::Result<Self> {
        config.alpn_protocols = vec![b"h2".to_vec()];
        Self::serving("127.0.0.1:0", Some(TlsAcceptor::from(Arc::new(config))))
    }

    fn serving(addr: impl ToSocketAddrs, http2: Option<TlsAcceptor>) -> io::Result<Self> {
        let listener = TcpListener::bind(addr)?;
        listener.set_nonblocking(true)?;
        let addr = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
        let shared = Arc::new(Shared::default());
        let (stop, stopped) = oneshot::channel();
        let state = shared.clone();
        let thread = std::thread::Builder::new().name("requesty-mock".to_owned()).spawn(move || {
            runtime.block_on(async move {
                tokio::select! {
                    biased;
                    _ = stopped => {}
                    () = accept(listener, http2, state) => {}
                }
            });
            // The runtime goes here, on its own thread, and every connection with it.
        })?;
        Ok(Self { addr, shared, stop: Some(stop), thread: Some(thread) })
    }

    /// Returns the base URL to give to a client, `/v1` included.
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.addr)
    }

    /// Returns the base URL of the management endpoints and of feedback.
    pub fn root_url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Returns the address the mock listens on.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Returns a router whose calls all come here, with a key for tests.
    ///
    /// It has the usual policy: a 503 is tried again after half a second. Where a test wants the failure itself, it turns that
    /// off: `mock.router().with_max_retries(0)`.
    pub fn router(&self) -> Router {
        let key = ApiKey::new(KEY).expect("the key is plain ASCII");
        let router = Router::new(key).with_inference_base(&self.base_url());
        let router = router.and_then(|router| router.with_management_base(&self.root_url()));
        router.and_then(|router| router.with_feedback_base(&self.root_url())).expect("an address makes a URL")
    }

    /// Answers a request to come with `reply`. Replies are played in the order in which they were given, one for each request,
    /// whatever model and endpoint it names; it goes before the scenarios and scripts of models.
    ///
    /// A request that the documentation rules out, or that has no key, is refused as ever, and takes no reply.
    pub fn reply(&self, reply: impl Into<Reply>) {
        self.shared.queue(reply.into());
    }

    /// Returns how many of the [replies](Self::reply) are still to be played; a test may assert that there are 0.
    pub fn replies_left(&self) -> usize {
        self.shared.queue_len()
    }

    /// Registers a script for a model. It replaces a built-in scenario with the same name.
    pub fn script(&self, model: &str, script: Script) {
        self.shared.script(model, script);
    }

    /// Answers chat requests that the documentation rules out, too, for clients that others wrote; what is wrong with them
    /// is still [recorded](Self::complaints). By default, they are refused with 400.
    pub fn accept_any_request(&self) {
        self.shared.accept_any_request();
    }

    /// Returns every request received so far, in order.
    pub fn requests(&self) -> Vec<Received> {
        self.shared.received()
    }

    /// Counts the requests that named a model, answered or not.
    pub fn hits(&self, model: &str) -> usize {
        self.shared.count(&|received| received.model.as_deref() == Some(model))
    }

    /// Counts the requests that came to the address `mock/redirect` points to.
    pub fn redirects_followed(&self) -> usize {
        self.shared.count(&|received| received.path.starts_with(service::REDIRECTED))
    }

    /// Returns what was wrong with the requests so far; a test may assert that the list is empty.
    pub fn complaints(&self) -> Vec<String> {
        self.shared.received().into_iter().flat_map(|received| received.complaints).collect()
    }

    /// Drops the recorded requests and the queued replies, and restarts every sequence; connections keep their numbers.
    pub fn clear(&self) {
        self.shared.clear();
    }

    /// Returns how many connections were accepted so far.
    pub fn connections(&self) -> usize {
        self.shared.connections()
    }

    /// Returns how many connections are open.
    pub fn open_connections(&self) -> usize {
        self.shared.open()
    }

    /// Returns which side closed a connection; `None` while it is open or if there is no connection with this number.
    pub fn closed_by(&self, connection: usize) -> Option<ClosedBy> {
        self.shared.closed_by(connection)
    }

    /// Waits until no connection is open; returns whether this happened in time.
    ///
    /// It blocks the calling thread; the mock goes on, as it has a thread of its own.
    pub fn wait_closed(&self, timeout: Duration) -> bool {
        self.shared.wait(timeout, &|open, _| open == 0)
    }

    /// Waits until at least so many requests were received; returns whether this happened in time.
    pub fn wait_requests(&self, count: usize, timeout: Duration) -> bool {
        self.shared.wait(timeout, &|_, received| received >= count)
    }

    /// Serves until the process ends.
    pub fn wait(mut self) {
        if let Some(thread) = self.thread.take() {
            // Only a panic of the mock's thread ends this, and that has been printed already.
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for Mock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mock").field("addr", &self.addr).finish_non_exhaustive()
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A join and not a runtime's shutdown, so this may happen inside someone else's runtime. It is short: the
            // thread drops its tasks and ends.
            let _ = thread.join();
        }
    }
}

async fn accept(listener: TcpListener, http2: Option<TlsAcceptor>, shared: Arc<Shared>) {
    let listener = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => {
            eprintln!("requesty-mock: cannot listen: {error}");
            return;
        }
    };
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let connection = Connection::new(stream, shared.clone());
                tokio::spawn(serve(connection, http2.clone(), shared.clone()));
            }
            // Out of file descriptors, or a client that left at once: neither is a reason to stop for everyone.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

async fn serve(connection: Connection, http2: Option<TlsAcceptor>, shared: Arc<Shared>) {
    let number = connection.number();
    let control = connection.control();
    let service = service_fn(move |request| service::answer(request, number, control.clone(), shared.clone()));
    // An error here is what a script asked for (cut, reset) or a client that left; both are on record already.
    match http2 {
        None => {
            let _ = http1::Builder::new().serve_connection(TokioIo::new(connection), service).await;
        }
        Some(acceptor) => {
            let Ok(stream) = acceptor.accept(connection).await else { return };
            let server = http2::Builder::new(TokioExecutor::new());
            let _ = server.serve_connection(TokioIo::new(stream), service).await;
        }
    }
}
