//! The MCP gateway: the tools of other servers, with one key.
//!
//! One call posts one JSON-RPC message over the streamable HTTP transport of MCP. The reply is one message or a stream
//! of messages; the reply to a notification is empty. This module only moves messages; the caller speaks the protocol.

mod dialect;

use std::fmt;

use bytes::Bytes;
use http::{HeaderValue, Method};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::DecodeError;
use crate::json::{self, Members};
use crate::reply::{Context, EventStream, Reply};
use crate::{Call, Error, Host, Router, request};

pub use dialect::RpcReader;

/// The header with the id of the session. Read it from the head of the reply to `initialize`, and set it on each later
/// call by [`Call::with_header`].
pub const SESSION_ID: &str = "mcp-session-id";

impl Router {
    /// Posts one JSON-RPC message to the MCP gateway: `POST /v1/mcp`. The router's documentation mentions the endpoint
    /// and the key; the messages follow the MCP specification.
    ///
    /// ```
    /// use requesty_core::{ApiKey, Router, mcp};
    ///
    /// let router = Router::new(ApiKey::new("rqsty-sk-example")?);
    /// let list = serde_json::json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"});
    /// let call = router.mcp(&list)?.with_header(mcp::SESSION_ID, "from the reply to initialize")?;
    /// assert_eq!(call.request().uri(), "https://router.requesty.ai/v1/mcp");
    /// # Ok::<(), requesty_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Build`] if the message cannot be written as JSON.
    pub fn mcp(&self, message: &(impl Serialize + ?Sized)) -> Result<Call<Mcp>, Error> {
        let call = self.endpoint(Host::Inference, Method::POST, &["v1", "mcp"], request::json(message)?, Mcp {})?;
        Ok(call.with_accept(HeaderValue::from_static("application/json, text/event-stream")))
    }
}

/// The reply is JSON-RPC messages: one, several as events, or an empty reply.
///
/// The router's page: [MCP gateway](https://docs.requesty.ai/features/mcp-gateway).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Mcp {}

impl Reply for Mcp {
    type Dialect = EventStream<RpcReader>;

    fn start(&self, context: Context) -> EventStream<RpcReader> {
        EventStream::new(context, RpcReader::default())
    }
}

/// One JSON-RPC message, byte for byte. Cloning shares the bytes.
///
/// The router's page: [MCP gateway](https://docs.requesty.ai/features/mcp-gateway).
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Message {
    raw: Bytes,
}

impl Message {
    /// Returns the message as it came.
    pub fn raw(&self) -> &Bytes {
        &self.raw
    }

    /// Reads the message as a type of the caller's.
    ///
    /// # Errors
    /// [`DecodeError`] if the message is not of that type.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, DecodeError> {
        serde_json::from_slice(&self.raw).map_err(|error| self.problem(Some(error.column())))
    }

    /// Returns the id as JSON: that of the request which this message answers, or that of a request of the server.
    /// `None` for a notification.
    pub fn id(&self) -> Option<String> {
        self.member("id").map(json::lossy)
    }

    /// Returns the method of a request or a notification of the server; `None` for a response.
    pub fn method(&self) -> Option<String> {
        self.member("method").and_then(json::string)
    }

    /// Returns the result in a response, as JSON; `None` for other messages.
    pub fn result(&self) -> Option<&[u8]> {
        self.member("result")
    }

    /// Returns the error in a response, as JSON: `{"code":…,"message":…}`; `None` for other messages.
    pub fn error(&self) -> Option<&[u8]> {
        self.member("error")
    }

    fn member(&self, name: &str) -> Option<&[u8]> {
        Members::read(&self.raw).ok()?.raw(name)
    }

    fn problem(&self, at: Option<usize>) -> DecodeError {
        DecodeError { what: "a message".into(), at, body: self.raw.clone(), ..DecodeError::blank() }
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message").field("len", &self.raw.len()).finish()
    }
}
