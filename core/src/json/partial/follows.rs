//! The readers over all texts of a stream.

use std::collections::BTreeMap;

use super::{Follow, Origin, PartialError, PartialOptions, Snapshot, Written};

/// A [`Follow`] for each text of a stream: for parallel tool calls, several answers or several blocks.
///
/// ```no_run
/// use requesty_core::json::partial::Follows;
/// # fn next_item() -> Option<requesty_core::chat::Chunk<'static>> { None }
///
/// let mut follows = Follows::default();
/// while let Some(chunk) = next_item() {
///     for written in chunk.written() {
///         let snapshot = follows.read(written)?;
///         println!("{:?} {:?}: {:?}", written.origin(), written.name(), snapshot.value());
///     }
/// }
/// # Ok::<(), requesty_core::json::partial::PartialError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Follows {
    options: PartialOptions,
    follows: BTreeMap<Origin, Follow>,
}

impl Follows {
    /// Begins to read; the options, and so the limits, are those of each text.
    pub fn new(options: PartialOptions) -> Self {
        Follows { options, follows: BTreeMap::new() }
    }

    /// Reads what is new of a text, without events, and shows what is there. A text of the caller's own counts as the first
    /// text of the first answer.
    ///
    /// # Errors
    /// The text is no JSON, or beyond a limit. The other texts can be read on.
    #[inline]
    pub fn read<'a>(&'a mut self, written: Written<'a>) -> Result<Snapshot<'a>, PartialError> {
        self.of(written.origin().unwrap_or(Origin::Text { index: 0, part: 0 })).read(written)
    }

    /// Returns the reader of a text, a new one if the text has no reader yet: for its [events](Follow::next), and to
    /// [end](Follow::end) it.
    pub fn of(&mut self, origin: Origin) -> &mut Follow {
        self.follows.entry(origin).or_insert_with(|| Follow::new(self.options))
    }

    /// Walks the texts that were read, and their readers.
    pub fn iter(&self) -> impl Iterator<Item = (Origin, &Follow)> {
        self.follows.iter().map(|(origin, follow)| (*origin, follow))
    }
}
