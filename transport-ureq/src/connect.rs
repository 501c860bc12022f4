//! How connections are made: ureq's own connectors, each of whose errors says where it came from.
//!
//! ```text
//! Named(resolver) ─▶ Named(SOCKS) ─▶ Named(CONNECT) ─▶ Named(TCP) ─▶ Named(TLS) ─▶ Patient
//! ```

use requesty_core::error::Phase;
use requesty_core::http::Uri;
use ureq::Timeout;
use ureq::config::Config;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{
    Buffers, ConnectProxyConnector, ConnectionDetails, Connector, NextTimeout, RustlsConnector, SocksConnector,
    TcpConnector, Transport,
};

use crate::failure::Failed;

/// Makes an agent of a configuration.
pub(crate) fn agent(config: Config) -> ureq::Agent {
    let chain =
        ().chain(Named(Phase::Proxy, SocksConnector::default()))
            .chain(Named(Phase::Proxy, ConnectProxyConnector::default()))
            .chain(Named(Phase::Connect, TcpConnector::default()))
            .chain(Named(Phase::Tls, RustlsConnector::default()));
    ureq::Agent::with_parts(config, Connect(chain), Named(Phase::Resolve, DefaultResolver::default()))
}

/// The whole chain.
#[derive(Debug)]
struct Connect<C>(C);

impl<C: Connector<()>> Connector<()> for Connect<C> {
    type Out = Patient<C::Out>;

    fn connect(&self, details: &ConnectionDetails, chained: Option<()>) -> Result<Option<Self::Out>, ureq::Error> {
        let details = ConnectionDetails {
            uri: details.uri,
            addrs: details.addrs.clone(),
            config: details.config,
            // Calls differ in nothing that concerns TLS. So all connections share one set-up, and resume sessions.
            request_level: false,
            resolver: details.resolver,
            now: details.now,
            // The limits for single reads and writes are about the exchange. Connecting has its own.
            timeout: NextTimeout { per_read: None, per_write: None, ..details.timeout },
            current_time: details.current_time.clone(),
            run_connector: details.run_connector.clone(),
            register_shutdown: details.register_shutdown.clone(),
        };
        Ok(self.0.connect(&details, chained)?.map(Patient))
    }
}

/// Something whose errors are all of one phase.
#[derive(Debug)]
struct Named<C>(Phase, C);

impl<In: Transport, C: Connector<In>> Connector<In> for Named<C> {
    type Out = C::Out;

    fn connect(&self, details: &ConnectionDetails, chained: Option<In>) -> Result<Option<Self::Out>, ureq::Error> {
        self.1.connect(details, chained).map_err(|error| Failed::tag(self.0, error))
    }
}

impl<C: Resolver> Resolver for Named<C> {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        self.1.resolve(uri, config, timeout).map_err(|error| Failed::tag(self.0, error))
    }
}

/// A transport that leaves the wait for the head to its own limit.
///
/// Without streaming, the head comes only with the whole answer: long after the limit for a single read has passed.
#[derive(Debug)]
struct Patient<T>(T);

impl<T: Transport> Transport for Patient<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.0.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        self.0.transmit_output(amount, timeout).map_err(|error| Failed::tag(Phase::Write, error))
    }

    fn await_input(&mut self, mut timeout: NextTimeout) -> Result<bool, ureq::Error> {
        if timeout.reason == Timeout::RecvResponse {
            timeout.per_read = None;
        }
        self.0.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.0.is_open()
    }

    fn is_tls(&self) -> bool {
        self.0.is_tls()
    }
}
