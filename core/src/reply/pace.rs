//! When an event that was read in full is learned as the pattern for the next one.

/// Counts hits and misses: a stream that does not repeat itself pays for learning. After a few misses it is read in full
/// for a while, and for twice as long after each further series of misses.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    /// The number of events read in full since the last match.
    misses: u32,
    /// The number of events to read in full before the next one is learned.
    pause: u32,
    hits: u64,
}

impl Pace {
    /// Notes that an event matched.
    #[inline]
    pub(crate) fn hit(&mut self) {
        self.misses = 0;
        self.hits += 1;
    }

    /// Returns the number of events that matched.
    pub(crate) fn hits(&self) -> u64 {
        self.hits
    }

    /// Notes that an event was read in full; returns whether it is worth the time to learn it.
    pub(crate) fn learns(&mut self) -> bool {
        if self.pause > 0 {
            self.pause -= 1;
            return false;
        }
        self.misses += 1;
        if self.misses > FEW_MISSES {
            self.pause = 1 << self.misses.min(LONGEST_PAUSE);
        }
        true
    }
}

/// How many misses in a row a stream may have before it is read in full for a while.
const FEW_MISSES: u32 = 4;
/// The longest pause is two to the power of this number of events.
const LONGEST_PAUSE: u32 = 10;
