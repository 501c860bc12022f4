//! The head of a request as it goes out, after the observers had their turn.

use requesty_core::BuildError;
use requesty_core::http::header::{CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use requesty_core::http::request::Parts;
use requesty_core::http::{HeaderValue, Version};

/// Checks that the head says no other length, and no other place, than the request has.
pub(crate) fn check(head: &Parts, length: usize) -> Result<(), BuildError> {
    if head.headers.contains_key(TRANSFER_ENCODING) {
        return Err(BuildError::new("an observer set transfer-encoding; a request is sent with its length"));
    }
    let length = HeaderValue::from(length);
    if head.headers.get_all(CONTENT_LENGTH).iter().any(|value| value != length) {
        return Err(BuildError::new("an observer set a content-length that is not that of the request"));
    }
    let host = head.uri.authority().map(|authority| authority.as_str().as_bytes());
    if head.headers.get_all(HOST).iter().any(|value| Some(value.as_bytes()) != host) {
        return Err(BuildError::new("an observer set another host; that is set by the base URL"));
    }
    let only = |name| head.headers.get_all(name).iter().count() <= 1;
    if !only(CONTENT_LENGTH) || !only(HOST) {
        return Err(BuildError::new("an observer set content-length or host twice"));
    }
    if head.version != Version::HTTP_11 {
        return Err(BuildError::new("an observer changed the version of HTTP"));
    }
    Ok(())
}
