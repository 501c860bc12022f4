//! How much of a reply is read.

/// How much of a reply is read before it is refused, so that no server can exhaust the process.
///
/// | limit | default | beyond it |
/// |---|---|---|
/// | [`event`](Self::event) | 64 MiB | [`Error::TooLarge`](crate::Error::TooLarge) |
/// | [`reply`](Self::reply) | 256 MiB | [`Error::TooLarge`](crate::Error::TooLarge) |
/// | [`total`](Self::total) | 256 MiB | [`Error::TooLarge`](crate::Error::TooLarge), with what came before in the partial |
/// | [`error_body`](Self::error_body) | 64 KiB | the rest is not read; status and kind are still known |
/// | [`tool_calls`](Self::tool_calls) | 128 a choice, or a message | [`Error::TooLarge`](crate::Error::TooLarge) |
///
/// Fixed: an index of a choice or a call is at most 127 (anything else counts as absent), so there are at most 128 choices;
/// JSON is nested at most 127 levels deep; a tool's name has at most 1 KiB, and one chunk at most 65,536 elements of a kind.
///
/// `docs/limits.md` in the repository has all of them, those of the transports too, each with the test that holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of the joined data of one event.
    pub event: usize,
    /// Bytes of a reply that is read whole.
    pub reply: usize,
    /// Bytes that an answer may add up to: its texts to the byte; other members with about what it takes to keep them.
    pub total: usize,
    /// Bytes of an error reply that are kept.
    pub error_body: usize,
    /// Tool calls in one choice, or tool uses in one message.
    pub tool_calls: usize,
}

impl Limits {
    /// Sets the limit for one event.
    #[must_use]
    pub fn with_event(self, event: usize) -> Self {
        Limits { event, ..self }
    }

    /// Sets the limit for a reply that is read whole.
    #[must_use]
    pub fn with_reply(self, reply: usize) -> Self {
        Limits { reply, ..self }
    }

    /// Sets the limit for what the fragments of a streamed answer add up to.
    #[must_use]
    pub fn with_total(self, total: usize) -> Self {
        Limits { total, ..self }
    }

    /// Sets how much of an error reply is kept.
    #[must_use]
    pub fn with_error_body(self, error_body: usize) -> Self {
        Limits { error_body, ..self }
    }

    /// Sets how many tool calls one choice may have.
    #[must_use]
    pub fn with_tool_calls(self, tool_calls: usize) -> Self {
        Limits { tool_calls, ..self }
    }
}

impl Default for Limits {
    fn default() -> Self {
        const MIB: usize = 1024 * 1024;
        Limits { event: 64 * MIB, reply: 256 * MIB, total: 256 * MIB, error_body: 64 * 1024, tool_calls: 128 }
    }
}
