//! An [`ItemStream`] as a stream of owned items, for combinators.

use std::error::Error as StdError;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::{FusedStream, Stream};
use http_body::Body;
use requesty_core::{Dialect, Error};

use super::{ItemStream, Over};

/// Yields owned items; ends after an error.
impl<D, B> Stream for ItemStream<D, B>
where
    D: Dialect,
    B: Body + Unpin,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    type Item = Result<D::Owned, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.over == Over::Failed {
            return Poll::Ready(None);
        }
        Poll::Ready(match ready!(self.poll_advance(cx)) {
            Ok(true) => Some(Ok(self.machine.owned())),
            Ok(false) => None,
            Err(error) => Some(Err(error)),
        })
    }
}

impl<D, B> FusedStream for ItemStream<D, B>
where
    D: Dialect,
    B: Body + Unpin,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    fn is_terminated(&self) -> bool {
        matches!(self.over, Over::Complete | Over::Failed)
    }
}
