//! The values that are there so far, and the state of each.

use serde::Deserialize;

use super::path::{token_index, token_is, tokens};
use super::tape::{Node, NodeKind, OPEN};
use super::view::{Children, View};
use super::{Follow, MismatchError, Show};

/// How often `snapshot_as` leaves out the innermost open value before it leaves out all of them.
const RETRIES: usize = 8;

/// A lent view of the text that was read so far. It costs nothing to make or to copy. Made by [`Partial::snapshot`](super::Partial::snapshot) and
/// [`Follow::snapshot`].
#[derive(Clone, Copy, Debug)]
pub struct Snapshot<'a> {
    pub(super) follow: &'a Follow,
    pub(super) text: &'a str,
}

/// How far the value at a place is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It is not there, and will not come: what it would be in has ended, is no array or object, is an array and the
    /// pointer has no index there, or the text is no JSON.
    Absent,
    /// It has not begun, and may come.
    Pending,
    /// It has begun; it may be one that is not shown yet.
    Incomplete,
    /// It is final.
    Complete,
}

impl<'a> Snapshot<'a> {
    /// Returns what is shown so far, without work; `None` before there is anything to show.
    #[inline]
    pub fn value(&self) -> Option<View<'a>> {
        self.root(self.limit())
    }

    /// Returns whether the value is whole.
    pub fn is_complete(&self) -> bool {
        self.follow.is_complete()
    }

    /// Returns how far the value is that a JSON Pointer names (RFC 6901: empty for the whole value, `/items/0/name`);
    /// [`State::Absent`] where it is no JSON Pointer.
    ///
    /// Goes through the members and elements before the place: for one question now and then. After each piece, ask a
    /// [`Watch`](super::Watch).
    ///
    /// A key that is given twice begins anew: its state is complete until the second value has something to show, and then
    /// that value's own.
    pub fn state(&self, pointer: &str) -> State {
        self.state_of(self.locate(pointer))
    }

    /// Returns what is shown so far as a `T`, a type of `Option`s as a rule; `None` where it is not enough for a `T` yet.
    ///
    /// A value that does not fit is tried again without the innermost open value, then without the next one outward. So an element
    /// of a list appears when it has all that its type asks for. A string that is unfinished is given where a `str` or a
    /// `String` is asked for; an enum, a `char` or a type that may be anything waits for its end. Types that parse their
    /// string, such as an IP address, see parts of it, unless [`PartialOptions::strings`](super::PartialOptions::strings) is
    /// [`Show::Final`].
    ///
    /// The whole snapshot is read: call it when something is shown, not for each delta. For a list, take
    /// [`Elements`](super::Elements).
    ///
    /// # Errors
    /// The value is whole and no `T`.
    ///
    /// # Examples
    ///
    /// ```
    /// use requesty_core::json::partial::Partial;
    /// use serde::Deserialize;
    ///
    /// #[derive(Debug, PartialEq, Deserialize)]
    /// struct Recipe<'a> {
    ///     title: Option<&'a str>,
    ///     minutes: Option<u32>,
    /// }
    ///
    /// let mut partial = Partial::default();
    /// partial.push(br#"{"title":"Tea","minutes":1"#)?;
    /// assert_eq!(partial.snapshot_as()?, Some(Recipe { title: Some("Tea"), minutes: None }));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn snapshot_as<T: Deserialize<'a>>(&self) -> Result<Option<T>, MismatchError> {
        let limit = self.limit();
        let Some(root) = self.root(limit) else { return Ok(None) };
        match root.deserialize() {
            Ok(value) => return Ok(Some(value)),
            Err(error) if root.is_complete() => return Err(error),
            Err(_) => {}
        }
        let shown_leaf = self.follow.tape.nodes.last().filter(|node| node.is(OPEN) && !node.kind.is_container());
        let leaf = shown_leaf.map(|_| self.follow.tape.len() - 1).filter(|&leaf| leaf < limit);
        let frames = self.follow.frames.get(1..).unwrap_or_default();
        let containers = frames.iter().rev().map(|frame| frame.node);
        let outermost = frames.first().map(|frame| frame.node);
        let limits = leaf.into_iter().chain(containers).take(RETRIES).chain(outermost);
        Ok(limits.filter_map(|limit| self.root(limit)).find_map(|root| root.deserialize().ok()))
    }

    fn root(&self, limit: u32) -> Option<View<'a>> {
        (limit > 0).then_some(View { tape: &self.follow.tape, text: self.text, node: 0, limit })
    }

    /// Returns how many nodes are shown. What is hidden is the newest one.
    #[inline]
    pub(super) fn limit(&self) -> u32 {
        let hidden = self.follow.tape.nodes.last().is_some_and(|node| node.is(OPEN) && !self.shows(node));
        self.follow.tape.len() - u32::from(hidden)
    }

    fn shows(&self, node: &Node) -> bool {
        let options = &self.follow.options;
        match node.kind {
            NodeKind::Key => false,
            NodeKind::String => options.strings == Show::Begun,
            NodeKind::Number => options.numbers == Show::Begun && node.end > node.start,
            NodeKind::Null | NodeKind::False | NodeKind::True => options.literals == Show::Begun,
            NodeKind::Array | NodeKind::Object => true,
        }
    }

    fn locate(&self, pointer: &str) -> Place {
        let Some(tokens) = tokens(pointer) else { return Place::Absent };
        let tape = &self.follow.tape;
        // What is hidden has a state, too.
        let Some(mut view) = self.root(tape.len()) else { return Place::Pending };
        for token in tokens {
            let mut children = Children::of(view);
            let found = match tape.get(view.node).map(|node| node.kind) {
                Some(NodeKind::Object) => children.find(|(key, _)| token_is(token, key)),
                Some(NodeKind::Array) => match token_index(token) {
                    Some(index) => children.nth(index as usize),
                    None => return Place::Absent,
                },
                _ => return Place::Absent,
            };
            match found {
                Some((_, child)) => view = child,
                None if view.is_complete() => return Place::Absent,
                None => return Place::Pending,
            }
        }
        Place::Node(view.node)
    }

    pub(super) fn state_of(&self, place: Place) -> State {
        match place {
            Place::Absent => State::Absent,
            Place::Pending if self.follow.failed.is_some() => State::Absent,
            Place::Pending => State::Pending,
            Place::Node(node) => match self.follow.tape.get(node) {
                Some(node) if node.is(OPEN) => State::Incomplete,
                _ => State::Complete,
            },
        }
    }
}

/// Where a JSON Pointer leads.
#[derive(Clone, Copy)]
pub(super) enum Place {
    Absent,
    Pending,
    Node(u32),
}
