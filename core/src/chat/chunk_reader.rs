//! Reads completions: chunks of a stream, or one whole completion, each added up to a [`Completion`].
//!
//! ```text
//! event ─┬▶ keep-alive            passed over
//!        ├▶ [DONE]                the end: complete if every answer that began has a finish reason
//!        ├▶ not a chunk           an item with a problem; the end will be an error
//!        ├▶ an error              what it carries besides is an item first; then Err
//!        └▶ a chunk               added up, then lent
//! body ends ─▶ complete if every answer that was asked for has a finish reason, however the connection ended; else Err
//! ```

use std::fmt;

use bytes::Bytes;

use super::OwnedChunk;
use super::accumulator::Accumulator;
use super::chunk::{Chunk, View};
use super::completion::Completion;
use super::reader::Table;
use super::replies::Wanted;
use super::template::Template;
use crate::Error;
use crate::error::ApiError;
use crate::json::Span;
use crate::observe::Summary;
use crate::reply::{Context, Ended, EventStream, Met, Outcome, Protocol, Seen, Standing, is_keep_alive};

/// Reads completions: one chunk, or one whole completion, at a time.
pub struct ChunkReader {
    wanted: Wanted,
    pub(super) table: Table,
    pub(super) sum: Accumulator,
    template: Template,
    /// Whether the current chunk was read by its difference from the one before. The `table` must then be read through
    /// the slots of the template.
    matched: bool,
}

impl EventStream<ChunkReader> {
    /// Returns how many chunks were read by their difference from the chunk before.
    pub fn template_hits(&self) -> u64 {
        self.protocol().template.pattern.hits()
    }
}

impl Protocol for ChunkReader {
    type Item<'a> = Chunk<'a>;
    type Owned = OwnedChunk;
    type Total = Completion;
    const FOLLOWS: bool = true;

    fn read(&mut self, context: &Context, name: &[u8], data: &[u8]) -> Outcome {
        let named_error = name == b"error";
        self.matched = false;
        self.template.pattern.disarm();
        let scanned = self.table.scan(data);
        // A keep-alive has no choices, so chunks with choices need not be checked.
        if (scanned.is_err() || !self.table.has_choices) && is_keep_alive(name, data) {
            return Outcome::Skipped;
        }
        if let (Some(error), false) = (self.table.too_large(), named_error) {
            return Outcome::Over(Err(error.into()));
        }
        if let (Err(syntax), false) = (scanned, named_error) {
            return Outcome::Unreadable(context.unreadable("an event", Some(syntax.at), data).into());
        }
        let usage = self.table.usage.map(|_| self.sum.usage());
        let before = self.weight();
        // The content of an error chunk is added first, because it arrived.
        let added = self.sum.fold(data, &self.table);
        let carries = !self.table.choices().1.is_empty() || self.table.usage.is_some();
        if named_error || self.table.error {
            let error = Err(ApiError::from_event(context, data).into());
            return if carries { Outcome::Last(error) } else { Outcome::Over(error) };
        }
        let progressed = before != self.weight() || usage.is_some_and(|usage| usage != self.sum.usage());
        if added.is_ok() && name.is_empty() {
            self.template.learn(data, &self.table, &mut self.sum);
        }
        match added {
            Err(error) => Outcome::Last(Err(error.into())),
            Ok(()) if self.sum.finished_with_error() => {
                Outcome::Last(Err(ApiError::finished_with_error(context).into()))
            }
            Ok(()) if progressed => Outcome::Item,
            Ok(()) => Outcome::Idle,
        }
    }

    fn read_whole(&mut self, context: &Context, body: &Bytes) -> Outcome {
        match self.take_whole(context, body) {
            Ok(()) => Outcome::Item,
            Err(error) => Outcome::Over(Err(error)),
        }
    }

    fn judge(&self, ended: Ended<'_>) -> Result<(), Error> {
        let came = self.sum.choices();
        // Some routers ignore `n`, so fewer choices are complete if the server declares the end.
        let all_came = ended.is_declared() || came as u64 >= u64::from(self.wanted.answers);
        let accepted = ended.is_declared() && self.wanted.accepts_unfinished && came > 0;
        if (self.sum.all_finished() && all_came) || accepted { Ok(()) } else { Err(ended.into_error()) }
    }

    #[inline]
    fn clear(&mut self) {
        self.sum.hide_deltas();
    }

    #[inline]
    fn item<'a>(&'a self, seen: Seen<'a>) -> Chunk<'a> {
        Chunk { view: View { seen, reader: self } }
    }

    fn has_text(&self, seen: Seen<'_>) -> bool {
        !self.item(seen).text().is_empty()
    }

    fn owned(&mut self, seen: Seen<'_>) -> OwnedChunk {
        self.item(seen).into_owned()
    }

    fn total(&self, standing: Standing) -> Completion {
        total(self.sum.clone(), self.wanted.clone(), standing)
    }

    fn into_total(self, standing: Standing) -> Completion {
        total(self.sum, self.wanted, standing)
    }

    fn summary(total: &Completion) -> Summary {
        total.summary()
    }

    fn answer(total: &Completion) -> Option<String> {
        serde_json::to_string(total).ok()
    }

    #[inline]
    fn is_armed(&self) -> bool {
        self.template.pattern.is_armed()
    }

    #[inline(always)]
    fn meet(&mut self, bytes: &[u8]) -> Met {
        self.template.pattern.meet(bytes)
    }

    fn follows(&mut self, name: &[u8], data: &[u8]) -> bool {
        self.template.pattern.follows(name, data)
    }

    #[inline]
    fn has_room_for(&self, bytes: usize) -> bool {
        self.sum.has_room_for(bytes)
    }

    #[inline(always)]
    fn add_matched(&mut self, data: &[u8]) -> bool {
        self.template.pattern.hit();
        self.matched = true;
        let other_usage = self.template.has_usage() && self.has_other_usage(data);
        let before = self.sum.size;
        self.sum.fold_match(data, &self.template);
        self.sum.size != before || other_usage
    }
}

impl ChunkReader {
    pub(super) fn new(context: &Context, wanted: Wanted, template: Template) -> Self {
        let (table, sum) = (Table::default(), Accumulator::new(*context.limits()));
        ChunkReader { wanted, table, sum, template, matched: false }
    }

    /// Returns the place of a span of the table in the current chunk.
    #[inline]
    pub(super) fn now(&self, span: Span) -> Span {
        if self.matched { self.template.pattern.now(span) } else { span }
    }

    /// Returns whether the current chunk was read by its difference from the one before.
    pub(super) fn is_matched(&self) -> bool {
        self.matched
    }

    /// Reads a completion that is one JSON value.
    fn take_whole(&mut self, context: &Context, body: &Bytes) -> Result<(), Error> {
        let scanned = self.table.scan_whole(body);
        if let Some(error) = self.table.too_large() {
            return Err(error.into());
        }
        if let Err(syntax) = scanned {
            return Err(context.unreadable("the completion", Some(syntax.at), body).into());
        }
        self.sum.fold(body, &self.table)?;
        if self.table.error {
            return Err(ApiError::from_reply(context, body.clone()).into());
        }
        if self.sum.choices() == 0 {
            return Err(Error::NoChoices(().into()));
        }
        if self.sum.finished_with_error() {
            return Err(ApiError::finished_with_error(context).into());
        }
        Ok(())
    }

    /// Returns a value that changes with each addition to the choices; the usage does not change it.
    fn weight(&self) -> impl PartialEq + use<> {
        let choices = &self.sum.choices;
        let finished = choices.iter().filter(|choice| choice.finish_reason.is_some()).count();
        let calls = choices.iter().map(|choice| choice.calls.list.len()).sum::<usize>();
        (self.sum.size, choices.len(), finished, calls)
    }

    /// Returns whether the usage of a matched chunk differs from the usage before.
    #[cold]
    fn has_other_usage(&self, data: &[u8]) -> bool {
        self.template.usage_now().is_some_and(|usage| !self.sum.is_deferred(usage.of(data)))
    }
}

fn total(sum: Accumulator, wanted: Wanted, standing: Standing) -> Completion {
    let mut completion = Completion::of(sum, !standing.lossy, wanted.offered);
    completion.set_clean_end(standing.clean);
    completion.set_complete(standing.complete);
    completion.set_wanted(wanted.answers);
    completion
}

impl fmt::Debug for ChunkReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChunkReader").field("choices", &self.sum.choices()).finish_non_exhaustive()
    }
}
