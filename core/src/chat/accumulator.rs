//! The accumulator: it adds chunks up to a completion. A whole completion is added like a chunk whose deltas hold
//! everything.
//!
//! ```text
//! Table (where the members are) ─▶ Accumulator::fold ─┬▶ sums: texts, calls, extra members, usage
//!                                                     └▶ Deltas: which part of the sums this chunk added
//! ```
//!
//! The text of a chunk is a slice of the accumulated text. So all pieces together are always the whole text, also if a
//! character was cut between two chunks.

use std::borrow::Cow;
use std::collections::HashMap;

use super::calls::{CallSum, NewCalls, first_text};
use super::choice_sum::ChoiceSum;
use super::reader::{ChoiceSpans, ExtraSpans, Owner, Table};
use super::text_alone::Repeats;
use super::usage::UsageSum;
use super::{Role, Usage};
use crate::json::{self, Merged};
use crate::limits::{Limit, Limits, TooLarge};

/// The sum of the chunks so far.
#[derive(Clone, Debug)]
pub(crate) struct Accumulator {
    pub(super) id: Option<String>,
    pub(super) model: Option<String>,
    pub(super) created: Option<u64>,
    pub(super) choices: Vec<ChoiceSum>,
    /// Whether a list of choices came, even an empty one.
    pub(super) has_choices: bool,
    pub(super) usage: Option<Box<UsageSum>>,
    /// The JSON of a later usage with the same members, which replaces each of them. It is read only when the usage is
    /// asked for.
    later_usage: Vec<u8>,
    pub(super) extra: Merged,
    pub(super) repeats: Repeats,
    /// The additions of the last chunk: one delta per row of its table.
    pub(super) deltas: Vec<Delta>,
    pub(super) call_deltas: Vec<CallDelta>,
    /// Whether the deltas are those of the current item.
    shown: bool,
    limits: Limits,
    /// The size of the sums, in bytes.
    pub(super) size: usize,
}

/// The additions of a chunk to a choice: for each text the start and the end of the new part.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Delta {
    /// Index in [`Accumulator::choices`].
    pub(super) choice: usize,
    pub(super) content: (usize, usize),
    pub(super) reasoning: (usize, usize),
    pub(super) refusal: (usize, usize),
    /// Range in [`Accumulator::call_deltas`].
    pub(super) calls: (usize, usize),
    /// Whether it was read from a message that is a snapshot.
    pub(super) is_snapshot: bool,
}

/// The additions of a chunk to a tool call.
#[derive(Clone, Copy, Debug)]
pub(super) struct CallDelta {
    /// Index in [`Table::calls`].
    pub(super) row: usize,
    /// Index in [`Accumulator::choices`].
    pub(super) choice: usize,
    /// Index in [`Calls::list`].
    pub(super) call: usize,
    pub(super) arguments: (usize, usize),
}

impl Accumulator {
    pub(crate) fn new(limits: Limits) -> Self {
        Accumulator {
            id: None,
            model: None,
            created: None,
            choices: Vec::new(),
            has_choices: false,
            usage: None,
            later_usage: Vec::new(),
            extra: Merged::default(),
            repeats: Repeats::default(),
            deltas: Vec::new(),
            call_deltas: Vec::new(),
            shown: false,
            limits,
            size: 0,
        }
    }

    /// Adds the content of a chunk.
    ///
    /// # Errors
    /// [`TooLarge`] if the sums would exceed a limit; the sums so far are kept.
    pub(crate) fn fold(&mut self, json: &[u8], table: &Table) -> Result<(), TooLarge> {
        self.deltas.clear();
        self.call_deltas.clear();
        self.shown = true;
        self.has_choices |= table.has_choices;
        first_text(&mut self.id, json, table.id);
        first_text(&mut self.model, json, table.model);
        if self.created.is_none() {
            self.created = table.created.and_then(|created| read_created(created.of(json)));
        }
        if let Some(usage) = table.usage.and_then(|usage| Usage::read(usage.of(json))) {
            let sum = self.usage.get_or_insert_default();
            if !self.later_usage.is_empty() {
                self.size += sum.add(Usage::read(&self.later_usage).unwrap_or_default());
                self.later_usage.clear();
            }
            self.size += sum.add(usage);
        }
        for choice in table.choices().1 {
            if self.fold_text_alone(json, choice) {
                self.check_size()?;
            } else {
                self.repeats.clear();
                self.fold_choice(json, table, choice)?;
            }
        }
        self.fold_extras(json, table)
    }

    /// Hides the deltas of the last chunk; the sums stay.
    pub(crate) fn hide_deltas(&mut self) {
        self.shown = false;
    }

    /// Uses the deltas of the last chunk for the current one.
    pub(super) fn show_deltas(&mut self) {
        self.shown = true;
    }

    /// Returns what the current chunk added, one delta per choice.
    pub(super) fn shown_deltas(&self) -> &[Delta] {
        if self.shown { &self.deltas } else { &[] }
    }

    /// Returns tokens and cost so far.
    pub(super) fn usage(&self) -> Option<Usage> {
        self.usage.clone().map(|sum| self.usage_of(*sum))
    }

    /// Takes tokens and cost out of the sum.
    pub(super) fn take_usage(&mut self) -> Option<Usage> {
        let sum = self.usage.take()?;
        Some(self.usage_of(*sum))
    }

    fn usage_of(&self, mut sum: UsageSum) -> Usage {
        if !self.later_usage.is_empty() {
            sum.add(Usage::read(&self.later_usage).unwrap_or_default());
        }
        sum.into_usage()
    }

    /// Keeps the JSON of a usage with the same members as the one before, without reading it.
    pub(super) fn defer_usage(&mut self, json: &[u8]) {
        self.later_usage.clear();
        self.later_usage.extend_from_slice(json);
    }

    /// Returns whether this is the usage that was kept last without reading it.
    pub(super) fn is_deferred(&self, json: &[u8]) -> bool {
        self.later_usage == json
    }

    /// Returns whether at least one choice began and every choice that began has a finish reason.
    pub(crate) fn all_finished(&self) -> bool {
        !self.choices.is_empty() && self.choices.iter().all(|choice| choice.finish_reason.is_some())
    }

    /// Returns the index of the choice that began first, which a completion shows.
    pub(super) fn first_index(&self) -> Option<u8> {
        self.choices.first().map(|choice| choice.index)
    }

    /// Returns the number of choices that began.
    pub(crate) fn choices(&self) -> usize {
        self.choices.len()
    }

    /// Returns whether a choice has the finish reason `error`.
    pub(crate) fn finished_with_error(&self) -> bool {
        self.choices.iter().any(|choice| choice.finish_reason.as_deref() == Some("error"))
    }

    fn fold_choice(&mut self, json: &[u8], table: &Table, choice: &ChoiceSpans) -> Result<(), TooLarge> {
        let index = choice.index.unwrap_or(0);
        let place = match self.choices.iter().position(|sum| sum.index == index) {
            Some(place) => place,
            None => {
                self.choices.push(ChoiceSum { index, ..ChoiceSum::default() });
                self.choices.len() - 1
            }
        };
        let Some(sum) = self.choices.get_mut(place) else { return Ok(()) };
        let before = sum.size();
        if let (None, Some(role)) = (&sum.role, choice.role.filter(|role| !role.is_empty())) {
            sum.role = Some(Role::from(&*json::to_cow(json, role)));
        }
        let is_snapshot = choice.whole && sum.has_deltas();
        let starts = (sum.content.text.len(), sum.reasoning.text.len(), sum.refusal.text.len());
        let first_call = self.call_deltas.len();
        let calls = NewCalls { choice: place, deltas: &mut self.call_deltas, limit: self.limits.tool_calls };
        // The other choices of the chunk are lent before the error.
        let folded = sum.fold(json, table, choice, calls);
        if let Some(reason) = choice.finish_reason.filter(|reason| !reason.is_empty()) {
            sum.finish_reason = Some(json::to_string(json, reason));
            let ends = self.call_deltas.get_mut(first_call..).unwrap_or_default().iter_mut().rev();
            sum.flush(ends.map(|delta| (delta.call, &mut delta.arguments.1)));
        }
        self.size += sum.size().saturating_sub(before);
        self.deltas.push(Delta {
            choice: place,
            content: (starts.0, sum.content.text.len()),
            reasoning: (starts.1, sum.reasoning.text.len()),
            refusal: (starts.2, sum.refusal.text.len()),
            calls: (first_call, self.call_deltas.len()),
            is_snapshot,
        });
        folded?;
        self.check_size()
    }

    /// Adds the members without a typed field.
    fn fold_extras(&mut self, json: &[u8], table: &Table) -> Result<(), TooLarge> {
        let (first, _) = table.choices();
        let mut last_ones = LastOnes::default();
        for (row, extra) in table.extras.iter().enumerate() {
            if self.repeats.has(extra.known) {
                continue;
            }
            let member = extra.member(json);
            let Some(merged) = self.owner(extra.owner, first) else { continue };
            if merged.is_repeated(member) {
                self.repeats.note(extra.known, extra.key, json);
                continue;
            }
            if !last_ones.is_last(json, table, row) {
                continue;
            }
            let (key, value) = (json::to_cow(json, extra.key), extra.value.of(json));
            let standing = self.standing(table, extra);
            let Some(merged) = self.owner(extra.owner, first) else { continue };
            self.size += match standing {
                Standing::Replaced => continue,
                Standing::Piece => merged.add(&key, value, member),
                Standing::Snapshot => merged.add_missing(&key, value),
            };
            self.repeats.forget(&key);
            if let (Standing::Piece, Owner::Message(row, _), false) = (standing, extra.owner, json::is_blank(value)) {
                self.note_delta(table, row);
            }
        }
        self.check_size()
    }

    /// Returns how a member without a typed field is added.
    fn standing(&self, table: &Table, extra: &ExtraSpans) -> Standing {
        match (standing(table, extra), extra.owner) {
            (Standing::Piece, Owner::Message(row, _) | Owner::FunctionCall(row, _)) => {
                let delta = row.checked_sub(table.choices().0).and_then(|row| self.deltas.get(row));
                if delta.is_some_and(|delta| delta.is_snapshot) { Standing::Snapshot } else { Standing::Piece }
            }
            (standing, _) => standing,
        }
    }

    /// Notes that a delta of a choice had a member.
    fn note_delta(&mut self, table: &Table, row: usize) {
        let (first, choices) = table.choices();
        let is_delta = row.checked_sub(first).and_then(|row| choices.get(row)).is_some_and(|choice| !choice.whole);
        if let (true, Some(choice)) = (is_delta, self.choice_at(row, first)) {
            choice.has_delta = true;
        }
    }

    /// Returns whether adding a member without a typed field would change nothing.
    pub(super) fn is_repeated(&mut self, json: &[u8], table: &Table, extra: &ExtraSpans, first_choice: usize) -> bool {
        let merged = self.owner(extra.owner, first_choice);
        merged.is_none_or(|merged| merged.is_repeated(extra.member(json))) || is_replaced(table, extra)
    }

    /// Returns the merged members of an owner.
    fn owner(&mut self, owner: Owner, first_choice: usize) -> Option<&mut Merged> {
        match owner {
            Owner::Chunk => Some(&mut self.extra),
            Owner::Choice(row) => self.choice_at(row, first_choice).map(|choice| &mut choice.extra),
            Owner::Message(row, _) => self.choice_at(row, first_choice).map(|choice| &mut choice.message),
            Owner::FunctionCall(row, _) => {
                let choice = self.choice_at(row, first_choice)?;
                choice.function_call.as_mut().map(|call| &mut call.function)
            }
            Owner::Call(row) => self.call_at(row).map(|call| &mut call.extra),
            Owner::Function(row, _) => self.call_at(row).map(|call| &mut call.function),
        }
    }

    fn choice_at(&mut self, row: usize, first: usize) -> Option<&mut ChoiceSum> {
        let place = self.deltas.get(row.checked_sub(first)?)?.choice;
        self.choices.get_mut(place)
    }

    fn call_at(&mut self, row: usize) -> Option<&mut CallSum> {
        let delta = self.call_deltas.binary_search_by_key(&row, |delta| delta.row).ok()?;
        let delta = self.call_deltas.get(delta)?;
        self.choices.get_mut(delta.choice)?.calls.list.get_mut(delta.call)
    }

    /// Returns whether so many bytes of a chunk certainly fit, however their escapes are decoded.
    #[inline]
    pub(super) fn has_room_for(&self, bytes: usize) -> bool {
        self.limits.has_room_for(bytes, self.size)
    }

    fn check_size(&self) -> Result<(), TooLarge> {
        let limit = self.limits.total;
        if self.size > limit { Err(TooLarge { what: Limit::Total, limit }) } else { Ok(()) }
    }
}

/// How a member without a typed field is added.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// It is a piece, and is merged.
    Piece,
    /// It belongs to a snapshot, and counts only if no piece came.
    Snapshot,
    /// It belongs to an object that a later object of the same name replaces.
    Replaced,
}

#[inline]
fn standing(table: &Table, extra: &ExtraSpans) -> Standing {
    let message = |row: usize| row.checked_sub(table.choices().0).and_then(|row| table.choices().1.get(row));
    let serial_of_snapshot = |choice: &ChoiceSpans| Some(table.snapshots.get(choice.snapshot? as usize)?.serial);
    match extra.owner {
        Owner::Chunk | Owner::Choice(_) | Owner::Call(_) => Standing::Piece,
        Owner::Message(row, serial) | Owner::FunctionCall(row, serial) => match message(row) {
            Some(choice) if choice.serial == serial => Standing::Piece,
            Some(choice) if serial_of_snapshot(choice) == Some(serial) => Standing::Snapshot,
            _ => Standing::Replaced,
        },
        Owner::Function(row, serial) => match table.calls.get(row) {
            Some(call) if call.serial == serial => Standing::Piece,
            _ => Standing::Replaced,
        },
    }
}

/// Returns whether a member is part of an object that a later one of the same name replaces.
pub(super) fn is_replaced(table: &Table, extra: &ExtraSpans) -> bool {
    standing(table, extra) == Standing::Replaced
}

/// Finds the members that are the last with their key in one event.
#[derive(Default)]
struct LastOnes<'a> {
    /// The last row of each key, if there are too many for a linear search.
    rows: HashMap<(Owner, Cow<'a, str>), usize>,
}

impl<'a> LastOnes<'a> {
    fn is_last(&mut self, json: &'a [u8], table: &Table, row: usize) -> bool {
        const FEW: usize = 64;
        let Some((extra, later)) = table.extras.get(row..).and_then(|rows| rows.split_first()) else { return true };
        if table.extras.len() <= FEW {
            return !later.iter().any(|it| it.owner == extra.owner && json::is_same_key(json, it.key, extra.key));
        }
        let key = json::to_cow(json, extra.key);
        if self.rows.is_empty() {
            let rows = table.extras.iter().enumerate();
            self.rows = rows.map(|(row, it)| ((it.owner, json::to_cow(json, it.key)), row)).collect();
        }
        self.rows.get(&(extra.owner, key)).is_none_or(|&last| last == row)
    }
}

/// Reads the creation time; 0 counts as absent, because some servers send it if they do not know the time.
pub(super) fn read_created(json: &[u8]) -> Option<u64> {
    json::lenient_uint(json).filter(|&created| created > 0)
}
