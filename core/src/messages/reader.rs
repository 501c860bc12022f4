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
use crate::reply::{Context, Ended, EventStream, Met, Outcome, Protocol, Seen, Standing, TextTemplate, is_keep_alive};

/// Reads messages: one event, or one whole message, at a time.
pub struct MessageReader {
    accepts_unfinished: bool,
    /// The members of the last event that was read in full.
    table: Table,
    /// Whether the table is that of the current event.
    shown: bool,
    template: TextTemplate,
    /// Whether the current event was read by its difference from the one before. The spans of the `table` are then
    /// places in the learned event.
    matched: bool,
    sum: Accumulator,
    added: Added,
    /// The additions of the last event that was read in full.
    learned: Added,
    /// The blocks whose text or input grew.
    written: Range<usize>,
    /// The whole text and the whole thinking of a message that came as one reply.
    whole: Option<Box<(String, String)>>,
}

impl EventStream<MessageReader> {
    /// Returns how many events were read by their difference from the event before.
    pub fn template_hits(&self) -> u64 {
        self.protocol().template.hits()
    }
}

impl Protocol for MessageReader {
    type Item<'a> = Event<'a>;
    type Owned = OwnedEvent;
    type Total = AssistantMessage;
    const FOLLOWS: bool = true;

    fn read(&mut self, context: &Context, name: &[u8], data: &[u8]) -> Outcome {
        self.template.disarm();
        let scanned = Table::scan(data);
        self.table = scanned.unwrap_or_default();
        (self.shown, self.matched) = (true, false);
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
            None => {
                self.learn(kind, name, data);
                let progressed = before.map_or(self.is_delta(), |before| before != self.sum.weight());
                if progressed { Outcome::Item } else { Outcome::Idle }
            }
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

    #[inline]
    fn clear(&mut self) {
        (self.shown, self.matched) = (false, false);
        self.added = Added::default();
        self.written = 0..0;
        self.whole = None;
    }

    #[inline]
    fn item<'a>(&'a self, seen: Seen<'a>) -> Event<'a> {
        let shown = match &self.whole {
            Some(texts) => Fragments { added: &texts.0, thinking: &texts.1, ..Fragments::default() },
            None => self.fragments(),
        };
        let blocks = (self.written.start, self.sum.blocks.get(self.written.clone()).unwrap_or_default());
        let (name, raw) = seen.name_and_raw();
        let mended = seen.is_mended().then_some(seen.data());
        let table = if self.shown { &self.table } else { &NO_MEMBERS };
        let template = self.matched.then_some(&self.template);
        let name = template.map_or(name, TextTemplate::name);
        Event { name, raw, mended, table, template, shown, blocks, problem: seen.problem() }
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
        let Added { place, field, .. } = self.learned;
        let (from, to) = place.map_or((0, 0), |place| self.sum.extend(place, field, data, text));
        self.added = Added { place, field, from, to };
        if let (Some(place), Field::Text | Field::Input, true) = (place, field, to > from) {
            self.written = place..place + 1;
        }
        to > from
    }
}

/// The members of an event that has none.
static NO_MEMBERS: Table = Table::empty();

impl MessageReader {
    pub(super) fn new(context: &Context, accepts_unfinished: bool, template: TextTemplate) -> Self {
        MessageReader {
            accepts_unfinished,
            table: Table::default(),
            shown: false,
            template,
            matched: false,
            sum: Accumulator::new(*context.limits()),
            added: Added::default(),
            learned: Added::default(),
            written: 0..0,
            whole: None,
        }
    }

    /// Learns an event that was read in full, if it is a delta of one text and nothing else. To add such an event once
    /// more only adds its text to the same field of the same block: an event without an index belongs to the block of
    /// the event before, and a missing block was opened by the first event. The text of a signature may be a repeat, and
    /// a block of an unknown kind does not show its text, so they are read in full.
    fn learn(&mut self, kind: EventKind, name: &[u8], data: &[u8]) {
        self.learned = self.added;
        if kind != EventKind::BlockDelta || !matches!(self.added.field, Field::Text | Field::Thinking | Field::Input) {
            return;
        }
        if let Some(text) = self.table.only_text() {
            self.template.learn_text(name, data, text, Table::reads);
        }
    }

    /// Returns what the current event added.
    #[inline]
    fn fragments(&self) -> Fragments<'_> {
        let Added { place, field, from, to } = self.added;
        let Some(block) = place.and_then(|place| self.sum.blocks.get(place)) else {
            return Fragments { place, field, offset: from, ..Fragments::default() };
        };
        let added = block.field(field).get(from..to).unwrap_or_default();
        let (tool, server_side) = (block.tool.as_ref(), block.kind != BlockKind::ToolUse);
        Fragments { field, place, added, thinking: "", offset: from, tool, server_side }
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
                        self.whole = Some(self.sum.texts_from(before).into());
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
        self.shown = true;
        let added = self.sum.message(Element { json: body, members: Some(members) }, true);
        self.whole = Some(self.sum.texts_from(0).into());
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
