//! The reader of all replies that are one value.

use std::fmt;

use bytes::Bytes;

use super::dialect::{Context, Dialect, End, Media, Reply, Step};
use super::protocol::{Ended, Outcome, Protocol, Standing};
use crate::observe::Summary;
use crate::{Error, Incomplete};

/// A reply that is one value, and how it is read from the whole body.
///
/// A type that implements it is a [`Reply`], for [`Router::call_with`](crate::Router::call_with) and
/// [`Call::reading`](crate::Call::reading).
///
/// # Examples
///
/// ```
/// use requesty_core::reply::Context;
/// use requesty_core::error::DecodeError;
/// use requesty_core::reply::Value;
/// use requesty_core::{ApiKey, Error, Incomplete, Router};
/// use requesty_core::http::Method;
///
/// /// A reply that is a number in plain digits.
/// #[derive(Clone)]
/// struct Number;
///
/// impl Value for Number {
///     type Total = u64;
///     type Partial = ();
///
///     fn read(&self, context: &Context, body: bytes::Bytes) -> Result<u64, Incomplete<()>> {
///         let number = std::str::from_utf8(&body).ok().and_then(|text| text.trim().parse().ok());
///         number.ok_or_else(|| Incomplete::new((), DecodeError::new("a number", None, &body).into()))
///     }
/// }
///
/// let router = Router::new(ApiKey::new("rqsty-sk-example")?);
/// let call = router.get::<()>("count")?.reading(Number);
/// # Ok::<(), Error>(())
/// ```
pub trait Value: Clone + Send + Sync + Unpin + 'static {
    /// The value.
    type Total: Send + Sync + Unpin + 'static;
    /// The part of the value that is kept if it could not be read, or if it is an error.
    type Partial: Default + Send + Sync + Unpin + 'static;

    /// Whether a reply that is not valid JSON is read a second time, with `NaN` and infinities as `null` and with
    /// control characters in strings escaped.
    const MENDS: bool = false;

    /// Reads the whole body.
    ///
    /// # Errors
    /// [`Incomplete`], with the part that could be read, if the value is not of the type that the call asked for.
    fn read(&self, context: &Context, body: Bytes) -> Result<Self::Total, Incomplete<Self::Partial>>;

    /// Returns whether a body under a success status is an error of the router; see [`Dialect::is_error`].
    fn is_error(&self, body: &[u8]) -> bool {
        crate::error::looks_like_error(body)
    }

    /// Returns the metadata of the reply, for logs and metrics.
    fn summary(read: Result<&Self::Total, &Self::Partial>) -> Summary {
        let _ = read;
        Summary::default()
    }

    /// Returns the reply as the JSON of a whole reply, for observers that ask for content. `None` by default.
    fn answer(read: Result<&Self::Total, &Self::Partial>) -> Option<String> {
        let _ = read;
        None
    }
}

impl<V: Value> Reply for V {
    type Dialect = OneValue<V>;

    fn start(&self, context: Context) -> OneValue<V> {
        OneValue { context, value: self.clone(), mended: 0, outcome: None }
    }
}

/// Reads a reply that is one value. There are no items: the value is the total.
pub struct OneValue<V: Value> {
    context: Context,
    value: V,
    mended: u64,
    /// The value that was read; `None` until the body ended.
    outcome: Option<Result<V::Total, Incomplete<V::Partial>>>,
}

impl<V: Value> Dialect for OneValue<V> {
    type Item<'a> = ();
    type Owned = ();
    type Total = V::Total;
    type Partial = V::Partial;
    const MEDIA: Media = Media::Json;

    /// Returns empty room: the machine collects the body of [`Media::Json`].
    fn room(&mut self) -> &mut [u8] {
        &mut []
    }

    fn commit(&mut self, _n: usize) {}

    fn push(&mut self, _bytes: &[u8]) {}

    fn whole(&mut self, body: Bytes) -> Result<(), Error> {
        let read = self.value.read(&self.context, body.clone());
        let unreadable = matches!(&read, Err(incomplete) if matches!(incomplete.error(), Error::Decode(_)));
        let again = (V::MENDS && unreadable).then(|| crate::json::mended(&body)).flatten();
        let again = again.map(|mended| self.value.read(&self.context, mended.into()));
        self.outcome = Some(match again {
            Some(again) if !matches!(&again, Err(error) if matches!(error.error(), Error::Decode(_))) => {
                self.mended = 1;
                again
            }
            _ => read,
        });
        Ok(())
    }

    fn is_error(&self, body: &[u8]) -> bool {
        self.value.is_error(body)
    }

    /// The machine knows whether the body is complete. A further end after the value was read changes nothing.
    fn end(&mut self, _how: End) {}

    fn advance(&mut self) -> Result<Step, Error> {
        match &self.outcome {
            Some(Ok(_)) => Ok(Step::Done),
            Some(Err(incomplete)) => Err(incomplete.error().clone()),
            None => Err(End::Clean.into_error()),
        }
    }

    fn item(&self) {}

    fn owned(&mut self) {}

    fn mended(&self) -> u64 {
        self.mended
    }

    fn summary(&self) -> Summary {
        match &self.outcome {
            Some(Ok(total)) => V::summary(Ok(total)),
            Some(Err(incomplete)) => V::summary(Err(incomplete.partial())),
            None => Summary::default(),
        }
    }

    fn answer(&self) -> Option<String> {
        V::answer(self.outcome.as_ref()?.as_ref().map_err(Incomplete::partial))
    }

    fn total(self) -> Result<V::Total, Incomplete<V::Partial>> {
        self.outcome.unwrap_or_else(|| Err(Incomplete::new(V::Partial::default(), End::Clean.into_error())))
    }

    fn partial(self, error: Error) -> Incomplete<V::Partial> {
        match self.outcome {
            Some(Err(incomplete)) => Incomplete::new(incomplete.into_parts().0, error),
            _ => Incomplete::new(V::Partial::default(), error),
        }
    }
}

/// Reads one whole JSON value as the only event of a stream.
pub(crate) fn read_whole<P: Protocol>(
    mut protocol: P,
    context: &Context,
    body: &Bytes,
) -> Result<P::Total, Incomplete<P::Total>> {
    let read = match protocol.read_whole(context, body) {
        Outcome::Over(end) | Outcome::Last(end) => end,
        Outcome::Unreadable(problem) => Err(Error::Decode(problem)),
        Outcome::Skipped | Outcome::Item | Outcome::Idle => protocol.judge(Ended::Whole),
    };
    let complete = read.is_ok();
    let total = protocol.into_total(Standing { complete, clean: complete, lossy: false });
    match read {
        Ok(()) => Ok(total),
        Err(error) => Err(Incomplete::new(total, error)),
    }
}

impl<V: Value> fmt::Debug for OneValue<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outcome = self.outcome.as_ref().map(|outcome| outcome.as_ref().map(|_| ()).map_err(Incomplete::error));
        f.debug_struct("OneValue").field("outcome", &outcome).finish_non_exhaustive()
    }
}
