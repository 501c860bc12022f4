//! Values that vary from chunk to chunk in some streams and never in others: ids, times, counts, padding.

use super::rules::Lesson;
use super::slot::{Target, is_cost, is_short_uint};
use crate::chat::reader::Owner;
use crate::json::{Kind, Reader, Span};
use crate::reply::Candidates;

/// Finds the values of a chunk that vary in some streams; `None` if there are too many.
pub(super) fn find(chunk: &Lesson<'_>, found: &mut Candidates<Target>) -> Option<()> {
    let Lesson { json, table, sums } = chunk;
    let mut add = |target, name, value| found.add(target, name, value);
    let is_string = |value: Span| value.quoted().of(json).first() == Some(&b'"');
    if let Some(id) = table.id.filter(|&id| is_string(id)) {
        add(Target::Id, Span::default(), id)?;
    }
    if let Some(created) = table.created.filter(|created| is_short_uint(created.of(json))) {
        add(Target::Created, Span::default(), created)?;
    }
    // Keys with escapes are skipped.
    for extra in table.extras.iter().filter(|extra| extra.owner == Owner::Chunk && !extra.key.escaped) {
        // These two members decide whether the chunk is an error.
        let decides = matches!(extra.key.of(json), b"type" | b"object");
        let place = sums.extra.place(extra.key.of(json)).filter(|_| !decides);
        if let (Some(place), Some(b'"')) = (place, extra.value.of(json).first()) {
            let value = Reader::at(json, extra.value.start as usize).string()?;
            add(Target::Extra(place as u32), extra.key, value)?;
        }
    }
    if let Some(usage) = table.usage {
        numbers(&mut Reader::at(json, usage.start as usize), &mut |name, value: Span| match (name, value) {
            (name, value) if is_cost_name(name.of(json)) && is_cost(value.of(json)) => add(Target::Cost, name, value),
            (name, value) if !is_cost_name(name.of(json)) && is_short_uint(value.of(json)) => {
                add(Target::Count, name, value)
            }
            _ => Some(()),
        })?;
    }
    Some(())
}

/// Calls `found` for each numeric member of an object and of its nested objects.
fn numbers(reader: &mut Reader<'_>, found: &mut dyn FnMut(Span, Span) -> Option<()>) -> Option<()> {
    reader.object(|reader, name| match reader.kind()? {
        Kind::Number => found(name, reader.number()?),
        Kind::Object => numbers(reader, found),
        _ => reader.skip().map(drop),
    })
}

fn is_cost_name(name: &[u8]) -> bool {
    matches!(name, b"cost" | b"total_cost")
}
