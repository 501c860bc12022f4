//! How connections are opened. Only this file and that of [`Wire`] use ureq's transport interface, which may change in
//! any minor version. So the minor version of ureq is pinned, and tests check the required behaviour.
//!
//! ```text
//! resolve ─▶ TCP ─▶ TLS to the proxy ─▶ tunnel ─▶ TLS ─▶ Wire, which ureq writes to and reads from
//! ```
//!
//! ureq's own time limits are not used: each wait asks the [`Control`] of the call how long it may take.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};

use requesty_core::BuildError;
use requesty_core::error::Phase;
use requesty_core::http::Uri;
use requesty_net::{Options, Rules, Step, TlsError, Tunnel};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection};
use ureq::config::Config;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{ConnectionDetails, Connector, NextTimeout};

use crate::control::Control;
use crate::socket::{Io, Socket};
use crate::wire::Wire;

/// Creates an agent whose connections are all opened in this module.
pub(crate) fn agent(options: Options) -> ureq::Agent {
    let config = Config::builder()
        .user_agent(USER_AGENT)
        .proxy(None)
        .max_idle_age(options.pool_idle())
        .max_idle_connections(usize::MAX)
        .max_idle_connections_per_host(options.pool_per_host())
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .input_buffer_size(INPUT)
        .output_buffer_size(OUTPUT)
        .build();
    let dial =
        Dial { rules: options.proxy().rules(), options, tls: OnceLock::new(), resolver: DefaultResolver::default() };
    ureq::Agent::with_parts(config, dial, Later)
}

const USER_AGENT: &str = concat!("requesty-ureq/", env!("CARGO_PKG_VERSION"));
/// In bytes. Measured by `cargo bench -p requesty-ureq --bench input_buffer`, CPU time for 100,000 events: 128 KiB
/// saves nothing with one event per chunk and 3 ms with 16, and takes about 100 KiB more per stream; 8 KiB takes 24 KiB
/// less per stream and costs 1 to 8 ms more. The head of a reply must fit into it.
const INPUT: usize = 32 * 1024;
const OUTPUT: usize = 16 * 1024;

/// Opens connections.
struct Dial {
    options: Options,
    rules: Rules,
    /// The TLS configuration, made for the first connection that needs it.
    tls: OnceLock<Result<Arc<ClientConfig>, BuildError>>,
    resolver: DefaultResolver,
}

impl Connector<()> for Dial {
    type Out = Wire;

    fn connect(&self, details: &ConnectionDetails, _: Option<()>) -> Result<Option<Wire>, ureq::Error> {
        let Some(control) = Control::current() else { return Ok(None) };
        self.open(details, &control).map(Some).map_err(|error| match error.downcast::<BuildError>() {
            Ok(error) => ureq::Error::Other(Box::new(error)),
            Err(error) => ureq::Error::Io(error),
        })
    }
}

impl Dial {
    fn open(&self, details: &ConnectionDetails, control: &Arc<Control>) -> io::Result<Wire> {
        let target = details.uri;
        let host = target.host().unwrap_or_default();
        let port = target.port_u16().unwrap_or(if details.needs_tls() { 443 } else { 80 });
        let proxy = self.rules.route(target).map_err(io::Error::other)?;

        control.enter(Phase::Resolve);
        let (name, at) = proxy.as_ref().map_or((host, port), |proxy| (proxy.host(), proxy.port()));
        let addresses = self.addresses(name, at, details, control)?;
        control.enter(Phase::Connect);
        let mut io = Io::Plain(Socket::connect(&addresses, &self.options, control)?);
        if let Some(proxy) = proxy {
            if proxy.is_tls() {
                io = io.secure(self.tls(proxy.host())?, control).map_err(explain)?;
            }
            control.enter(Phase::Proxy);
            pass(Tunnel::new(proxy, host, port), &mut io)?;
        }
        if details.needs_tls() {
            io = io.secure(self.tls(host)?, control).map_err(explain)?;
        }
        Ok(Wire::new(io, details.config))
    }

    fn addresses(
        &self,
        host: &str,
        port: u16,
        details: &ConnectionDetails,
        control: &Control,
    ) -> io::Result<Vec<SocketAddr>> {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        if let Ok(address) = bare.parse::<IpAddr>() {
            return Ok(vec![SocketAddr::new(address, port)]);
        }
        let uri = Uri::builder().scheme("http").authority(format!("{host}:{port}")).path_and_query("/").build();
        let uri = uri.map_err(io::Error::other)?;
        let mut timeout = NextTimeout::default();
        if let Some(left) = control.remaining()? {
            timeout.after = left.into();
        }
        let found = self.resolver.resolve(&uri, details.config, timeout).map_err(|error| match error {
            ureq::Error::Timeout(_) => control.remaining().err().unwrap_or_else(|| io::ErrorKind::TimedOut.into()),
            error => error.into_io(),
        })?;
        Ok(found.iter().copied().collect())
    }

    fn tls(&self, host: &str) -> io::Result<ClientConnection> {
        let config = self.tls.get_or_init(|| self.options.tls().client_config(&[b"http/1.1"]));
        let config = config.clone().map_err(io::Error::other)?;
        let bare = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let name = ServerName::try_from(bare).map_err(io::Error::other)?;
        ClientConnection::new(config, name).map_err(|error| io::Error::other(TlsError::from(error)))
    }
}

impl fmt::Debug for Dial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dial").finish_non_exhaustive()
    }
}

/// Runs the handshake with a proxy.
fn pass(mut tunnel: Tunnel, io: &mut Io) -> io::Result<()> {
    let mut buffer = [0; 2048];
    loop {
        match tunnel.step().map_err(io::Error::other)? {
            Step::Done => return Ok(()),
            Step::Write(bytes) => {
                io.write_all(&bytes)?;
                io.flush()?;
            }
            Step::Read => {
                let read = io.read(&mut buffer)?;
                tunnel.read(buffer.get(..read).unwrap_or_default());
            }
        }
    }
}

/// Adds advice to a TLS error.
pub(crate) fn explain(error: io::Error) -> io::Error {
    TlsError::find(&error).map_or(error, io::Error::other)
}

/// A resolver that resolves nothing: whether a name must be resolved, and which, is known only when connecting.
#[derive(Debug)]
struct Later;

impl Resolver for Later {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        Ok(self.empty())
    }
}
