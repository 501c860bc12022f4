//! The places of a chunk that may differ from the chunk before, and what they add to the sums.

use super::Template;
use crate::chat::accumulator::Accumulator;
use crate::chat::reader::{ArgumentSpan, ChoiceRow, ContentSpan, Owner, Table};
use crate::json::{Kind, Reader, Span};

/// A place that may differ.
#[derive(Clone, Copy, Debug)]
pub(in crate::chat) struct Slot {
    pub(in crate::chat) what: What,
    /// Where it is in the chunk that was learned.
    pub(in crate::chat) learned: Span,
    /// Where it is in the chunk that matched last.
    pub(in crate::chat) now: Span,
}

/// What stands at a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::chat) enum What {
    /// A text of the choice with that delta.
    Text(Field, usize),
    /// The arguments of the call with that delta.
    Arguments(usize),
    /// The id of the completion.
    Id,
    /// When it was made.
    Created,
    /// A string at the top of the chunk that has no field: the sums keep its last value at that place.
    Extra(usize),
    /// A whole number inside the usage.
    Count,
    /// The cost inside the usage.
    Cost,
}

/// A text that adds up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::chat) enum Field {
    Content,
    Reasoning,
    Refusal,
}

/// A value that is a slot if it varies.
#[derive(Clone, Copy, Debug)]
pub(in crate::chat) struct Candidate {
    pub(in crate::chat) slot: Slot,
    /// The key of its member; empty for those that need none to be told apart.
    pub(in crate::chat) name: Span,
    pub(in crate::chat) varies: bool,
}

impl Slot {
    pub(in crate::chat) fn is_usage(&self) -> bool {
        matches!(self.what, What::Count | What::Cost)
    }

    fn new(what: What, learned: Span) -> Self {
        Slot { what, learned, now: learned }
    }

    /// Passes what stands at the slot in another chunk; returns the offset after it.
    #[inline]
    pub(in crate::chat) fn pass(&mut self, json: &[u8], at: usize) -> Option<usize> {
        let mut reader = Reader::at(json, at);
        let escaped = match self.what {
            What::Text(..) | What::Arguments(_) | What::Id | What::Extra(_) => reader.text()?,
            What::Created | What::Count => short_uint(&mut reader).then_some(false)?,
            What::Cost => cost(&mut reader).then_some(false)?,
        };
        self.now = Span { escaped, ..reader.span_from(at) };
        Some(reader.pos())
    }
}

impl Accumulator {
    /// Returns whether the next chunk may be read by its difference from this one, which was the last to be folded: whether
    /// folding its literals again changes nothing, and no rule looks at the text of what would be a slot.
    pub(in crate::chat) fn learns(&mut self, json: &[u8], table: &Table) -> bool {
        let (first, choices) = table.choices();
        let plain = |choice: &ChoiceRow| {
            let content = matches!(choice.content, ContentSpan::Absent | ContentSpan::Null | ContentSpan::Text(_));
            let one_reasoning = choice.reasoning.is_none() || choice.reasoning_content.is_none();
            let unfinished = choice.finish_reason.is_none_or(|reason| reason.is_empty());
            let rare = choice.whole || choice.reasoning_signature.is_some() || choice.function_call.is_some();
            content && one_reasoning && unfinished && !rare
        };
        let all = choices.len() == self.deltas.len() && choices.iter().all(plain);
        // A name decides whether a fragment opens a call.
        let unnamed = table.calls.iter().all(|call| call.name.is_none() && !is_value(call.arguments));
        let each_once = (1..choices.len()).all(|row| {
            let (before, rest) = self.deltas.split_at(row);
            rest.first().is_some_and(|delta| before.iter().all(|other| other.choice != delta.choice))
        });
        let in_text = self.deltas.iter().all(|d| self.choices.get(d.choice).is_some_and(|sum| sum.parts.is_none()));
        let begun = (table.id.is_none() || self.id.is_some()) && (table.created.is_none() || self.created.is_some());
        // Where a chunk has several fragments, the last decides where the next one's first goes.
        let alone = choices.iter().all(|choice| choice.calls.1 - choice.calls.0 <= 1);
        let few = table.extras.len() <= MOST_EXTRAS && choices.len() <= MOST_EXTRAS;
        let usage = table.usage.is_none() || self.usage.as_ref().is_some_and(|usage| usage.is_small());
        let ordinary =
            all && unnamed && alone && in_text && begun && few && usage && !choices.is_empty() && !table.error;
        ordinary && each_once && table.extras.iter().all(|extra| self.is_repeated(json, table, extra, first))
    }

    /// Makes slots of all texts of the chunk.
    pub(in crate::chat) fn text_slots(&self, table: &Table, slots: &mut Vec<Slot>) {
        for (delta, choice) in table.choices().1.iter().enumerate() {
            if let ContentSpan::Text(content) = choice.content {
                slots.push(Slot::new(What::Text(Field::Content, delta), content));
            }
            let reasoning = choice.reasoning.or(choice.reasoning_content);
            slots.extend(reasoning.map(|span| Slot::new(What::Text(Field::Reasoning, delta), span)));
            slots.extend(choice.refusal.map(|span| Slot::new(What::Text(Field::Refusal, delta), span)));
        }
        for (place, delta) in self.call_deltas.iter().enumerate() {
            if let Some(ArgumentSpan::Text(arguments)) = table.calls.get(delta.row).map(|call| call.arguments) {
                slots.push(Slot::new(What::Arguments(place), arguments));
            }
        }
    }

    /// Adds what a chunk carries that matched, as [`fold`](Self::fold) does for one that was read in full. The rows of the
    /// chunk before are those of this one. The caller has made sure that there is [room](Self::has_room_for).
    #[inline(always)]
    pub(in crate::chat) fn fold_match(&mut self, data: &[u8], template: &Template) {
        let slots = template.slots();
        self.show_deltas();
        for slot in slots {
            let (text, range) = match slot.what {
                What::Text(field, delta) => {
                    let Some(delta) = self.deltas.get_mut(delta) else { continue };
                    let Some(choice) = self.choices.get_mut(delta.choice) else { continue };
                    match field {
                        Field::Content => (&mut choice.content, &mut delta.content),
                        Field::Reasoning => (&mut choice.reasoning, &mut delta.reasoning),
                        Field::Refusal => (&mut choice.refusal, &mut delta.refusal),
                    }
                }
                What::Arguments(place) => {
                    let Some(delta) = self.call_deltas.get_mut(place) else { continue };
                    let Some(choice) = self.choices.get_mut(delta.choice) else { continue };
                    let Some(call) = choice.calls.list.get_mut(delta.call) else { continue };
                    (&mut call.arguments, &mut delta.arguments)
                }
                What::Extra(place) => {
                    self.size += self.extra.replace(place, slot.now.quoted().of(data));
                    self.repeats.forget();
                    continue;
                }
                What::Id | What::Created | What::Count | What::Cost => continue,
            };
            *range = text.push(data, slot.now);
            self.size += range.1 - range.0;
        }
        if let Some(usage) = template.usage() {
            self.defer_usage(super::now(slots, usage).of(data));
        }
    }
}

/// Finds the values of a chunk that some servers vary from chunk to chunk; `None` where there are too many.
pub(in crate::chat) fn candidates(
    json: &[u8],
    table: &Table,
    sum: &Accumulator,
    found: &mut Vec<Candidate>,
) -> Option<()> {
    found.clear();
    let mut add = |what, name, value| {
        found.push(Candidate { slot: Slot::new(what, value), name, varies: false });
        (found.len() <= MOST_EXTRAS).then_some(())
    };
    let is_string = |value: Span| value.quoted().of(json).first() == Some(&b'"');
    if let Some(id) = table.id.filter(|&id| is_string(id)) {
        add(What::Id, Span::default(), id)?;
    }
    if let Some(created) = table.created.filter(|created| is_short_uint(created.of(json))) {
        add(What::Created, Span::default(), created)?;
    }
    // Those whose keys are spelled in another way are left alone.
    for extra in table.extras.iter().filter(|extra| extra.owner == Owner::Chunk && !extra.key.escaped) {
        // What these two say decides whether the chunk is an error.
        let decides = matches!(extra.key.of(json), b"type" | b"object");
        let place = sum.extra.place(extra.key.of(json)).filter(|_| !decides);
        if let (Some(place), Some(b'"')) = (place, extra.value.of(json).first()) {
            add(What::Extra(place), extra.key, Reader::at(json, extra.value.start as usize).string()?)?;
        }
    }
    if let Some(usage) = table.usage {
        numbers(&mut Reader::at(json, usage.start as usize), &mut |name, value: Span| match (name, value) {
            (name, value) if is_cost_name(name.of(json)) && is_cost(value.of(json)) => add(What::Cost, name, value),
            (name, value) if !is_cost_name(name.of(json)) && is_short_uint(value.of(json)) => {
                add(What::Count, name, value)
            }
            _ => Some(()),
        })?;
    }
    Some(())
}

/// Calls `found` for each member of an object, and of the objects in it, that is a number.
fn numbers(reader: &mut Reader<'_>, found: &mut dyn FnMut(Span, Span) -> Option<()>) -> Option<()> {
    reader.object(|reader, name| match reader.kind()? {
        Kind::Number => found(name, reader.number()?),
        Kind::Object => numbers(reader, found),
        _ => reader.skip().map(drop),
    })
}

fn is_value(arguments: ArgumentSpan) -> bool {
    matches!(arguments, ArgumentSpan::Json(_))
}

fn is_cost_name(name: &[u8]) -> bool {
    matches!(name, b"cost" | b"total_cost")
}

#[inline(never)]
fn cost(reader: &mut Reader<'_>) -> bool {
    reader.number().is_some_and(|cost| is_cost(cost.of(reader.json())))
}

/// Returns whether a number is one that the usage takes for a cost, so that a later one replaces it.
fn is_cost(number: &[u8]) -> bool {
    std::str::from_utf8(number).is_ok_and(|number| number.parse::<crate::Decimal>().is_ok())
}

fn is_short_uint(number: &[u8]) -> bool {
    let mut reader = Reader::new(number);
    short_uint(&mut reader) && reader.pos() == number.len()
}

/// Passes a whole number that is small enough for every field.
#[inline]
fn short_uint(reader: &mut Reader<'_>) -> bool {
    const MOST_DIGITS: usize = 15;
    let start = reader.pos();
    reader.integer().is_some() && reader.pos() - start <= MOST_DIGITS
}

/// More members, or choices, than that keep a chunk from being learned.
const MOST_EXTRAS: usize = 24;
