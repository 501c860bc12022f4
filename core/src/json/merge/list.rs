//! An array that grows from event to event.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use super::{Place, Value, is_dropped_again, lossy, push_lossy};
use crate::json::{Members, Reader};

/// An array that grows over several events.
#[derive(Clone, Debug)]
pub(super) struct List {
    place: Place,
    /// The elements, joined by commas. Elements of `reasoning_details` are in `details` instead.
    joined: String,
    /// The place of an element by its hash. An equal element of a later event is left out.
    known: HashMap<u64, Range<usize>>,
    /// Elements of `reasoning_details`. A run of elements that no later one can continue is one value, joined by
    /// commas.
    details: Vec<Value>,
    /// Whether the last value of `details` is such a run.
    in_run: bool,
    /// The place of a detail by the hash of its `index` and `type`.
    places: HashMap<u64, usize>,
}

impl List {
    pub(super) fn new(place: Place) -> Self {
        List {
            place,
            joined: String::new(),
            known: HashMap::new(),
            details: Vec::new(),
            in_run: false,
            places: HashMap::new(),
        }
    }

    /// Appends the elements of one event; returns by about how many bytes the memory grows.
    pub(super) fn append(&mut self, array: &[u8]) -> usize {
        if self.place == Place::Logprobs {
            return self.append_all(array);
        }
        // Elements of the same event do not count as known: an array keeps its equal elements.
        let (before, details_before) = (self.joined.len(), self.details.len());
        let mut kept = 0;
        let mut reader = Reader::new(array);
        reader.array(|reader| {
            let element = reader.skip()?.of(array);
            kept += match self.place {
                Place::Detail => self.continue_or_push(element, details_before),
                _ => self.push_new(element, before),
            };
            Some(())
        });
        kept
    }

    /// Appends the elements as they came: no element is left out or continued, so none is looked at.
    fn append_all(&mut self, array: &[u8]) -> usize {
        let inside = array.strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]")).unwrap_or_default();
        let elements = inside.trim_ascii();
        if elements.is_empty() { 0 } else { self.push(elements) }
    }

    fn push(&mut self, element: &[u8]) -> usize {
        if !self.joined.is_empty() {
            self.joined.push(',');
        }
        push_lossy(element, &mut self.joined);
        element.len() + 1
    }

    fn push_new(&mut self, element: &[u8], before: usize) -> usize {
        if !is_dropped_again(element) {
            return self.push(element);
        }
        let hash = hash_of(element);
        let known = self.known.get(&hash).filter(|known| known.end <= before);
        if known.and_then(|known| self.joined.get(known.clone())).is_some_and(|it| it.as_bytes() == element) {
            return 0;
        }
        let kept = self.push(element);
        let end = self.joined.len();
        self.known.entry(hash).or_insert(end - (kept - 1).min(end)..end);
        kept + 2 * size_of::<(u64, Range<usize>)>()
    }

    fn continue_or_push(&mut self, element: &[u8], before: usize) -> usize {
        let index_and_type = Members::read(element).ok().and_then(|mut members| {
            let index = members.uint("index")?;
            Some(hash_of((index, members.string("type"))))
        });
        let known = index_and_type.and_then(|hash| self.places.get(&hash)).filter(|&&place| place < before);
        if let Some(detail) = known.and_then(|&place| self.details.get_mut(place)) {
            return detail.add(Place::Inside, "reasoning_details", element);
        }
        let in_run = std::mem::replace(&mut self.in_run, index_and_type.is_none());
        match (index_and_type, self.details.last_mut()) {
            (Some(hash), _) => drop(self.places.insert(hash, self.details.len())),
            (None, Some(Value::Raw(run))) if in_run => {
                run.push(',');
                push_lossy(element, run);
                return element.len() + 1;
            }
            _ => {}
        }
        self.details.push(Value::Raw(lossy(element)));
        element.len() + size_of::<Value>()
    }

    pub(super) fn json(&self) -> String {
        let details = self.details.iter().map(Value::json).collect::<Vec<_>>().join(",");
        format!("[{}{details}]", self.joined)
    }
}

fn hash_of(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
