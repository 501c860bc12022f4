//! The values and keys that were read, in the order of the text, with 16 bytes for each.
//!
//! ```text
//! text       {"a":"x\ny","b":[1,"z"]}       kept by the caller, appended to
//! nodes      { "a" "x\ny" "b" [ 1 "z"       start and end in the text; an array or object also has the node after its last
//! unescaped  x⏎y                            the text of all strings with escapes, one after the other
//! spans      (0, 3)                         where each of them is in there
//! ```
//!
//! All that is open stands at the end. So a snapshot is a number: how many nodes of the tape are shown.

/// Stands where there is no node.
pub(super) const NOTHING: u32 = u32::MAX;

/// The value has not ended.
pub(super) const OPEN: u8 = 1;
/// The string's text is in `unescaped`; `next` is the number of its span.
pub(super) const ESCAPED: u8 = 2;
/// The key was given again later in the same object, and its member counts no more.
pub(super) const SHADOWED: u8 = 4;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NodeKind {
    Null,
    False,
    True,
    Number,
    String,
    Key,
    Array,
    Object,
}

impl NodeKind {
    pub(super) fn is_container(self) -> bool {
        matches!(self, NodeKind::Array | NodeKind::Object)
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    /// The offset in the text where it begins, quotes and brackets included.
    pub(super) start: u32,
    /// Where it ends; of what is open, how far it was read: of a number, its longest prefix that is a number.
    pub(super) end: u32,
    /// Of an array or object that has ended, the node after its last; of a string with escapes, its span.
    pub(super) next: u32,
    pub(super) kind: NodeKind,
    pub(super) flags: u8,
}

impl Node {
    pub(super) fn new(kind: NodeKind, start: u32) -> Self {
        Node { start, end: start, next: NOTHING, kind, flags: OPEN }
    }

    #[inline]
    pub(super) fn is(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

#[derive(Clone, Default)]
pub(super) struct Tape {
    pub(super) nodes: Vec<Node>,
    pub(super) unescaped: String,
    pub(super) spans: Vec<(u32, u32)>,
}

impl Tape {
    pub(super) fn len(&self) -> u32 {
        self.nodes.len() as u32
    }

    #[inline]
    pub(super) fn get(&self, node: u32) -> Option<&Node> {
        self.nodes.get(node as usize)
    }

    /// Returns the text of a string or a key, as far as it was read.
    #[inline]
    pub(super) fn content<'a>(&'a self, text: &'a str, node: u32) -> &'a str {
        let Some(node) = self.get(node) else { return "" };
        if node.is(ESCAPED) {
            let Some(&(start, end)) = self.spans.get(node.next as usize) else { return "" };
            return self.unescaped.get(start as usize..end as usize).unwrap_or_default();
        }
        let end = if node.is(OPEN) { node.end } else { node.end.saturating_sub(1) };
        text.get(node.start as usize + 1..end as usize).unwrap_or_default()
    }

    /// Returns the node after a value, or `end` where the value is an open array or object.
    #[inline]
    pub(super) fn after(&self, value: u32, end: u32) -> u32 {
        match self.get(value) {
            Some(node) if node.kind.is_container() && node.is(OPEN) => end,
            Some(node) if node.kind.is_container() => node.next.min(end),
            _ => value + 1,
        }
    }

    pub(super) fn clear(&mut self) {
        self.nodes.clear();
        self.unescaped.clear();
        self.spans.clear();
    }
}
