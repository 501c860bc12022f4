//! sseer 0.3.1. It wants bytes of its own and keeps slices of them, so it is given shared ones.

use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use sseer::EventStream;

use super::async_openai;
use crate::feed::{Feed, SharedPieces, drain};
use crate::outcome::{Framed, Outcome, Sums};

struct Ready(SharedPieces);

impl Stream for Ready {
    type Item = Result<Bytes, Infallible>;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.next().map(Ok))
    }
}

/// Framing alone.
pub fn frame(feed: &Feed) -> Outcome {
    let mut framed = Framed::default();
    drain(pin!(EventStream::new(Ready(SharedPieces::new(feed)))), |event| {
        framed.events += 1;
        framed.data += event.expect("a corpus is UTF-8").data.len();
    });
    Outcome::Framed(framed)
}

/// async-openai's types over this framing.
pub fn decode(feed: &Feed) -> Outcome {
    let mut sums = Sums::default();
    drain(pin!(EventStream::new(Ready(SharedPieces::new(feed)))), |event| {
        async_openai::accumulate(&event.expect("a corpus is UTF-8").data, &mut sums);
    });
    Outcome::Sums(sums)
}
