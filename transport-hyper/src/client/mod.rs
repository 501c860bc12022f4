//! The client: connections, time limits and retries. What a reply means is not decided here.

mod connector;
mod exchange;
mod retries;
mod tokio_timer;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::USER_AGENT;
use http::{HeaderValue, Request};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::{Connect, HttpConnector};
use hyper_util::rt::TokioExecutor;

use requesty_core::{Call, Dialect, Error, Incomplete, Received, Reply};

use crate::{ItemStream, Timer};

use retries::Retries;
pub use tokio_timer::TokioTimer;

/// Sends calls: a pool of connections, with time limits and retries as each [`Call`] says.
///
/// Cloning is cheap, and clones share the pool. A client holds no key: that is in the call, so that one pool serves many.
/// It needs a tokio runtime of either flavour, with IO and time enabled, when it sends; not when it is made.
///
/// | | |
/// |---|---|
/// | protocol | HTTP/1.1: each stream has its connection, and dropping it ends just that |
/// | TLS | rustls with *ring* and Mozilla's roots; the default provider of the process is neither read nor set |
/// | idle connections | kept for 50 s, which is less than the usual load balancer waits |
/// | redirects | never followed: the key would go along; the reply says where to |
/// | compression | never asked for |
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
pub struct Client<C = HttpsConnector<HttpConnector>> {
    pool: legacy::Client<C, Full<Bytes>>,
    timer: Arc<dyn Timer>,
}

/// Shorter than the idle limit of common load balancers, the shortest of which is 60 s: a connection that the other side
/// is about to close is not used again.
const POOL_IDLE: Duration = Duration::from_secs(50);

const AGENT: HeaderValue = HeaderValue::from_static(concat!("requesty-hyper/", env!("CARGO_PKG_VERSION")));

impl Client {
    /// Creates a client with connections of its own.
    pub fn new() -> Self {
        Client::with_connector(connector::https())
    }
}

impl<C> Client<C>
where
    C: Connect + Clone + Send + Sync + 'static,
{
    /// Creates a client whose connections are opened by `connector`: for other roots or certificates, a proxy, a Unix
    /// socket. It must give connections that speak HTTP/1.1.
    pub fn with_connector(connector: C) -> Self {
        let mut builder = legacy::Client::builder(TokioExecutor::new());
        builder.pool_idle_timeout(POOL_IDLE).pool_timer(hyper_util::rt::TokioTimer::new());
        // Safe for a POST: it concerns a request that no connection has begun to write, because the one that was to take
        // it had been closed by the server while idle. Once a byte may be out, the error comes back here.
        builder.retry_canceled_requests(true);
        Client { pool: builder.build(connector), timer: Arc::new(TokioTimer::new()) }
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
    pub async fn stream<R: Reply>(&self, call: &Call<R>) -> Result<ItemStream<R::Dialect, Incoming>, Error> {
        Ok(self.start(call).await?)
    }

    /// Sends a call and returns its reply when the head is there, whatever it says: what the status means comes with the
    /// first item, or instead of it. For a proxy that passes heads on.
    ///
    /// Tried again as the call's policy says until the head is there, and never after it.
    ///
    /// # Errors
    /// [`Error::Transport`] or [`Error::Timeout`] where no head came.
    pub async fn open<R: Reply>(&self, call: &Call<R>) -> Result<ItemStream<R::Dialect, Incoming>, Error> {
        let mut retries = self.retries(call);
        loop {
            match self.attempt(call).await {
                Ok(stream) => return Ok(stream),
                Err(error) if retries.wait(&error).await => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Tries until the first item, or the complete end, is there.
    async fn start<R: Reply>(
        &self,
        call: &Call<R>,
    ) -> Result<ItemStream<R::Dialect, Incoming>, Incomplete<<R::Dialect as Dialect>::Partial>> {
        let mut retries = self.retries(call);
        loop {
            let failure = match self.attempt(call).await {
                Err(error) => Incomplete::new(Default::default(), error),
                Ok(mut stream) => match stream.ready().await {
                    Ok(_) => return Ok(stream),
                    Err(error) => match stream.into_machine().total() {
                        Err(failure) => failure,
                        Ok(_) => Incomplete::new(Default::default(), error),
                    },
                },
            };
            if !retries.wait(failure.error()).await {
                return Err(failure);
            }
        }
    }

    /// Sends the request once.
    async fn attempt<R: Reply>(&self, call: &Call<R>) -> Result<ItemStream<R::Dialect, Incoming>, Error> {
        let mut request: Request<Full<Bytes>> = call.request().map(Full::new);
        request.headers_mut().entry(USER_AGENT).or_insert(AGENT);
        let response = exchange::exchange(&self.pool, request, call.timeouts(), &*self.timer).await?;
        Ok(ItemStream::from_response(call, response, self.timer.clone()))
    }

    fn retries<'a, R: Reply>(&'a self, call: &'a Call<R>) -> Retries<'a> {
        Retries::new(call.policy(), &*self.timer)
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
