//! Top-level members of earlier chunks, byte for byte: the next chunk is compared with them instead of read.
//!
//! ```text
//! before  {"id":"c-1","object":"chat.completion.chunk","created":1748200000,"model":"m","choices":[…
//!          ╰─ entry ─╯ ╰──────────── entry ─────────────╯ ╰───── entry ─────╯ ╰─ entry ─╯
//! next    {"id":"c-1","object":"chat.completion.chunk","created":1748200000,"model":"m","choices":[…
//!          equal       equal                            equal                equal
//! ```
//!
//! The comparison is exact, because a scan depends only on its bytes and its place. An entry is a key without escapes
//! and its scalar value or `null`. It is compared at the beginning of a member of the chunk, where it was read before,
//! so equal bytes are the same tokens: a string and a word end by themselves, and a number ends because a comma or a
//! bracket must follow. The result of the scan for such a member depends only on its bytes and their place; its spans
//! are kept relative to the key. A member that decides whether the chunk is an error is never kept from a chunk that is
//! an error.
//!
//! There is one entry per key. There are so few that a linear search suffices; it begins with the expected entry.

use crate::json::{Reader, Span};

/// A top-level member, and its place in the table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    pub(super) field: Field,
    pub(super) key: Span,
    /// The value; `None` if it is `null` and belongs to a field.
    pub(super) value: Option<Span>,
    /// The number of the member; 0 if it has none yet.
    pub(super) known: u32,
}

/// The field that a member belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Id,
    Model,
    Created,
    Usage,
    Extra,
}

/// The members of earlier chunks.
#[derive(Debug, Default)]
pub(super) struct RootMemo {
    entries: Vec<Entry>,
    /// The entry expected next: members mostly come in the same order.
    next: usize,
    /// The entry that is replaced when there are too many.
    oldest: usize,
}

#[derive(Debug)]
struct Entry {
    /// Key and value as they came, in the first `length` bytes.
    text: [u8; LONGEST],
    length: usize,
    /// Its spans, relative to the key's quote.
    member: Member,
}

/// Gives each kept member a number of its own.
#[derive(Debug, Default)]
pub(super) struct Numbers(u32);

impl Numbers {
    /// Returns the next number; 0, which stands for no number, if there are no more.
    pub(super) fn next(&mut self) -> u32 {
        let next = self.0.checked_add(1);
        self.0 = next.unwrap_or(self.0);
        next.unwrap_or(0)
    }
}

/// The first bytes of a member, which are compared first.
pub(super) type Head = [u8; 8];

/// The longest member that is kept, key and value, in bytes.
const LONGEST: usize = 64;
/// How many members are kept: about twice as many as the chunks of any server have.
const MOST: usize = 24;

impl RootMemo {
    /// Starts with the first member of a chunk.
    #[inline]
    pub(super) fn start(&mut self) {
        self.next = 0;
    }

    /// Returns the member at the beginning of `rest`, if it came before, and its length in bytes. `head` are the first
    /// bytes of `rest`; the spans are relative to the key's quote.
    #[inline]
    pub(super) fn recall(&mut self, rest: &[u8], head: &Head) -> Option<(Member, usize)> {
        let place = match self.entries.get(self.next) {
            Some(entry) if entry.begins(rest) => self.next,
            _ => self.entries.iter().position(|entry| entry.text.starts_with(head) && entry.begins(rest))?,
        };
        self.next = place + 1;
        let entry = self.entries.get(place)?;
        Some((entry.member, entry.length))
    }

    /// Keeps a member that was read: from `start`, the place of its key's quote, to the place of the reader.
    #[inline(never)]
    pub(super) fn note(&mut self, reader: &Reader<'_>, start: usize, member: Member, numbers: &mut Numbers) {
        let json = reader.json();
        let read = reader.span_from(start).of(json);
        let is_scalar = !matches!(member.value.and_then(|value| value.of(json).first()), Some(b'{' | b'['));
        let fits = read.len() >= size_of::<Head>() && read.len() <= LONGEST;
        // A key with escapes may be the name of a member that decides something.
        if !fits || !is_scalar || member.key.escaped {
            return;
        }
        let mut text = [0; LONGEST];
        text.iter_mut().zip(read).for_each(|(to, from)| *to = *from);
        let key = member.key.quoted();
        let same_key = |entry: &Entry| entry.member.key.quoted().of(&entry.text) == key.of(json);
        let seen = Member {
            key: member.key.from(start),
            value: member.value.map(|value| value.from(start)),
            known: numbers.next(),
            ..member
        };
        let entry = Entry { text, length: read.len(), member: seen };
        let place = match self.entries.iter().position(same_key) {
            Some(place) => place,
            None if self.entries.len() < MOST => {
                self.entries.push(entry);
                self.next = self.entries.len();
                return;
            }
            None => {
                self.oldest = (self.oldest + 1) % MOST;
                self.oldest
            }
        };
        if let Some(old) = self.entries.get_mut(place) {
            *old = entry;
            self.next = place + 1;
        }
    }
}

impl Entry {
    /// Returns whether `rest` begins with this whole member.
    #[inline]
    fn begins(&self, rest: &[u8]) -> bool {
        let text = self.text.get(..self.length).unwrap_or_default();
        rest.starts_with(text) && matches!(rest.get(self.length), Some(b',' | b'}'))
    }
}
