//! The client: connections, time limits and retries. What a reply means is not decided here.

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
pub use named::{ChatStream, Connect, MessageStream, ReplyStream, ResponseStream};
use pool::Pool;
pub use tokio_timer::TokioTimer;

/// Sends calls: a pool of connections, with time limits and retries as each [`Call`] says.
///
/// Cloning is cheap, and clones share the pool. A client holds no key: that is in the call, so that one pool serves many.
/// It needs a tokio runtime of either flavour, with IO and time enabled, when it sends; not when it is made. Several runtimes
/// may use one client, at once or one after the other: each has its own connections.
///
/// How it connects is in its [`Options`], which are those of the blocking client too. Redirects are not followed, as they
/// would take the key along: they are errors. Compression is never asked for.
///
/// # Connections
///
/// It speaks HTTP/1.1, so each stream has a connection, which it owns: whoever waits for the stream drives the connection,
/// and no task does. Dropping a stream closes its connection at once. What is not read is not taken from the socket.
///
/// * After a reply, its connection serves the next call; at most [`pool_per_host`](Options::with_pool_per_host) are kept for
///   each host, and for at most [`pool_idle`](Options::with_pool_idle).
/// * While connections are idle, one task for each runtime looks at them twice a second. It closes those that the server
///   closed and those whose time is up. It ends when nothing is idle.
/// * Before an idle connection is used, the system is asked whether anything came on it: an end, or an answer that nobody
///   asked for. If so, it is closed, and another one is used. What a server sends later than that, as the next request goes
///   out, cannot be told from its answer in HTTP/1.1.
/// * A request goes out on another connection only where no byte of it was written on the first.
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

    /// Creates a client that speaks HTTP/2 with servers that do, over TLS: many streams share a connection.
    ///
    /// A task drives each such connection. One that has streams is asked every 20 s whether it is alive, and given up after
    /// 10 s without an answer; and one on which a time limit passed is not used for more. An idle one is not asked, as some
    /// servers take that ill.
    ///
    /// A request counts as not processed, and may be sent again, where the server refused its stream (`REFUSED_STREAM`), or
    /// ended the connection with a `GOAWAY` whose last stream is below it. An error shows the reason of either, and nothing
    /// of what the server wrote beside it.
    #[cfg(feature = "http2")]
    pub fn with_http2(options: Options) -> Self {
        Client::with_connector(Connector::new(options.clone(), &[b"h2", b"http/1.1"]), options)
    }
}

impl<C: Connect> Client<C> {
    /// Creates a client whose connections are opened by `connector`: anything that [connects](Connect) to
    /// URLs, for a Unix socket or a network of one's own.
    ///
    /// What the options say of TLS, proxies and keep-alive is up to the connector then, and all that it does is under the
    /// limit for [connecting](requesty_core::Timeouts::connect).
    ///
    /// Where its connections are not tokio's `TcpStream`, the system cannot be asked what came on an idle one. Its runtime
    /// is given a turn to find out instead, which is certain on a runtime of one thread, and nearly so on others.
    pub fn with_connector(connector: C, options: Options) -> Self {
        let timer: Arc<dyn Timer> = Arc::new(TokioTimer::new());
        let pool = Pool::new(&options, timer.clone(), socket::can_be_asked::<C::Response>());
        Client { connector, pool: Arc::new(pool), timer, observe: options.observe().into() }
    }

    /// Sends a call and reads the whole reply; a stream is read to its end and added up.
    ///
    /// Tried again as the call's policy says, until the first item of a stream has come: after that an error is final, and
    /// comes with what there is of the answer.
    ///
    /// # Errors
    /// [`Incomplete`], with the partial, unless the reply came to a complete end.
    pub async fn send<R: Reply>(
        &self,
        call: &Call<R>,
    ) -> Result<Received<<R::Dialect as Dialect>::Total>, Incomplete<<R::Dialect as Dialect>::Partial>> {
        let stream = self.start(call).await?;
        let head = stream.head().clone();
        Ok(Received::new(head, stream.finish().await?))
    }

    /// Sends a call and returns its reply when the first item is there, which is then handed out first.
    ///
    /// Tried again as the call's policy says until then, and never after it. Dropping the future cancels the call.
    ///
    /// # Errors
    /// Whatever made the last attempt fail before its first item; a later failure is an error of the stream.
    pub async fn stream<R: Reply>(&self, call: &Call<R>) -> Result<ItemStream<R::Dialect, ResponseBody>, Error> {
        Ok(self.start(call).await?)
    }

    /// Sends a call and returns its reply when the head is there, whatever it says: what the status means comes with the
    /// first item, or instead of it. For a proxy that passes heads on.
    ///
    /// Tried again as the call's policy says until the head is there, and never after it.
    ///
    /// # Errors
    /// [`Error::Transport`] or [`Error::Timeout`] where no head came.
    pub async fn open<R: Reply>(&self, call: &Call<R>) -> Result<ItemStream<R::Dialect, ResponseBody>, Error> {
        let mut attempts = self.attempts(call);
        loop {
            match self.attempt(call, &mut attempts).await {
                Ok(stream) => return Ok(stream.observed_by(attempts.into_observers())),
                Err(error) => attempts.again(Incomplete::new((), error)).await?,
            }
        }
    }

    /// Tries until the first item, or the complete end, is there.
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
                    Err(error) => match stream.into_machine().total() {
                        Err(failure) => failure,
                        Ok(_) => Incomplete::new(Default::default(), error),
                    },
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
