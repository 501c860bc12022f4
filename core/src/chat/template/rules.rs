//! The rules that a chunk must keep to be learned, so that the next one may be read by its difference.
//!
//! They guarantee two things. The scan of the next chunk gives the same rows, with other spans only at the slots. And
//! the fold of its literals changes nothing, and no rule of the fold depends on the text of a slot.

use super::slot::{Field, Target};
use crate::chat::accumulator::Accumulator;
use crate::chat::reader::{ArgumentSpan, ChoiceSpans, ContentSpan, Table};
use crate::json::Span;
use crate::reply::Slot;

/// A chunk that was read in full and folded last.
pub(super) struct Lesson<'a> {
    pub(super) json: &'a [u8],
    pub(super) table: &'a Table,
    pub(super) sums: &'a mut Accumulator,
}

/// All rules. The cheap ones, and those that many chunks break, come first.
const RULES: &[fn(&mut Lesson<'_>) -> bool] = &[
    answers,
    is_no_error,
    is_one_line,
    has_few_members,
    is_folded_whole,
    has_plain_text,
    has_one_reasoning,
    ends_nothing,
    is_a_delta,
    names_no_call,
    has_arguments_as_text,
    has_one_fragment_a_choice,
    has_each_choice_once,
    adds_to_plain_text,
    begins_nothing,
    has_known_usage,
    repeats_its_members,
];

/// More members or choices keep a chunk from being learned.
const MOST_MEMBERS: usize = 24;

impl Lesson<'_> {
    /// Returns whether the chunk keeps every rule.
    pub(super) fn keeps_rules(&mut self) -> bool {
        RULES.iter().all(|keeps| keeps(self))
    }

    /// Returns all texts of the chunk as slots.
    pub(super) fn texts(&self) -> impl Iterator<Item = Slot<Target>> {
        let text = |target, span: Option<Span>| span.map(|span| Slot::new(target, span));
        let choices = (0..).zip(self.choices()).flat_map(move |(delta, choice)| {
            [
                text(Target::Text(Field::Content, delta), choice.content.text()),
                text(Target::Text(Field::Reasoning, delta), choice.reasoning.or(choice.reasoning_content)),
                text(Target::Text(Field::Refusal, delta), choice.refusal),
            ]
        });
        let arguments = (0..).zip(&self.sums.call_deltas).map(move |(place, delta)| {
            let ArgumentSpan::Text(arguments) = self.table.calls.get(delta.row)?.arguments else { return None };
            text(Target::Arguments(place), Some(arguments))
        });
        choices.chain(arguments).flatten()
    }

    fn choices(&self) -> &[ChoiceSpans] {
        self.table.choices().1
    }
}

/// A chunk without a choice is rare, and holds little besides its usage.
fn answers(chunk: &mut Lesson<'_>) -> bool {
    !chunk.choices().is_empty()
}

/// An error ends the stream.
fn is_no_error(chunk: &mut Lesson<'_>) -> bool {
    !chunk.table.error
}

/// Between lines of data a line break is white space in JSON, but in the bytes of a stream it ends the data.
fn is_one_line(chunk: &mut Lesson<'_>) -> bool {
    memchr::memchr(b'\n', chunk.json).is_none()
}

/// Comparing many members costs more than it gains.
fn has_few_members(chunk: &mut Lesson<'_>) -> bool {
    chunk.table.extras.len() <= MOST_MEMBERS && chunk.choices().len() <= MOST_MEMBERS
}

/// If the fold stopped at a limit, it added less than the chunk has.
fn is_folded_whole(chunk: &mut Lesson<'_>) -> bool {
    chunk.choices().len() == chunk.sums.deltas.len()
}

/// Content in parts is added by the type of each part.
fn has_plain_text(chunk: &mut Lesson<'_>) -> bool {
    chunk.choices().iter().all(|choice| !matches!(choice.content, ContentSpan::Parts(..)))
}

/// If both names have reasoning, their texts decide which one counts.
fn has_one_reasoning(chunk: &mut Lesson<'_>) -> bool {
    chunk.choices().iter().all(|choice| choice.reasoning.is_none() || choice.reasoning_content.is_none())
}

/// A finish reason completes a choice, and replaces pending halves of characters.
fn ends_nothing(chunk: &mut Lesson<'_>) -> bool {
    chunk.choices().iter().all(|choice| choice.finish_reason.is_none_or(|reason| reason.is_empty()))
}

/// A message, a signature and the legacy call come once, and have rules of their own.
fn is_a_delta(chunk: &mut Lesson<'_>) -> bool {
    let rare = |choice: &ChoiceSpans| {
        choice.whole
            || choice.snapshot.is_some()
            || choice.reasoning_signature.is_some()
            || choice.function_call.is_some()
    };
    !chunk.choices().iter().any(rare)
}

/// A name decides whether a fragment begins a call.
fn names_no_call(chunk: &mut Lesson<'_>) -> bool {
    chunk.table.calls.iter().all(|call| call.name.is_none())
}

/// Arguments that came as a value replace those before.
fn has_arguments_as_text(chunk: &mut Lesson<'_>) -> bool {
    chunk.table.calls.iter().all(|call| !matches!(call.arguments, ArgumentSpan::Json(_)))
}

/// If a chunk has several fragments, the last one decides the call of the first fragment of the next chunk.
fn has_one_fragment_a_choice(chunk: &mut Lesson<'_>) -> bool {
    chunk.choices().iter().all(|choice| choice.calls.1 - choice.calls.0 <= 1)
}

/// If two choices have the same index, the second begins where the first ends.
fn has_each_choice_once(chunk: &mut Lesson<'_>) -> bool {
    let deltas = &chunk.sums.deltas;
    (1..deltas.len()).all(|row| {
        let (before, rest) = deltas.split_at(row);
        rest.first().is_some_and(|delta| before.iter().all(|other| other.choice != delta.choice))
    })
}

/// After content in parts, a text may begin another part.
fn adds_to_plain_text(chunk: &mut Lesson<'_>) -> bool {
    let sums = &chunk.sums;
    sums.deltas.iter().all(|delta| sums.choices.get(delta.choice).is_some_and(|choice| choice.parts.is_none()))
}

/// The first readable id and time are kept; later ones change nothing.
fn begins_nothing(chunk: &mut Lesson<'_>) -> bool {
    let Lesson { table, sums, .. } = chunk;
    (table.id.is_none() || sums.id.is_some()) && (table.created.is_none() || sums.created.is_some())
}

/// After a first usage, the JSON of the latest one is kept until the usage is asked for.
fn has_known_usage(chunk: &mut Lesson<'_>) -> bool {
    chunk.table.usage.is_none() || chunk.sums.usage.is_some()
}

/// Adding an extra member again must change nothing.
fn repeats_its_members(chunk: &mut Lesson<'_>) -> bool {
    let Lesson { json, table, sums } = chunk;
    let (first, _) = table.choices();
    table.extras.iter().all(|extra| sums.is_repeated(json, table, extra, first))
}
