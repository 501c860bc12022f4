//! A text of a stream, as far as it came.

use std::fmt;

/// A text that an item of a stream added to: all of it so far, lent as long as the item is.
///
/// Chat completions, messages and responses lend it alike, with `item.written()`. A [`Follow`](super::Follow) reads on where it
/// stopped, so that the parser needs no copy of the text, and nothing is read twice; [`Follows`](super::Follows) does so for
/// several texts side by side. `Debug` shows lengths only.
#[derive(Clone, Copy)]
pub struct Written<'a> {
    pub(super) source: Option<Source>,
    pub(super) text: &'a str,
    name: Option<&'a str>,
}

/// Which text of a stream it is. One enum for all three families:
///
/// | | `Text` | `Arguments` |
/// |---|---|---|
/// | chat completions | `index` of the choice; part 0 | `index` of the choice; the position of the call as part |
/// | messages | position of the block; part 0 | position of the block; part 0 |
/// | responses | `output_index`; `content_index` as part | `output_index`; part 0 |
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// A text of the answer.
    Text {
        /// The choice, block or item.
        index: u64,
        /// Its part.
        part: u64,
    },
    /// The arguments of a tool call.
    Arguments {
        /// The choice, block or item.
        index: u64,
        /// Its part.
        part: u64,
    },
}

/// The identity of a text of a stream: with the same identity, a text is an earlier one that has grown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Source {
    origin: Origin,
    /// How often the text was replaced instead of added to.
    edition: u32,
}

impl<'a> Written<'a> {
    /// Creates one for a text that was replaced `edition` times instead of added to.
    pub(crate) fn new(origin: Origin, edition: u32, text: &'a str) -> Self {
        Written { source: Some(Source { origin, edition }), text, name: None }
    }

    /// Adds the name of the function.
    pub(crate) fn named(self, name: Option<&'a str>) -> Self {
        Written { name: name.filter(|name| !name.is_empty()), ..self }
    }

    /// Returns which text of the stream it is; `None` for a text of the caller's own.
    pub fn origin(&self) -> Option<Origin> {
        self.source.map(|source| source.origin)
    }

    /// Returns the text, all of it so far.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// Returns the name of the function that it is the arguments of, as far as it is known; `None` for a text.
    pub fn name(&self) -> Option<&'a str> {
        self.name
    }
}

/// A text that the caller keeps and only appends to.
impl<'a> From<&'a str> for Written<'a> {
    #[inline]
    fn from(text: &'a str) -> Self {
        Written { source: None, text, name: None }
    }
}

/// A text that the caller keeps and only appends to.
impl<'a> From<&'a String> for Written<'a> {
    #[inline]
    fn from(text: &'a String) -> Self {
        Written::from(text.as_str())
    }
}

impl fmt::Debug for Written<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("Written");
        f.field("origin", &self.origin()).field("name", &self.name).field("text_len", &self.text.len());
        f.finish_non_exhaustive()
    }
}
