//! eventsource-client 0.18. Its parser is private, so this goes through its client, with a transport that has the bytes
//! already; what the client adds to each event is one look at its state.

use std::future::{Future, ready};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use eventsource_client::{Client as _, ClientBuilder, ReconnectOptions, SSE};
use futures_core::Stream;
use launchdarkly_sdk_transport::{ByteStream, HttpTransport, Request, Response, ResponseFuture, TransportError};

use crate::feed::{Feed, SharedPieces, drain};
use crate::outcome::{Framed, Outcome};

#[derive(Clone)]
struct Recorded(SharedPieces);

struct Body(SharedPieces);

impl Stream for Body {
    type Item = Result<Bytes, TransportError>;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.next().map(Ok))
    }
}

impl HttpTransport for Recorded {
    fn request(&self, _: Request<Option<Bytes>>) -> ResponseFuture {
        let body: ByteStream = Box::pin(Body(self.0.clone()));
        let reply: Pin<Box<dyn Future<Output = _> + Send + Sync>> = Box::pin(ready(Ok(Response::new(body))));
        reply
    }
}

/// Splits the feed into events, and decodes none of them. The client reports the end of the bytes as an error, and comments as items.
pub fn frame(feed: &Feed) -> Outcome {
    let client = ClientBuilder::for_url("http://bench.invalid/")
        .expect("a URL")
        .reconnect(ReconnectOptions::reconnect(false).build())
        .build_with_transport(Recorded(SharedPieces::new(feed)));
    let mut stream = client.stream();
    let mut framed = Framed::default();
    drain(stream.as_mut(), |event| {
        if let Ok(SSE::Event(event)) = event {
            framed.events += 1;
            framed.data += event.data.len();
        }
    });
    Outcome::Framed(framed)
}
