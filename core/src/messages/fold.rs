//! What streamed and whole messages have in common: one event, or one value, taken and added up.

use std::sync::Arc;

use bytes::Bytes;

use super::Usage;
use super::block_sum::{BlockKind, Field};
use super::event::{Event, Fragments};
use super::reply::{End, Reply};
use super::scan::{EventKind, Table};
use super::sum::{Added, Sum};
use crate::Error;
use crate::error::{ApiError, DecodeError};
use crate::json::{Members, Syntax};
use crate::reply::{Context, is_keep_alive};

/// What streamed and whole messages have in common.
pub(super) struct Fold {
    context: Context,
    table: Table,
    pub(super) sum: Sum,
    added: Added,
    /// All texts and all thoughts of a message that came whole.
    whole: Option<(String, String)>,
    /// Why the current event could not be read.
    problem: Option<Arc<DecodeError>>,
    pub(super) first_problem: Option<Arc<DecodeError>>,
    /// `message_stop` came, or `[DONE]`.
    pub(super) done: bool,
}

/// What became of an event.
pub(super) enum Taken {
    Nothing,
    Item,
    ItemThen(Error),
    Failed(Error),
}

impl Fold {
    pub(super) fn new(context: Context) -> Self {
        let sum = Sum::new(context.limits);
        let (table, added) = (Table::default(), Added::default());
        Fold { context, table, sum, added, whole: None, problem: None, first_problem: None, done: false }
    }

    /// Returns the current event, given its name and its data.
    pub(super) fn event<'a>(&'a self, name: &'a [u8], raw: &'a [u8]) -> Event<'a> {
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
        Event { name, raw, table: &self.table, shown, problem: self.problem.as_ref() }
    }

    /// Returns what came so far as a message.
    pub(super) fn reply(&self, complete: bool) -> Reply {
        let end = match self.first_problem {
            Some(_) => End::Lossy,
            None if complete => End::Complete,
            None => End::Cut,
        };
        Reply::of(&self.sum, end)
    }

    /// Drops the current event.
    pub(super) fn forget(&mut self) {
        self.problem = None;
        self.table = Table::default();
        self.added = Added::default();
        self.whole = None;
    }

    /// Takes an event.
    pub(super) fn take(&mut self, name: &[u8], data: &[u8]) -> Taken {
        let scanned = Table::scan(data);
        self.table = scanned.unwrap_or_default();
        let kind = EventKind::of(name, data, &self.table);
        match (kind, scanned) {
            (EventKind::Ping, _) => return Taken::Nothing,
            (EventKind::Error, _) => return Taken::Failed(ApiError::from_event(&self.context, data).into()),
            // Its name says it all.
            (EventKind::MessageStop, _) | (_, Ok(_)) => {}
            (_, Err(_)) if is_keep_alive(data) => return Taken::Nothing,
            (_, Err(syntax)) => {
                let problem = Arc::new(self.unreadable("an event", data, syntax));
                self.first_problem.get_or_insert_with(|| problem.clone());
                self.problem = Some(problem);
                return Taken::Item;
            }
        }
        self.done |= kind == EventKind::MessageStop;
        // What an event with an error carries besides is added first: it arrived.
        let added = self.add(kind, data);
        if self.table.error {
            let error = ApiError::from_event(&self.context, data).into();
            return if kind == EventKind::Other { Taken::Failed(error) } else { Taken::ItemThen(error) };
        }
        match added {
            Err(error) => Taken::ItemThen(error),
            Ok(()) => self.ended_with_error().map_or(Taken::Item, Taken::ItemThen),
        }
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
                    self.added = self.sum.start(index, block.of(data))?;
                }
            }
            EventKind::BlockStop => self.added = self.sum.stop_at(index),
            EventKind::MessageStart => {
                if let Some(message) = message {
                    self.sum.message(message.of(data), false)?;
                }
            }
            EventKind::MessageDelta => self.sum.message_delta(data, delta),
            EventKind::MessageStop => self.sum.beside(data),
            EventKind::Ping | EventKind::Error | EventKind::Other => {}
        }
        let beside = !matches!(kind, EventKind::MessageDelta | EventKind::MessageStop);
        if let Some(usage) = usage.filter(|_| beside).and_then(|usage| Usage::read(usage.of(data))) {
            self.sum.add_usage(usage);
        }
        Ok(self.sum.check_size()?)
    }

    /// Takes a message that is one JSON value.
    pub(super) fn whole(&mut self, body: &[u8]) -> Result<(), Error> {
        let members = Members::read(body).map_err(|syntax| self.unreadable("the message", body, syntax))?;
        // Without it there is no message, whatever else there is.
        if !members.has("content") {
            return Err(DecodeError { at: None, ..self.unreadable("the message", body, Syntax { at: 0 }) }.into());
        }
        self.table = Table::scan(body).unwrap_or_default();
        let added = self.sum.message(body, true);
        let all = |kind, field| {
            let blocks = self.sum.blocks.iter().filter(|block| block.kind == kind);
            blocks.map(|block| block.field(field)).collect::<String>()
        };
        self.whole = Some((all(BlockKind::Text, Field::Text), all(BlockKind::Thinking, Field::Thinking)));
        added?;
        self.sum.check_size()?;
        self.ended_with_error().map_or(Ok(()), Err)
    }

    fn ended_with_error(&self) -> Option<Error> {
        let is_error = self.sum.stop_reason.as_ref().is_some_and(|reason| reason.as_str() == "error");
        is_error.then(|| ApiError::finished_with_error(&self.context).into())
    }

    fn unreadable(&self, what: &'static str, data: &[u8], syntax: Syntax) -> DecodeError {
        DecodeError {
            what: what.into(),
            at: Some(syntax.at),
            status: Some(self.context.head().status()),
            body: Bytes::copy_from_slice(data),
        }
    }
}
