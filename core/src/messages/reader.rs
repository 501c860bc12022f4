//! Reads messages: events of a stream, or one whole message, each added up to an [`AssistantMessage`].
//!
//! ```text
//! event ─┬▶ ping, keep-alive       passed over
//!        ├▶ message_stop           an item, and then the end: complete if there is a stop reason
//!        ├▶ [DONE]                 the same, and no item
//!        ├▶ not readable           an item with a problem; the end will be an error
//!        ├▶ error                  Err; what else the event carries is an item first
//!        └▶ any other              added up, then lent
//! body ends ─▶ complete if there is a stop reason, however the connection ended; else Err
//! ```

use std::fmt;
use std::ops::Range;

use bytes::Bytes;

use super::accumulator::{Accumulator, Added};
use super::block_sum::{BlockKind, Field};
use super::event::{Event, Fragments};
use super::reply::{AssistantMessage, End};
use super::scan::{EventKind, Table};
use super::{OwnedEvent, Usage};
use crate::Error;
use crate::error::ApiError;
use crate::json::{Element, Members, Received};
use crate::observe::Summary;
use crate::reply::{Context, Ended, Outcome, Protocol, Seen, Standing, is_keep_alive};

/// Reads messages: one event, or one whole message, at a time.
pub struct MessageReader {
    accepts_unfinished: bool,
    table: Table,
    sum: Accumulator,
    added: Added,
    /// The blocks whose text or input grew.
    written: Range<usize>,
    /// The whole text and the whole thinking of a message that came as one reply.
    whole: Option<(String, String)>,
}

impl Protocol for MessageReader {
    type Item<'a> = Event<'a>;
    type Owned = OwnedEvent;
    type Total = AssistantMessage;

    fn read(&mut self, context: &Context, name: &[u8], data: &[u8]) -> Outcome {
        let scanned = Table::scan(data);
        self.table = scanned.unwrap_or_default();
        let kind = EventKind::of(name, data, &self.table);
        match (kind, scanned) {
            (EventKind::Error, _) => return Outcome::Over(Err(ApiError::from_event(context, data).into())),
            // This event has only a name.
            (EventKind::MessageStop, _) => {}
            (EventKind::Other, _) | (_, Err(_)) if is_keep_alive(name, data) => return Outcome::Skipped,
            (_, Err(syntax)) => {
                return Outcome::Unreadable(context.unreadable("an event", Some(syntax.at), data).into());
            }
            (_, Ok(_)) => {}
        }
        // Nearly every event is a delta, whose additions are visible without a comparison.
        let before = (kind != EventKind::BlockDelta).then(|| self.sum.weight());
        // The other content of an event with an error is added first, because it arrived.
        let added = self.add(kind, data);
        if self.table.error {
            let error = Err(ApiError::from_event(context, data).into());
            return if kind == EventKind::Other { Outcome::Over(error) } else { Outcome::Last(error) };
        }
        match added.err().or_else(|| self.ended_with_error(context)) {
            Some(error) => Outcome::Last(Err(error)),
            None if kind == EventKind::MessageStop => Outcome::Last(self.judge(Ended::Done)),
            None if before.map_or(self.is_delta(), |before| before != self.sum.weight()) => Outcome::Item,
            None => Outcome::Idle,
        }
    }

    fn read_whole(&mut self, context: &Context, body: &Bytes) -> Outcome {
        match self.take_whole(context, body) {
            Ok(()) => Outcome::Item,
            Err(error) => Outcome::Over(Err(error)),
        }
    }

    fn judge(&self, ended: Ended<'_>) -> Result<(), Error> {
        let accepted = ended.is_declared() && self.accepts_unfinished && !self.sum.blocks.is_empty();
        if self.sum.stop_reason.is_some() || accepted { Ok(()) } else { Err(ended.into_error()) }
    }

    fn clear(&mut self) {
        self.table = Table::default();
        self.added = Added::default();
        self.written = 0..0;
        self.whole = None;
    }

    fn item<'a>(&'a self, seen: Seen<'a>) -> Event<'a> {
        let Added { place, field, from, to } = self.added;
        let block = place.and_then(|place| self.sum.blocks.get(place));
        let added = block.and_then(|block| block.field(field).get(from..to)).unwrap_or_default();
        let mut shown = Fragments { field, place, offset: from, ..Fragments::default() };
        match field {
            Field::Text => shown.text = added,
            Field::Thinking => shown.thinking = added,
            Field::Signature => shown.signature = added,
            Field::Input => shown.input = added,
            Field::Citation | Field::None => {}
        }
        if let Some(block) = block {
            shown.tool = block.tool.as_ref();
            shown.server_side = block.kind != BlockKind::ToolUse;
        }
        if let Some((text, thinking)) = &self.whole {
            shown = Fragments { text, thinking, ..Fragments::default() };
        }
        let blocks = (self.written.start, self.sum.blocks.get(self.written.clone()).unwrap_or_default());
        let (name, raw) = (seen.event.raw_name(), seen.event.data());
        let mended = seen.mended.then_some(seen.data);
        Event { name, raw, mended, table: &self.table, shown, blocks, problem: seen.problem }
    }

    fn has_text(&self, seen: Seen<'_>) -> bool {
        !self.item(seen).text().is_empty()
    }

    fn owned(&mut self, seen: Seen<'_>) -> OwnedEvent {
        self.item(seen).into_owned()
    }

    fn total(&self, standing: Standing) -> AssistantMessage {
        AssistantMessage::of(&self.sum, End::of(standing)).with_clean_end(standing.clean)
    }

    fn into_total(mut self, standing: Standing) -> AssistantMessage {
        let content = self.sum.take_content();
        AssistantMessage::with(content, &self.sum, End::of(standing)).with_clean_end(standing.clean)
    }

    fn summary(total: &AssistantMessage) -> Summary {
        total.summary()
    }

    fn answer(total: &AssistantMessage) -> Option<String> {
        serde_json::to_string(total).ok()
    }
}

impl MessageReader {
    pub(super) fn new(context: &Context, accepts_unfinished: bool) -> Self {
        let (sum, table, added) = (Accumulator::new(*context.limits()), Table::default(), Added::default());
        MessageReader { accepts_unfinished, table, sum, added, written: 0..0, whole: None }
    }

    /// Returns whether the current event, a delta, adds something.
    #[inline]
    fn is_delta(&self) -> bool {
        let Added { field, from, to, .. } = self.added;
        to > from || field == Field::Citation || self.table.usage.is_some()
    }

    fn add(&mut self, kind: EventKind, data: &[u8]) -> Result<(), Error> {
        let Table { index, delta, content_block, message, usage, .. } = self.table;
        match kind {
            EventKind::BlockDelta => {
                if let Some(delta) = delta {
                    self.added = self.sum.delta(index, data, &delta)?;
                }
            }
            EventKind::BlockStart => {
                if let Some(block) = content_block {
                    self.added = self.sum.start(index, Element::read(block.of(data)))?;
                }
            }
            EventKind::BlockStop => self.added = self.sum.stop_at(index),
            EventKind::MessageStart => {
                if let Some(message) = message {
                    let before = self.sum.blocks.len();
                    let added = self.sum.message(Element::read(message.of(data)), false);
                    // Some servers send the whole block in its start event.
                    if self.sum.blocks.len() > before {
                        self.written = before..self.sum.blocks.len();
                        self.whole = Some(self.sum.texts_from(before));
                    }
                    added?;
                }
            }
            EventKind::MessageDelta => self.sum.message_delta(data, delta),
            EventKind::MessageStop => self.sum.beside(data),
            EventKind::Error | EventKind::Other => {}
        }
        // A block may begin with an input.
        let Added { place, field, from, to } = self.added;
        let grew = to > from || kind == EventKind::BlockStart;
        if let (Some(place), Field::Text | Field::Input, true) = (place, field, grew) {
            self.written = place..place + 1;
        }
        let beside = !matches!(kind, EventKind::MessageDelta | EventKind::MessageStop);
        if let Some(usage) = usage.filter(|_| beside).and_then(|usage| Usage::from_json(usage.of(data))) {
            self.sum.add_usage(usage);
        }
        Ok(self.sum.check_size()?)
    }

    /// Reads a message that is one JSON value.
    fn take_whole(&mut self, context: &Context, body: &[u8]) -> Result<(), Error> {
        let members = Members::read(body).map_err(|syntax| context.unreadable("the message", Some(syntax.at), body))?;
        // A value without `content` is not a message.
        if !members.has("content") {
            return Err(context.unreadable("the message", None, body).into());
        }
        self.table = Table::of(body, &members);
        let added = self.sum.message(Element { json: body, members: Some(members) }, true);
        self.whole = Some(self.sum.texts_from(0));
        self.written = 0..self.sum.blocks.len();
        added?;
        self.sum.check_size()?;
        self.ended_with_error(context).map_or(Ok(()), Err)
    }

    fn ended_with_error(&self, context: &Context) -> Option<Error> {
        let is_error = self.sum.stop_reason.as_ref().is_some_and(|reason| reason.as_str() == "error");
        is_error.then(|| ApiError::finished_with_error(context).into())
    }
}

impl fmt::Debug for MessageReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MessageReader").field("blocks", &self.sum.blocks.len()).finish_non_exhaustive()
    }
}
