//! The head of a reply: readable before the first event, and on every result and error.

mod date;
mod retry_after;

use std::fmt;

use http::{HeaderMap, StatusCode, header};

pub use retry_after::retry_after;

/// Status and headers of a reply.
#[derive(Clone)]
pub struct Head {
    status: StatusCode,
    headers: HeaderMap,
}

impl Head {
    /// Takes the head of a response.
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

    /// Returns the id that the server gave the request, for its support: `x-request-id`, else `fly-request-id`.
    pub fn request_id(&self) -> Option<&str> {
        self.header("x-request-id").or_else(|| self.header("fly-request-id"))
    }

    /// Returns the media type in lower case, without parameters.
    pub fn media_type(&self) -> Option<String> {
        let value = self.header(header::CONTENT_TYPE.as_str())?;
        Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
    }

    /// Returns the encoding of the body, if there is one: none was asked for, and none is undone.
    pub(crate) fn encoding(&self) -> Option<&str> {
        let value = self.header(header::CONTENT_ENCODING.as_str())?.trim();
        (!value.is_empty() && !value.eq_ignore_ascii_case("identity")).then_some(value)
    }
}

impl fmt::Debug for Head {
    /// Shows the names of the headers only: a server may echo anything in their values.
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

/// A whole reply: what it says, and the head that it came with.
///
/// Derefs to what it says, so that the head costs nothing to those who do not look at it.
#[derive(Clone)]
pub struct Received<T> {
    head: Head,
    value: T,
}

impl<T> Received<T> {
    /// Pairs a reply with its head.
    pub fn new(head: Head, value: T) -> Self {
        Received { head, value }
    }

    /// Returns status and headers.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Takes the reply out.
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
