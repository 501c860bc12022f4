//! Reads responses: events of a stream, or one whole response, each added up to a [`Response`].
//!
//! ```text
//! event ─┬▶ keep-alive                       passed over
//!        ├▶ not an object                    an item with a problem; the end will be an error
//!        ├▶ `error`                          Err
//!        ├▶ `response.completed`             an item, and then the end
//!        ├▶ `response.incomplete`            the same: the stream is complete, the response says that it is not
//!        ├▶ `response.failed`                an item, and then Err
//!        ├▶ another, with a response whose status is one of these three: the same
//!        ├▶ `[DONE]` before any of them      Err: gateways end streams that failed this way
//!        └▶ anything else                    added up, then lent
//! body ends before any of them ─▶ Err
//! ```

use std::fmt;

use bytes::Bytes;

use super::accumulator::Accumulator;
use super::event::{CallFragment, Event};
use super::event_spans::EventSpans;
use super::item_sum::{PartKind, TextKind};
use super::owned::OwnedEvent;
use super::response::Offered;
use super::shown::{Shown, ShownCall, ShownPart};
use super::{EventKind, OutputItem, Request, Response, Status};
use crate::Error;
use crate::error::ApiError;
use crate::json::Members;
use crate::json::partial::{Origin, Written};
use crate::observe::Summary;
use crate::reply::{Context, Ended, EventStream, Met, Outcome, Protocol, Seen, Standing, TextTemplate, is_keep_alive};

/// Which responses count as complete.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Accepts {
    /// Responses that came to their end.
    #[default]
    Finished,
    /// Responses that came to their end, are queued or are in progress: the request asked for a response in the
    /// background.
    Background,
    /// Responses with any status.
    Anything,
}

impl Accepts {
    pub(super) fn of(request: &Request<'_>) -> Self {
        if request.is_in_background() { Accepts::Background } else { Accepts::Finished }
    }
}

/// Reads responses: one event, or one whole response, at a time.
pub struct ResponseReader {
    accepts: Accepts,
    sum: Accumulator,
    /// The members of the last event that was read in full.
    spans: EventSpans,
    /// Whether the spans are those of the current event.
    shown: bool,
    template: TextTemplate,
    /// Whether the current event was read by its difference from the one before. The spans are then places in the
    /// learned event.
    matched: bool,
    /// The additions of the last event that was read in full.
    learned: Shown,
}

impl EventStream<ResponseReader> {
    /// Returns how many events were read by their difference from the event before.
    pub fn template_hits(&self) -> u64 {
        self.protocol().template.hits()
    }
}

impl Protocol for ResponseReader {
    type Item<'a> = Event<'a>;
    type Owned = OwnedEvent;
    type Total = Response;
    const FOLLOWS: bool = true;

    fn read(&mut self, context: &Context, name: &[u8], data: &[u8]) -> Outcome {
        self.template.disarm();
        self.matched = false;
        let scanned = EventSpans::scan(name, data);
        // An event of a known kind need not be checked for being a keep-alive, and nearly all events are of a known
        // kind.
        let unknown = scanned.is_err() || scanned.is_ok_and(|spans| spans.kind == EventKind::Other);
        if unknown && is_keep_alive(name, data) {
            return Outcome::Skipped;
        }
        match scanned {
            Ok(spans) => self.show(spans),
            Err(_) if name == b"error" => self.show(EventSpans { kind: EventKind::Error, ..EventSpans::default() }),
            Err(syntax) => {
                return Outcome::Unreadable(context.unreadable("an event", Some(syntax.at), data).into());
            }
        }
        if self.spans.kind == EventKind::Other {
            self.spans.kind = self.end_of_another_name(name, data).unwrap_or_default();
        }
        // An error with a known event name may have other content.
        let bare = matches!(self.spans.kind, EventKind::Error | EventKind::Other);
        if self.spans.kind == EventKind::Error || (bare && self.spans.error) {
            return Outcome::Over(Err(ApiError::from_event(context, data).into()));
        }
        // Nearly every event is a delta, whose additions are visible without a comparison.
        let before = (!self.spans.kind.is_delta()).then(|| self.sum.weight());
        if let Err(error) = self.sum.fold(data, &self.spans) {
            return Outcome::Last(Err(error.into()));
        }
        if self.spans.error {
            return Outcome::Last(Err(ApiError::from_event(context, data).into()));
        }
        if self.spans.kind.is_terminal() {
            let response = self.spans.response.map_or(&b"{}"[..], |span| span.of(data));
            return Outcome::Last(self.failure(context, response, true).map_or(Ok(()), Err));
        }
        self.learn(name, data);
        let progressed = before.map_or(is_any(&self.sum.shown), |before| before != self.sum.weight());
        if progressed { Outcome::Item } else { Outcome::Idle }
    }

    fn read_whole(&mut self, context: &Context, body: &Bytes) -> Outcome {
        self.show(EventSpans { kind: EventKind::Whole, ..EventSpans::default() });
        match self.sum.finish(body, EventKind::Whole) {
            Ok(()) if self.sum.finished().is_none() => {
                Outcome::Over(Err(context.unreadable("the response", None, body).into()))
            }
            Ok(()) => self.failure(context, body, false).map_or(Outcome::Item, |error| Outcome::Over(Err(error))),
            Err(error) => Outcome::Over(Err(error.into())),
        }
    }

    fn judge(&self, ended: Ended<'_>) -> Result<(), Error> {
        let response = self.sum.finished();
        let status = response.and_then(|response| response.status.as_ref());
        let finished = status.is_some_and(|status| !status.is_open());
        let has_output = !self.sum.items.is_empty() || response.is_some_and(|response| !response.output.is_empty());
        let accepted = match self.accepts {
            Accepts::Finished => false,
            Accepts::Background => matches!(ended, Ended::Whole) && status.is_some(),
            Accepts::Anything => ended.is_declared() && (status.is_some() || has_output),
        };
        if finished || accepted { Ok(()) } else { Err(ended.into_error()) }
    }

    #[inline]
    fn clear(&mut self) {
        (self.shown, self.matched) = (false, false);
        self.sum.hide();
    }

    #[inline]
    fn item<'a>(&'a self, seen: Seen<'a>) -> Event<'a> {
        let template = self.matched.then_some(&self.template);
        let (name, raw) = seen.name_and_raw();
        let [text, reasoning, refusal] = &self.sum.fresh;
        let mut event = Event {
            raw,
            mended: seen.is_mended().then_some(seen.data()),
            name: template.map_or(name, TextTemplate::name),
            spans: if self.shown { &self.spans } else { &NO_MEMBERS },
            template,
            text,
            reasoning,
            refusal,
            call: None,
            grown: None,
            late: &self.sum.late,
            problem: seen.problem(),
        };
        if let Some(part) = self.sum.shown.part {
            self.show_part(part, &mut event);
        }
        if let Some(call) = self.sum.shown.call {
            self.show_call(call, &mut event);
        }
        event
    }

    fn has_text(&self, seen: Seen<'_>) -> bool {
        !self.item(seen).text().is_empty()
    }

    fn owned(&mut self, seen: Seen<'_>) -> OwnedEvent {
        self.item(seen).into_owned()
    }

    fn total(&self, standing: Standing) -> Response {
        ResponseReader::standing(self.sum.response(), standing)
    }

    fn into_total(mut self, standing: Standing) -> Response {
        let response = self.sum.finished.take().unwrap_or_else(|| self.sum.response());
        ResponseReader::standing(response, standing)
    }

    fn summary(total: &Response) -> Summary {
        total.summary()
    }

    fn answer(total: &Response) -> Option<String> {
        serde_json::to_string(total).ok()
    }

    #[inline]
    fn is_armed(&self) -> bool {
        self.template.is_armed()
    }

    #[inline(always)]
    fn meet(&mut self, bytes: &[u8]) -> Met {
        self.template.meet(bytes)
    }

    fn follows(&mut self, name: &[u8], data: &[u8]) -> bool {
        self.template.follows(name, data)
    }

    #[inline]
    fn has_room_for(&self, bytes: usize) -> bool {
        self.sum.has_room_for(bytes)
    }

    #[inline(always)]
    fn add_matched(&mut self, data: &[u8]) -> bool {
        self.template.hit();
        let text = self.template.text();
        (self.shown, self.matched) = (true, true);
        self.sum.extend(self.learned, data, text);
        is_any(&self.sum.shown)
    }
}

/// The members of an event that has none.
static NO_MEMBERS: EventSpans = EventSpans::empty();

impl ResponseReader {
    /// Marks what is not certain in a total.
    fn standing(mut response: Response, standing: Standing) -> Response {
        let ended = response.status.as_ref().is_some_and(|status| !status.is_open() && *status != Status::Failed);
        if standing.lossy || !response.whole || !ended {
            response.output.iter_mut().for_each(OutputItem::cut);
        }
        response.whole &= !standing.lossy;
        response.clean_end = standing.clean;
        response
    }

    pub(super) fn new(context: &Context, offered: Offered, accepts: Accepts, template: TextTemplate) -> Self {
        ResponseReader {
            accepts,
            sum: Accumulator::new(*context.limits(), offered),
            spans: EventSpans::default(),
            shown: false,
            template,
            matched: false,
            learned: Shown::default(),
        }
    }

    /// Shows what the current event added to a part.
    #[inline]
    fn show_part<'a>(&'a self, shown: ShownPart, event: &mut Event<'a>) {
        let ShownPart { at, output_index, key: (part, kind), added: (from, to) } = shown;
        let Some(item) = self.sum.items.at(at.0) else { return };
        let Some(text) = item.parts.at(at.1).map(|part| &*part.text.text) else { return };
        let Some(added) = text.get(from..to) else { return };
        match kind.voice() {
            TextKind::Text => event.text = added,
            TextKind::Reasoning => event.reasoning = added,
            TextKind::Refusal => event.refusal = added,
        }
        if kind == PartKind::Text && to > from {
            event.grown = Some(Written::new(Origin::Text { index: output_index, part }, 0, text));
        }
    }

    /// Shows what the current event added to the arguments of a call.
    #[inline]
    fn show_call<'a>(&'a self, shown: ShownCall, event: &mut Event<'a>) {
        let ShownCall { at, output_index, added: (from, to) } = shown;
        let Some(item) = self.sum.items.at(at) else { return };
        let text = &*item.arguments.text;
        let Some(arguments) = text.get(from..to) else { return };
        let (call_id, name) = (item.call_id.as_ref(), item.name.as_ref());
        event.call = Some(CallFragment { output_index, call_id, name, arguments, arguments_offset: from });
        if to > from && event.grown.is_none() {
            let origin = Origin::Arguments { index: output_index, part: 0 };
            event.grown = Some(Written::new(origin, 0, text).named(item.name.as_deref()));
        }
    }

    fn show(&mut self, spans: EventSpans) {
        self.spans = spans;
        self.shown = true;
    }

    /// Learns an event that was read in full, if it is a delta of one text and nothing else, and was added. To add such
    /// an event once more only adds its text at the same place: its index, its part and the id of its item are literal,
    /// an item without an index has the index of the event before, and a missing item was created and named by the first
    /// event.
    fn learn(&mut self, name: &[u8], data: &[u8]) {
        self.learned = self.sum.shown;
        if self.learned.part.is_none() && self.learned.call.is_none() {
            return;
        }
        if let Some(text) = self.spans.only_text() {
            self.template.learn_text(name, data, text, EventSpans::reads);
        }
    }

    /// Returns the kind of an event that ends a stream under another name, such as `response.done`: it has a response
    /// whose status means its end.
    fn end_of_another_name(&self, name: &[u8], data: &[u8]) -> Option<EventKind> {
        let typed = self.spans.named.map_or(&b""[..], |named| named.of(data));
        if ![name, typed].iter().any(|name| name.starts_with(b"response.")) {
            return None;
        }
        let mut response = Members::read(self.spans.response?.of(data)).ok()?;
        match Status::from(response.string("status")?.as_str()) {
            Status::Incomplete | Status::Cancelled => Some(EventKind::Incomplete),
            Status::Failed => Some(EventKind::Failed),
            status if status.is_whole() => Some(EventKind::Completed),
            _ => None,
        }
    }

    /// Returns the error of a response that came to its end, if it failed.
    fn failure(&self, context: &Context, response: &[u8], in_stream: bool) -> Option<Error> {
        self.sum.failed.then(|| ApiError::failed_response(context, response, in_stream).into())
    }
}

/// Returns whether a text or the arguments of a call grew.
fn is_any(shown: &Shown) -> bool {
    let grew = |(from, to): (usize, usize)| to > from;
    shown.part.is_some_and(|part| grew(part.added)) || shown.call.is_some_and(|call| grew(call.added))
}

impl fmt::Debug for ResponseReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseReader").field("accepts", &self.accepts).finish_non_exhaustive()
    }
}
