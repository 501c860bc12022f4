//! The options of a client, which all transports share.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use requesty_core::observe::{CallInfo, Observe, Observer};

use crate::{Proxy, Tls};

/// How a client connects, and its observers. The limits of a call are in the call.
///
/// | option | default |
/// |---|---|
/// | [`tls`](Self::with_tls) | the platform's roots joined with Mozilla's, *ring*, TLS 1.2 and 1.3 |
/// | [`proxy`](Self::with_proxy) | by the environment variables when the client is created |
/// | [`tcp_keep_alive`](Self::with_tcp_keep_alive) | after 30 s without data |
/// | [`pool_idle`](Self::with_pool_idle) | 50 s |
/// | [`pool_per_host`](Self::with_pool_per_host) | 32 idle connections per host |
/// | [`observer`](Self::with_observer) | no observer; with the feature `tracing`, a span per call |
///
/// # Examples
///
/// ```
/// use requesty_net::{Options, Proxy, Tls};
///
/// let options = Options::new()
///     .with_proxy(Proxy::new("http://user:pass%20word@proxy.internal:3128")?)
///     .with_tls(Tls::new().without_platform_roots());
/// # Ok::<(), requesty_core::BuildError>(())
/// ```
#[derive(Clone)]
pub struct Options {
    tls: Tls,
    proxy: Proxy,
    tcp_keep_alive: Option<Duration>,
    pool_idle: Duration,
    pool_per_host: usize,
    observe: Vec<Observe>,
}

impl Options {
    /// Creates the default options.
    pub fn new() -> Self {
        Options {
            tls: Tls::new(),
            proxy: Proxy::environment(),
            tcp_keep_alive: Some(Duration::from_secs(30)),
            pool_idle: Duration::from_secs(50),
            pool_per_host: 32,
            #[cfg(feature = "tracing")]
            observe: vec![Arc::new(crate::trace::observe)],
            #[cfg(not(feature = "tracing"))]
            observe: Vec::new(),
        }
    }

    /// Sets the trusted certificates, and the client certificate.
    #[must_use]
    #[doc(alias("certificate", "ca"))]
    pub fn with_tls(self, tls: Tls) -> Self {
        Options { tls, ..self }
    }

    /// Sets the proxy. By default the environment variables decide; see [`Proxy::environment`].
    #[must_use]
    #[doc(alias("http_proxy", "https_proxy"))]
    pub fn with_proxy(self, proxy: Proxy) -> Self {
        Options { proxy, ..self }
    }

    /// Sets after how long without data the system checks whether the other side of a connection still exists; `None`
    /// turns the check off. 30 s by default. Some networks drop a connection silently after one or two minutes without
    /// data.
    #[must_use]
    pub fn with_tcp_keep_alive(self, after: impl Into<Option<Duration>>) -> Self {
        Options { tcp_keep_alive: after.into(), ..self }
    }

    /// Sets how long an idle connection is kept. 50 s by default. Load balancers usually close idle connections after
    /// 60 s or more; with a shorter time here, a connection that is about to be closed is not used again.
    #[must_use]
    pub fn with_pool_idle(self, idle: Duration) -> Self {
        Options { pool_idle: idle, ..self }
    }

    /// Sets how many idle connections are kept per host; 0 keeps none. 32 by default.
    #[must_use]
    pub fn with_pool_per_host(self, count: usize) -> Self {
        Options { pool_per_host: count, ..self }
    }

    /// Adds an observer. `make` creates one for each call.
    ///
    /// # Examples
    ///
    /// ```
    /// use requesty_core::observe::{Observer, Report};
    /// use requesty_net::Options;
    ///
    /// struct Log(String);
    ///
    /// impl Observer for Log {
    ///     fn end(&mut self, report: &Report<'_>) {
    ///         println!("{}: {:?}", self.0, report.timings.first_item);
    ///     }
    /// }
    ///
    /// let options = Options::new().with_observer(|call| Log(call.model.as_deref().unwrap_or_default().to_owned()));
    /// ```
    #[must_use]
    pub fn with_observer<O>(mut self, make: impl Fn(&CallInfo) -> O + Send + Sync + 'static) -> Self
    where
        O: Observer + 'static,
    {
        self.observe.push(Arc::new(move |about| Box::new(make(about))));
        self
    }

    /// Writes prompts, answers and the definitions of tools into the spans of calls, as JSON text of at most 64 KiB each and without
    /// the key; see [`CallInfo::input_messages`]. By default a span holds no content: it often is about
    /// people, and all who read the traces can read it.
    #[cfg(feature = "tracing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "tracing")))]
    #[must_use]
    #[doc(alias("capture content", "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"))]
    pub fn with_content_in_spans(mut self) -> Self {
        // The span is the first observer from the start.
        if let Some(span) = self.observe.first_mut() {
            *span = Arc::new(crate::trace::observe_with_content);
        }
        self
    }

    /// Returns the TLS options.
    pub fn tls(&self) -> &Tls {
        &self.tls
    }

    /// Returns the proxy options.
    pub fn proxy(&self) -> &Proxy {
        &self.proxy
    }

    /// Returns after how long without data the system checks a connection; `None` if it does not.
    pub fn tcp_keep_alive(&self) -> Option<Duration> {
        self.tcp_keep_alive
    }

    /// Returns how long an idle connection is kept.
    pub fn pool_idle(&self) -> Duration {
        self.pool_idle
    }

    /// Returns how many idle connections are kept per host.
    pub fn pool_per_host(&self) -> usize {
        self.pool_per_host
    }

    /// Returns the functions that create the observers of a call.
    pub fn observe(&self) -> &[Observe] {
        &self.observe
    }

    /// Sets the options of a socket that was opened for a client.
    ///
    /// # Errors
    /// The error of the system.
    pub fn tune<'a>(&self, socket: impl Into<socket2::SockRef<'a>>) -> std::io::Result<()> {
        let socket = socket.into();
        socket.set_tcp_nodelay(true)?;
        let Some(after) = self.tcp_keep_alive else { return Ok(()) };
        let mut probes = socket2::TcpKeepalive::new().with_time(after);
        // Half of that time between two unanswered checks, so that a dead peer is known within three times that
        // time.
        if cfg!(any(target_os = "linux", target_vendor = "apple", windows)) {
            probes = probes.with_interval((after / 2).max(Duration::from_secs(1)));
        }
        socket.set_tcp_keepalive(&probes)
    }
}

impl Default for Options {
    fn default() -> Self {
        Options::new()
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("Options");
        f.field("tls", &self.tls).field("proxy", &self.proxy).field("tcp_keep_alive", &self.tcp_keep_alive);
        f.field("pool_idle", &self.pool_idle).field("pool_per_host", &self.pool_per_host);
        f.field("observers", &self.observe.len()).finish()
    }
}
