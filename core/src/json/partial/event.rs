//! The events of a text that grows.

use super::follow::Follow;
use super::path::Path;
use super::view::{View, ViewKind};

/// Something that the text came to say, lent until the next call. What an event says is final; which strings, numbers and
/// literals the snapshot shows makes no difference to it.
///
/// However the text is cut, the events are the same, except that a string comes in as many [`Text`](Self::Text) as it took
/// pieces: joined, they are the same.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum PartialEvent<'a> {
    /// An array or an object begins.
    Open {
        /// Its place.
        path: Path<'a>,
        /// [`ViewKind::Array`] or [`ViewKind::Object`].
        kind: ViewKind,
    },
    /// A key is there, and its value will follow.
    Key {
        /// The place of the value: the path ends with the key.
        path: Path<'a>,
        /// The key, without its escapes.
        key: &'a str,
        /// Whether the object has had this key already: its value will be replaced.
        is_repeated: bool,
    },
    /// A string that is a value goes on.
    Text {
        /// The string's place.
        path: Path<'a>,
        /// The new part of it, without its escapes; never empty.
        text: &'a str,
    },
    /// A string, a number, `true`, `false` or `null` is final. Comes once for each.
    Value {
        /// Its place.
        path: Path<'a>,
        /// The value, whole.
        value: View<'a>,
    },
    /// An array or an object is final. Comes once for each.
    Close {
        /// Its place.
        path: Path<'a>,
        /// The value, whole.
        value: View<'a>,
    },
}

impl<'a> PartialEvent<'a> {
    /// Returns the place of what the event is about.
    pub fn path(&self) -> Path<'a> {
        match self {
            PartialEvent::Open { path, .. }
            | PartialEvent::Key { path, .. }
            | PartialEvent::Text { path, .. }
            | PartialEvent::Value { path, .. }
            | PartialEvent::Close { path, .. } => *path,
        }
    }

    /// Returns the exact bytes of an array's element, where this event makes one final; else `None`.
    ///
    /// serde_json refuses a key that an object has twice where it reads a struct;
    /// [`View::deserialize`] takes the last.
    pub fn element(&self) -> Option<&'a str> {
        match self {
            PartialEvent::Value { path, value } | PartialEvent::Close { path, value } if path.is_element() => {
                value.raw()
            }
            _ => None,
        }
    }
}

/// An event before it is lent: what it takes to make one.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    /// The newest node is open.
    Open,
    Key {
        is_repeated: bool,
    },
    /// From where to where, in the text or in what is unescaped.
    Text(u32, u32),
    /// The newest node is final.
    Value,
    Close(u32),
}

impl Follow {
    #[inline]
    pub(super) fn event<'a>(&'a self, step: Step, text: &'a str) -> PartialEvent<'a> {
        let limit = self.tape.len();
        let newest = limit.saturating_sub(1);
        let view = |node| View { tape: &self.tape, text, node, limit };
        let path = Path::new(self, text, self.frames.len());
        match step {
            Step::Open => {
                let path = Path::new(self, text, self.frames.len().saturating_sub(1));
                PartialEvent::Open { path, kind: view(newest).kind() }
            }
            Step::Key { is_repeated } => PartialEvent::Key { path, key: self.tape.content(text, newest), is_repeated },
            Step::Text(start, end) => {
                let is_escaped = self.tape.nodes.last().is_some_and(|node| node.is(super::tape::ESCAPED));
                let whole = if is_escaped { &self.tape.unescaped } else { text };
                PartialEvent::Text { path, text: whole.get(start as usize..end as usize).unwrap_or_default() }
            }
            Step::Value => PartialEvent::Value { path, value: view(newest) },
            Step::Close(node) => PartialEvent::Close { path, value: view(node) },
        }
    }
}
