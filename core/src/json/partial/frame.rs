//! The arrays and objects that are open, and which keys each object has had.

use std::hash::{BuildHasher, RandomState};

use super::tape::{NOTHING, SHADOWED, Tape};

/// From this many members on, an object's keys are found by their hashes.
const TABLE_FROM: u32 = 32;

/// An array or object that is open.
#[derive(Clone)]
pub(super) struct Frame {
    pub(super) node: u32,
    /// The object's newest key.
    pub(super) key: u32,
    /// Elements that began, or keys that ended.
    pub(super) count: u32,
    /// The earlier key of the same name, until the new value has something to show.
    pub(super) replaces: u32,
    /// One bit for each key there was; a bit that is not set means a new key.
    bloom: u64,
    table: Option<Box<KeyTable>>,
    pub(super) is_object: bool,
}

impl Frame {
    pub(super) fn new(node: u32, is_object: bool) -> Self {
        Frame { node, key: NOTHING, count: 0, replaces: NOTHING, bloom: 0, table: None, is_object }
    }

    /// Takes a key that has ended; returns whether it is there already.
    pub(super) fn add_key(&mut self, tape: &Tape, text: &str, key: u32) -> bool {
        let name = tape.content(text, key);
        self.replaces = if self.count < TABLE_FROM {
            let bit = bloom_bit(name.as_bytes());
            let may_be_there = self.bloom & bit != 0;
            self.bloom |= bit;
            let same = |&earlier: &u32| tape.content(text, earlier) == name;
            if may_be_there { self.keys(tape, key).find(same).unwrap_or(NOTHING) } else { NOTHING }
        } else {
            let mut table = self.table.take().unwrap_or_else(|| {
                let mut table = Box::<KeyTable>::default();
                for earlier in self.keys(tape, key) {
                    table.replace(tape, text, earlier);
                }
                table
            });
            let earlier = table.replace(tape, text, key);
            self.table = Some(table);
            earlier
        };
        self.key = key;
        self.count += 1;
        self.replaces != NOTHING
    }

    /// Returns the keys before `until` that count.
    fn keys(&self, tape: &Tape, until: u32) -> impl Iterator<Item = u32> {
        let following = move |&key: &u32| Some(tape.after(key + 1, until)).filter(|&key| key < until);
        std::iter::successors(Some(self.node + 1).filter(|&key| key < until), following)
            .filter(|&key| tape.get(key).is_some_and(|key| !key.is(SHADOWED)))
    }
}

/// Open addressing over the nodes of an object's keys.
///
/// Its hash is keyed at random, so that no one can choose keys that collide.
#[derive(Clone, Default)]
struct KeyTable {
    /// The hash's low half, and the node.
    slots: Vec<(u32, u32)>,
    used: usize,
    hasher: RandomState,
}

impl KeyTable {
    /// Sets the node of a key; returns the one that it had, or [`NOTHING`].
    fn replace(&mut self, tape: &Tape, text: &str, key: u32) -> u32 {
        if (self.used + 1) * 4 > self.slots.len() * 3 {
            self.grow();
        }
        let name = tape.content(text, key);
        let hash = self.hasher.hash_one(name) as u32;
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        while let Some(slot) = self.slots.get_mut(at) {
            if slot.1 == NOTHING {
                *slot = (hash, key);
                self.used += 1;
                break;
            }
            if slot.0 == hash && tape.content(text, slot.1) == name {
                return std::mem::replace(&mut slot.1, key);
            }
            at = (at + 1) & mask;
        }
        NOTHING
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(4 * TABLE_FROM as usize);
        let old = std::mem::replace(&mut self.slots, vec![(0, NOTHING); size]);
        for (hash, key) in old.into_iter().filter(|slot| slot.1 != NOTHING) {
            let mut at = hash as usize & (size - 1);
            while let Some(slot) = self.slots.get_mut(at) {
                if slot.1 == NOTHING {
                    *slot = (hash, key);
                    break;
                }
                at = (at + 1) & (size - 1);
            }
        }
    }
}

/// Returns one of 64 bits by a key's length, first eight bytes and last eight.
fn bloom_bit(name: &[u8]) -> u64 {
    let word = |bytes: &[u8]| bytes.iter().fold(0, |word: u64, &byte| word << 8 | u64::from(byte));
    let ends = match (name.first_chunk::<8>(), name.last_chunk::<8>()) {
        (Some(first), Some(last)) => u64::from_le_bytes(*first) ^ u64::from_le_bytes(*last).rotate_left(29),
        _ => word(name),
    };
    let mixed = (ends ^ name.len() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    1 << (mixed >> 58)
}
