//! Joins the response at the end of a stream with the streamed items that it lacks: some servers end a stream with a
//! response without output.

use std::collections::{HashMap, HashSet};

use super::OutputItem;
use super::build::complete;

/// A streamed item.
pub(super) struct Streamed {
    pub(super) item: OutputItem,
    /// The id in the events.
    pub(super) id: Option<String>,
}

/// Returns the place of each streamed item in an output, if it is there.
///
/// An item is found by its id, and a call also by its `call_id`. If the server sends other ids at the end than in the
/// stream, an item is found by its position among the items of its kind.
pub(super) fn pairs(output: &[OutputItem], streamed: &[Streamed]) -> Vec<Option<usize>> {
    if streamed.is_empty() {
        return Vec::new();
    }
    let mut by_id = HashMap::new();
    let mut by_kind: HashMap<Option<String>, Vec<usize>> = HashMap::new();
    for (place, item) in output.iter().enumerate() {
        let kind = item.kind();
        by_kind.entry(kind.clone()).or_default().push(place);
        for id in ids(item, None) {
            by_id.insert((kind.clone(), id), place);
        }
    }
    let found: Vec<Option<usize>> = streamed
        .iter()
        .map(|Streamed { item, id }| {
            let kind = item.kind();
            ids(item, id.as_ref()).into_iter().find_map(|id| by_id.get(&(kind.clone(), id)).copied())
        })
        .collect();
    let with_ids: HashSet<_> =
        streamed.iter().zip(&found).filter(|(_, place)| place.is_some()).map(|(it, _)| it.item.kind()).collect();
    let mut counts: HashMap<Option<String>, usize> = HashMap::new();
    let place = |(Streamed { item, .. }, found): (&Streamed, Option<usize>)| {
        let kind = item.kind();
        let count = counts.entry(kind.clone()).or_default();
        *count += 1;
        match with_ids.contains(&kind) {
            true => found,
            false => by_kind.get(&kind).and_then(|places| places.get(*count - 1)).copied(),
        }
    };
    streamed.iter().zip(found).map(place).collect()
}

/// Inserts streamed items that an output lacks, at their positions, and completes those that it has. `pairs` are the
/// places of the streamed items in the output.
pub(super) fn merge(output: Vec<OutputItem>, streamed: Vec<Streamed>, pairs: &[Option<usize>]) -> Vec<OutputItem> {
    if streamed.is_empty() {
        return output;
    }
    // For each item: the missing items before it, and the item.
    let mut slots: Vec<(Vec<OutputItem>, Option<OutputItem>)> =
        output.into_iter().map(Some).chain([None]).map(|item| (Vec::new(), item)).collect();
    // The position of the next missing item.
    let mut next = 0;
    for (Streamed { item, .. }, &place) in streamed.into_iter().zip(pairs) {
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

/// An id of an item.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Id {
    /// Its own id.
    Item(String),
    /// The `call_id`, which the result of a call names.
    Call(String),
}

/// Returns the ids of an item; its own id is the first. `named` is the id in the events of a stream.
fn ids(item: &OutputItem, named: Option<&String>) -> Vec<Id> {
    let call = match item {
        OutputItem::FunctionCall(call) => call.call_id.clone(),
        _ => None,
    };
    let own = item.id().into_iter().chain(named.cloned()).map(Id::Item);
    own.chain(call.map(Id::Call)).collect()
}
