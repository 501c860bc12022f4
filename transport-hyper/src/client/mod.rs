//! The client: connections, time limits and retries. The core decides what a reply means.

mod attempts;
mod body;
mod connection;
mod connector;
mod control;
mod exchange;
mod failure;
#[cfg(feature = "http2")]
mod http2;
mod named;
mod pool;
mod relay;
mod socket;
mod tokio_timer;

use std::fmt;
use std::sync::Arc;

use http::header::USER_AGENT;
use http::{HeaderValue, Request};

use requesty_core::observe::Observe;
use requesty_core::{Call, Dialect, Error, Incomplete, Received, Reply};
use requesty_net::Options;

use crate::{ItemStream, Timer};

use attempts::Attempts;
pub use body::ResponseBody;
pub use connector::Connector;
pub use named::{ChatStream, Connect, MessageStream, ReplyStream, ReplyTexts, ResponseStream};
use pool::Pool;
pub use tokio_timer::TokioTimer;

/// Sends calls: a pool of connections, with the time limits and the retry policy of each [`Call`].
///
/// Cloning is cheap, and clones share the pool. A client holds no key, because each call has its own, so one pool
/// serves many keys. Sending needs a tokio runtime of either kind with IO and time enabled; creating a client does not.
/// Several runtimes may use one client, at the same time or one after the other; each has its own connections.
///
/// Its [`Options`] set how it connects; the blocking client has the same ones. A redirect is an error and is not
/// followed, because the key would go along. The client never asks for compression.
///
/// # Connections
///
/// It uses HTTP/1.1. Each stream owns its connection, and the task that waits for the stream drives the connection.
/// Dropping a stream closes its connection at once. Bytes that are not asked for are not read from the socket.
///
/// * After a reply, its connection can serve the next call. At most [`pool_per_host`](Options::with_pool_per_host) idle
///   connections are kept per host, for at most [`pool_idle`](Options::with_pool_idle).
/// * While there are idle connections, one task per runtime checks them twice per second. It closes those that the
///   server closed and those that were idle for too long, and ends when there are none left.
/// * Before an idle connection is used, the client asks the system whether anything came on it: the end, or an
///   unexpected answer. If so, the connection is closed and another one is used. Bytes that the server sends later,
///   while the next request is being sent, cannot be distinguished from its answer in HTTP/1.1.
/// * A request is sent on another connection only if no byte of it was written on the first.
///
/// # Examples
///
/// ```no_run
/// # async fn example() -> Result<(), requesty_hyper::Error> {
/// use requesty_hyper::{Client, chat, router_from_env};
///
/// let client = Client::new();
/// let router = router_from_env()?;
/// let messages = [chat::Message::user("Why is the sky blue?")];
/// let request = chat::Request::new(&messages).model("openai/gpt-4o-mini");
///
/// let completion = client.send(&router.chat(&request)?).await?;
/// println!("{}", completion.text());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client<C = Connector> {
    connector: C,
    pool: Arc<Pool>,
    timer: Arc<dyn Timer>,
    observe: Arc<[Observe]>,
}

const AGENT: HeaderValue = HeaderValue::from_static(concat!("requesty-hyper/", env!("CARGO_PKG_VERSION")));

impl Client {
    /// Creates a client with the default options, and a pool of its own.
    pub fn new() -> Self {
        Client::with_options(Options::new())
    }

    /// Creates a client with a pool of its own.
    ///
    /// # Examples
    ///
    /// ```
    /// use requesty_hyper::{Client, Options, Proxy};
    ///
    /// let client = Client::with_options(Options::new().with_proxy(Proxy::none()).with_pool_per_host(50));
    /// ```
    pub fn with_options(options: Options) -> Self {
        Client::with_connector(Connector::new(options.clone(), &[b"http/1.1"]), options)
    }

    /// Creates a client that uses HTTP/2 over TLS with servers that support it: many streams share a connection.
    ///
    /// A task drives each such connection. A connection with open streams is pinged every 20 s, and closed if no reply
    /// comes within 10 s. A connection on which a time limit passed gets no further calls. An idle connection is not
    /// pinged, because some servers treat that as abuse.
    ///
    /// A request counts as not processed, and may be sent again, if the server refused its stream (`REFUSED_STREAM`),
    /// or ended the connection by a `GOAWAY` whose last stream is below that of the request. An error shows the reason
    /// code, and none of the server's text.
    #[cfg(feature = "http2")]
    pub fn with_http2(options: Options) -> Self {
        Client::with_connector(Connector::new(options.clone(), &[b"h2", b"http/1.1"]), options)
    }
}

impl<C: Connect> Client<C> {
    /// Creates a client whose connections are opened by `connector`, such as a Unix socket: any type that
    /// [connects](Connect) to a URL.
    ///
    /// The options for TLS, proxies and keep-alive have no effect then. All that the connector does counts towards the
    /// limit for [connecting](requesty_core::Timeouts::connect).
    ///
    /// If its connections are not tokio's `TcpStream`, the system cannot be asked what came on an idle connection. The
    /// client then yields to the runtime, so that the connection can notice. This is certain on a runtime with one
    /// thread, and nearly certain on others.
    pub fn with_connector(connector: C, options: Options) -> Self {
        let timer: Arc<dyn Timer> = Arc::new(TokioTimer::new());
        let pool = Pool::new(&options, timer.clone(), socket::can_be_asked::<C::Response>());
        Client { connector, pool: Arc::new(pool), timer, observe: options.observe().into() }
    }

    /// Sends a call and reads the whole reply. A stream is read to its end and accumulated.
    ///
    /// It is tried again by the policy of the call until the first item of a stream came. After that an error is final,
    /// and is returned with the partial answer.
    ///
    /// # Errors
    /// [`Incomplete`], with the partial answer, unless the reply is complete.
    pub async fn send<R: Reply>(
        &self,
        call: &Call<R>,
    ) -> Result<Received<<R::Dialect as Dialect>::Total>, Incomplete<<R::Dialect as Dialect>::Partial>> {
        let stream = self.start(call).await?;
        let head = stream.head().clone();
        Ok(Received::new(head, stream.finish().await?))
    }

    /// Sends a call and returns its reply when the first item came; the stream hands that item out first.
    ///
    /// It is tried again by the policy of the call until the first item came, and never after it. Dropping the future
    /// cancels the call.
    ///
    /// # Errors
    /// The error of the last attempt, before its first item. A later failure is an error of the stream.
    pub async fn stream<R: Reply>(&self, call: &Call<R>) -> Result<ItemStream<R::Dialect, ResponseBody>, Error> {
        Ok(self.start(call).await?)
    }

    /// Sends a call and returns its reply when the head came, with any status. An error status becomes an error in
    /// place of the first item. Use it for a proxy that passes heads on.
    ///
    /// It is tried again by the policy of the call until the head came, and never after it.
    ///
    /// # Errors
    /// [`Error::Transport`] or [`Error::Timeout`] if no head came.
    pub async fn open<R: Reply>(&self, call: &Call<R>) -> Result<ItemStream<R::Dialect, ResponseBody>, Error> {
        let mut attempts = self.attempts(call);
        loop {
            match self.attempt(call, &mut attempts).await {
                Ok(stream) => return Ok(stream.observed_by(attempts.into_observers())),
                Err(error) => attempts.again(Incomplete::new((), error)).await?,
            }
        }
    }

    /// Makes attempts until the first item or the complete end came.
    async fn start<R: Reply>(
        &self,
        call: &Call<R>,
    ) -> Result<ItemStream<R::Dialect, ResponseBody>, Incomplete<<R::Dialect as Dialect>::Partial>> {
        let mut attempts = self.attempts(call);
        loop {
            let failure = match self.attempt(call, &mut attempts).await {
                Err(error) => Incomplete::new(Default::default(), error),
                Ok(mut stream) => match stream.wait().await {
                    Ok(_) => return Ok(stream.observed_by(attempts.into_observers())),
                    Err(error) => {
                        let machine = stream.into_machine();
                        attempts.seen(&machine);
                        match machine.total() {
                            Err(failure) => failure,
                            Ok(_) => Incomplete::new(Default::default(), error),
                        }
                    }
                },
            };
            attempts.again(failure).await?;
        }
    }

    fn attempts<'a, R: Reply>(&self, call: &'a Call<R>) -> Attempts<'a> {
        Attempts::new(call, &self.observe, &self.timer)
    }

    /// Sends the request once.
    async fn attempt<R: Reply>(
        &self,
        call: &Call<R>,
        attempts: &mut Attempts<'_>,
    ) -> Result<ItemStream<R::Dialect, ResponseBody>, Error> {
        let (mut parts, body) = call.request().into_parts();
        parts.headers.entry(USER_AGENT).or_insert(AGENT);
        attempts.observers().request(&mut parts, body.len())?;
        let control = attempts.control.clone();
        let request = Request::from_parts(parts, body);
        let (response, exchanged) = exchange::exchange(&self.connector, &self.pool, request, &control).await?;
        let (head, body) = response.into_parts();
        let machine = call.open_since(head, control.get().start());
        attempts.observers().response(machine.head(), control.now());
        Ok(ItemStream::new(machine, body, self.timer.clone()).linked(Box::new(exchanged)))
    }
}

impl Default for Client {
    fn default() -> Self {
        Client::new()
    }
}

impl<C> fmt::Debug for Client<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}
