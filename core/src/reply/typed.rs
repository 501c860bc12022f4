//! Replies as types of the caller's own: a whole one, and a stream of them.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use bytes::Bytes;
use http::StatusCode;
use serde::de::DeserializeOwned;

use crate::error::DecodeError;
use crate::reply::{Context, Dialect, End, EventSource, Media, Reply, Step, is_done, is_keep_alive};
use crate::{Error, Incomplete, json};

/// The reply is one value of type `T`: JSON, unless it needs say nothing (see [`Acknowledgement`](crate::Acknowledgement)).
pub struct Whole<T> {
    read: fn(StatusCode, Bytes) -> Result<T, DecodeError>,
}

impl<T: DeserializeOwned> Whole<T> {
    pub(crate) fn new() -> Self {
        Whole::read_by(|status, body| {
            // An empty reply is `null`: endpoints that answer 204 have a unit type.
            let json: &[u8] = if body.trim_ascii().is_empty() { b"null" } else { &body };
            decode(json, "the reply", Some(status))
        })
    }
}

impl<T> Whole<T> {
    /// For a reply that is read by another rule than as JSON.
    pub(crate) fn read_by(read: fn(StatusCode, Bytes) -> Result<T, DecodeError>) -> Self {
        Whole { read }
    }
}

impl<T> Clone for Whole<T> {
    fn clone(&self) -> Self {
        Whole::read_by(self.read)
    }
}

impl<T> fmt::Debug for Whole<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Whole")
    }
}

impl<T: Send + Sync + Unpin + 'static> Reply for Whole<T> {
    type Dialect = WholeDialect<T>;

    fn start(&self, context: Context) -> WholeDialect<T> {
        WholeDialect { status: context.head.status(), read: self.read, value: Err(End::Clean.into_error()) }
    }
}

/// Reads one value. There are no items: the value is the total.
pub struct WholeDialect<T> {
    status: StatusCode,
    read: fn(StatusCode, Bytes) -> Result<T, DecodeError>,
    value: Result<T, Error>,
}

impl<T: Send + Sync + Unpin + 'static> Dialect for WholeDialect<T> {
    type Item<'a> = ();
    type Owned = ();
    type Total = T;
    /// Half a value is none.
    type Partial = ();
    const MEDIA: Media = Media::Json;

    /// There is none: the machine collects the body of [`Media::Json`], and nothing comes after it.
    fn room(&mut self) -> &mut [u8] {
        &mut []
    }

    fn commit(&mut self, _n: usize) {}

    fn push(&mut self, _bytes: &[u8]) {}

    fn whole(&mut self, body: Bytes) -> Result<(), Error> {
        self.value = (self.read)(self.status, body).map_err(Error::from);
        Ok(())
    }

    /// The machine knows whether the body came to its end; saying more of it after the value was read changes nothing.
    fn end(&mut self, _how: End) {}

    fn advance(&mut self) -> Result<Step, Error> {
        match &self.value {
            Err(error) => Err(error.clone()),
            Ok(_) => Ok(Step::Done),
        }
    }

    fn item(&self) {}

    fn owned(&mut self) {}

    fn partial(self, error: Error) -> Incomplete<()> {
        Incomplete::new((), error)
    }

    fn total(self) -> Result<T, Incomplete<()>> {
        self.value.map_err(|error| Incomplete::new((), error))
    }
}

impl<T> fmt::Debug for WholeDialect<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WholeDialect").field("status", &self.status).finish_non_exhaustive()
    }
}

/// The reply is a stream of events whose data is JSON of type `T`.
///
/// Keep-alives are passed over and `[DONE]` ends the stream. As nothing else is known of `T`, a body that ends without it
/// counts as cut; [`Call::ending_with_body`](crate::Call::ending_with_body) says that it does not.
pub struct EventsAs<T> {
    ends_with_body: bool,
    of: PhantomData<fn() -> T>,
}

impl<T> EventsAs<T> {
    pub(crate) fn new() -> Self {
        EventsAs { ends_with_body: false, of: PhantomData }
    }

    pub(crate) fn ending_with_body() -> Self {
        EventsAs { ends_with_body: true, of: PhantomData }
    }
}

impl<T> Clone for EventsAs<T> {
    fn clone(&self) -> Self {
        EventsAs { ..*self }
    }
}

impl<T> fmt::Debug for EventsAs<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EventsAs")
    }
}

impl<T: DeserializeOwned + Send + Sync + Unpin + 'static> Reply for EventsAs<T> {
    type Dialect = EventsAsDialect<T>;

    fn start(&self, context: Context) -> EventsAsDialect<T> {
        EventsAsDialect { source: EventSource::new(context, self.ends_with_body), value: None, count: 0, problem: None }
    }
}

/// Reads events as values of type `T`.
pub struct EventsAsDialect<T> {
    source: EventSource,
    value: Option<Result<T, Arc<DecodeError>>>,
    count: u64,
    /// The first event that could not be read.
    problem: Option<Arc<DecodeError>>,
}

impl<T: DeserializeOwned + Send + Sync + Unpin + 'static> Dialect for EventsAsDialect<T> {
    type Item<'a> = TypedEvent<'a, T>;
    type Owned = Result<T, Arc<DecodeError>>;
    /// How many events came.
    type Total = u64;
    type Partial = u64;
    const MEDIA: Media = Media::Events;

    fn room(&mut self) -> &mut [u8] {
        self.source.decoder.room()
    }

    fn commit(&mut self, n: usize) {
        self.source.decoder.commit(n);
    }

    fn push(&mut self, bytes: &[u8]) {
        self.source.decoder.push(bytes);
    }

    fn whole(&mut self, _body: Bytes) -> Result<(), Error> {
        Err(self.source.not_events())
    }

    fn end(&mut self, how: End) {
        self.source.end(how);
    }

    fn advance(&mut self) -> Result<Step, Error> {
        self.value = None;
        loop {
            let step = self.source.advance()?;
            if step != Step::Ready {
                return Ok(step);
            }
            let event = self.source.decoder.event();
            if is_done(event.data()) || is_keep_alive(event.data()) {
                continue;
            }
            let value = decode(event.data(), "an event", None).map_err(Arc::new);
            if let (Err(problem), None) = (&value, &self.problem) {
                self.problem = Some(problem.clone());
            }
            self.value = Some(value);
            self.count += 1;
            return Ok(Step::Ready);
        }
    }

    fn item(&self) -> TypedEvent<'_, T> {
        TypedEvent { raw: self.source.decoder.event().data(), value: self.value.as_ref() }
    }

    fn owned(&mut self) -> Result<T, Arc<DecodeError>> {
        let taken = || Arc::new(DecodeError { what: "an event that was taken".into(), ..DecodeError::blank() });
        self.value.take().unwrap_or_else(|| Err(taken()))
    }

    fn partial(self, error: Error) -> Incomplete<u64> {
        Incomplete::new(self.count, error)
    }

    fn total(self) -> Result<u64, Incomplete<u64>> {
        match (self.source.over(), self.problem) {
            (Ok(()), None) => Ok(self.count),
            (Ok(()), Some(problem)) => Err(Incomplete::new(self.count, Error::Decode(problem))),
            (Err(error), _) => Err(Incomplete::new(self.count, error)),
        }
    }
}

impl<T> fmt::Debug for EventsAsDialect<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventsAsDialect")
            .field("source", &self.source)
            .field("count", &self.count)
            .finish_non_exhaustive()
    }
}

/// One event of a typed stream.
pub struct TypedEvent<'a, T> {
    raw: &'a [u8],
    value: Option<&'a Result<T, Arc<DecodeError>>>,
}

impl<'a, T> TypedEvent<'a, T> {
    /// Returns the value; `None` where the data is not one, see [`problem`](Self::problem).
    pub fn value(&self) -> Option<&'a T> {
        self.value?.as_ref().ok()
    }

    /// Returns why there is no value.
    pub fn problem(&self) -> Option<&'a DecodeError> {
        self.value?.as_ref().err().map(|problem| &**problem)
    }

    /// Returns the data of the event, byte for byte.
    pub fn raw(&self) -> &'a [u8] {
        self.raw
    }
}

impl<T> fmt::Debug for TypedEvent<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TypedEvent")
            .field("raw_len", &self.raw.len())
            .field("problem", &self.problem())
            .finish_non_exhaustive()
    }
}

/// Reads JSON as `T`; bad bytes and lone surrogates are mended rather than costing the value.
fn decode<T: DeserializeOwned>(data: &[u8], what: &'static str, status: Option<StatusCode>) -> Result<T, DecodeError> {
    let strict = serde_json::from_slice(data);
    strict.or_else(|_| serde_json::from_str(&json::strict(data))).map_err(|error| {
        let lines = data.split_inclusive(|&byte| byte == b'\n').take(error.line().saturating_sub(1));
        let at = lines.map(<[u8]>::len).sum::<usize>() + error.column();
        DecodeError { what: what.into(), at: Some(at.min(data.len())), status, body: Bytes::copy_from_slice(data) }
    })
}
