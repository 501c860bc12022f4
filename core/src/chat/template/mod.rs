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
//! A stream that does not repeat itself pays for one failed comparison per chunk, and for learning, which the
//! [`Pattern`] bounds.

mod added;
mod candidates;
mod rules;
mod slot;

use super::accumulator::Accumulator;
use super::reader::Table;
use crate::json::Span;
use crate::reply::Pattern;
use rules::Lesson;
use slot::Target;

/// The pattern made from the chunk before.
#[derive(Debug, Default)]
pub(super) struct Template {
    pub(super) pattern: Pattern<Target>,
    /// The span of the usage, if it has slots.
    usage: Option<Span>,
}

impl Template {
    /// Creates a template that never learns: every chunk is read in full.
    pub(super) fn off() -> Self {
        Template { pattern: Pattern::off(), usage: None }
    }

    /// Returns whether the usage differs from chunk to chunk.
    #[inline]
    pub(super) fn has_usage(&self) -> bool {
        self.usage.is_some()
    }

    /// Returns the place of the usage in the last match, if the usage differs from chunk to chunk.
    #[inline]
    pub(super) fn usage_now(&self) -> Option<Span> {
        self.usage.map(|usage| self.pattern.now(usage))
    }

    /// Notes that a chunk was read in full, and learns it if that is worth the time.
    pub(super) fn learn(&mut self, json: &[u8], table: &Table, sums: &mut Accumulator) {
        if self.pattern.is_worth_learning(json) {
            self.try_learn(Lesson { json, table, sums });
        }
    }

    #[inline(never)]
    fn try_learn(&mut self, mut chunk: Lesson<'_>) {
        if chunk.keeps_rules() {
            let Lesson { json, table, .. } = chunk;
            self.pattern.learn((b"", json), chunk.texts(), |found| candidates::find(&chunk, found));
            self.usage = table.usage.filter(|_| self.pattern.slots().iter().any(|slot| slot.kind.is_usage()));
        }
    }
}
