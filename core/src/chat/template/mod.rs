//! Parse what changed: the chunk before as a pattern for the next one.
//!
//! ```text
//! learned   {"id":"c-1","choices":[{"index":0,"delta":{"content":"Hel"},"finish_reason":null}]}
//!           ╰────────────────── literal ──────────────────────╯╰slot╯╰──────── literal ───────╯
//! next      {"id":"c-1","choices":[{"index":0,"delta":{"content":"lo, wor"},"finish_reason":null}]}
//!           equal bytes                                           scanned   equal bytes
//! ```
//!
//! Two comparisons and one short scan take the place of the parse. The result is the same, exactly:
//!
//! * A scan is a deterministic function of its bytes, from left to right. Equal literals from an equal state lead to an
//!   equal state, so up to the first slot both scans do the same.
//! * A slot is the inside of a string *value*, or a whole number, and passed by the very methods that the full scan uses. A
//!   string ends at its quote, and a number where no digit is, which the literal after it begins with. The state of the scan
//!   after a value does not depend on its text: so the literal after the slot meets an equal state again.
//! * What the full scan notes is then the same table with other spans: those of the slots, and those after them shifted.
//!   Slots are made from the finished table, so of a repeated key only the last value can be one; the others are literal.
//! * No rule looks at the text of a slot. Those members whose text decides something are literals (names, roles, finish
//!   reasons, `object`, keys, a tool call's id), or keep a chunk from being learned at all: see [`rules`].
//! * What the fold does for a literal it did for the chunk before, which was learned from or hit: doing it again would change
//!   nothing. The [`rules`] make sure of that too.
//! * A chunk that is read in full in between makes the template void.
//! * No literal holds a line break, so that a match in the bytes of the stream is one within a single line.
//!
//! A stream that does not repeat itself pays for a failed comparison per chunk, and for learning; after a few misses it is
//! left alone for a while, and for twice as long each time.

mod added;
mod candidates;
mod rules;
mod slot;
mod wire;

use super::accumulator::Accumulator;
use super::reader::Table;
use crate::json::Span;
use crate::reply::Met;
use candidates::Candidate;
use rules::Lesson;
use slot::Slot;
use wire::Wire;

/// The pattern that the chunk before makes.
#[derive(Debug, Default)]
pub(super) struct Template {
    /// The literals, and how far the event that is coming was compared with them.
    wire: Wire,
    /// In the order in which they stand.
    slots: Vec<Slot>,
    /// The usage, if there are slots in it.
    usage: Option<Span>,
    /// The data of the chunk that was learned.
    learned: Vec<u8>,
    /// What may become a slot: values that differ from chunk to chunk in some streams, and never in others.
    candidates: Vec<Candidate>,
    candidates_before: Vec<Candidate>,
    /// Whether the last chunk was one to go by.
    armed: bool,
    /// Chunks that were read in full since the last hit.
    misses: u32,
    /// Chunks that are read in full before the next is learned.
    pause: u32,
    hits: u64,
    off: bool,
}

impl Template {
    /// Never learns: every chunk is read in full.
    pub(super) fn off() -> Self {
        Template { off: true, ..Template::default() }
    }

    /// Makes the template void, as a chunk is read in full.
    pub(super) fn disarm(&mut self) {
        self.armed = false;
        self.wire.clear();
    }

    /// Returns whether the next chunk may be read by its difference.
    #[inline]
    pub(super) fn is_armed(&self) -> bool {
        self.armed
    }

    /// Returns how many chunks matched.
    pub(super) fn hits(&self) -> u64 {
        self.hits
    }

    /// Returns where the bytes are, as of the last match, that stood at `learned` when the template was learned.
    pub(super) fn now(&self, learned: Span) -> Span {
        now(&self.slots, learned)
    }

    /// Returns whether chunks differ in their usage.
    #[inline]
    pub(super) fn has_usage(&self) -> bool {
        self.usage.is_some()
    }

    /// Returns where the usage is, as of the last match, if chunks differ in it.
    #[inline]
    pub(super) fn usage_now(&self) -> Option<Span> {
        self.usage.map(|usage| self.now(usage))
    }

    /// Reads the event that the bytes of a stream begin with by its difference from the one that was learned. Where it does
    /// not match, the slots are of no meaning but to the next match.
    #[inline(always)]
    pub(super) fn meet(&mut self, bytes: &[u8]) -> Met {
        self.wire.meet(&mut self.slots, bytes)
    }

    /// Reads the data of an event in the same way; returns whether it matches.
    pub(super) fn follows(&mut self, data: &[u8]) -> bool {
        self.armed && self.wire.follows(&mut self.slots, data)
    }

    /// Notes that a chunk matched.
    #[inline]
    pub(super) fn count_hit(&mut self) {
        self.misses = 0;
        self.hits += 1;
    }

    /// Notes that a chunk was read in full, and learns it if that is worth while.
    pub(super) fn learn(&mut self, json: &[u8], table: &Table, sums: &mut Accumulator) {
        if self.off || json.len() > LONGEST {
            return;
        }
        if self.pause > 0 {
            self.pause -= 1;
            return;
        }
        self.misses += 1;
        if self.misses > FEW_MISSES {
            self.pause = 1 << self.misses.min(LONGEST_PAUSE);
        }
        self.armed = self.try_learn(Lesson { json, table, sums }).is_some();
    }

    #[inline(never)]
    fn try_learn(&mut self, mut chunk: Lesson<'_>) -> Option<()> {
        if !chunk.keeps_rules() {
            return None;
        }
        let Lesson { json, table, .. } = chunk;
        std::mem::swap(&mut self.candidates, &mut self.candidates_before);
        candidates::find(&chunk, &mut self.candidates)?;
        if self.candidates.len() == self.candidates_before.len() {
            for (now, before) in self.candidates.iter_mut().zip(&self.candidates_before) {
                let same = now.slot.target == before.slot.target && now.name.of(json) == before.name.of(&self.learned);
                let differs = now.slot.learned.of(json) != before.slot.learned.of(&self.learned);
                now.varies = same && (before.varies || differs);
            }
        }
        self.slots.clear();
        self.slots.extend(self.candidates.iter().filter(|candidate| candidate.varies).map(|candidate| candidate.slot));
        self.slots.extend(chunk.texts());
        self.slots.sort_unstable_by_key(|slot| slot.learned.start);
        self.usage = table.usage.filter(|_| self.slots.iter().any(Slot::is_usage));
        self.learned.clear();
        self.learned.extend_from_slice(json);
        self.wire.cut(json, &mut self.slots);
        (self.slots.len() <= MOST_SLOTS).then_some(())
    }
}

/// Where the bytes are now that stood at `learned` when the template was learned.
fn now(slots: &[Slot], learned: Span) -> Span {
    let mut now = learned;
    for slot in slots {
        if slot.learned == learned {
            return slot.now;
        }
        // The slots before it say how far it has moved.
        if slot.learned.end <= learned.start {
            now.start = learned.start - slot.learned.end + slot.now.end;
        }
        if slot.learned.end <= learned.end {
            now.end = learned.end - slot.learned.end + slot.now.end;
        }
    }
    now
}

/// Longest chunk that is learned: deltas are short, and comparing and keeping long ones gains nothing.
const LONGEST: usize = 4 << 10;
/// More slots than that cost as much as a full read.
const MOST_SLOTS: usize = 12;
/// How often a stream may miss in a row before it is left alone for a while.
const FEW_MISSES: u32 = 4;
/// It is left alone for two to the power of this many chunks at most.
const LONGEST_PAUSE: u32 = 10;
