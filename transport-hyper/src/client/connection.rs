//! A connection with HTTP/1.1. The task that waits for its answer drives it.
//!
//! | state | held by | polled by | when dropped |
//! |---|---|---|---|
//! | waits for a head | [`Http1Connection::send`] | that future | closed |
//! | is read | [`ResponseBody`] | `poll_frame` | closed |
//! | idle | [`Pool`] | its keeper, when something came | closed |
//! | is checked | [`Http1Connection::is_reusable`] | once | closed |
//!
//! Each state has a holder of its own, so two states cannot be confused. Dropping the holder closes the connection.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, Waker};

use http::header::HOST;
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderValue, Request, Response, Uri};
use hyper::client::conn::TrySendError;
use hyper::client::conn::http1::{self, Connection, SendRequest};
use tokio::runtime::Handle;

use super::body::{RequestBody, ResponseBody};
use super::pool::{Key, Pool};
use super::relay::WakerRelay;
use super::socket::{Socket, SocketStats};

/// A connection with HTTP/1.1, and everything needed to drive it and to give it back.
pub(super) struct Http1Connection {
    sender: SendRequest<RequestBody>,
    /// `None` after it ended. It is dropped in the poll that ends it, so that the socket is closed at that time and the
    /// waiting parts learn of the end.
    connection: Option<Connection<Socket, RequestBody>>,
    relay: Arc<WakerRelay>,
    /// The relay, as a waker.
    waker: Waker,
    stats: Arc<SocketStats>,
    /// Whether it leads to a proxy that needs absolute URLs.
    is_proxied: bool,
    key: Key,
    /// The runtime of its socket.
    runtime: Handle,
    /// A weak reference, because the pool holds idle connections.
    pool: Weak<Pool>,
}

impl Http1Connection {
    pub(super) async fn open(
        socket: Socket,
        is_proxied: bool,
        key: Key,
        runtime: Handle,
        pool: &Arc<Pool>,
    ) -> hyper::Result<Box<Self>> {
        let stats = socket.stats().clone();
        let (sender, connection) = http1::handshake(socket).await?;
        let relay = Arc::new(WakerRelay::default());
        Ok(Box::new(Http1Connection {
            sender,
            connection: Some(connection),
            waker: relay.clone().into(),
            relay,
            stats,
            is_proxied,
            key,
            runtime,
            pool: Arc::downgrade(pool),
        }))
    }

    pub(super) fn key(&self) -> &Key {
        &self.key
    }

    pub(super) fn runtime(&self) -> &Handle {
        &self.runtime
    }

    pub(super) fn stats(&self) -> &Arc<SocketStats> {
        &self.stats
    }

    /// Sets the `host` header, and removes the host from the URL unless the request goes to a proxy.
    pub(super) fn address<B>(&self, request: &mut Request<B>, target: &Uri) {
        if let (false, Some(host)) = (request.headers().contains_key(HOST), host(target)) {
            request.headers_mut().insert(HOST, host);
        }
        *request.uri_mut() = if self.is_proxied {
            target.clone()
        } else {
            target.path_and_query().map_or_else(|| PathAndQuery::from_static("/"), PathAndQuery::clone).into()
        };
    }

    /// Sends a request, and drives the connection until the head comes.
    pub(super) async fn send(
        mut self: Box<Self>,
        request: Request<RequestBody>,
    ) -> Result<Response<ResponseBody>, TrySendError<Request<RequestBody>>> {
        let mut response = pin!(self.sender.try_send_request(request));
        let response = poll_fn(|cx| self.poll_with(cx, |cx| response.as_mut().poll(cx))).await?;
        Ok(response.map(|body| ResponseBody::http1(body, self)))
    }

    /// Drives the connection, and then polls the future that it feeds.
    pub(super) fn poll_with<T>(&mut self, cx: &Context<'_>, fed: impl FnOnce(&mut Context<'_>) -> Poll<T>) -> Poll<T> {
        self.drive();
        let polled = fed(&mut Context::from_waker(&self.waker));
        if polled.is_pending() {
            self.relay.wait(cx);
        }
        polled
    }

    /// Returns the connection to the pool, if it can serve another call.
    pub(super) fn give_back(self: Box<Self>) {
        if !self.is_ready() {
            return;
        }
        if let Some(pool) = self.pool.upgrade() {
            self.relay.forget();
            // The server answered before the whole request was written.
            self.stats.answered();
            pool.put(self);
        }
    }

    /// Returns whether an idle connection can serve another call. It cannot if any bytes or the end came meanwhile.
    pub(super) fn is_reusable(&mut self) -> bool {
        self.stats.ask();
        self.drive();
        self.is_ready() && !self.stats.is_asking()
    }

    /// Polls an idle connection that was woken; returns whether it can still serve another call.
    pub(super) fn is_still_idle(&mut self) -> bool {
        self.drive();
        self.is_ready()
    }

    /// Returns whether an idle connection was woken since the last check.
    pub(super) fn was_woken(&self) -> bool {
        self.relay.was_woken()
    }

    fn is_ready(&self) -> bool {
        self.connection.is_some() && self.sender.is_ready()
    }

    /// Polls the connection once.
    fn drive(&mut self) {
        let Some(connection) = &mut self.connection else { return };
        self.relay.begin();
        if Pin::new(connection).poll(&mut Context::from_waker(&self.waker)).is_ready() {
            self.connection = None;
        }
    }
}

/// Returns the value of `host`, with the port unless it is the default of the scheme.
fn host(target: &Uri) -> Option<HeaderValue> {
    let authority = target.authority()?;
    let usual = if target.scheme() == Some(&Scheme::HTTPS) { 443 } else { 80 };
    let text = match authority.port_u16() {
        Some(port) if port != usual => without_user(authority),
        _ => authority.host(),
    };
    HeaderValue::from_str(text).ok()
}

fn without_user(authority: &Authority) -> &str {
    authority.as_str().rsplit('@').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_has_its_port_unless_it_is_the_usual_one() {
        for (url, expected) in [
            ("https://router.requesty.ai/v1", "router.requesty.ai"),
            ("https://router.requesty.ai:443/v1", "router.requesty.ai"),
            ("https://router.requesty.ai:80/v1", "router.requesty.ai:80"),
            ("http://localhost:80/v1", "localhost"),
            ("http://localhost:8080/v1", "localhost:8080"),
            ("http://user:word@localhost:8080/v1", "localhost:8080"),
            ("http://[::1]:8080/v1", "[::1]:8080"),
        ] {
            assert_eq!(host(&Uri::from_static(url)).unwrap(), expected, "{url}");
        }
    }
}
