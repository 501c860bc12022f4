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
use super::table::{ChoiceRow, Owner, Table};
use super::{Role, Usage};
use crate::error::{Limit, TooLarge};
use crate::json;
use crate::limits::Limits;

/// What the chunks so far add up to.
#[derive(Debug)]
pub(crate) struct Accumulator {
    pub(super) id: Option<String>,
    pub(super) model: Option<String>,
    pub(super) created: Option<u64>,
    pub(super) choices: Vec<ChoiceSum>,
    pub(super) usage: Option<Usage>,
    pub(super) extra: Merged,
    /// What the last chunk added, a row for each row of its table.
    pub(super) deltas: Vec<Delta>,
    pub(super) call_deltas: Vec<CallDelta>,
    limits: Limits,
    /// Bytes kept so far.
    size: usize,
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
            extra: Merged::default(),
            deltas: Vec::new(),
            call_deltas: Vec::new(),
            limits,
            size: 0,
        }
    }

    /// Adds what a chunk carries.
    ///
    /// # Errors
    /// [`TooLarge`] where it would be more than the limits allow; what came before is still there.
    pub(crate) fn fold(&mut self, json: &[u8], table: &Table) -> Result<(), TooLarge> {
        self.forget_deltas();
        first_text(&mut self.id, json, table.id);
        first_text(&mut self.model, json, table.model);
        self.created = self.created.or(table.created);
        if let Some(usage) = table.usage.and_then(|(start, end)| Usage::read(json.get(start..end)?)) {
            self.usage.get_or_insert_default().merge(usage);
        }
        for choice in table.choices().1 {
            self.fold_choice(json, table, choice)?;
        }
        self.fold_extras(json, table)
    }

    /// Forgets what the last chunk added, and keeps the sums.
    pub(crate) fn forget_deltas(&mut self) {
        self.deltas.clear();
        self.call_deltas.clear();
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
        if let (None, Some(role)) = (&sum.role, choice.role.filter(|role| role.end > role.start)) {
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
        if let Some(call) = &choice.function_call {
            sum.function_call.get_or_insert_default().add(json, call);
        }
        let first_call = self.call_deltas.len();
        for (offset, call) in table.calls.get(choice.calls.0..choice.calls.1).unwrap_or_default().iter().enumerate() {
            let (call, arguments) = sum.add_call(json, call, self.limits.tool_calls)?;
            self.call_deltas.push(CallDelta { row: choice.calls.0 + offset, choice: place, call, arguments });
        }
        if let Some(reason) = choice.finish_reason.filter(|reason| reason.end > reason.start) {
            sum.finish_reason = Some(json::to_string(json, reason));
            sum.flush();
        }
        self.size += sum.size().saturating_sub(before);
        self.deltas.push(Delta {
            choice: place,
            content: (starts.0, sum.content.text.len()),
            reasoning: (starts.1, sum.reasoning.text.len()),
            refusal: (starts.2, sum.refusal.text.len()),
            calls: (first_call, self.call_deltas.len()),
        });
        self.check_size()
    }

    /// Adds the members that have no field.
    fn fold_extras(&mut self, json: &[u8], table: &Table) -> Result<(), TooLarge> {
        let (first, choices) = table.choices();
        for extra in &table.extras {
            let Some(value) = json.get(extra.value.0..extra.value.1) else { continue };
            let key = json::to_cow(json, extra.key);
            let merged = match extra.owner {
                Owner::Chunk => Some(&mut self.extra),
                Owner::Choice(row) => self.choice_at(row, first).map(|choice| &mut choice.extra),
                Owner::Message(row, serial) => {
                    let message = row.checked_sub(first).and_then(|row| choices.get(row));
                    // A member of the wrong type must not stand in for what the other chunks say.
                    let counts = message.is_some_and(|m| m.serial == serial && (m.whole || !is_field(&key)));
                    self.choice_at(row, first).filter(|_| counts).map(|choice| &mut choice.message)
                }
                Owner::FunctionCall(row, serial) => {
                    let message = row.checked_sub(first).and_then(|row| choices.get(row));
                    let counts = message.is_some_and(|message| message.serial == serial);
                    let choice = self.choice_at(row, first).filter(|_| counts);
                    choice.and_then(|choice| choice.function_call.as_mut()).map(|call| &mut call.function)
                }
                Owner::Call(row) => self.call_at(row).map(|call| &mut call.extra),
                Owner::Function(row, serial) => {
                    let counts = table.calls.get(row).is_some_and(|call| call.serial == serial);
                    self.call_at(row).filter(|_| counts).map(|call| &mut call.function)
                }
            };
            if let Some(merged) = merged {
                self.size += merged.add(&key, value);
            }
        }
        self.check_size()
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

    fn check_size(&self) -> Result<(), TooLarge> {
        let limit = self.limits.total;
        if self.size > limit { Err(TooLarge { what: Limit::Total, limit }) } else { Ok(()) }
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
