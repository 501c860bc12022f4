//! Both transports through proxies that others wrote: tinyproxy, by Debian's package of that name, and squid, by hand.
//!
//! The target is `0.0.0.0`, which is this machine and yet no name of it that a client asks straight.

use super::{Both, Program, call, folder, ports, write};
use requesty_core::Error;
use requesty_core::error::Phase;
use requesty_hyper::{Options, Proxy, Refused, Tls};
use requesty_mock::{Authority, Front, Mock};

/// What is beyond the proxy: TLS before the mock.
pub(crate) struct Beyond {
    mock: Mock,
    authority: Authority,
    pub(crate) front: Front,
}

impl Beyond {
    pub(crate) fn new() -> Self {
        let (mock, authority) = (Mock::start().unwrap(), Authority::new());
        let config = authority.server(&authority.issue("0.0.0.0", false), false);
        let front = Front::tls(mock.addr(), config).unwrap();
        Beyond { mock, authority, front }
    }

    fn base(&self) -> String {
        format!("https://0.0.0.0:{}/v1", self.front.addr().port())
    }

    fn by(&self, proxy: &str) -> Both {
        let tls = Tls::new().add_root_certificate(self.authority.certificate().as_bytes()).unwrap();
        Both::new(&Options::new().with_tls(tls).with_proxy(Proxy::new(proxy).unwrap()))
    }

    /// What every proxy that asks for a password and allows one port must come to.
    pub(crate) fn check(&self, port: u16, wrong: u16) {
        let proxy = |user: &str| format!("http://{user}127.0.0.1:{port}");
        for (name, outcome) in self.by(&proxy("me:hunter2@")).send(&call(&self.base(), "mock/paced-5")) {
            assert!(outcome.unwrap_or_else(|error| panic!("{name}: {error}")).clean_end());
        }
        let hits = self.mock.requests().len();
        assert_eq!(hits, 2);
        for (user, status) in [("", 407), ("me:wrong-one@", wrong)] {
            refused(self.by(&proxy(user)), &self.base(), status, true);
        }
        let [other] = ports();
        refused(self.by(&proxy("me:hunter2@")), &format!("https://0.0.0.0:{other}/v1"), 403, false);
        assert_eq!(self.mock.requests().len(), hits);
    }
}

fn refused(both: Both, base: &str, status: u16, needs_credentials: bool) {
    for (name, outcome) in both.send(&call(base, "mock/text")) {
        let incomplete = outcome.unwrap_err();
        let Error::Transport(transport) = incomplete.error() else { panic!("{name}: {incomplete:?}") };
        assert_eq!(transport.phase(), Phase::Proxy, "{name}: {incomplete}");
        assert!(!transport.request_maybe_processed());
        let source = std::error::Error::source(&**transport).and_then(|source| source.downcast_ref::<Refused>());
        let source = source.unwrap_or_else(|| panic!("{name}: {incomplete:?}"));
        assert_eq!(source.status().map(|status| status.as_u16()), Some(status), "{name}: {incomplete}");
        assert_eq!(source.needs_credentials(), needs_credentials, "{name}");
        let shown = format!("{incomplete} {incomplete:?} {}", String::from_utf8_lossy(source.body()));
        assert!(!shown.contains("hunter2") && !shown.contains("wrong-one"), "{name}: {shown}");
    }
}

#[test]
#[ignore = "needs tinyproxy"]
fn tinyproxy_gives_tunnels_and_refuses_them() {
    let (beyond, [port], folder) = (Beyond::new(), ports(), folder("tinyproxy"));
    let allowed = beyond.front.addr().port();
    let config = format!(
        "Port {port}\nListen 127.0.0.1\nTimeout 60\nMaxClients 20\nBasicAuth me hunter2\nConnectPort {allowed}\nLogLevel Info\n"
    );
    write(&folder, "tinyproxy.conf", &config);
    let _program = Program::start("tinyproxy", folder, &["-d", "-c", "tinyproxy.conf"], port);
    // To a wrong password it answers as a server would.
    beyond.check(port, 401);
}
