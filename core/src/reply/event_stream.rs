//! The driver of all streams of events: it cuts bytes into events, and the protocol of a family reads each event.
//!
//! ```text
//! bytes ─▶ sse::Decoder ─┬▶ [DONE] ─────▶ Protocol::done
//!                        ├▶ an event ───▶ Protocol::read ─▶ item
//!                        │                 └▶ unreadable? each line by itself, or mended, once more
//!                        └▶ the end ─┬▶ a whole event without its blank line? read it, after a clean end
//!                                    └▶ Protocol::judge ─▶ Done, or one Err
//! ```

mod edges;
mod source;

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

pub use self::source::Seen;
use self::source::{At, Source};
use super::dialect::{Context, Dialect, End, Media, Step};
use super::marks::is_done;
use super::protocol::{Ended, Met, Outcome, Protocol, Standing};
use crate::error::DecodeError;
use crate::json::part;
use crate::observe::Summary;
use crate::{Error, Incomplete, sse};

/// Reads a stream of events of the family `P`.
///
/// If an event could not be read, the end of the stream is an error, in every family: no gap in an answer goes
/// unnoticed.
pub struct EventStream<P: Protocol> {
    source: Source,
    protocol: P,
    context: Context,
    phase: Phase,
    /// The next event did not match at the first comparison. It is compared once more when it is whole, so each byte is
    /// compared at most twice, however the bytes arrive.
    missed: bool,
    /// Whether the current item added something to the total.
    progressed: bool,
    /// Whether the server declared the answer over.
    declared: bool,
    /// The number of events that were read after they were mended.
    mended: u64,
    first_problem: Option<Arc<DecodeError>>,
    end: Option<End>,
    /// The result of the stream; in [`Phase::Last`], the result that follows the current item.
    outcome: Option<Result<(), Error>>,
}

/// The next step of `advance`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Reads events from the decoder.
    Events,
    /// Reads events, after the unusual state of the current one is cleared.
    Unusual,
    /// Reads the next line of an event that holds several.
    Lines,
    /// Reads one whole value.
    Whole,
    /// Ends the stream after the current item.
    Last,
    /// Returns the result: the stream is over.
    Over,
}

impl<P: Protocol> EventStream<P> {
    /// Starts reading a reply.
    pub fn new(context: Context, protocol: P) -> Self {
        EventStream {
            source: Source::new(context.limits().event),
            protocol,
            context,
            phase: Phase::Events,
            missed: false,
            progressed: false,
            declared: false,
            mended: 0,
            first_problem: None,
            end: None,
            outcome: None,
        }
    }

    /// Returns the sum of the events so far. May be called at any time.
    pub fn so_far(&self) -> P::Total {
        self.protocol.total(self.standing())
    }

    /// Returns the event whose blank line never came, after the end of the body. The standard drops such an event. It
    /// is an item only if its data is whole, and never in a stream of raw events.
    pub fn unterminated(&self) -> Option<sse::Event<'_>> {
        self.source.decoder.unterminated()
    }

    pub(crate) fn protocol(&self) -> &P {
        &self.protocol
    }

    fn standing(&self) -> Standing {
        let complete = self.phase == Phase::Over && matches!(self.outcome, Some(Ok(())));
        let clean = complete && (self.declared || matches!(self.end, Some(End::Clean)));
        Standing { complete, clean, lossy: self.first_problem.is_some() }
    }

    /// Reads the next event without searching for its end first, if it is the event that the family expects.
    #[inline]
    fn follow(&mut self) -> Met {
        if !self.protocol.is_armed() {
            return Met::Other;
        }
        let Some((bytes, limit)) = self.source.decoder.upcoming() else { return Met::Other };
        let met = self.protocol.meet(bytes);
        match met {
            Met::Event { start, end, length } if end - start <= limit && self.protocol.has_room_for(end - start) => {
                self.progressed = self.protocol.add_matched(part(bytes, start..end));
                self.source.decoder.take(start..end, length);
                self.source.at = At::Event;
                met
            }
            Met::Begun if bytes.len() <= limit => met,
            _ => {
                self.missed = true;
                Met::Other
            }
        }
    }

    /// Reads events until one is an item, or until no whole event is left.
    fn advance_in_full(&mut self) -> Result<Step, Error> {
        loop {
            let is_item = match self.source.decoder.advance() {
                Ok(Step::Ready) => {
                    self.source.at = At::Event;
                    self.missed = false;
                    self.read_current()
                }
                Ok(Step::NeedBytes) => return Ok(Step::NeedBytes),
                Ok(Step::Done) => self.take_end(),
                Err(error) => self.finish(Err(error.into())),
            };
            if is_item {
                return Ok(Step::Ready);
            }
            if self.phase != Phase::Events {
                if let Some(step) = self.advance_beside_events() {
                    return step;
                }
            }
        }
    }

    /// Reads what does not come from the decoder: lines, one whole value, the end. Returns `None` if the decoder is to
    /// be read again.
    #[cold]
    fn advance_beside_events(&mut self) -> Option<Result<Step, Error>> {
        loop {
            if self.phase != Phase::Over && self.protocol.more() {
                return Some(Ok(Step::Ready));
            }
            self.protocol.clear();
            let is_item = match self.phase {
                Phase::Events => return None,
                Phase::Unusual => {
                    self.source.clear();
                    self.phase = Phase::Events;
                    return None;
                }
                Phase::Lines if self.source.next_line() => self.read_current(),
                Phase::Lines if self.source.at == At::Unterminated => {
                    self.finish(self.protocol.judge(Ended::Body(&End::Clean)))
                }
                Phase::Lines => {
                    self.phase = Phase::Unusual;
                    false
                }
                Phase::Whole => self.read_whole(),
                Phase::Last => {
                    let outcome = self.outcome.take().unwrap_or(Ok(()));
                    self.finish(outcome)
                }
                Phase::Over => return Some(self.outcome.clone().unwrap_or(Ok(())).map(|()| Step::Done)),
            };
            if is_item {
                return Some(Ok(Step::Ready));
            }
        }
    }

    /// Reads the current event; returns whether it is an item.
    #[inline]
    fn read_current(&mut self) -> bool {
        let (name, data) = self.source.seen().name_and_raw();
        let follows = P::FOLLOWS && self.source.at == At::Event && self.phase == Phase::Events;
        if follows && self.protocol.follows(name, data) && self.protocol.has_room_for(data.len()) {
            self.progressed = self.protocol.add_matched(data);
            return true;
        }
        let outcome = if is_done(data) {
            self.declared = true;
            self.protocol.done()
        } else {
            self.protocol.read(&self.context, name, data)
        };
        if matches!(outcome, Outcome::Item) && self.source.at == At::Event {
            self.progressed = true;
            return true;
        }
        self.settle(outcome)
    }

    /// Notes the outcome of the current event; returns whether it is an item.
    #[cold]
    fn settle(&mut self, outcome: Outcome) -> bool {
        self.progressed = !matches!(outcome, Outcome::Idle | Outcome::Unreadable(_));
        let is_item = match outcome {
            Outcome::Skipped => false,
            Outcome::Item | Outcome::Idle => true,
            Outcome::Unreadable(problem) => return self.read_again(problem),
            Outcome::Last(end) => {
                self.declared |= end.is_ok();
                self.phase = Phase::Last;
                self.outcome = Some(end);
                return true;
            }
            Outcome::Over(end) => {
                self.declared |= end.is_ok();
                return self.finish(end);
            }
        };
        let ended = match self.source.at {
            At::Unterminated if self.phase != Phase::Lines => Ended::Body(&End::Clean),
            At::Whole => Ended::Whole,
            _ => {
                if self.phase == Phase::Events && self.source.is_unusual() {
                    self.phase = Phase::Unusual;
                }
                return is_item;
            }
        };
        self.outcome = Some(self.protocol.judge(ended));
        self.phase = Phase::Last;
        is_item
    }
}

impl<P: Protocol> Dialect for EventStream<P> {
    type Item<'a> = P::Item<'a>;
    type Owned = P::Owned;
    type Total = P::Total;
    type Partial = P::Total;
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

    fn whole(&mut self, body: Bytes) -> Result<(), Error> {
        if self.phase == Phase::Events {
            self.source.set_whole(body);
            self.phase = Phase::Whole;
        }
        Ok(())
    }

    fn is_error(&self, body: &[u8]) -> bool {
        self.protocol.is_error(body)
    }

    fn end(&mut self, how: End) {
        if self.end.is_none() {
            self.source.decoder.end();
            self.end = Some(how);
        }
    }

    #[inline]
    fn advance(&mut self) -> Result<Step, Error> {
        if self.phase != Phase::Events {
            return self.advance_beside_events().unwrap_or_else(|| self.advance_in_full());
        }
        if self.protocol.more() {
            return Ok(Step::Ready);
        }
        self.protocol.clear();
        if P::FOLLOWS && !self.missed {
            match self.follow() {
                Met::Event { .. } => return Ok(Step::Ready),
                Met::Begun if self.end.is_none() => return Ok(Step::NeedBytes),
                Met::Begun | Met::Other => {}
            }
        }
        self.advance_in_full()
    }

    #[inline(always)]
    fn is_starved(&mut self) -> bool {
        // A family that reads several items from one event, and so has some without bytes, does not follow.
        let is_starved = P::FOLLOWS && self.phase == Phase::Events && self.source.decoder.is_starved();
        if is_starved {
            self.protocol.clear();
        }
        is_starved
    }

    fn item(&self) -> P::Item<'_> {
        self.protocol.item(self.source.seen())
    }

    fn owned(&mut self) -> P::Owned {
        self.protocol.owned(self.source.seen())
    }

    fn progressed(&self) -> bool {
        self.progressed
    }

    fn has_text(&self) -> bool {
        self.protocol.has_text(self.source.seen())
    }

    fn mended(&self) -> u64 {
        self.mended
    }

    fn unread(&self) -> usize {
        self.source.decoder.unread()
    }

    fn is_in_event(&self) -> bool {
        self.source.decoder.is_in_event()
    }

    fn summary(&self) -> Summary {
        P::summary(&self.so_far())
    }

    fn answer(&self) -> Option<String> {
        P::answer(&self.so_far())
    }

    fn total(self) -> Result<P::Total, Incomplete<P::Total>> {
        let standing = self.standing();
        let outcome = match self.phase {
            Phase::Over => self.outcome.unwrap_or(Ok(())),
            _ => Err(End::Clean.into_error()),
        };
        let total = self.protocol.into_total(standing);
        match outcome {
            Ok(()) => Ok(total),
            Err(error) => Err(Incomplete::new(total, error)),
        }
    }

    fn partial(self, error: Error) -> Incomplete<P::Total> {
        let standing = Standing { complete: false, clean: false, ..self.standing() };
        Incomplete::new(self.protocol.into_total(standing), error)
    }
}

impl<P: Protocol + fmt::Debug> fmt::Debug for EventStream<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("EventStream");
        f.field("protocol", &self.protocol).field("phase", &self.phase).field("outcome", &self.outcome);
        f.field("decoder", &self.source.decoder).finish_non_exhaustive()
    }
}
