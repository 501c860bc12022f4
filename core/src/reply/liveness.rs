//! The idle clocks of a stream.

use std::time::Duration;

use crate::limits::{Phase, Timeout};

/// The two idle clocks of a stream: how long no byte came, and how long nothing came that takes the answer further.
///
/// A value without a clock of its own: every `now` is the time since any fixed start, the same for all calls. Only time
/// spent waiting for bytes counts, so a slow consumer never times out:
///
/// ```text
///  driver     on_wait     on_bytes   on_wait    on_bytes  on_progress              on_wait      expired?
///                │            │         │           │          │                      │            │
///  time     ─────┼────────────┼─────────┼───────────┼──────────┼──────────────────────┼────────────┼────▶
///                │░░ waiting ░│ parsing │░░ waiting ░│ parsing  │ the caller works     │░░ waiting ░│
///  bytes         0 ─────────▶ ×         0 ────────▶ ×                                 0 ─────────▶
///  progress      0 ─────────▶ │ stands  │ goes on ▶ │ stands   ×                      0 ─────────▶
///                         a comment             an event       the item is handed out
/// ```
///
/// * The byte clock starts with a wait and ends with the bytes that end it.
/// * The progress clock adds up the waits, and is set back by progress alone: keep-alive comments do not help it.
///
/// A limit that is `None` never passes. [`with_total`](Self::with_total) adds a third clock, which runs whoever waits.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use requesty_core::Liveness;
/// use requesty_core::error::Phase;
///
/// let at = Duration::from_secs;
/// let mut clocks = Liveness::new(Some(at(60)), Some(at(90)));
/// clocks.on_wait(at(0));
/// assert_eq!(clocks.deadline(), Some(at(60)));
///
/// // A comment: bytes, but no progress.
/// clocks.on_bytes(at(50));
/// clocks.on_wait(at(50));
/// assert_eq!(clocks.deadline(), Some(at(90)));
/// assert_eq!(clocks.expired(at(89)), None);
/// assert_eq!(clocks.expired(at(90)).map(|timeout| timeout.phase()), Some(Phase::IdleProgress));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Liveness {
    idle_bytes: Option<Duration>,
    idle_progress: Option<Duration>,
    /// When the wait that is going on began.
    waiting_since: Option<Duration>,
    /// Bytes ended that wait, and nobody has looked at a clock since.
    ended: bool,
    /// The finished waits since the last progress, added up.
    waited: Duration,
    /// When the call as a whole has taken too long, and its limit.
    total: Option<(Duration, Duration)>,
}

impl Liveness {
    /// Creates the clocks with their limits.
    pub fn new(idle_bytes: Option<Duration>, idle_progress: Option<Duration>) -> Self {
        Liveness { idle_bytes, idle_progress, waiting_since: None, ended: false, waited: Duration::ZERO, total: None }
    }

    /// Adds the limit for the call as a whole, which began at `start`. Unlike the others it also runs while nobody waits.
    #[must_use]
    pub fn with_total(self, start: Duration, limit: Option<Duration>) -> Self {
        Liveness { total: limit.map(|limit| (start.saturating_add(limit), limit)), ..self }
    }

    /// Notes that the driver waits for bytes.
    ///
    /// Call it whenever a wait starts or goes on. Only the first call since bytes came starts the wait: one that was
    /// dropped and is taken up again does not gain time.
    pub fn on_wait(&mut self, now: Duration) {
        if self.ended {
            self.on_bytes(now);
        }
        self.waiting_since.get_or_insert(now);
    }

    /// Notes that bytes came, of whatever kind.
    ///
    /// Call it for each read that gave bytes, before they are parsed.
    pub fn on_bytes(&mut self, now: Duration) {
        self.ended = false;
        if let Some(since) = self.waiting_since.take() {
            self.waited = self.waited.saturating_add(now.saturating_sub(since));
        }
    }

    /// The same without a look at a clock, which is not needed where the bytes are progress.
    ///
    /// The next call must be [`on_progress`](Self::on_progress), or follow at once, before the caller gets its turn.
    pub fn on_bytes_untimed(&mut self) {
        self.ended = self.waiting_since.is_some();
    }

    /// Notes that something came that takes the answer further.
    ///
    /// Call it for each item that is handed out or recognised, after [`on_bytes`](Self::on_bytes) for its last bytes.
    pub fn on_progress(&mut self) {
        self.waited = Duration::ZERO;
        if self.ended {
            self.ended = false;
            self.waiting_since = None;
        }
    }

    /// Returns when the earliest of the limits passes; while nobody waits, only the one for the whole call can.
    ///
    /// Ask again after each [`on_wait`](Self::on_wait) that followed bytes.
    pub fn deadline(&self) -> Option<Duration> {
        self.next().map(|(at, _)| at)
    }

    /// Returns the time-out, once `now` has reached [`deadline`](Self::deadline).
    ///
    /// Where limits pass at once, it names the bytes: then nothing came at all.
    pub fn expired(&self, now: Duration) -> Option<Timeout> {
        self.next().filter(|&(at, _)| now >= at).map(|(_, timeout)| timeout)
    }

    /// Returns the limit that passes first, and when.
    fn next(&self) -> Option<(Duration, Timeout)> {
        let mut first = None;
        // The first of equals.
        let mut consider = |at: Duration, phase, limit| {
            if first.is_none_or(|(other, _)| at < other) {
                first = Some((at, Timeout::new(phase, limit)));
            }
        };
        if let (Some(since), false) = (self.waiting_since, self.ended) {
            if let Some(limit) = self.idle_bytes {
                consider(since.saturating_add(limit), Phase::IdleBytes, limit);
            }
            if let Some(limit) = self.idle_progress {
                consider(since.saturating_add(limit.saturating_sub(self.waited)), Phase::IdleProgress, limit);
            }
        }
        if let Some((at, limit)) = self.total {
            consider(at, Phase::Total, limit);
        }
        first
    }

    /// Returns whether bytes came, and it is not known when.
    #[inline]
    pub(crate) fn is_untimed(&self) -> bool {
        self.ended
    }

    /// Returns whether the call as a whole has a limit, which can pass while nobody waits.
    pub(crate) fn has_total(&self) -> bool {
        self.total.is_some()
    }
}
