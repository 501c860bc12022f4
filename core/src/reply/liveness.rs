//! The idle clocks of a stream.

use std::time::Duration;

use crate::limits::{Phase, Timeout};

/// The two idle clocks of a stream: the time without any byte, and the time without an item that continues the answer.
///
/// It has no clock of its own: every `now` is the time since one fixed start, the same for all calls. Only the time
/// spent waiting for bytes counts, so a slow consumer never causes a time-out:
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
/// * The byte clock starts when a wait starts, and stops when bytes come.
/// * The progress clock adds up the waits. Only progress resets it; keep-alive comments do not.
///
/// A limit that is `None` never passes. [`with_total`](Self::with_total) adds a third clock, which also runs while
/// nobody waits.
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
    /// When the current wait began.
    waiting_since: Option<Duration>,
    /// Whether bytes ended that wait at a time that nobody has noted yet.
    ended: bool,
    /// The sum of the finished waits since the last progress.
    waited: Duration,
    /// The deadline of the whole call, and its limit.
    total: Option<(Duration, Duration)>,
}

impl Liveness {
    /// Creates the clocks with their limits; `None` is no limit.
    pub fn new(idle_bytes: Option<Duration>, idle_progress: Option<Duration>) -> Self {
        Liveness { idle_bytes, idle_progress, waiting_since: None, ended: false, waited: Duration::ZERO, total: None }
    }

    /// Adds the limit for the whole call, which began at `start`. Unlike the other clocks, this one also runs while
    /// nobody waits.
    #[must_use]
    pub fn with_total(self, start: Duration, limit: Option<Duration>) -> Self {
        Liveness { total: limit.map(|limit| (start.saturating_add(limit), limit)), ..self }
    }

    /// Notes that the driver waits for bytes.
    ///
    /// Call it whenever a wait starts or continues. Only the first call since the last bytes starts the clock, so a
    /// wait that is dropped and started again gains no time.
    pub fn on_wait(&mut self, now: Duration) {
        if self.ended {
            self.on_bytes(now);
        }
        self.waiting_since.get_or_insert(now);
    }

    /// Notes that bytes came, of any kind.
    ///
    /// Call it for each read that returned bytes, before they are parsed.
    pub fn on_bytes(&mut self, now: Duration) {
        self.ended = false;
        if let Some(since) = self.waiting_since.take() {
            self.waited = self.waited.saturating_add(now.saturating_sub(since));
        }
    }

    /// Notes that bytes came, without a time. If the bytes are progress, no time is needed.
    ///
    /// Call [`on_progress`](Self::on_progress) or [`on_bytes`](Self::on_bytes) next, before the caller of the stream
    /// continues.
    pub fn on_bytes_untimed(&mut self) {
        self.ended = self.waiting_since.is_some();
    }

    /// Notes that an item came that continues the answer.
    ///
    /// Call it for each such item, after [`on_bytes`](Self::on_bytes) for its last bytes.
    pub fn on_progress(&mut self) {
        self.waited = Duration::ZERO;
        if self.ended {
            self.ended = false;
            self.waiting_since = None;
        }
    }

    /// Returns the time of the earliest limit; `None` if there is no limit. While nobody waits, only the limit for the
    /// whole call counts.
    ///
    /// Ask again after each [`on_wait`](Self::on_wait) that followed bytes.
    pub fn deadline(&self) -> Option<Duration> {
        self.next().map(|(at, _)| at)
    }

    /// Returns the time-out, once `now` has reached [`deadline`](Self::deadline).
    ///
    /// If both idle limits pass at once, it names the one for bytes, because no byte came at all.
    pub fn expired(&self, now: Duration) -> Option<Timeout> {
        self.next().filter(|&(at, _)| now >= at).map(|(_, timeout)| timeout)
    }

    /// Returns the limit that passes first, and its time.
    fn next(&self) -> Option<(Duration, Timeout)> {
        let mut first = None;
        // Of two equal times, the first one counts.
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

    /// Returns whether bytes came without a time.
    #[inline]
    pub(crate) fn is_untimed(&self) -> bool {
        self.ended
    }

    /// Returns whether the whole call has a limit, which can pass while nobody waits.
    pub(crate) fn has_total(&self) -> bool {
        self.total.is_some()
    }
}
