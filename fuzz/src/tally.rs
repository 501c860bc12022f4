//! What a differential run has seen.

use std::fmt;
use std::ops::Add;

/// Counts of a run, and the shares of it that must be there for it to have shown anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// The number of streams; each is read in several ways.
    pub streams: u64,
    /// Bytes of all streams.
    pub bytes: u64,
    /// Events up to the end of their stream.
    pub events: u64,
    /// Events that the reference takes for chunks. Those below are among them.
    pub accepted: u64,
    /// Chunks that the template matched, where the stream came in one piece.
    pub hits: u64,
    /// Chunks with the same key twice in one object.
    pub repeated: u64,
    /// Chunks with an escape.
    pub escaped: u64,
    /// Chunks that arrived in pieces, cut inside a text, a reasoning or an argument.
    pub split_in_slot: u64,
}

impl Tally {
    /// Returns each count by name, with the share of the events that it must reach, in percent.
    fn shares(&self) -> [(&'static str, u64, u64); 5] {
        [
            ("accepted by the reference", self.accepted, 50),
            ("matched by the template", self.hits, 30),
            ("with repeated keys", self.repeated, 1),
            ("with escapes", self.escaped, 1),
            ("cut inside a slot", self.split_in_slot, 1),
        ]
    }

    /// Returns whether every share is reached.
    pub fn shows_enough(&self) -> bool {
        self.shares().iter().all(|(_, count, least)| count * 100 >= self.events * least)
    }
}

impl Add for Tally {
    type Output = Tally;

    fn add(self, other: Tally) -> Tally {
        Tally {
            streams: self.streams + other.streams,
            bytes: self.bytes + other.bytes,
            events: self.events + other.events,
            accepted: self.accepted + other.accepted,
            hits: self.hits + other.hits,
            repeated: self.repeated + other.repeated,
            escaped: self.escaped + other.escaped,
            split_in_slot: self.split_in_slot + other.split_in_slot,
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:>12} streams, {} bytes", self.streams, self.bytes)?;
        writeln!(f, "{:>12} events", self.events)?;
        for (name, count, least) in self.shares() {
            let percent = count as f64 * 100.0 / self.events.max(1) as f64;
            let missed = if count * 100 < self.events * least { ", missed" } else { "" };
            writeln!(f, "{count:>12} {name}: {percent:.2} % (at least {least} %{missed})")?;
        }
        Ok(())
    }
}
