//! A place that is looked at again and again.

use super::path::{token_index, token_is, tokens};
use super::snapshot::{Place, Snapshot, State};
use super::tape::{NOTHING, NodeKind, OPEN, SHADOWED, Tape};
use super::view::View;

/// A place that is looked at after each piece: all looks together pass each value before it once.
///
/// One `Watch` is for one [`Partial`](super::Partial) or [`Follow`](super::Follow).
///
/// ```
/// use requesty_core::json::partial::{Partial, State, Watch};
///
/// let mut partial = Partial::default();
/// let mut title = Watch::new("/title").expect("a JSON Pointer");
/// partial.push(br#"{"id":7,"tit"#)?;
/// assert_eq!(title.state(&partial), State::Pending);
/// partial.push(br#"le":"On t"#)?;
/// assert_eq!(title.state(&partial), State::Incomplete);
/// assert_eq!(title.value(&partial).unwrap().as_str(), Some("On t"));
/// # Ok::<(), requesty_core::json::partial::PartialError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Watch {
    pointer: String,
    epoch: u32,
    levels: Vec<Level>,
}

/// How far the search in one array or object is.
#[derive(Clone, Copy, Debug)]
struct Level {
    /// The first child that was not passed.
    next: u32,
    passed: u32,
    /// The child that was found, and the key before it.
    found: u32,
    key: u32,
}

impl Watch {
    /// Makes one for the place that a JSON Pointer names; `None` where it is no JSON Pointer: neither empty nor begins with a
    /// slash, or has a tilde without `0` or `1` after it.
    pub fn new(pointer: impl Into<String>) -> Option<Self> {
        let pointer = pointer.into();
        let is_pointer = tokens(&pointer).is_some();
        is_pointer.then(|| Watch { pointer, epoch: 0, levels: Vec::new() })
    }

    /// Returns the value as far as it is shown; `None` before that.
    pub fn value<'a>(&mut self, snapshot: impl Into<Snapshot<'a>>) -> Option<View<'a>> {
        let snapshot = snapshot.into();
        let Place::Node(node) = self.locate(snapshot) else { return None };
        let limit = snapshot.limit();
        (node < limit).then_some(View { tape: &snapshot.follow.tape, text: snapshot.text, node, limit })
    }

    /// Returns how far the value is, as [`Snapshot::state`] does.
    pub fn state<'a>(&mut self, snapshot: impl Into<Snapshot<'a>>) -> State {
        let snapshot = snapshot.into();
        let place = self.locate(snapshot);
        snapshot.state_of(place)
    }

    pub(super) fn locate(&mut self, snapshot: Snapshot<'_>) -> Place {
        let Snapshot { follow, text } = snapshot;
        let tape = &follow.tape;
        if self.epoch != follow.epoch {
            self.epoch = follow.epoch;
            self.levels.clear();
        }
        let is_replaced = |level: &Level| tape.get(level.key).is_some_and(|key| key.is(SHADOWED));
        if let Some(at) = self.levels.iter().position(is_replaced) {
            self.levels.truncate(at + 1);
            if let Some(level) = self.levels.last_mut() {
                (level.found, level.key) = (NOTHING, NOTHING);
            }
        }
        if tape.nodes.is_empty() {
            return Place::Pending;
        }
        let mut node = 0;
        for (depth, token) in tokens(&self.pointer).into_iter().flatten().enumerate() {
            if depth == self.levels.len() {
                self.levels.push(Level { next: node + 1, passed: 0, found: NOTHING, key: NOTHING });
            }
            let Some(level) = self.levels.get_mut(depth) else { return Place::Absent };
            if level.found == NOTHING {
                level.search(tape, text, node, token);
            }
            if level.found == NOTHING {
                let may_come = tape.get(node).is_some_and(|node| match node.kind {
                    NodeKind::Array => node.is(OPEN) && token_index(token).is_some(),
                    kind => node.is(OPEN) && kind == NodeKind::Object,
                });
                return if may_come { Place::Pending } else { Place::Absent };
            }
            node = level.found;
        }
        Place::Node(node)
    }
}

impl Level {
    /// Passes the children that are final and not the one that is looked for.
    fn search(&mut self, tape: &Tape, text: &str, parent: u32, token: &str) {
        let Some(parent_kind) = tape.get(parent).map(|node| node.kind).filter(|kind| kind.is_container()) else {
            return;
        };
        let end = tape.after(parent, tape.len());
        let is_object = parent_kind == NodeKind::Object;
        let index = if is_object { None } else { token_index(token) };
        while self.next < end {
            let child = if is_object { self.next + 1 } else { self.next };
            let Some(value) = tape.get(child) else { return };
            let is_it = match is_object {
                true => {
                    let counts = tape.get(self.next).is_some_and(|key| !key.is(SHADOWED));
                    counts && token_is(token, tape.content(text, self.next))
                }
                false => index == Some(self.passed),
            };
            if is_it {
                self.found = child;
                self.key = if is_object { self.next } else { NOTHING };
                return;
            }
            if value.is(OPEN) {
                return;
            }
            self.next = tape.after(child, end);
            self.passed += 1;
        }
    }
}
