//! Which proxy a request uses.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::Uri;
use requesty_core::BuildError;

use crate::no_proxy::NoProxy;

/// Which proxy to use, if any.
///
/// The URL of a proxy has the form `http://user:password@host:port`. Special characters in the user and the password
/// must be percent-encoded. The default scheme is `http`.
///
/// | scheme | protocol |
/// |---|---|
/// | `http` | `CONNECT`: the proxy sees the host, and not the request, also for `http` targets |
/// | `https` | `CONNECT` over TLS to the proxy |
/// | `socks5`, `socks5h` | SOCKS 5; the proxy resolves the host name |
///
/// Loopback addresses are never reached through a proxy, because they would be those of the proxy's machine.
#[derive(Clone)]
pub struct Proxy {
    choice: Choice,
    no: Option<NoProxy>,
}

#[derive(Clone)]
enum Choice {
    Environment,
    None,
    Always(Arc<Server>),
}

impl Proxy {
    /// Uses the environment variables, read when the client is created. A lower-case name has priority over the
    /// upper-case one.
    ///
    /// | variable | for |
    /// |---|---|
    /// | `https_proxy`, `HTTPS_PROXY` | `https` targets |
    /// | `http_proxy`, `HTTP_PROXY` | `http` targets; `HTTP_PROXY` is not read if `REQUEST_METHOD` is set, because the client of a CGI program could set it |
    /// | `all_proxy`, `ALL_PROXY` | targets for which no variable above is set |
    /// | `no_proxy`, `NO_PROXY` | the hosts reached without a proxy: hosts with their subdomains, addresses, networks, `*` |
    pub fn environment() -> Self {
        Proxy { choice: Choice::Environment, no: None }
    }

    /// Uses no proxy, and ignores the environment variables.
    pub fn none() -> Self {
        Proxy { choice: Choice::None, no: None }
    }

    /// Uses this proxy for every target, and ignores the environment variables.
    ///
    /// # Errors
    /// [`BuildError`] if `url` is not the URL of a proxy. It does not show the URL, which may hold a password.
    pub fn new(url: &str) -> Result<Self, BuildError> {
        Ok(Proxy { choice: Choice::Always(Arc::new(Server::parse(url)?)), no: None })
    }

    /// Sets the hosts reached without a proxy, in the form of `NO_PROXY`, instead of the environment variable.
    #[must_use]
    pub fn with_no_proxy(self, list: &str) -> Self {
        Proxy { no: Some(NoProxy::parse(list)), ..self }
    }

    /// Returns the rules; reads the environment variables if they decide.
    pub fn rules(&self) -> Rules {
        self.rules_by(|name| std::env::var(name).ok())
    }

    /// The same with the lookup as an argument, because a test cannot change the environment safely.
    fn rules_by(&self, lookup: impl Fn(&str) -> Option<String>) -> Rules {
        let first = |names: [&'static str; 2]| {
            let set = |name| Some((name, lookup(name)?)).filter(|(_, value)| !value.trim().is_empty());
            names.into_iter().find_map(set)
        };
        let listed = || first(["no_proxy", "NO_PROXY"]).map(|(_, list)| NoProxy::parse(&list)).unwrap_or_default();
        let own = self.no.clone();
        match &self.choice {
            Choice::None => Rules::default(),
            Choice::Always(server) => {
                let server = Some(Ok(server.clone()));
                Rules { http: server.clone(), https: server, no: own.unwrap_or_default() }
            }
            Choice::Environment => {
                let server = |names: [&'static str; 2]| {
                    let (name, url) = first(names)?;
                    let named = |error: BuildError| BuildError::new(format!("{name}: {error}"));
                    Some(Server::parse(&url).map(Arc::new).map_err(named))
                };
                let all = || server(["all_proxy", "ALL_PROXY"]);
                let is_cgi = lookup("REQUEST_METHOD").is_some();
                let http = if is_cgi { ["http_proxy"; 2] } else { ["http_proxy", "HTTP_PROXY"] };
                Rules {
                    http: server(http).or_else(all),
                    https: server(["https_proxy", "HTTPS_PROXY"]).or_else(all),
                    no: own.unwrap_or_else(listed),
                }
            }
        }
    }
}

impl Default for Proxy {
    fn default() -> Self {
        Proxy::environment()
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.choice {
            Choice::Environment => f.write_str("Proxy(environment)"),
            Choice::None => f.write_str("Proxy(none)"),
            Choice::Always(server) => f.debug_tuple("Proxy").field(server).finish(),
        }
    }
}

/// The rules of a [`Proxy`]: which server each target uses.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    http: Option<Result<Arc<Server>, BuildError>>,
    https: Option<Result<Arc<Server>, BuildError>>,
    no: NoProxy,
}

impl Rules {
    /// Returns the proxy for a target; `None` if the target is reached without a proxy.
    ///
    /// # Errors
    /// [`BuildError`] if the environment variable for the target is not the URL of a proxy.
    pub fn route(&self, target: &Uri) -> Result<Option<Arc<Server>>, BuildError> {
        let secure = target.scheme() == Some(&http::uri::Scheme::HTTPS);
        let server = if secure { &self.https } else { &self.http };
        let (Some(server), Some(host)) = (server, target.host()) else { return Ok(None) };
        let host = bare(host);
        let port = target.port_u16().unwrap_or(if secure { 443 } else { 80 });
        if is_loopback(host) || self.no.covers(host, port) {
            return Ok(None);
        }
        server.clone().map(Some)
    }
}

/// A proxy server. Its `Debug` does not show the user and the password.
#[derive(Clone, PartialEq, Eq)]
pub struct Server {
    pub(crate) kind: Kind,
    host: String,
    port: u16,
    pub(crate) credentials: Option<(Vec<u8>, Vec<u8>)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Http,
    Https,
    Socks5,
}

impl Server {
    fn parse(url: &str) -> Result<Self, BuildError> {
        let refuse =
            |why: &str| BuildError::new(format!("the proxy's URL {why}; it looks like http://user:password@host:3128"));
        let url = url.trim();
        let with_scheme = if url.contains("://") { url.to_owned() } else { format!("http://{url}") };
        let uri: Uri = with_scheme.parse().map_err(|_| refuse("is not a URL"))?;
        let (kind, port) = match uri.scheme_str() {
            Some("http") => (Kind::Http, 80),
            Some("https") => (Kind::Https, 443),
            Some("socks5" | "socks5h") => (Kind::Socks5, 1080),
            _ => return Err(refuse("has a scheme other than http, https, socks5 or socks5h")),
        };
        let authority = uri.authority().ok_or_else(|| refuse("has no host"))?;
        let credentials = match authority.as_str().rsplit_once('@') {
            Some((given, _)) => {
                let (user, password) = given.split_once(':').unwrap_or((given, ""));
                let decoded = unescape(user).zip(unescape(password));
                Some(decoded.ok_or_else(|| refuse("holds a % that is not an escape"))?)
            }
            None => None,
        };
        let host = bare(authority.host()).to_owned();
        if host.is_empty() {
            return Err(refuse("has no host"));
        }
        let place = authority.as_str().rsplit('@').next().unwrap_or_default();
        if place != authority.host() && authority.port_u16().is_none() {
            return Err(refuse("has a port that is none"));
        }
        Ok(Server { kind, host, port: authority.port_u16().unwrap_or(port), credentials })
    }

    /// Returns the host name or address, without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Returns the port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Returns whether the connection to the proxy uses TLS.
    pub fn is_tls(&self) -> bool {
        self.kind == Kind::Https
    }

    /// Returns the credentials as the value of a `Basic` authorization header.
    pub(crate) fn basic(&self) -> Option<String> {
        let (user, password) = self.credentials.as_ref()?;
        Some(BASE64_STANDARD.encode([user.as_slice(), b":", password.as_slice()].concat()))
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}:{}", self.kind, self.host, self.port)?;
        f.write_str(if self.credentials.is_some() { " with credentials" } else { "" })
    }
}

/// Returns a host without the brackets that a URL puts around an IPv6 address.
pub(crate) fn bare(host: &str) -> &str {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

fn is_loopback(host: &str) -> bool {
    let address = host.parse::<std::net::IpAddr>();
    address
        .map_or_else(|_| host.trim_end_matches('.').eq_ignore_ascii_case("localhost"), |address| address.is_loopback())
}

fn unescape(text: &str) -> Option<Vec<u8>> {
    let mut bytes = text.bytes();
    let mut out = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'%' => {
                let digit =
                    |byte: Option<u8>| char::from(byte?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
                digit(bytes.next())? * 16 + digit(bytes.next())?
            }
            byte => byte,
        });
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(proxy: &Proxy, variables: &[(&str, &str)]) -> Rules {
        proxy.rules_by(|name| variables.iter().find(|(set, _)| *set == name).map(|(_, value)| (*value).to_owned()))
    }

    fn route(rules: &Rules, target: &'static str) -> String {
        match rules.route(&Uri::from_static(target)) {
            Ok(server) => server.map_or("straight".to_owned(), |server| format!("{server:?}")),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn the_environment_decides_by_scheme_and_in_both_cases() {
        let environment = Proxy::environment();
        let https = "https://router.requesty.ai/v1";
        let http = "http://gateway.example/v1";
        for (variables, expected) in [
            (&[][..], ["straight", "straight"]),
            (&[("HTTPS_PROXY", "http://p:1")], ["Http p:1", "straight"]),
            (&[("https_proxy", "p:2")], ["Http p:2", "straight"]),
            (&[("https_proxy", "p:2"), ("HTTPS_PROXY", "p:1")], ["Http p:2", "straight"]),
            (&[("HTTP_PROXY", "p")], ["straight", "Http p:80"]),
            (&[("HTTP_PROXY", "p"), ("REQUEST_METHOD", "GET")], ["straight", "straight"]),
            (&[("http_proxy", "p"), ("REQUEST_METHOD", "GET")], ["straight", "Http p:80"]),
            (&[("ALL_PROXY", "socks5h://s")], ["Socks5 s:1080", "Socks5 s:1080"]),
            (&[("all_proxy", "https://t"), ("https_proxy", "p:1")], ["Http p:1", "Https t:443"]),
            (&[("HTTPS_PROXY", "  ")], ["straight", "straight"]),
            (&[("HTTPS_PROXY", "p:1"), ("NO_PROXY", "requesty.ai")], ["straight", "straight"]),
            (&[("ALL_PROXY", "p:1"), ("no_proxy", ".example")], ["Http p:1", "straight"]),
        ] {
            let rules = rules(&environment, variables);
            assert_eq!([route(&rules, https), route(&rules, http)], expected, "{variables:?}");
        }
    }

    #[test]
    fn this_machine_is_asked_straight() {
        let rules = Proxy::new("http://p:1").unwrap().rules();
        for target in ["http://127.0.0.1:80/v1", "http://localhost/v1", "https://[::1]:1/", "http://127.9.9.9/"] {
            assert_eq!(route(&rules, target), "straight", "{target}");
        }
    }

    #[test]
    fn explicit_and_none_go_before_the_environment() {
        let variables = [("HTTPS_PROXY", "p:1"), ("NO_PROXY", "*")];
        let https = "https://router.requesty.ai/v1";
        assert_eq!(route(&rules(&Proxy::new("own:3128").unwrap(), &variables), https), "Http own:3128");
        assert_eq!(route(&rules(&Proxy::none(), &variables), https), "straight");
        let own = Proxy::new("own:3128").unwrap().with_no_proxy("requesty.ai");
        assert_eq!(route(&rules(&own, &[]), https), "straight");
        let other = Proxy::environment().with_no_proxy("nothing");
        assert_eq!(route(&rules(&other, &variables), https), "Http p:1");
    }

    #[test]
    fn urls_are_read_and_bad_ones_name_the_variable_and_not_the_password() {
        let server = Server::parse("http://us%40er:p%3Ass@[fd00::1]:3128/").unwrap();
        assert_eq!((server.host(), server.port(), server.is_tls()), ("fd00::1", 3128, false));
        assert_eq!(server.credentials.as_ref().unwrap(), &(b"us@er".to_vec(), b"p:ss".to_vec()));
        assert_eq!(server.basic().unwrap(), "dXNAZXI6cDpzcw==");
        assert_eq!(format!("{server:?}"), "Http fd00::1:3128 with credentials");
        for url in [
            "ftp://x",
            "socks4://x",
            "http://",
            "http://user:secret@",
            "http://u:secret%zz@h",
            "http://h:99999",
            "h ost",
        ] {
            let rules = rules(&Proxy::environment(), &[("HTTPS_PROXY", url)]);
            let error = route(&rules, "https://router.requesty.ai/v1");
            assert!(error.starts_with("HTTPS_PROXY: the proxy's URL"), "{url}: {error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
