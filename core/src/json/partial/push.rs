//! The reader that keeps the text itself, and takes it in pieces.

use std::fmt;

use serde::Deserialize;

use super::{Fault, Follow, MismatchError, PartialError, PartialEvent, PartialOptions, Snapshot, State, View};

/// JSON that is still being written. Takes it in pieces cut anywhere, also inside a character, and shows at any time what is
/// there. Never repairs.
///
/// Give it a piece with [`push_str`](Self::push_str), or with [`feed_str`](Self::feed_str) and then [`next`](Self::next)
/// until it returns `None`; bytes that may be cut inside a character with [`push`](Self::push) or [`feed`](Self::feed). After a
/// `push`, `next` gives the events of later pieces only.
#[derive(Clone, Default)]
pub struct Partial {
    text: String,
    /// The first bytes of a character that was cut.
    cut: [u8; 4],
    cut_len: u8,
    follow: Follow,
}

impl Partial {
    /// Begins to read.
    pub fn new(options: PartialOptions) -> Self {
        Partial { text: String::new(), cut: [0; 4], cut_len: 0, follow: Follow::new(options) }
    }

    /// Takes a piece and reads it, without events.
    ///
    /// # Errors
    /// The text is no JSON, or beyond a limit: with its place, and from then on the same for ever. What stands before that
    /// place stays readable.
    #[inline]
    pub fn push(&mut self, piece: &[u8]) -> Result<(), PartialError> {
        self.feed(piece);
        self.follow.read_all(&self.text)
    }

    /// Takes a piece for [`next`](Self::next) to read. After [`end`](Self::end), nothing is taken.
    #[inline]
    pub fn feed(&mut self, piece: &[u8]) {
        match std::str::from_utf8(piece) {
            Ok(piece) => self.feed_str(piece),
            Err(_) => self.feed_rare(piece),
        }
    }

    /// Takes a piece that is text already, as [`push`](Self::push) does: its UTF-8 is not checked again.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    #[inline]
    pub fn push_str(&mut self, piece: &str) -> Result<(), PartialError> {
        self.feed_str(piece);
        self.follow.read_all(&self.text)
    }

    /// Takes a piece that is text already, as [`feed`](Self::feed) does: its UTF-8 is not checked again.
    #[inline]
    pub fn feed_str(&mut self, piece: &str) {
        if self.cut_len == 0 && self.follow.takes(self.text.len(), piece.len()) {
            self.text.push_str(piece);
        } else {
            self.feed_rare(piece.as_bytes());
        }
    }

    /// The same, where a character was cut, or something is wrong.
    fn feed_rare(&mut self, piece: &[u8]) {
        if self.follow.late.is_some() || self.follow.is_ended {
            return;
        }
        let most = self.follow.options.max_bytes;
        let room = (most as usize).saturating_sub(self.text.len() + usize::from(self.cut_len));
        let (piece, beyond) = piece.split_at(piece.len().min(room));
        self.append(piece);
        if !beyond.is_empty() && self.follow.late.is_none() {
            self.follow.late = Some(PartialError::new(Fault::Length(most), most));
        }
    }

    /// Reads on to the next event; `None` where the pieces so far have no more.
    ///
    /// Call it again until it returns `None`, and then after the next piece.
    ///
    /// # Errors
    /// As [`push`](Self::push). The events of what stands before the place of the error come before it.
    #[inline]
    #[allow(clippy::should_implement_trait, reason = "the events are lent, which an iterator cannot do")]
    pub fn next(&mut self) -> Result<Option<PartialEvent<'_>>, PartialError> {
        self.follow.next(self.text.as_str())
    }

    /// Takes note that no more will come: a number that is the whole value becomes final, and [`next`](Self::next) gives its
    /// event. A value that is not whole is from then on [`Fault::Unfinished`].
    pub fn end(&mut self) {
        if self.cut_len > 0 && self.follow.late.is_none() {
            self.follow.late = Some(PartialError::new(Fault::Utf8, self.text.len() as u32));
        }
        self.follow.end();
    }

    /// Ends, reads the rest, and returns the value.
    ///
    /// # Errors
    /// As [`push`](Self::push), and [`Fault::Unfinished`] where the value is not whole.
    pub fn finish(&mut self) -> Result<View<'_>, PartialError> {
        self.end();
        self.follow.read_all(&self.text)?;
        self.value().ok_or(PartialError::new(Fault::Unfinished, self.text.len() as u32))
    }

    /// Looks at what was read, without work.
    #[inline]
    pub fn snapshot(&self) -> Snapshot<'_> {
        self.follow.snapshot(self.text.as_str())
    }

    /// Returns what is shown so far, without work; `None` before there is anything to show. Stays readable after an error.
    #[inline]
    pub fn value(&self) -> Option<View<'_>> {
        self.snapshot().value()
    }

    /// Returns how far the value is that a JSON Pointer names. See [`Snapshot::state`].
    pub fn state(&self, pointer: &str) -> State {
        self.snapshot().state(pointer)
    }

    /// Returns whether the value is whole. White space may still come.
    pub fn is_complete(&self) -> bool {
        self.follow.is_complete()
    }

    /// Returns what is shown so far as a `T`. See [`Snapshot::snapshot_as`].
    ///
    /// # Errors
    /// The value is whole and no `T`.
    pub fn snapshot_as<'a, T: Deserialize<'a>>(&'a self) -> Result<Option<T>, MismatchError> {
        self.snapshot().snapshot_as()
    }

    /// Returns all that came and was UTF-8.
    pub fn raw(&self) -> &str {
        &self.text
    }

    /// Begins anew. Buffers are kept.
    pub fn clear(&mut self) {
        self.text.clear();
        self.cut_len = 0;
        self.follow.clear();
    }

    fn append(&mut self, piece: &[u8]) {
        let rest = if self.cut_len == 0 { piece } else { self.join_cut(piece) };
        match std::str::from_utf8(rest) {
            Ok(rest) => self.text.push_str(rest),
            Err(error) => {
                let (valid, rest) = rest.split_at(error.valid_up_to());
                self.text.push_str(std::str::from_utf8(valid).unwrap_or_default());
                match error.error_len() {
                    // At most three bytes: a whole character would be valid, or not UTF-8.
                    None => self.keep_cut(rest),
                    Some(_) => self.follow.late = Some(PartialError::new(Fault::Utf8, self.text.len() as u32)),
                }
            }
        }
    }

    /// Joins the character that was cut with what begins this piece; returns the rest of the piece.
    fn join_cut<'a>(&mut self, piece: &'a [u8]) -> &'a [u8] {
        let mut rest = piece;
        while let Some((&byte, after)) = rest.split_first() {
            let at = usize::from(self.cut_len);
            if let Some(slot) = self.cut.get_mut(at) {
                *slot = byte;
            }
            let bytes = self.cut.get(..=at).unwrap_or_default();
            match std::str::from_utf8(bytes) {
                Ok(character) => {
                    self.text.push_str(character);
                    self.cut_len = 0;
                    return after;
                }
                Err(error) if error.error_len().is_none() => self.cut_len += 1,
                Err(_) => {
                    self.follow.late = Some(PartialError::new(Fault::Utf8, self.text.len() as u32));
                    return &[];
                }
            }
            rest = after;
        }
        rest
    }

    fn keep_cut(&mut self, bytes: &[u8]) {
        for (slot, byte) in self.cut.iter_mut().zip(bytes) {
            *slot = *byte;
        }
        self.cut_len = bytes.len() as u8;
    }
}

impl<'a> From<&'a Partial> for Snapshot<'a> {
    fn from(partial: &'a Partial) -> Self {
        partial.snapshot()
    }
}

/// Shows nothing of the text.
impl fmt::Debug for Partial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Partial").field("bytes", &self.text.len()).field("follow", &self.follow).finish_non_exhaustive()
    }
}
