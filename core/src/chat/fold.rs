//! What streamed and whole completions have in common: one event, or one value, taken and folded.

use std::sync::Arc;

use bytes::Bytes;

use super::accumulator::Accumulator;
use super::chunk::{Chunk, View};
use super::completion::{Completion, Offered};
use super::table::Table;
use super::template::Template;
use crate::Error;
use crate::error::{ApiError, DecodeError};
use crate::reply::{Context, is_keep_alive};

/// What streamed and whole completions have in common.
pub(super) struct Fold {
    context: Context,
    offered: Offered,
    table: Table,
    pub(super) sum: Accumulator,
    pub(super) template: Template,
    /// The current chunk was read by its difference from the one before, so that `table` is to be looked at through the
    /// slots of the template.
    matched: bool,
    /// Why the current event could not be read.
    problem: Option<Arc<DecodeError>>,
    pub(super) first_problem: Option<Arc<DecodeError>>,
    /// `[DONE]` came.
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
    pub(super) fn new(context: Context, offered: Offered, template: Template) -> Self {
        let sum = Accumulator::new(context.limits);
        let table = Table::default();
        Fold { context, offered, table, sum, template, matched: false, problem: None, first_problem: None, done: false }
    }

    #[inline]
    pub(super) fn chunk<'a>(&'a self, raw: &'a [u8]) -> Chunk<'a> {
        let slots = if self.matched { self.template.slots() } else { &[] };
        Chunk { view: View { raw, table: &self.table, sum: &self.sum, slots }, problem: self.problem.as_ref() }
    }

    pub(super) fn completion(&self, complete: bool) -> Completion {
        Completion::of(&self.sum, complete, self.offered.clone())
    }

    pub(super) fn forget(&mut self) {
        self.problem = None;
        self.sum.hide_deltas();
    }

    /// Takes a chunk that the bytes begin with, if it differs from the one before in nothing but its slots, and if `ends`
    /// finds that it ends where it should; returns its length, and what `ends` returned. Otherwise nothing is changed.
    #[inline]
    pub(super) fn follow<E>(&mut self, bytes: &[u8], ends: impl FnOnce(usize) -> Option<E>) -> Option<(usize, E)> {
        let length = self.template.follow(bytes)?;
        let end = ends(length)?;
        if !self.sum.has_room_for(length) {
            return None;
        }
        self.template.count_hit();
        self.matched = true;
        self.sum.fold_match(bytes.get(..length)?, &self.template);
        Some((length, end))
    }

    pub(super) fn event(&mut self, name: &[u8], data: &[u8]) -> Taken {
        let named_error = name == b"error";
        self.matched = false;
        self.template.disarm();
        let scanned = self.table.scan(data);
        // A keep-alive has no choices, so that chunks need not be looked at for being one.
        let named_ping = matches!(name, b"ping" | b"keepalive" | b"heartbeat");
        if !named_error && !self.table.has_choices && (named_ping || is_keep_alive(data)) {
            return Taken::Nothing;
        }
        if let (Some(error), false) = (self.table.too_large(), named_error) {
            return Taken::Failed(error.into());
        }
        if let (Err(syntax), false) = (scanned, named_error) {
            let problem = Arc::new(DecodeError {
                what: "an event".into(),
                at: Some(syntax.at),
                status: Some(self.context.head().status()),
                body: Bytes::copy_from_slice(data),
            });
            self.first_problem.get_or_insert_with(|| problem.clone());
            self.problem = Some(problem);
            return Taken::Item;
        }
        // What an error chunk carries is folded first: it arrived.
        let folded = self.sum.fold(data, &self.table);
        let carries = !self.table.choices().1.is_empty() || self.table.usage.is_some();
        if named_error || self.table.error {
            let error = ApiError::from_event(&self.context, data).into();
            return if carries { Taken::ItemThen(error) } else { Taken::Failed(error) };
        }
        if folded.is_ok() && name.is_empty() {
            self.template.learn(data, &self.table, &mut self.sum);
        }
        match folded {
            Err(error) => Taken::ItemThen(error.into()),
            Ok(()) if self.sum.finished_with_error() => {
                Taken::ItemThen(ApiError::finished_with_error(&self.context).into())
            }
            Ok(()) => Taken::Item,
        }
    }

    /// Takes a completion that is one JSON value.
    pub(super) fn whole(&mut self, body: &[u8]) -> Result<(), Error> {
        let scanned = self.table.scan(body);
        if let Some(error) = self.table.too_large() {
            return Err(error.into());
        }
        if let Err(syntax) = scanned {
            return Err(Error::from(DecodeError {
                what: "the completion".into(),
                at: Some(syntax.at),
                status: Some(self.context.head().status()),
                body: Bytes::copy_from_slice(body),
            }));
        }
        self.sum.fold(body, &self.table)?;
        if self.table.error {
            return Err(ApiError::from_reply(&self.context, Bytes::copy_from_slice(body)).into());
        }
        if self.sum.choices() == 0 {
            return Err(Error::NoChoices);
        }
        if self.sum.finished_with_error() {
            return Err(ApiError::finished_with_error(&self.context).into());
        }
        Ok(())
    }
}

/// Where no tool was offered, whatever offered some is not this request, and nothing is known of them.
pub(super) fn offered(request: &super::Request<'_>) -> Offered {
    request.offers_any_tool().then(|| request.offered_tools().into())
}
