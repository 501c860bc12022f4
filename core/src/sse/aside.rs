//! The state of a decoder besides its events.

use std::borrow::Cow;

use super::Event;
use super::decoder::{Decoder, Phase};

impl Decoder {
    /// Returns the block whose blank line never came, if it has data; only after [`Step::Done`](super::Step::Done).
    ///
    /// The standard drops such a block, because it may be cut at any byte, also in its last line. But some servers
    /// leave the last blank line out, so a caller that can recognise complete data may use the block.
    ///
    /// # Examples
    ///
    /// ```
    /// use requesty_core::sse::{Decoder, Step};
    ///
    /// let mut decoder = Decoder::new();
    /// decoder.push(b"data: [DONE]");
    /// decoder.end();
    /// assert_eq!(decoder.advance()?, Step::Done);
    /// assert_eq!(decoder.unterminated().map(|event| event.data()), Some(&b"[DONE]"[..]));
    /// # Ok::<(), requesty_core::error::TooLarge>(())
    /// ```
    pub fn unterminated(&self) -> Option<Event<'_>> {
        let id = if self.id_pending { &self.next_id } else { &self.id };
        (self.phase == Phase::Done && self.buffer.has_data()).then(|| Event {
            name: &self.name,
            data: self.buffer.data(),
            id,
            id_given: self.id_given || self.id_pending,
        })
    }

    /// Returns, after [`Step::Done`], whether the bytes ended within a block: a data, name or id field, or the
    /// beginning of one, came after the last blank line.
    pub(crate) fn ended_in_block(&self) -> bool {
        self.cut
    }

    /// Returns the last line that was neither a field nor a comment, at most 4 KiB of it; empty if there was no such
    /// line. The standard ignores such lines, but some servers write an error there.
    pub fn stray_line(&self) -> &[u8] {
        &self.stray
    }

    /// Returns the last event id, as it was at the last blank line; empty if no `id` field came. Invalid UTF-8 becomes
    /// U+FFFD.
    pub fn last_event_id(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.id)
    }

    /// Returns the last valid `retry` field, in milliseconds: how long the server wants a client to wait before it
    /// connects again. This crate never acts on it.
    pub fn retry(&self) -> Option<u64> {
        self.retry
    }

    /// Returns the memory of the decoder's buffers, in bytes.
    pub fn capacity(&self) -> usize {
        let texts = [&self.name, &self.id, &self.next_id, &self.stray];
        self.buffer.capacity() + texts.map(Vec::capacity).iter().sum::<usize>()
    }
}
