//! The dialect of a streamed response: events add up, and the end is told from a cut.
//!
//! ```text
//! event ─┬▶ keep-alive                       passed over
//!        ├▶ not an object                    an item with a problem; the total will not be complete
//!        ├▶ `error`                          Err
//!        ├▶ `response.completed`             an item, and then the end
//!        ├▶ `response.incomplete`            the same: the stream is complete, the response says that it is not
//!        ├▶ `response.failed`                an item, and then Err
//!        ├▶ `[DONE]` before any of them      Err: gateways end streams that failed this way
//!        └▶ anything else                    folded, then lent
//! body ends ─▶ a last event without its blank line counts, if the end is in good order
//!          └─▶ Err
//! ```

use bytes::Bytes;

use super::event::Event;
use super::fold::{Fold, Taken};
use super::owned::OwnedEvent;
use super::response::Offered;
use super::{Request, Response};
use crate::json::Reader;
use crate::observe::Summary;
use crate::reply::{Context, Dialect, End, Media, Reply, Step, is_done};
use crate::{Error, Incomplete, sse};

/// The reply is a stream of events.
#[derive(Clone, Debug)]
pub struct Events {
    offered: Offered,
}

impl Events {
    pub(super) fn of(request: &Request<'_>) -> Self {
        Events { offered: request.offered().map(Into::into) }
    }
}

impl Reply for Events {
    type Dialect = Decoder;

    fn start(&self, context: Context) -> Decoder {
        Decoder {
            events: sse::Decoder::with_limit(context.limits.event),
            whole: None,
            fold: Fold::new(context, self.offered.clone()),
            current: Current::None,
            end: None,
            next: None,
            over: None,
        }
    }
}

/// Reads a streamed response.
pub struct Decoder {
    events: sse::Decoder,
    /// The one value that the server sent instead of a stream.
    whole: Option<Bytes>,
    fold: Fold,
    current: Current,
    end: Option<End>,
    /// The end that follows the item which announced it.
    next: Option<Result<(), Error>>,
    over: Option<Result<(), Error>>,
}

/// Where the bytes of the current event are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Current {
    None,
    Event,
    Unterminated,
    Whole,
}

impl Dialect for Decoder {
    type Item<'a> = Event<'a>;
    type Owned = OwnedEvent;
    type Total = Response;
    type Partial = Response;
    const MEDIA: Media = Media::Events;

    fn room(&mut self) -> &mut [u8] {
        self.events.room()
    }

    fn commit(&mut self, n: usize) {
        self.events.commit(n);
    }

    fn push(&mut self, bytes: &[u8]) {
        self.events.push(bytes);
    }

    fn whole(&mut self, body: Bytes) -> Result<(), Error> {
        self.whole = Some(body);
        Ok(())
    }

    fn end(&mut self, how: End) {
        if self.end.is_none() {
            self.events.end();
            self.end = Some(how);
        }
    }

    fn advance(&mut self) -> Result<Step, Error> {
        self.fold.forget();
        if self.over.is_none() {
            self.over = self.next.take();
        }
        while self.over.is_none() {
            let step = if self.whole.is_some() { self.take_whole() } else { self.take_next() };
            if let Some(step) = step {
                return Ok(step);
            }
        }
        self.current = Current::None;
        self.judged().map(|()| Step::Done)
    }

    fn item(&self) -> Event<'_> {
        let event = match self.current {
            Current::Event => Some(self.events.event()),
            Current::Unterminated => self.events.unterminated(),
            Current::Whole => return self.fold.lend(&[], self.whole.as_deref().unwrap_or_default()),
            Current::None => None,
        };
        event.map_or_else(|| self.fold.lend(&[], &[]), |event| self.fold.lend(event.raw_name(), event.data()))
    }

    fn owned(&mut self) -> OwnedEvent {
        self.item().into_owned()
    }

    fn summary(&self) -> Summary {
        self.so_far().summary()
    }

    fn partial(self, error: Error) -> Incomplete<Response> {
        Incomplete::new(self.so_far(), error)
    }

    fn total(self) -> Result<Response, Incomplete<Response>> {
        let problem = self.fold.first_problem.clone();
        match self.judged().and_then(|()| problem.map_or(Ok(()), |problem| Err(Error::Decode(problem)))) {
            Ok(()) => Ok(self.so_far()),
            Err(error) => Err(self.partial(error)),
        }
    }
}

impl Decoder {
    /// Returns what the events so far add up to: a snapshot, at any time.
    pub fn so_far(&self) -> Response {
        self.fold.sum.response()
    }

    fn judged(&self) -> Result<(), Error> {
        self.over.clone().unwrap_or_else(|| Err(End::Clean.into_error()))
    }

    /// Takes the one value that came instead of a stream: an item, and then the end.
    fn take_whole(&mut self) -> Option<Step> {
        self.current = Current::Whole;
        match self.fold.whole(self.whole.as_ref()?) {
            Ok(()) => {
                self.next = Some(Ok(()));
                Some(Step::Ready)
            }
            Err(error) => {
                self.over = Some(Err(error));
                None
            }
        }
    }

    /// Takes the next event; `None` where it is no item.
    fn take_next(&mut self) -> Option<Step> {
        match self.events.advance() {
            Ok(Step::Ready) => {
                self.current = Current::Event;
                self.take_event()
            }
            Ok(Step::NeedBytes) => {
                self.current = Current::None;
                Some(Step::NeedBytes)
            }
            Ok(Step::Done) => self.take_end(),
            Err(error) => {
                self.over = Some(Err(error.into()));
                None
            }
        }
    }

    fn take_event(&mut self) -> Option<Step> {
        let event = match self.current {
            Current::Unterminated => self.events.unterminated()?,
            _ => self.events.event(),
        };
        if is_done(event.data()) {
            self.over = Some(Err(Error::Unfinished));
            return None;
        }
        match self.fold.event(event.raw_name(), event.data()) {
            Taken::Nothing => return None,
            Taken::Item => {}
            Taken::Last(end) => self.next = Some(end),
            Taken::Failed(error) => {
                self.over = Some(Err(error));
                return None;
            }
        }
        Some(Step::Ready)
    }

    /// Takes the end of the body, and before it a last event that lacks its blank line.
    fn take_end(&mut self) -> Option<Step> {
        let how = self.end.clone().unwrap_or(End::Clean);
        if matches!(how, End::Clean) && self.current != Current::Unterminated {
            self.current = Current::Unterminated;
            let is_whole = |data: &[u8]| is_done(data) || Reader::new(data).skip().is_some();
            if self.events.unterminated().is_some_and(|event| is_whole(event.data())) {
                return self.take_event();
            }
        }
        self.over = Some(Err(how.into_error()));
        None
    }
}

impl std::fmt::Debug for Decoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decoder").field("over", &self.over).finish_non_exhaustive()
    }
}
