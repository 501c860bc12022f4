//! What a decoder knows beside its events.

use std::borrow::Cow;

use super::Event;
use super::decoder::{Decoder, Phase};

impl Decoder {
    /// Returns, after [`Step::Done`](super::Step::Done), the block whose blank line never came, if it has data.
    ///
    /// The standard drops it: what ends without a blank line may be cut anywhere, here also in the middle of the last
    /// line. But some servers leave the last blank line out, so a caller that can tell complete data from cut data may
    /// take it.
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

    /// Returns, after [`Step::Done`], whether the bytes ended within a block: its data, its name or its id came, or the
    /// beginning of one of their fields, but no blank line.
    pub(crate) fn ended_in_block(&self) -> bool {
        self.cut
    }

    /// Returns the last line that was neither a field nor a comment, up to 4 KiB of it; empty where there was none. The
    /// standard ignores such lines; some servers put an error there.
    pub fn stray_line(&self) -> &[u8] {
        &self.stray
    }

    /// Returns the last event id: its value at the last blank line, empty if no `id:` came. Invalid
    /// UTF-8 becomes U+FFFD.
    pub fn last_event_id(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.id)
    }

    /// Returns the last valid `retry` field, in milliseconds: how long the server wants a client to wait before it
    /// connects again. Nothing here acts on it.
    pub fn retry(&self) -> Option<u64> {
        self.retry
    }
}
