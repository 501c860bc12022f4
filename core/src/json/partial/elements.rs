//! The elements of a list, one after the other.

use serde::Deserialize;

use super::MismatchError;
use super::snapshot::{Place, Snapshot};
use super::tape::{NOTHING, NodeKind, OPEN};
use super::view::View;
use super::watch::Watch;

/// The elements of a list, each once, when it is final; read, and checked against a type, then and only then.
///
/// Needs no events: call it after each [`push`](super::Partial::push) until it returns `None`. One `Elements` is for one
/// [`Partial`](super::Partial) or [`Follow`](super::Follow); several lists at once are fine. Where the list is replaced,
/// because its key is given twice, it goes on with the first element of the new one.
///
/// ```
/// use requesty_core::json::partial::{Elements, Partial};
///
/// let mut partial = Partial::default();
/// let mut items = Elements::new("/items").expect("a JSON Pointer");
/// let mut seen: Vec<(String, u32)> = Vec::new();
/// for piece in [r#"{"items":[["tea",2],["mi"#, r#"lk",1]"#, "]}"] {
///     partial.push_str(piece)?;
///     while let Some(item) = items.next(&partial) {
///         seen.push(item?);
///     }
/// }
/// assert_eq!(seen, [("tea".to_owned(), 2), ("milk".to_owned(), 1)]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Elements {
    list: Watch,
    epoch: u32,
    node: u32,
    next: u32,
}

impl Elements {
    /// Makes one for the array that a JSON Pointer names; `None` where it is no JSON Pointer.
    pub fn new(pointer: impl Into<String>) -> Option<Self> {
        Some(Elements { list: Watch::new(pointer)?, epoch: 0, node: NOTHING, next: 0 })
    }

    /// Returns the next element as a `T`; `None` where no other is final yet. An element that is no `T` is passed.
    ///
    /// # Errors
    /// The element is no `T`.
    pub fn next<'a, T: Deserialize<'a>>(
        &mut self,
        snapshot: impl Into<Snapshot<'a>>,
    ) -> Option<Result<T, MismatchError>> {
        self.next_view(snapshot).map(|element| element.deserialize())
    }

    /// Returns the next element as it is; `None` where no other is final yet.
    pub fn next_view<'a>(&mut self, snapshot: impl Into<Snapshot<'a>>) -> Option<View<'a>> {
        let snapshot = snapshot.into();
        let Place::Node(list) = self.list.locate(snapshot) else { return None };
        let Snapshot { follow, text } = snapshot;
        let tape = &follow.tape;
        if tape.get(list)?.kind != NodeKind::Array {
            return None;
        }
        if (self.node, self.epoch) != (list, follow.epoch) {
            (self.node, self.epoch, self.next) = (list, follow.epoch, list + 1);
        }
        let limit = tape.len();
        let end = tape.after(list, limit);
        let node = self.next;
        if node >= end || tape.get(node)?.is(OPEN) {
            return None;
        }
        self.next = tape.after(node, end);
        Some(View { tape, text, node, limit })
    }
}
