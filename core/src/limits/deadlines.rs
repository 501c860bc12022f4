//! The clocks of a call until the head of its reply.

use std::time::Duration;

use crate::limits::{Phase, Timeout, Timeouts};

/// The running phase of an attempt and its deadline, from the start of a call to the head of its reply.
/// [`Liveness`](crate::Liveness) continues after the head.
///
/// It has no clock of its own: every time is measured since one fixed start, the same for all calls.
///
/// | phase | limit | the clock starts |
/// |---|---|---|
/// | [`Resolve`](Phase::Resolve), [`Connect`](Phase::Connect), [`Proxy`](Phase::Proxy) | [`connect`](Timeouts::connect) | once, for the three together |
/// | [`Tls`](Phase::Tls) | [`tls`](Timeouts::tls) | with the phase; the handshake with a proxy and the one through it have a clock each |
/// | [`Write`](Phase::Write) | [`write`](Timeouts::write) | anew with each byte that the network accepts |
/// | [`FirstByte`](Phase::FirstByte) | [`first_byte`](Timeouts::first_byte) | when the whole request is sent |
/// | any | [`total`](Timeouts::total) | with the call, once for all its attempts |
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use requesty_core::{Deadlines, Timeouts};
/// use requesty_core::error::Phase;
///
/// let at = Duration::from_secs;
/// let mut clocks = Deadlines::new(Timeouts::default().with_connect(at(10)).with_tls(at(5)), at(0));
/// clocks.enter(Phase::Connect, at(4));
/// assert_eq!(clocks.deadline(), Some(at(10)));
/// clocks.enter(Phase::Tls, at(9));
/// assert_eq!(clocks.deadline(), Some(at(14)));
/// assert_eq!(clocks.expired(at(14)).map(|timeout| timeout.phase()), Some(Phase::Tls));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    timeouts: Timeouts,
    start: Duration,
    phase: Phase,
    since: Duration,
    /// When connecting began. After a TLS handshake with a proxy, connecting has only the rest of its time.
    connecting: Duration,
}

impl Deadlines {
    /// Creates the clocks of a call that begins at `start`, and of its first attempt.
    pub fn new(timeouts: Timeouts, start: Duration) -> Self {
        Deadlines { timeouts, start, phase: Phase::Resolve, since: start, connecting: start }
    }

    /// Starts the clocks of another attempt. The clock of the whole call goes on.
    pub fn again(&mut self, now: Duration) {
        (self.phase, self.since, self.connecting) = (Phase::Resolve, now, now);
    }

    /// Starts the clock of `phase`. Entering the running phase again restarts its clock; a transport does so when the
    /// network accepted bytes of the request.
    pub fn enter(&mut self, phase: Phase, now: Duration) {
        self.phase = phase;
        self.since = now;
    }

    /// Returns the phase that is running.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Returns when the call began.
    pub fn start(&self) -> Duration {
        self.start
    }

    /// Returns the time of the earlier of two limits: that of the phase and that of the whole call. `None` if there is
    /// no limit.
    ///
    /// Ask again after each [`enter`](Self::enter).
    pub fn deadline(&self) -> Option<Duration> {
        self.next().map(|(at, _)| at)
    }

    /// Returns the time-out, once `now` has reached [`deadline`](Self::deadline).
    pub fn expired(&self, now: Duration) -> Option<Timeout> {
        self.next().filter(|&(at, _)| now >= at).map(|(_, timeout)| timeout)
    }

    /// Returns whether a wait of that length from `now` would end after the limit of the whole call.
    pub fn forbids(&self, wait: Duration, now: Duration) -> bool {
        self.timeouts.total.is_some_and(|limit| now.saturating_add(wait) >= self.start.saturating_add(limit))
    }

    /// Returns the limit that passes first, and its time.
    fn next(&self) -> Option<(Duration, Timeout)> {
        let (limit, since) = match self.phase {
            Phase::Resolve | Phase::Connect | Phase::Proxy => (self.timeouts.connect, self.connecting),
            Phase::Tls => (self.timeouts.tls, self.since),
            Phase::Write => (self.timeouts.write, self.since),
            Phase::FirstByte => (self.timeouts.first_byte, self.since),
            Phase::IdleBytes | Phase::IdleProgress | Phase::Total => (None, self.since),
        };
        let phase = limit.map(|limit| (since.saturating_add(limit), Timeout::new(self.phase, limit)));
        let total = self.timeouts.total;
        let total = total.map(|limit| (self.start.saturating_add(limit), Timeout::new(Phase::Total, limit)));
        // Of two equal times, the limit of the phase counts.
        [phase, total].into_iter().flatten().min_by_key(|&(at, _)| at)
    }
}
