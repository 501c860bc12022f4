//! The pattern made from one event, by which the next one is read: literals, and slots between them. The families say what
//! may stand at a slot, and prove that a match gives what a full read gives.

use super::Met;
use super::pace::Pace;
use super::wire::Wire;
use crate::json::Span;

/// A place at which events may differ.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot<K> {
    /// The kind of value at the place.
    pub(crate) kind: K,
    /// Its place in the data of the learned event.
    pub(crate) learned: Span,
    /// Its place in the data of the event that matched last.
    pub(crate) now: Span,
    /// The length of the literal before it, in bytes.
    pub(super) literal: u32,
}

/// The kind of value at a slot.
pub(crate) trait SlotKind: Copy + PartialEq {
    /// Passes such a value in another event, which `rest` begins with. Returns its length in bytes, and whether it is a
    /// string with escapes. The value holds no line break.
    fn pass(self, rest: &[u8]) -> Option<(usize, bool)>;
}

impl<K> Slot<K> {
    pub(crate) fn new(kind: K, learned: Span) -> Self {
        Slot { kind, learned, now: learned, literal: 0 }
    }
}

impl<K: SlotKind> Slot<K> {
    /// Passes the value at the slot in another event: `rest` begins with it, at offset `at` in the data. Returns its
    /// length in bytes.
    #[inline(always)]
    pub(super) fn pass(&mut self, rest: &[u8], at: usize) -> Option<usize> {
        let (length, escaped) = self.kind.pass(rest)?;
        // No event is compared with more bytes than a span reaches.
        self.now = Span { start: at as u32, end: (at + length) as u32, escaped };
        Some(length)
    }
}

/// Values that vary from event to event in some streams, and never in others. Such a value becomes a slot only after it
/// differed from that of the event before.
#[derive(Debug)]
pub(crate) struct Candidates<K>(Vec<Candidate<K>>);

#[derive(Clone, Copy, Debug)]
struct Candidate<K> {
    slot: Slot<K>,
    /// The key of its member; empty if it is identified without a key.
    key: Span,
    varies: bool,
}

impl<K: SlotKind> Candidates<K> {
    /// Adds a value; `None` if there are too many.
    pub(crate) fn add(&mut self, kind: K, key: Span, value: Span) -> Option<()> {
        self.0.push(Candidate { slot: Slot::new(kind, value), key, varies: false });
        (self.0.len() <= MOST_CANDIDATES).then_some(())
    }

    /// Finds out which values of `data` vary, beside those of the event before and its data.
    fn compare(&mut self, data: &[u8], before: &Self, data_before: &[u8]) {
        if self.0.len() != before.0.len() {
            return;
        }
        for (now, before) in self.0.iter_mut().zip(&before.0) {
            let same = now.slot.kind == before.slot.kind && now.key.of(data) == before.key.of(data_before);
            let differs = now.slot.learned.of(data) != before.slot.learned.of(data_before);
            now.varies = same && (before.varies || differs);
        }
    }
}

impl<K> Default for Candidates<K> {
    fn default() -> Self {
        Candidates(Vec::new())
    }
}

/// The pattern made from the event before.
#[derive(Debug)]
pub(crate) struct Pattern<K> {
    /// The literals, and how far the next event was compared with them.
    wire: Wire,
    /// In the order of their places.
    slots: Vec<Slot<K>>,
    /// The data of the learned event.
    learned: Vec<u8>,
    candidates: Candidates<K>,
    candidates_before: Candidates<K>,
    /// Whether the last event can serve as a pattern.
    armed: bool,
    pace: Pace,
    off: bool,
}

impl<K: SlotKind> Pattern<K> {
    /// Creates a pattern that never learns: every event is read in full.
    pub(crate) fn off() -> Self {
        Pattern { off: true, ..Pattern::default() }
    }

    /// Makes the pattern void, as an event is read in full.
    #[inline]
    pub(crate) fn disarm(&mut self) {
        self.armed = false;
        self.wire.clear();
    }

    /// Returns whether the next event may be read by its difference.
    #[inline]
    pub(crate) fn is_armed(&self) -> bool {
        self.armed
    }

    /// Reads the event at the beginning of `bytes` by its difference from the learned one. If it does not match, the
    /// slots have no meaning until the next match.
    #[inline(always)]
    pub(crate) fn meet(&mut self, bytes: &[u8]) -> Met {
        self.wire.meet(&mut self.slots, bytes)
    }

    /// Reads the name and the data of an event in the same way; returns whether they match.
    pub(crate) fn follows(&mut self, name: &[u8], data: &[u8]) -> bool {
        self.armed && self.wire.follows(&mut self.slots, name, data)
    }

    /// Notes that an event matched.
    #[inline]
    pub(crate) fn hit(&mut self) {
        self.pace.hit();
    }

    /// Returns the number of events that matched.
    pub(crate) fn hits(&self) -> u64 {
        self.pace.hits()
    }

    /// Returns the slots, in the order of their places.
    #[inline(always)]
    pub(crate) fn slots(&self) -> &[Slot<K>] {
        &self.slots
    }

    /// Returns the name of the learned event, and of every event that matches.
    #[inline]
    pub(crate) fn name(&self) -> &[u8] {
        self.wire.name()
    }

    /// Returns the data of the learned event. In an event that matched, all bytes are the same, except those at slots.
    #[inline]
    pub(crate) fn learned(&self) -> &[u8] {
        &self.learned
    }

    /// Returns the place, in the last match, of the bytes that were at `learned` in the learned event.
    #[inline]
    pub(crate) fn now(&self, learned: Span) -> Span {
        let mut now = learned;
        for slot in &self.slots {
            if slot.learned == learned {
                return slot.now;
            }
            // The slots before it determine how far it moved.
            if slot.learned.end <= learned.start {
                now.start = learned.start - slot.learned.end + slot.now.end;
            }
            if slot.learned.end <= learned.end {
                now.end = learned.end - slot.learned.end + slot.now.end;
            }
        }
        now
    }

    /// Returns whether it is worth the time to learn an event with this data, which was read in full.
    pub(crate) fn is_worth_learning(&mut self, data: &[u8]) -> bool {
        !self.off && data.len() <= LONGEST && self.pace.learns()
    }

    /// Learns an event: `texts` are slots in any case, and what `find` finds if it varies. Does nothing if `find` finds
    /// too much.
    pub(crate) fn learn(
        &mut self,
        (name, data): (&[u8], &[u8]),
        texts: impl Iterator<Item = Slot<K>>,
        find: impl FnOnce(&mut Candidates<K>) -> Option<()>,
    ) {
        self.armed = self.try_learn(name, data, texts, find).is_some();
    }

    fn try_learn(
        &mut self,
        name: &[u8],
        data: &[u8],
        texts: impl Iterator<Item = Slot<K>>,
        find: impl FnOnce(&mut Candidates<K>) -> Option<()>,
    ) -> Option<()> {
        std::mem::swap(&mut self.candidates, &mut self.candidates_before);
        self.candidates.0.clear();
        find(&mut self.candidates)?;
        self.candidates.compare(data, &self.candidates_before, &self.learned);
        self.slots.clear();
        let varying = self.candidates.0.iter().filter(|candidate| candidate.varies);
        self.slots.extend(varying.map(|candidate| candidate.slot));
        self.slots.extend(texts);
        self.slots.sort_unstable_by_key(|slot| slot.learned.start);
        self.learned.clear();
        self.learned.extend_from_slice(data);
        self.wire.cut(name, data, &mut self.slots);
        (self.slots.len() <= MOST_SLOTS).then_some(())
    }
}

impl<K> Default for Pattern<K> {
    fn default() -> Self {
        Pattern {
            wire: Wire::default(),
            slots: Vec::new(),
            learned: Vec::new(),
            candidates: Candidates::default(),
            candidates_before: Candidates::default(),
            armed: false,
            pace: Pace::default(),
            off: false,
        }
    }
}

/// The longest event that is learned, in bytes: deltas are short, and keeping long ones gains nothing.
const LONGEST: usize = 4 << 10;
/// More candidates cost as much as a full read.
const MOST_CANDIDATES: usize = 24;
/// More slots cost as much as a full read.
const MOST_SLOTS: usize = 12;
