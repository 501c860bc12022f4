//! Reads only what changed: the chunk before is a pattern for the next one.
//!
//! ```text
//! learned   {"id":"c-1","choices":[{"index":0,"delta":{"content":"Hel"},"finish_reason":null}]}
//!           ╰────────────────── literal ──────────────────────╯╰slot╯╰──────── literal ───────╯
//! next      {"id":"c-1","choices":[{"index":0,"delta":{"content":"lo, wor"},"finish_reason":null}]}
//!           equal bytes                                           scanned   equal bytes
//! ```
//!
//! Two comparisons and one short scan replace the parse. The result is exactly the same:
//!
//! * A scan is a deterministic function of its bytes, from left to right. Equal literals from an equal state lead to an
//!   equal state, so up to the first slot both scans do the same.
//! * A slot is the inside of a string *value*, or a whole number, and is passed by the methods of the full scan. A
//!   string ends at its quote, and a number before the first byte that is no digit, with which the next literal begins.
//!   The state of the scan after a value does not depend on its text, so the next literal again starts from an equal
//!   state.
//! * The result of the full scan is then the same table with other spans: those of the slots, and the shifted spans
//!   after them. Slots are made from the finished table, so of a repeated key only the last value can be a slot; the
//!   others are literal.
//! * No rule depends on the text of a slot. Members whose text decides something are literals (names, roles, finish
//!   reasons, `object`, keys, the id of a tool call), or they keep a chunk from being learned: see [`rules`].
//! * For a literal the fold already ran on the chunk before, which was learned from or matched. Running it again would
//!   change nothing; the [`rules`] guarantee this too.
//! * A chunk that is read in full in between makes the template void.
//! * No literal holds a line break, so a match in the bytes of the stream lies within a single line.
//!
//! A stream that does not repeat itself pays for one failed comparison per chunk, and for learning, which
//! [`Pace`] bounds.

mod added;
mod candidates;
mod rules;
mod slot;

use super::accumulator::Accumulator;
use super::reader::Table;
use crate::json::Span;
use crate::reply::wire::{self, Wire};
use crate::reply::{Met, Pace};
use candidates::Candidate;
use rules::Lesson;
use slot::Slot;

/// The pattern made from the chunk before.
#[derive(Debug, Default)]
pub(super) struct Template {
    /// The literals, and how far the next event was compared with them.
    wire: Wire,
    /// The slots, in the order of their places.
    slots: Vec<Slot>,
    /// The span of the usage, if it has slots.
    usage: Option<Span>,
    /// The data of the learned chunk.
    learned: Vec<u8>,
    /// Values that may become slots: they vary from chunk to chunk in some streams, and never in others.
    candidates: Vec<Candidate>,
    candidates_before: Vec<Candidate>,
    /// Whether the last chunk can serve as a pattern.
    armed: bool,
    pace: Pace,
    off: bool,
}

impl Template {
    /// Creates a template that never learns: every chunk is read in full.
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

    /// Returns the number of chunks that matched.
    pub(super) fn hits(&self) -> u64 {
        self.pace.hits()
    }

    /// Returns the place, in the last match, of the bytes that were at `learned` in the learned chunk.
    pub(super) fn now(&self, learned: Span) -> Span {
        wire::now(&self.slots, learned)
    }

    /// Returns whether the usage differs from chunk to chunk.
    #[inline]
    pub(super) fn has_usage(&self) -> bool {
        self.usage.is_some()
    }

    /// Returns the place of the usage in the last match, if the usage differs from chunk to chunk.
    #[inline]
    pub(super) fn usage_now(&self) -> Option<Span> {
        self.usage.map(|usage| self.now(usage))
    }

    /// Reads the event at the beginning of `bytes` by its difference from the learned chunk. If it does not match, the
    /// slots have no meaning until the next match.
    #[inline(always)]
    pub(super) fn meet(&mut self, bytes: &[u8]) -> Met {
        self.wire.meet(&mut self.slots, bytes)
    }

    /// Reads the data of an event in the same way; returns whether it matches.
    pub(super) fn follows(&mut self, data: &[u8]) -> bool {
        self.armed && self.wire.follows(&mut self.slots, b"", data)
    }

    /// Notes that a chunk matched.
    #[inline]
    pub(super) fn count_hit(&mut self) {
        self.pace.hit();
    }

    /// Notes that a chunk was read in full, and learns it if that is worth the time.
    pub(super) fn learn(&mut self, json: &[u8], table: &Table, sums: &mut Accumulator) {
        if !self.off && json.len() <= LONGEST && self.pace.learns() {
            self.armed = self.try_learn(Lesson { json, table, sums }).is_some();
        }
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
        self.wire.cut(b"", json, &mut self.slots);
        (self.slots.len() <= MOST_SLOTS).then_some(())
    }
}

/// The longest chunk that is learned, in bytes: deltas are short, and keeping long ones gains nothing.
const LONGEST: usize = 4 << 10;
/// More slots cost as much as a full read.
const MOST_SLOTS: usize = 12;
