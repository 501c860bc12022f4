//! The head of a reply: its status and headers. It is readable before the first event, and from every result and error.

mod date;
mod retry_after;

use std::fmt;

use http::{HeaderMap, HeaderValue, StatusCode, header};

pub use retry_after::retry_after;

/// Status and headers of a reply.
#[derive(Clone)]
pub struct Head {
    status: StatusCode,
    headers: HeaderMap,
}

impl Head {
    /// Creates a head from the status and the headers of a response.
    pub fn new(status: StatusCode, headers: HeaderMap) -> Self {
        Head { status, headers }
    }

    /// Returns the HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns all headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the value of a header, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Returns the request id of the server, which its support asks for: `x-request-id`, else `fly-request-id`.
    pub fn request_id(&self) -> Option<&str> {
        REQUEST_IDS.iter().find_map(|name| self.header(name))
    }

    /// Rewrites the request id, because errors show it and a server may echo anything in it.
    pub(crate) fn clean_request_id(&mut self, clean: impl Fn(&str) -> String) {
        for name in REQUEST_IDS {
            let Some(id) = self.header(name) else { continue };
            let cleaned = clean(id);
            if cleaned != id {
                self.headers.insert(name, HeaderValue::try_from(cleaned).unwrap_or(HeaderValue::from_static("")));
            }
        }
    }

    /// Returns the media type of `content-type`, in lower case, without parameters.
    pub fn media_type(&self) -> Option<String> {
        let value = self.header(header::CONTENT_TYPE.as_str())?;
        Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
    }

    /// Returns the `content-encoding` of the body, if it is a registered encoding that changes bytes. Requests ask for
    /// no encoding, and replies are not decoded. Some servers send `none` or `UTF-8`, which change no byte.
    pub(crate) fn encoding(&self) -> Option<&str> {
        let values = self.headers.get_all(header::CONTENT_ENCODING).iter().filter_map(|value| value.to_str().ok());
        values
            .flat_map(|value| value.split(','))
            .map(str::trim)
            .find(|coding| CODINGS.iter().any(|registered| coding.eq_ignore_ascii_case(registered)))
    }
}

/// The headers that may hold the request id; the first one present counts.
const REQUEST_IDS: [&str; 2] = ["x-request-id", "fly-request-id"];

/// The content codings that IANA registers and that change bytes.
const CODINGS: [&str; 12] = [
    "aes128gcm",
    "br",
    "compress",
    "dcb",
    "dcz",
    "deflate",
    "exi",
    "gzip",
    "pack200-gzip",
    "x-compress",
    "x-gzip",
    "zstd",
];

impl fmt::Debug for Head {
    /// Shows only the names of the headers, because a server may echo anything in their values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.headers.keys().collect::<Vec<_>>();
        f.debug_struct("Head").field("status", &self.status).field("headers", &names).finish()
    }
}

impl From<http::response::Parts> for Head {
    fn from(parts: http::response::Parts) -> Self {
        Head::new(parts.status, parts.headers)
    }
}

/// A whole reply: the decoded value, and the head of the reply.
///
/// Derefs to the value.
#[derive(Clone)]
pub struct Received<T> {
    head: Head,
    value: T,
}

impl<T> Received<T> {
    /// Joins a decoded value and the head of its reply.
    pub fn new(head: Head, value: T) -> Self {
        Received { head, value }
    }

    /// Returns the status and the headers.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Returns the value, and drops the head.
    pub fn into_inner(self) -> T {
        self.value
    }
}

impl<T> std::ops::Deref for Received<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for Received<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received").field("head", &self.head).field("value", &self.value).finish()
    }
}
