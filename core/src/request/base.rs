//! Base URLs, and how paths are joined to them by segment.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

use http::Uri;
use http::uri::{Authority, PathAndQuery, Scheme};

use crate::BuildError;

/// A base URL, checked when it was created.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Base {
    scheme: Scheme,
    authority: Authority,
    /// Without a slash at the end.
    path: String,
    query: Option<String>,
}

impl Base {
    /// Creates one of the built-in base URLs.
    pub(crate) fn https(host: &'static str, path: &'static str) -> Self {
        Base { scheme: Scheme::HTTPS, authority: Authority::from_static(host), path: path.to_owned(), query: None }
    }

    pub(crate) fn parse(url: &str) -> Result<Self, BuildError> {
        let refuse =
            |why: &str| BuildError::new(format!("the base URL {why}; it looks like https://router.requesty.ai/v1"));
        let url = url.trim();
        if url.contains('#') {
            return Err(refuse("holds a #, after which nothing is sent"));
        }
        let uri: Uri = url.parse().map_err(|_| refuse("is not a URL"))?;
        let parts = uri.into_parts();
        let scheme = parts.scheme.ok_or_else(|| refuse("has no scheme"))?;
        if scheme != Scheme::HTTPS && scheme != Scheme::HTTP {
            return Err(refuse("is neither https nor http"));
        }
        let authority = parts.authority.ok_or_else(|| refuse("has no host"))?;
        if authority.as_str().contains('@') {
            return Err(refuse("holds credentials, which belong into the API key"));
        }
        if authority.host().is_empty() {
            return Err(refuse("has no host"));
        }
        // Only a port may follow the host: after an address in brackets `http` accepts anything, and it treats a
        // port out of range as absent.
        let host = authority.host();
        let port = authority.as_str().strip_prefix(host).unwrap_or(":");
        let is_port =
            |port: &str| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse().is_ok_and(|port: u16| port > 0);
        if !port.is_empty() && !port.strip_prefix(':').is_some_and(is_port) {
            return Err(refuse("has a port that is not a number from 1 to 65535"));
        }
        if host.starts_with('[') && bracketed(host).is_none() {
            return Err(refuse("has an address in brackets that is not of IPv6"));
        }
        let path_and_query = parts.path_and_query;
        let path = path_and_query.as_ref().map_or("", |pq| pq.path());
        if segments(path).any(climbs) {
            return Err(refuse("has a path segment that is . or .."));
        }
        let query = path_and_query.as_ref().and_then(|pq| pq.query()).filter(|query| !query.is_empty());
        Ok(Base {
            scheme,
            authority,
            path: segments(path).fold(String::new(), |path, segment| path + "/" + segment),
            query: query.map(str::to_owned),
        })
    }

    /// Returns whether a key may be sent there: over TLS, or over plain `http` to this machine.
    pub(crate) fn is_private(&self) -> bool {
        let host = self.authority.host();
        let address = bracketed(host).map(IpAddr::V6).or_else(|| host.parse().ok());
        let loopback = address.is_some_and(|address| address.is_loopback());
        self.scheme == Scheme::HTTPS || loopback || host.eq_ignore_ascii_case("localhost")
    }

    /// Returns whether the host is one of Requesty's own.
    pub(crate) fn is_requesty(&self) -> bool {
        let host = self.authority.host().to_ascii_lowercase();
        host == "requesty.ai" || host.ends_with(".requesty.ai")
    }

    /// Joins `path`, which may have a query, to the base by segments.
    ///
    /// If the base already ends with the whole path, or with the version that the path starts with, that part is not
    /// repeated.
    pub(crate) fn join(&self, path: &str) -> Result<Uri, BuildError> {
        if path.contains('#') {
            return Err(BuildError::new("the path holds a #: the text after it would not be sent"));
        }
        let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
        let wanted: Vec<&str> = segments(path).collect();
        if wanted.iter().any(|segment| climbs(segment)) {
            return Err(BuildError::new("a path segment is . or .."));
        }
        let base: Vec<&str> = segments(&self.path).collect();
        let repeated = if base.ends_with(&wanted) {
            wanted.len()
        } else {
            usize::from(wanted.first().is_some_and(|first| *first == "v1" && base.last() == Some(first)))
        };
        let mut target = self.path.clone();
        for segment in wanted.iter().skip(repeated) {
            target.push('/');
            target.push_str(segment);
        }
        let queries = [self.query.as_deref(), query].into_iter().flatten().filter(|query| !query.is_empty());
        for (index, query) in queries.enumerate() {
            target.push(if index == 0 { '?' } else { '&' });
            target.push_str(query);
        }
        if target.is_empty() {
            target.push('/');
        }
        let path_and_query = PathAndQuery::try_from(target)
            .map_err(|_| BuildError::new("the path holds a character that a URL cannot hold"))?;
        Uri::builder()
            .scheme(self.scheme.clone())
            .authority(self.authority.clone())
            .path_and_query(path_and_query)
            .build()
            .map_err(|_| BuildError::new("base URL and path do not make a URL"))
    }
}

impl fmt::Display for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme, self.authority, self.path)
    }
}

impl fmt::Debug for Base {
    /// Leaves the query out, because some gateways take secrets in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Adds a name and a value to the query of `uri`.
pub(crate) fn with_query(uri: &Uri, name: &str, value: &str) -> Result<Uri, BuildError> {
    let old = uri.path_and_query().map_or("/", |pq| pq.as_str());
    let separator = if uri.query().is_some() { '&' } else { '?' };
    let target = format!("{old}{separator}{}={}", escape(name), escape(value));
    let mut parts = uri.clone().into_parts();
    let path_and_query = PathAndQuery::try_from(target).map_err(|_| BuildError::new("the query is too long"))?;
    parts.path_and_query = Some(path_and_query);
    Uri::from_parts(parts).map_err(|_| BuildError::new("the query does not fit into the URL"))
}

/// Escapes all characters except the unreserved ones, so that the text is one name, value or segment.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Joins segments to a path. Each is escaped, and an empty segment is an error.
pub(crate) fn path(segments: &[&str]) -> Result<String, BuildError> {
    if segments.iter().any(|segment| segment.is_empty()) {
        return Err(BuildError::new("an id is empty"));
    }
    Ok(segments.iter().map(|segment| escape(segment)).collect::<Vec<_>>().join("/"))
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !segment.is_empty())
}

/// Returns whether a segment is `.` or `..`, plain or percent-encoded: servers resolve both.
fn climbs(segment: &str) -> bool {
    let dots = segment.replace("%2e", ".").replace("%2E", ".");
    matches!(dots.as_str(), "." | "..")
}

/// Returns the IPv6 address of a host in brackets.
fn bracketed(host: &str) -> Option<Ipv6Addr> {
    host.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}
