//! The client: three verbs over one attempt.

use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;
use std::time::{Duration, Instant};

use requesty_core::dialect::Dialect;
use requesty_core::{Call, Error, Incomplete, Received, Reply, Timeouts};
use ureq::config::{Config, ConfigBuilder};
use ureq::http::Request;
use ureq::tls::TlsConfig;
use ureq::typestate::AgentScope;

use crate::attempt::attempts;
use crate::connect;
use crate::failure::failure;
use crate::iter::ItemIter;

/// A blocking client: a pool of connections, and the verbs that make calls over it.
///
/// Cheap to clone, and to be shared between threads: clones use one pool. It holds no key: that is in each
/// [`Call`](requesty_core::Call), as are time limits and the policy for retries.
///
/// | verb | returns | tries again, by the call's policy |
/// |---|---|---|
/// | [`send`](Self::send) | the whole answer | until its first item is there, or all of it |
/// | [`stream`](Self::stream) | at the first item | until there is one |
/// | [`open`](Self::open) | at the head of the reply | until there is one, whatever its status |
///
/// TLS is rustls with ring and the root certificates of Mozilla. Proxies are those of the environment (`HTTPS_PROXY`,
/// `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`). Redirects are not followed, as they would take the key along: they are errors.
#[derive(Clone)]
pub struct Client {
    agent: ureq::Agent,
}

impl Client {
    /// Creates a client with a pool of its own.
    pub fn new() -> Self {
        Client::with_config(Client::config_builder().build())
    }

    /// Returns the configuration that [`new`](Self::new) uses, to change what else ureq can do: proxy, root certificates,
    /// client certificates, the size of the pool.
    ///
    /// # Examples
    ///
    /// ```
    /// use requesty_ureq::Client;
    ///
    /// let config = Client::config_builder().proxy(None).max_idle_connections(50).build();
    /// let client = Client::with_config(config);
    /// ```
    pub fn config_builder() -> ConfigBuilder<AgentScope> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = TlsConfig::builder().unversioned_rustls_crypto_provider(provider).build();
        Config::builder().user_agent(USER_AGENT).tls_config(tls)
    }

    /// Creates a client with a configuration, best one of [`config_builder`](Self::config_builder).
    ///
    /// Each call sets its own time limits, and that neither an error status nor a redirect is an error of ureq's: what the
    /// configuration says of these is not looked at.
    pub fn with_config(config: Config) -> Self {
        Client { agent: connect::agent(config) }
    }

    /// Makes a call and returns the whole answer with its head. A streamed answer is collected.
    ///
    /// Tried again as the call's policy says, until the first item of a stream has come: after that an error is final, and
    /// comes with what there is of the answer.
    ///
    /// # Errors
    /// [`Incomplete`], with the partial, unless the reply came to a complete end.
    pub fn send<R: Reply>(&self, call: &Call<R>) -> Result<Received<Total<R>>, Incomplete<Partial<R>>> {
        let reply = self.start(call)?;
        let head = reply.head().clone();
        Ok(Received::new(head, reply.finish()?))
    }

    /// Makes a call and returns its items, once the first is there.
    ///
    /// Until then a failure may be retried; nothing is once an item was there. Keep-alives are no items.
    ///
    /// # Errors
    /// Whatever the last attempt failed for, before there was an item.
    pub fn stream<R: Reply>(&self, call: &Call<R>) -> Result<ItemIter<R::Dialect, Body>, Error> {
        Ok(self.start(call)?)
    }

    /// Makes a call and returns its items as soon as the head of the reply is there, to look at it early.
    ///
    /// No more is retried once there is a head. An error reply is the error of the first item.
    ///
    /// # Errors
    /// Whatever the last attempt failed for, before there was a head.
    pub fn open<R: Reply>(&self, call: &Call<R>) -> Result<ItemIter<R::Dialect, Body>, Error> {
        attempts(call.policy(), |error| error, || self.attempt(call))
    }

    /// Tries until the first item, or the complete end, is there.
    fn start<R: Reply>(&self, call: &Call<R>) -> Result<ItemIter<R::Dialect, Body>, Incomplete<Partial<R>>> {
        attempts(call.policy(), Incomplete::error, || {
            let mut items = self.attempt(call).map_err(|error| Incomplete::new(Default::default(), error))?;
            match items.wait() {
                Ok(_) => Ok(items),
                Err(error) => Err(items.finish().err().unwrap_or_else(|| Incomplete::new(Default::default(), error))),
            }
        })
    }

    /// Sends the request once and waits for the head.
    fn attempt<R: Reply>(&self, call: &Call<R>) -> Result<ItemIter<R::Dialect, Body>, Error> {
        let start = Instant::now();
        let (parts, body) = call.request().into_parts();
        let response = if body.is_empty() {
            self.agent.run(self.configured(Request::from_parts(parts, ()), call.timeouts()))
        } else {
            self.agent.run(self.configured(Request::from_parts(parts, &*body), call.timeouts()))
        };
        let response = response.map_err(|error| failure(error, call.timeouts(), start.elapsed()))?;
        let (head, body) = response.into_parts();
        Ok(ItemIter::open(call, head, Body(body.into_reader())))
    }

    /// Sets everything that a call decides, whatever the agent's configuration says of it.
    fn configured<B: ureq::AsSendBody>(&self, request: Request<B>, timeouts: &Timeouts) -> Request<B> {
        let limit = |limit: Option<Duration>| limit.map(|limit| limit.min(FOREVER));
        // Silence is as long a wait for the next event as it is for the next byte.
        let idle = [timeouts.idle_bytes, timeouts.idle_progress].into_iter().flatten().min();
        let config = self.agent.configure_request(request);
        let config = config.http_status_as_error(false).max_redirects(0).max_redirects_will_error(false);
        let config = config.timeout_global(None).timeout_per_call(None).timeout_resolve(None);
        let config = config.timeout_connect(limit(timeouts.connect));
        let config = config.timeout_send_request(None).timeout_send_body(None).timeout_recv_body(None);
        // Never unset: by this limit the connection knows that it waits for a head.
        let config = config.timeout_recv_response(Some(timeouts.first_byte.unwrap_or(FOREVER).min(FOREVER)));
        config.timeout_per_read(limit(idle)).timeout_per_write(limit(timeouts.idle_bytes)).build()
    }
}

/// What all items of a reply add up to.
type Total<R> = <<R as Reply>::Dialect as Dialect>::Total;

/// What there is of the total when a reply did not come to its end.
type Partial<R> = <<R as Reply>::Dialect as Dialect>::Partial;

const USER_AGENT: &str = concat!("requesty-ureq/", env!("CARGO_PKG_VERSION"));

/// Ten years. Larger limits would overflow the clocks of some platforms.
const FOREVER: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

impl Default for Client {
    fn default() -> Self {
        Client::new()
    }
}

impl fmt::Debug for Client {
    /// Shows nothing of the configuration: the URL of a proxy may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}

/// The body of a reply. Dropping it before its end closes the connection; at its end the connection can be used again.
pub struct Body(ureq::BodyReader<'static>);

impl Read for Body {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").finish_non_exhaustive()
    }
}
