//! How long each part of a call may take.

use std::time::Duration;

/// How long each part of a call may take. `None` means no limit. The core only keeps the numbers, and
/// [`Deadlines`](crate::Deadlines) and [`Liveness`](crate::Liveness) compute with them; the transports have the clock.
///
/// ```text
/// call ─┬─ attempt ── resolve, connect, proxy ─ TLS ─ write ─ first byte ─┬─ idle bytes ─ idle bytes ─ … ─┐
///       │             └────── connect ──────┘                             └──────── idle progress ────────┤
///       └──────────────────────────────────────── total ───────────────────────────────────────────────────┘
/// ```
///
/// By default there is no limit on a call as a whole, because a long answer is not a stuck one. Each limit has an error
/// of its own, which names the phase and the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[doc(alias("timeout", "deadline"))]
pub struct Timeouts {
    /// Finding the host, opening the connection, and asking a proxy for a tunnel. 10 s by default.
    pub connect: Option<Duration>,
    /// The TLS handshake. 10 s by default.
    pub tls: Option<Duration>,
    /// Writing the request, while the network accepts no byte of it. 60 s by default. A large request may take longer
    /// in all, as long as bytes are accepted.
    pub write: Option<Duration>,
    /// From the end of the request to the head of the response. 10 min by default: without streaming, the head comes
    /// only when the whole answer is ready.
    pub first_byte: Option<Duration>,
    /// Waiting for any byte of the body. 2 min by default: reasoning models may be silent for long.
    pub idle_bytes: Option<Duration>,
    /// Waiting for an event that continues the answer; keep-alives do not count. 10 min by default.
    pub idle_progress: Option<Duration>,
    /// The call with all its attempts and the waits between them, from its start to the end of the answer. The time
    /// that the caller spends between two reads counts as well. No limit by default.
    pub total: Option<Duration>,
}

impl Timeouts {
    /// Sets the limit for opening the connection.
    #[must_use]
    #[doc(alias = "connect_timeout")]
    pub fn with_connect(self, connect: impl Into<Option<Duration>>) -> Self {
        Timeouts { connect: connect.into(), ..self }
    }

    /// Sets the limit for the TLS handshake.
    #[must_use]
    pub fn with_tls(self, tls: impl Into<Option<Duration>>) -> Self {
        Timeouts { tls: tls.into(), ..self }
    }

    /// Sets the limit for writing the request while the network accepts no byte of it.
    #[must_use]
    pub fn with_write(self, write: impl Into<Option<Duration>>) -> Self {
        Timeouts { write: write.into(), ..self }
    }

    /// Sets the limit for the head of the response.
    #[must_use]
    pub fn with_first_byte(self, first_byte: impl Into<Option<Duration>>) -> Self {
        Timeouts { first_byte: first_byte.into(), ..self }
    }

    /// Sets the limit for waiting for bytes of the body.
    #[must_use]
    #[doc(alias = "read_timeout")]
    pub fn with_idle_bytes(self, idle_bytes: impl Into<Option<Duration>>) -> Self {
        Timeouts { idle_bytes: idle_bytes.into(), ..self }
    }

    /// Sets the limit for waiting for an event that continues the answer.
    #[must_use]
    pub fn with_idle_progress(self, idle_progress: impl Into<Option<Duration>>) -> Self {
        Timeouts { idle_progress: idle_progress.into(), ..self }
    }

    /// Sets the limit for the call as a whole.
    #[must_use]
    #[doc(alias = "timeout")]
    pub fn with_total(self, total: impl Into<Option<Duration>>) -> Self {
        Timeouts { total: total.into(), ..self }
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Timeouts {
            connect: Some(Duration::from_secs(10)),
            tls: Some(Duration::from_secs(10)),
            write: Some(Duration::from_secs(60)),
            first_byte: Some(Duration::from_secs(600)),
            idle_bytes: Some(Duration::from_secs(120)),
            idle_progress: Some(Duration::from_secs(600)),
            total: None,
        }
    }
}
