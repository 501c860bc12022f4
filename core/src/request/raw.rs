//! A request as a gateway's client wrote it, which is sent byte for byte.

use bytes::Bytes;

use crate::json::{Members, elements, lossy, string};
use crate::{BuildError, Extra};

/// A body that is sent as it is, and what the reading of its reply depends on.
pub(crate) struct RawRequest {
    pub(crate) body: Bytes,
    pub(crate) model: Option<String>,
    /// Those of the wanted members that are there.
    pub(crate) members: Extra,
}

impl RawRequest {
    /// Checks that the body is an object, and that its `stream` is what the kind of call needs; looks for the `wanted` members.
    pub(crate) fn read(body: Bytes, streamed: bool, wanted: &[&str]) -> Result<Self, BuildError> {
        let object = Members::read(&body).map_err(|_| BuildError::new("the body is not a JSON object"))?;
        match (object.peek("stream"), streamed) {
            (Some(b"true"), true) | (None | Some(b"false"), false) => {}
            (Some(b"true"), false) => {
                return Err(BuildError::new("the body has `\"stream\":true`: call the method for streams"));
            }
            (None | Some(b"false"), true) => {
                return Err(BuildError::new("the body has no `\"stream\":true`: call the method for whole replies"));
            }
            _ => return Err(BuildError::new("the `stream` of the body is neither true nor false")),
        }
        let model = object.peek("model").and_then(string);
        let mut members = Extra::new();
        for &name in wanted {
            // An empty list is as good as no list.
            let value = object.peek(name).filter(|value| elements(value).is_none_or(|mut list| list.next().is_some()));
            if let Some(value) = value {
                members.put_raw(name.to_owned(), lossy(value));
            }
        }
        Ok(RawRequest { body, model, members })
    }
}
