//! The fold: chunks add up to a completion, and a whole completion is a chunk whose deltas are everything.
//!
//! ```text
//! Table (where the members are) ─▶ Accumulator::fold ─┬▶ sums: texts, calls, extra members, usage
//!                                                     └▶ Deltas: which part of the sums this chunk added
//! ```
//!
//! What a chunk shows as its text is a slice of the sum, so that all the pieces together are the whole by construction,
//! also where a character was cut between two chunks.

use super::calls::CallSum;
use super::choice_sum::{ChoiceSum, first_text};
use super::merge::Merged;
use super::table::{ChoiceRow, ExtraRow, Owner, Table};
use super::{Role, Usage};
use crate::json;
use crate::limits::{Limit, Limits, TooLarge};

/// What the chunks so far add up to.
#[derive(Debug)]
pub(crate) struct Accumulator {
    pub(super) id: Option<String>,
    pub(super) model: Option<String>,
    pub(super) created: Option<u64>,
    pub(super) choices: Vec<ChoiceSum>,
    pub(super) usage: Option<Usage>,
    /// The JSON of a later usage that has the same members, and so replaces each of them: read only when asked for.
    later_usage: Vec<u8>,
    pub(super) extra: Merged,
    /// What the last chunk added, a row for each row of its table.
    pub(super) deltas: Vec<Delta>,
    pub(super) call_deltas: Vec<CallDelta>,
    /// Whether the rows are those of the current item.
    shown: bool,
    limits: Limits,
    /// Bytes kept so far.
    pub(super) size: usize,
}

/// What a chunk added to a choice: each text from there to its end.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Delta {
    /// Place in [`Accumulator::choices`].
    pub(super) choice: usize,
    pub(super) content: (usize, usize),
    pub(super) reasoning: (usize, usize),
    pub(super) refusal: (usize, usize),
    /// Rows in [`Accumulator::call_deltas`].
    pub(super) calls: (usize, usize),
}

/// What a chunk added to a call.
#[derive(Clone, Copy, Debug)]
pub(super) struct CallDelta {
    /// Row in [`Table::calls`].
    pub(super) row: usize,
    /// Place in [`Accumulator::choices`].
    pub(super) choice: usize,
    /// Place in [`Calls::list`].
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
            usage: None,
            later_usage: Vec::new(),
            extra: Merged::default(),
            deltas: Vec::new(),
            call_deltas: Vec::new(),
            shown: false,
            limits,
            size: 0,
        }
    }

    /// Adds what a chunk carries.
    ///
    /// # Errors
    /// [`TooLarge`] where it would be more than the limits allow; what came before is still there.
    pub(crate) fn fold(&mut self, json: &[u8], table: &Table) -> Result<(), TooLarge> {
        self.deltas.clear();
        self.call_deltas.clear();
        self.shown = true;
        first_text(&mut self.id, json, table.id);
        first_text(&mut self.model, json, table.model);
        if self.created.is_none() {
            self.created = table.created.and_then(|created| json::lenient_uint(created.of(json)));
        }
        if let Some(usage) = table.usage.and_then(|usage| Usage::read(usage.of(json))) {
            let before = self.usage.as_ref().map_or(0, Usage::size);
            if !self.later_usage.is_empty() {
                self.usage = self.usage();
                self.later_usage.clear();
            }
            let sum = self.usage.get_or_insert_default();
            sum.merge(usage);
            self.size = (self.size + sum.size()).saturating_sub(before);
        }
        for choice in table.choices().1 {
            self.fold_choice(json, table, choice)?;
        }
        self.fold_extras(json, table)
    }

    /// Hides what the last chunk added; the sums stay.
    pub(crate) fn hide_deltas(&mut self) {
        self.shown = false;
    }

    /// Takes what the last chunk added for what the current one does.
    pub(super) fn show_deltas(&mut self) {
        self.shown = true;
    }

    /// Returns what the current chunk added, a row for each choice.
    pub(super) fn shown_deltas(&self) -> &[Delta] {
        if self.shown { &self.deltas } else { &[] }
    }

    /// Returns tokens and cost so far.
    pub(super) fn usage(&self) -> Option<Usage> {
        let mut usage = self.usage.clone();
        if let (Some(usage), false) = (&mut usage, self.later_usage.is_empty()) {
            usage.merge(Usage::read(&self.later_usage).unwrap_or_default());
        }
        usage
    }

    /// Notes a usage that has the same members as the one before, without reading it.
    pub(super) fn defer_usage(&mut self, json: &[u8]) {
        self.later_usage.clear();
        self.later_usage.extend_from_slice(json);
    }

    /// Returns whether every choice that began has a finish reason, and at least one did.
    pub(crate) fn all_finished(&self) -> bool {
        !self.choices.is_empty() && self.choices.iter().all(|choice| choice.finish_reason.is_some())
    }

    /// Returns how many choices began.
    pub(crate) fn choices(&self) -> usize {
        self.choices.len()
    }

    /// Returns whether a choice ended with the reason `error`.
    pub(crate) fn finished_with_error(&self) -> bool {
        self.choices.iter().any(|choice| choice.finish_reason.as_deref() == Some("error"))
    }

    fn fold_choice(&mut self, json: &[u8], table: &Table, choice: &ChoiceRow) -> Result<(), TooLarge> {
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
            sum.role = Some(Role::from(json::to_string(json, role).as_str()));
        }
        let starts = (sum.content.text.len(), sum.reasoning.text.len(), sum.refusal.text.len());
        sum.add_content(json, table, choice);
        sum.add_reasoning(json, choice);
        if let Some(span) = choice.refusal {
            sum.refusal.push(json, span);
        }
        if let Some(span) = choice.reasoning_signature {
            // One signature, whole or in pieces; some servers repeat it.
            if !sum.signature.seen || json::to_cow(json, span) != sum.signature.text {
                sum.signature.push(json, span);
            }
        }
        if let Some(call) = choice.function_call.and_then(|row| table.function_calls.get(row)) {
            sum.function_call.get_or_insert_default().add(json, call)?;
        }
        let first_call = self.call_deltas.len();
        let mut folded = Ok(());
        for (offset, call) in table.calls.get(choice.calls.0..choice.calls.1).unwrap_or_default().iter().enumerate() {
            match sum.add_call(json, call, self.limits.tool_calls) {
                Ok((call, arguments)) => {
                    self.call_deltas.push(CallDelta { row: choice.calls.0 + offset, choice: place, call, arguments });
                }
                // What else the chunk carries is lent before the error.
                Err(error) => {
                    folded = Err(error);
                    break;
                }
            }
        }
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
        });
        folded?;
        self.check_size()
    }

    /// Adds the members that have no field.
    fn fold_extras(&mut self, json: &[u8], table: &Table) -> Result<(), TooLarge> {
        let (first, _) = table.choices();
        for extra in &table.extras {
            let said = extra.said(json);
            let Some(merged) = self.owner(extra.owner, first) else { continue };
            if !merged.is_repeated(said) && counts(json, table, extra) {
                self.size += merged.add(&json::to_cow(json, extra.key), extra.value.of(json), said);
            }
        }
        self.check_size()
    }

    /// Returns whether adding a member that has no field would change nothing.
    pub(super) fn is_repeated(&mut self, json: &[u8], table: &Table, extra: &ExtraRow, first_choice: usize) -> bool {
        let merged = self.owner(extra.owner, first_choice);
        merged.is_none_or(|merged| merged.is_repeated(extra.said(json))) || !counts(json, table, extra)
    }

    /// Returns where the members of an owner add up.
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

    /// Returns whether so many bytes of a chunk certainly fit, however they are escaped and replaced.
    #[inline]
    pub(super) fn has_room_for(&self, bytes: usize) -> bool {
        const MOST_PER_BYTE: usize = 3;
        const HALVES: usize = 1 << 10;
        bytes.saturating_mul(MOST_PER_BYTE).saturating_add(HALVES) <= self.limits.total.saturating_sub(self.size)
    }

    fn check_size(&self) -> Result<(), TooLarge> {
        let limit = self.limits.total;
        if self.size > limit { Err(TooLarge { what: Limit::Total, limit }) } else { Ok(()) }
    }
}

/// Returns whether a member that has no field belongs to what counts in the end.
#[inline]
fn counts(json: &[u8], table: &Table, extra: &ExtraRow) -> bool {
    let message = |row: usize| row.checked_sub(table.choices().0).and_then(|row| table.choices().1.get(row));
    match extra.owner {
        Owner::Chunk | Owner::Choice(_) | Owner::Call(_) => true,
        Owner::Message(row, serial) => {
            // A member of the wrong type must not stand in for what the other chunks say.
            let odd = |message: &ChoiceRow| !message.whole && is_field(&json::to_cow(json, extra.key));
            message(row).is_some_and(|message| message.serial == serial && !odd(message))
        }
        Owner::FunctionCall(row, serial) => message(row).is_some_and(|message| message.serial == serial),
        Owner::Function(row, serial) => table.calls.get(row).is_some_and(|call| call.serial == serial),
    }
}

/// Returns whether a member of a message has a field of its own.
fn is_field(key: &str) -> bool {
    matches!(
        key,
        "role"
            | "content"
            | "reasoning_content"
            | "reasoning_signature"
            | "refusal"
            | "tool_calls"
            | "function_call"
            | "name"
            | "tool_call_id"
    )
}
