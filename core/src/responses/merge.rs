//! What a response has in the end, and what was streamed of it but is not in there: some servers end a stream with a response
//! that has no output.

use std::collections::{HashMap, HashSet};

use super::OutputItem;
use super::build::complete;
use crate::json::Members;

/// Puts items that were streamed into an output that lacks them, where they belong; those that are there are completed.
///
/// An item is the same as the one of its id or, where the server gives the items of the end other ids than those of the
/// stream, as the one at the same place among those of its kind.
pub(super) fn merge(output: Vec<OutputItem>, streamed: Vec<OutputItem>) -> Vec<OutputItem> {
    let mut by_id = HashMap::new();
    let mut by_kind: HashMap<Option<String>, Vec<usize>> = HashMap::new();
    for (place, item) in output.iter().enumerate() {
        let kind = item.kind();
        by_kind.entry(kind.clone()).or_default().push(place);
        if let Some(id) = id(item) {
            by_id.insert((kind, id), place);
        }
    }
    let keys: Vec<_> = streamed.iter().map(|item| (item.kind(), id(item))).collect();
    let id_of = |key: &(Option<String>, Option<String>)| Some((key.0.clone(), key.1.clone()?));
    let found = |key: &_| by_id.get(&id_of(key)?).copied();
    let with_ids: HashSet<_> = keys.iter().filter(|key| found(key).is_some()).map(|key| key.0.clone()).collect();

    // What is missing before each item, and the item.
    let mut slots: Vec<(Vec<OutputItem>, Option<OutputItem>)> =
        output.into_iter().map(Some).chain([None]).map(|item| (Vec::new(), item)).collect();
    let mut counts: HashMap<Option<String>, usize> = HashMap::new();
    // Where the next one belongs that is not there.
    let mut next = 0;
    for (item, key) in streamed.into_iter().zip(&keys) {
        let count = counts.entry(key.0.clone()).or_default();
        let place = match with_ids.contains(&key.0) {
            true => found(key),
            false => by_kind.get(&key.0).and_then(|places| places.get(*count)).copied(),
        };
        *count += 1;
        match place.and_then(|place| slots.get_mut(place)?.1.as_mut()) {
            Some(there) => {
                complete(there, item);
                next = place.map_or(next, |place| place + 1);
            }
            None => slots.get_mut(next).into_iter().for_each(|(missing, _)| missing.push(item.clone())),
        }
    }
    slots.into_iter().flat_map(|(missing, item)| missing.into_iter().chain(item)).collect()
}

/// Returns what an item is known by: the id that a result names, or its own.
fn id(item: &OutputItem) -> Option<String> {
    match item {
        OutputItem::Message(message) => message.id.clone(),
        OutputItem::Reasoning(reasoning) => reasoning.id.clone(),
        OutputItem::FunctionCall(call) => call.call_id.clone(),
        OutputItem::Other(json) => Members::read(json.as_bytes()).ok()?.string("id"),
    }
}
