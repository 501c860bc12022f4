//! Replies read as types of the caller's own: one value, or a stream of values.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use bytes::Bytes;
use http::StatusCode;
use serde::de::DeserializeOwned;

use super::events::ended_with;
use crate::error::DecodeError;
use crate::json::Received;
use crate::reply::{Context, Ended, EventStream, Outcome, Protocol, Reply, Seen, Standing, Value, is_keep_alive};
use crate::{Error, Incomplete, json};

/// The reply is one value of type `T`, read as JSON. For an [`Acknowledgement`](crate::Acknowledgement) it may be
/// anything.
pub struct Json<T> {
    read: fn(StatusCode, Bytes) -> Result<T, Error>,
}

impl<T: DeserializeOwned> Json<T> {
    pub(crate) fn new() -> Self {
        Json::read_by(|_, body| {
            // An empty reply is read as `null`: for endpoints that answer 204, `T` is the unit type.
            let json: &[u8] = if body.trim_ascii().is_empty() { b"null" } else { &body };
            Ok(decode(json, "the reply")?)
        })
    }
}

impl<T> Json<T> {
    /// For a type of this crate. The elements of its lists are counted before memory is reserved for them.
    pub(crate) fn received() -> Self
    where
        T: Received,
    {
        Json::read_by(|_, body| {
            let unreadable = |at| DecodeError::new("the reply", Some(at), &body);
            json::check_reply(&body, T::LISTS)?.map_err(|syntax| unreadable(syntax.at))?;
            Ok(T::from_json(json::trim(&body)).ok_or_else(|| unreadable(0))?)
        })
    }

    /// For a reply that `read` reads instead of serde.
    pub(crate) fn read_by(read: fn(StatusCode, Bytes) -> Result<T, Error>) -> Self {
        Json { read }
    }
}

impl<T> Clone for Json<T> {
    fn clone(&self) -> Self {
        Json { ..*self }
    }
}

impl<T> fmt::Debug for Json<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Json")
    }
}

impl<T: Send + Sync + Unpin + 'static> Value for Json<T> {
    type Total = T;
    /// A part of a value cannot be read.
    type Partial = ();
    const MENDS: bool = true;

    fn read(&self, context: &Context, body: Bytes) -> Result<T, Incomplete<()>> {
        (self.read)(context.head().status(), body).map_err(|error| Incomplete::new((), error))
    }
}

/// The reply is a stream of events whose data is JSON of type `T`.
///
/// Keep-alives are skipped, and `[DONE]` ends the stream. A body that ends without `[DONE]` counts as cut, unless the
/// call was made with [`Call::ending_with_body`](crate::Call::ending_with_body).
pub struct EventsAs<T> {
    ends_with_body: bool,
    of: PhantomData<fn() -> T>,
}

impl<T> EventsAs<T> {
    pub(crate) fn ending_with_body() -> Self {
        EventsAs { ends_with_body: true, of: PhantomData }
    }

    pub(crate) fn new() -> Self {
        EventsAs { ends_with_body: false, of: PhantomData }
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
    type Dialect = EventStream<TypedReader<T>>;

    fn start(&self, context: Context) -> EventStream<TypedReader<T>> {
        EventStream::new(context, TypedReader { ends_with_body: self.ends_with_body, value: None, count: 0 })
    }
}

/// Reads events as values of type `T`.
pub struct TypedReader<T> {
    ends_with_body: bool,
    value: Option<Result<T, Arc<DecodeError>>>,
    count: u64,
}

impl<T: DeserializeOwned + Send + Sync + Unpin + 'static> Protocol for TypedReader<T> {
    type Item<'a> = TypedEvent<'a, T>;
    type Owned = Result<T, Arc<DecodeError>>;
    /// The number of events.
    type Total = u64;

    fn read(&mut self, context: &Context, name: &[u8], data: &[u8]) -> Outcome {
        if is_keep_alive(name, data) {
            return Outcome::Skipped;
        }
        let value = decode(data, "an event").map_err(Arc::new);
        let problem = value.as_ref().err().cloned();
        self.value = Some(value);
        self.count += 1;
        match (context.error_in(name, data), problem) {
            (Some(error), _) => Outcome::Last(Err(error)),
            (None, Some(problem)) => Outcome::Unreadable(problem),
            (None, None) => Outcome::Item,
        }
    }

    fn judge(&self, ended: Ended<'_>) -> Result<(), Error> {
        ended_with(ended, self.ends_with_body)
    }

    fn clear(&mut self) {
        self.value = None;
    }

    fn item<'a>(&'a self, seen: Seen<'a>) -> TypedEvent<'a, T> {
        TypedEvent { raw: seen.event().data(), value: self.value.as_ref(), mended: seen.is_mended() }
    }

    fn owned(&mut self, _seen: Seen<'_>) -> Result<T, Arc<DecodeError>> {
        let moved =
            || Arc::new(DecodeError { what: "an event whose value was moved out".into(), ..DecodeError::blank() });
        self.value.take().unwrap_or_else(|| Err(moved()))
    }

    fn total(&self, _standing: Standing) -> u64 {
        self.count
    }
}

impl<T> fmt::Debug for TypedReader<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TypedReader").field("count", &self.count).finish_non_exhaustive()
    }
}

/// One event of a typed stream.
pub struct TypedEvent<'a, T> {
    raw: &'a [u8],
    value: Option<&'a Result<T, Arc<DecodeError>>>,
    mended: bool,
}

impl<'a, T> TypedEvent<'a, T> {
    /// Returns the value; `None` if the data could not be read as a `T`, see [`problem`](Self::problem).
    pub fn value(&self) -> Option<&'a T> {
        self.value?.as_ref().ok()
    }

    /// Returns the reason why there is no value.
    pub fn problem(&self) -> Option<&'a DecodeError> {
        self.value?.as_ref().err().map(|problem| &**problem)
    }

    /// Returns the data of the event, byte for byte.
    pub fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// Returns whether the data was not valid JSON, and was read after it was [mended](Protocol::MENDS).
    pub fn is_mended(&self) -> bool {
        self.mended
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

/// Reads JSON as `T`. Invalid UTF-8 and lone surrogates are replaced, so that they do not make the value unreadable.
fn decode<T: DeserializeOwned>(data: &[u8], what: &'static str) -> Result<T, DecodeError> {
    let strict = serde_json::from_slice(data);
    strict.or_else(|_| serde_json::from_str(&json::strict(data))).map_err(|error| {
        let lines = data.split_inclusive(|&byte| byte == b'\n').take(error.line().saturating_sub(1));
        let at = lines.map(<[u8]>::len).sum::<usize>() + error.column();
        DecodeError::new(what, Some(at.min(data.len())), data)
    })
}
