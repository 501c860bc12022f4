//! The parts of a call that have a time limit, and the error for a limit that passed.

use std::fmt;
use std::time::Duration;

/// The part of a call that was running.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// Finding the address of the host.
    Resolve,
    /// Opening the connection.
    Connect,
    /// The TLS handshake.
    Tls,
    /// Asking a proxy for a tunnel to the host.
    Proxy,
    /// Writing the request.
    Write,
    /// Waiting for the head of the response.
    FirstByte,
    /// Reading the body: no byte came.
    IdleBytes,
    /// Reading the body: bytes came, but no event that continues the answer.
    IdleProgress,
    /// The call as a whole.
    Total,
}

impl Phase {
    fn name(self) -> &'static str {
        match self {
            Phase::Resolve => "resolving the host",
            Phase::Connect => "connecting",
            Phase::Tls => "the TLS handshake",
            Phase::Proxy => "asking the proxy for a tunnel",
            Phase::Write => "writing the request",
            Phase::FirstByte => "waiting for the response head",
            Phase::IdleBytes => "waiting for more of the body",
            Phase::IdleProgress => "waiting for the next event",
            Phase::Total => "the call",
        }
    }

    /// Returns whether a server may have seen the whole request in this phase.
    fn after_writing(self) -> bool {
        matches!(self, Phase::FirstByte | Phase::IdleBytes | Phase::IdleProgress | Phase::Total)
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A time limit that passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeout {
    phase: Phase,
    limit: Duration,
}

impl Timeout {
    /// Creates the error for a limit that passed in `phase`.
    pub fn new(phase: Phase, limit: Duration) -> Self {
        Timeout { phase, limit }
    }

    /// Returns the phase whose limit passed.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Returns the limit.
    pub fn limit(&self) -> Duration {
        self.limit
    }

    /// Returns whether the server may have acted on the request.
    pub fn request_maybe_processed(&self) -> bool {
        self.phase.after_writing() || self.phase == Phase::Write
    }
}

impl fmt::Display for Timeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.phase {
            Phase::Total => write!(f, "timed out: the call as a whole took longer than {:?}", self.limit),
            phase => write!(f, "timed out after {:?} while {phase}", self.limit),
        }
    }
}

impl std::error::Error for Timeout {}
