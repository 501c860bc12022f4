//! The dialect of a streamed message: events add up, and the end is told from a cut.
//!
//! ```text
//! event ─┬▶ ping, keep-alive       passed over
//!        ├▶ message_stop           an item, and then the end: complete if there is a stop reason
//!        ├▶ [DONE]                 the same, and no item
//!        ├▶ not readable           an item with a problem; the total will not be complete
//!        ├▶ error                  Err; what else the event carries is an item first
//!        └▶ any other              added up, then lent
//! body ends ─▶ a last event without its blank line counts, if the end is in good order
//!          └─▶ complete if there is a stop reason, however the connection ended; else Err
//! ```

use bytes::Bytes;

use super::fold::{Fold, Taken};
use super::scan::Table;
use super::{Event, OwnedEvent, Reply};
use crate::observe::Summary;
use crate::reply::{Context, Dialect, End, Media, Step, is_done};
use crate::request::Call;
use crate::{Error, Incomplete, sse};

/// The reply is a stream of events.
#[derive(Clone, Debug, Default)]
pub struct Events {
    accepts_unfinished: bool,
}

impl crate::Reply for Events {
    type Dialect = Decoder;

    fn start(&self, context: Context) -> Decoder {
        Decoder {
            events: sse::Decoder::with_limit(context.limits.event),
            whole: None,
            fold: Fold::new(context),
            accepts_unfinished: self.accepts_unfinished,
            current: Current::None,
            end: None,
            pending: None,
            over: None,
        }
    }
}

impl Call<Events> {
    /// Takes `message_stop` for a complete end also where the answer has no stop reason. Servers that convert other answers
    /// may know none; others end in good order when what they stream from fails, which is why it is an error unless asked
    /// for.
    #[must_use]
    pub fn accepting_unfinished(self) -> Self {
        self.with_reply(Events { accepts_unfinished: true })
    }
}

/// Reads a streamed message.
pub struct Decoder {
    events: sse::Decoder,
    /// The one value that the server sent instead of a stream.
    whole: Option<Bytes>,
    fold: Fold,
    accepts_unfinished: bool,
    current: Current,
    end: Option<End>,
    /// What follows the item that is lent.
    pending: Option<Result<(), Error>>,
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
    type Total = Reply;
    type Partial = Reply;
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
            self.over = self.pending.take();
        }
        if self.over.is_none() && self.whole.is_some() {
            return self.advance_whole();
        }
        while self.over.is_none() {
            match self.events.advance() {
                Ok(Step::Ready) => {
                    self.current = Current::Event;
                    if self.take_event() {
                        return Ok(Step::Ready);
                    }
                }
                Ok(Step::NeedBytes) => return Ok(Step::NeedBytes),
                Ok(Step::Done) => {
                    if self.take_end() {
                        return Ok(Step::Ready);
                    }
                }
                Err(error) => self.over = Some(Err(error.into())),
            }
        }
        self.current = Current::None;
        self.over().map(|()| Step::Done)
    }

    fn item(&self) -> Event<'_> {
        match self.event() {
            Some(event) => self.fold.event(event.raw_name(), event.data()),
            None => self.fold.event(&[], self.whole.as_deref().unwrap_or_default()),
        }
    }

    fn owned(&mut self) -> OwnedEvent {
        self.item().into_owned()
    }

    fn total(self) -> Result<Reply, Incomplete<Reply>> {
        let over = self.over();
        let clean = self.fold.done || matches!(self.end, Some(End::Clean)) || self.whole.is_some();
        let mut reply = self.fold.reply(over.is_ok());
        reply.set_clean_end(over.is_ok() && clean);
        match (over, self.fold.first_problem) {
            (Ok(()), None) => Ok(reply),
            (Ok(()), Some(problem)) => Err(Incomplete::new(reply, Error::Decode(problem))),
            (Err(error), _) => Err(Incomplete::new(reply, error)),
        }
    }

    fn summary(&self) -> Summary {
        self.so_far().summary()
    }

    fn partial(self, error: Error) -> Incomplete<Reply> {
        Incomplete::new(self.fold.reply(false), error)
    }
}

impl Decoder {
    /// Returns what the events so far add up to: a snapshot, at any time.
    pub fn so_far(&self) -> Reply {
        self.fold.reply(self.over().is_ok())
    }

    fn over(&self) -> Result<(), Error> {
        self.over.clone().unwrap_or_else(|| Err(End::Clean.into_error()))
    }

    /// Returns the current event, if it came as one.
    fn event(&self) -> Option<sse::Event<'_>> {
        match self.current {
            Current::Event => Some(self.events.event()),
            Current::Unterminated => self.events.unterminated(),
            Current::None | Current::Whole => None,
        }
    }

    fn advance_whole(&mut self) -> Result<Step, Error> {
        self.current = Current::Whole;
        match self.fold.whole(self.whole.as_deref().unwrap_or_default()) {
            Ok(()) => {
                self.pending = Some(Ok(()));
                Ok(Step::Ready)
            }
            Err(error) => {
                self.over = Some(Err(error.clone()));
                Err(error)
            }
        }
    }

    /// Takes the current event; returns whether it is an item.
    fn take_event(&mut self) -> bool {
        let event = match self.current {
            Current::Unterminated => self.events.unterminated(),
            _ => Some(self.events.event()),
        };
        let Some(event) = event else { return false };
        if is_done(event.data()) {
            self.fold.done = true;
            self.over = Some(self.judge(End::Clean));
            return false;
        }
        match self.fold.take(event.raw_name(), event.data()) {
            Taken::Nothing => false,
            Taken::Item => {
                if self.fold.done {
                    self.pending = Some(self.judge(End::Clean));
                }
                true
            }
            Taken::ItemThen(error) => {
                self.pending = Some(Err(error));
                true
            }
            Taken::Failed(error) => {
                self.over = Some(Err(error));
                false
            }
        }
    }

    /// Takes the end of the body; returns whether its last event, which lacks its blank line, is an item.
    fn take_end(&mut self) -> bool {
        let how = self.end.clone().unwrap_or(End::Clean);
        if matches!(how, End::Clean) && self.current != Current::Unterminated {
            self.current = Current::Unterminated;
            let whole = |data: &[u8]| is_done(data) || Table::scan(data).is_ok();
            if self.events.unterminated().is_some_and(|event| whole(event.data())) {
                return self.take_event();
            }
        }
        self.over = Some(self.judge(how));
        false
    }

    /// Decides whether the answer is complete.
    fn judge(&self, how: End) -> Result<(), Error> {
        let stopped = self.fold.sum.stop_reason.is_some();
        let accepted = self.fold.done && self.accepts_unfinished && !self.fold.sum.blocks.is_empty();
        if stopped || accepted {
            return Ok(());
        }
        Err(if self.fold.done { Error::Unfinished } else { how.into_error() })
    }
}

impl std::fmt::Debug for Decoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut f = f.debug_struct("Decoder");
        f.field("blocks", &self.fold.sum.blocks.len()).field("done", &self.fold.done).field("over", &self.over);
        f.finish_non_exhaustive()
    }
}
