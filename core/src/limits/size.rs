//! How much of a reply is read.

/// How much of a reply is read before it is refused. The limits keep a server from exhausting the memory of the
/// process.
///
/// | limit | default | beyond it |
/// |---|---|---|
/// | [`event`](Self::event) | 64 MiB | [`Error::TooLarge`](crate::Error::TooLarge) |
/// | [`reply`](Self::reply) | 256 MiB | [`Error::TooLarge`](crate::Error::TooLarge) |
/// | [`total`](Self::total) | 256 MiB | [`Error::TooLarge`](crate::Error::TooLarge), with the partial answer |
/// | [`error_body`](Self::error_body) | 64 KiB | the rest is not read; status and kind are still known |
/// | [`tool_calls`](Self::tool_calls) | 128 per choice or message | [`Error::TooLarge`](crate::Error::TooLarge) |
///
/// Fixed limits: the index of a choice or a tool call is at most 127, and any other index counts as absent, so there
/// are at most 128 choices; JSON is nested at most 127 levels deep; a tool name has at most 1 KiB; one chunk has at
/// most 65,536 elements of each kind.
///
/// `docs/limits.md` in the repository lists all limits, with those of the transports, and the test that holds each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The joined data of one event, in bytes.
    pub event: usize,
    /// A reply that is read whole, in bytes.
    pub reply: usize,
    /// The accumulated answer, in bytes: its texts exactly, its other members by about the memory that they take.
    pub total: usize,
    /// The part of an error reply that is kept, in bytes.
    pub error_body: usize,
    /// The number of tool calls in one choice, or of tool uses in one message.
    pub tool_calls: usize,
}

impl Limits {
    /// Sets the limit for the data of one event, in bytes.
    #[must_use]
    pub fn with_event(self, event: usize) -> Self {
        Limits { event, ..self }
    }

    /// Sets the limit for a reply that is read whole, in bytes.
    #[must_use]
    pub fn with_reply(self, reply: usize) -> Self {
        Limits { reply, ..self }
    }

    /// Sets the limit for the accumulated answer of a stream, in bytes.
    #[must_use]
    pub fn with_total(self, total: usize) -> Self {
        Limits { total, ..self }
    }

    /// Sets how many bytes of an error reply are kept.
    #[must_use]
    pub fn with_error_body(self, error_body: usize) -> Self {
        Limits { error_body, ..self }
    }

    /// Sets how many tool calls one choice may have.
    #[must_use]
    pub fn with_tool_calls(self, tool_calls: usize) -> Self {
        Limits { tool_calls, ..self }
    }

    /// Returns whether so many bytes of an event certainly fit into the accumulated answer, which has `size` bytes,
    /// however their escapes are decoded.
    #[inline]
    pub(crate) fn has_room_for(&self, bytes: usize, size: usize) -> bool {
        const MOST_PER_BYTE: usize = 3;
        const HALVES: usize = 1 << 10;
        bytes.saturating_mul(MOST_PER_BYTE).saturating_add(HALVES) <= self.total.saturating_sub(size)
    }
}

impl Default for Limits {
    fn default() -> Self {
        const MIB: usize = 1024 * 1024;
        Limits { event: 64 * MIB, reply: 256 * MIB, total: 256 * MIB, error_body: 64 * 1024, tool_calls: 128 }
    }
}
