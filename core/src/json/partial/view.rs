//! One value of a snapshot.

use std::fmt;

use serde::Deserialize;
use serde_json::{Number, Value};

use super::MismatchError;
use super::path::{token_index, token_is, tokens};
use super::tape::{NodeKind, OPEN, SHADOWED, Tape};

/// A value of a snapshot, lent: 32 bytes, made without work.
///
/// An array or object that is [not complete](Self::is_complete) has the elements and members that are shown so far. Compares with a
/// [`Value`], is written by serde, and is a [`Deserializer`](serde::Deserializer).
#[derive(Clone, Copy)]
pub struct View<'a> {
    pub(super) tape: &'a Tape,
    pub(super) text: &'a str,
    pub(super) node: u32,
    /// The number of nodes of the tape that are shown.
    pub(super) limit: u32,
}

/// The type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViewKind {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool,
    /// A number.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

impl<'a> View<'a> {
    /// Returns the type.
    pub fn kind(&self) -> ViewKind {
        match self.node_kind() {
            NodeKind::Null => ViewKind::Null,
            NodeKind::False | NodeKind::True => ViewKind::Bool,
            NodeKind::Number => ViewKind::Number,
            NodeKind::String | NodeKind::Key => ViewKind::String,
            NodeKind::Array => ViewKind::Array,
            NodeKind::Object => ViewKind::Object,
        }
    }

    /// Returns whether the value is final.
    pub fn is_complete(&self) -> bool {
        self.tape.get(self.node).is_some_and(|node| !node.is(OPEN))
    }

    /// Returns the exact text of the value, quotes included; `None` until it is final.
    pub fn raw(&self) -> Option<&'a str> {
        let node = self.tape.get(self.node).filter(|node| !node.is(OPEN))?;
        self.text.get(node.start as usize..node.end as usize)
    }

    /// Returns the text of a string, without its escapes, as far as it came.
    pub fn as_str(&self) -> Option<&'a str> {
        (self.node_kind() == NodeKind::String).then(|| self.tape.content(self.text, self.node))
    }

    /// Returns the value of `true` or `false`.
    pub fn as_bool(&self) -> Option<bool> {
        match self.node_kind() {
            NodeKind::True => Some(true),
            NodeKind::False => Some(false),
            _ => None,
        }
    }

    /// Returns a number that is a whole one and not negative.
    pub fn as_u64(&self) -> Option<u64> {
        self.as_number()?.as_u64()
    }

    /// Returns a number that is a whole one.
    pub fn as_i64(&self) -> Option<i64> {
        self.as_number()?.as_i64()
    }

    /// Returns a number, rounded as serde_json does.
    pub fn as_f64(&self) -> Option<f64> {
        self.as_number()?.as_f64()
    }

    /// Returns a number as serde_json reads it. Its exact text is [`raw`](Self::raw).
    pub fn as_number(&self) -> Option<Number> {
        serde_json::from_str(self.number_text()?).ok()
    }

    /// Returns the member of an object; `None` where it is not shown, or this is no object. Goes through the members before it.
    pub fn get(&self, key: &str) -> Option<View<'a>> {
        self.members().find(|(name, _)| *name == key).map(|(_, value)| value)
    }

    /// Returns the element of an array; `None` where it is not shown, or this is no array. Goes through the elements before it.
    pub fn at(&self, index: usize) -> Option<View<'a>> {
        self.elements().nth(index)
    }

    /// Returns the value that a JSON Pointer names from here on; `None` where it is not shown.
    pub fn pointer(&self, pointer: &str) -> Option<View<'a>> {
        tokens(pointer)?.try_fold(*self, |view, token| match view.node_kind() {
            NodeKind::Object => view.members().find(|(key, _)| token_is(token, key)).map(|(_, value)| value),
            _ => view.at(token_index(token)? as usize),
        })
    }

    /// Returns the members of an object, in the order of the text; empty where this is no object.
    pub fn members(&self) -> impl Iterator<Item = (&'a str, View<'a>)> + use<'a> {
        Children::of_kind(*self, NodeKind::Object)
    }

    /// Returns the elements of an array; empty where this is no array.
    pub fn elements(&self) -> impl Iterator<Item = View<'a>> + use<'a> {
        Children::of_kind(*self, NodeKind::Array).map(|(_, value)| value)
    }

    /// Copies what is shown.
    pub fn to_value(&self) -> Value {
        match self.node_kind() {
            NodeKind::Null => Value::Null,
            NodeKind::False => Value::Bool(false),
            NodeKind::True => Value::Bool(true),
            NodeKind::Number => self.as_number().map_or(Value::Null, Value::Number),
            NodeKind::String | NodeKind::Key => Value::String(self.tape.content(self.text, self.node).to_owned()),
            NodeKind::Array => self.elements().map(|element| element.to_value()).collect(),
            NodeKind::Object => self.members().map(|(key, value)| (key, value.to_value())).collect(),
        }
    }

    /// Reads it as a `T`. Of an object that has a key twice, the last value counts.
    ///
    /// # Errors
    /// It is no `T`. A string that is not complete is only taken for a `str` or a `String`.
    pub fn deserialize<T: Deserialize<'a>>(&self) -> Result<T, MismatchError> {
        T::deserialize(*self).map_err(|error| error.or_at(self.start()))
    }

    pub(super) fn node_kind(&self) -> NodeKind {
        self.tape.get(self.node).map_or(NodeKind::Null, |node| node.kind)
    }

    /// Returns a number as it is written, as far as it is shown.
    pub(super) fn number_text(&self) -> Option<&'a str> {
        let node = self.tape.get(self.node).filter(|node| node.kind == NodeKind::Number)?;
        self.text.get(node.start as usize..node.end as usize)
    }
}

impl fmt::Debug for View<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_value(), f)
    }
}

/// The members of an object with their keys, or the elements of an array with an empty one.
pub(super) struct Children<'a> {
    tape: &'a Tape,
    text: &'a str,
    next: u32,
    end: u32,
}

impl<'a> Children<'a> {
    pub(super) fn of(view: View<'a>) -> Self {
        let View { tape, text, node, limit } = view;
        let end =
            if tape.get(node).is_some_and(|node| node.kind.is_container()) { tape.after(node, limit) } else { node };
        Children { tape, text, next: node + 1, end }
    }

    fn of_kind(view: View<'a>, kind: NodeKind) -> Self {
        let mut children = Children::of(view);
        if view.node_kind() != kind {
            children.end = children.next;
        }
        children
    }
}

impl<'a> Iterator for Children<'a> {
    type Item = (&'a str, View<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        while self.next < self.end {
            let Children { tape, text, next, end } = *self;
            let child = tape.get(next)?;
            let (key, node) =
                if child.kind == NodeKind::Key { (tape.content(text, next), next + 1) } else { ("", next) };
            if node >= end {
                break;
            }
            self.next = tape.after(node, end);
            if !child.is(SHADOWED) {
                return Some((key, View { tape, text, node, limit: end }));
            }
        }
        self.next = self.end;
        None
    }
}
