//! Members of the chunk itself that came before, byte for byte: they are compared instead of read.
//!
//! ```text
//! before  {"id":"c-1","object":"chat.completion.chunk","created":1748200000,"model":"m","choices":[…
//!          ╰─ entry ─╯ ╰──────────── entry ─────────────╯ ╰───── entry ─────╯ ╰─ entry ─╯
//! next    {"id":"c-1","object":"chat.completion.chunk","created":1748200000,"model":"m","choices":[…
//!          equal       equal                            equal                equal
//! ```
//!
//! Exact, since a scan is a function of its bytes and of where it stands. An entry is a key, without escapes, and its scalar
//! value, or `null`; it is compared where a member of the chunk begins, which is where it was read. Equal bytes are then the
//! same tokens: a string and a word end by themselves, and a number ends because a comma or a bracket must follow. What the
//! scan notes for them depends only on them and on their place: the spans are kept as seen from the key. A member that
//! decides whether the chunk is an error is never kept in a chunk that is one.
//!
//! There is one entry a key, and there are so few that they are looked through one by one, from the one that is due.

use crate::json::{Reader, Span};

/// A member of the chunk, and where it goes in the table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    pub(super) field: Field,
    pub(super) key: Span,
    /// The value; absent where it is `null` and goes into a field.
    pub(super) value: Option<Span>,
    /// The number under which it is known; 0 until it is.
    pub(super) known: u32,
}

/// Where a member goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Id,
    Model,
    Created,
    Usage,
    Extra,
}

/// The members that came before.
#[derive(Debug, Default)]
pub(super) struct RootMemo {
    entries: Vec<Entry>,
    /// The entry that is due: members come in the same order, most often.
    next: usize,
    /// The entry that makes place for another when there are too many.
    oldest: usize,
}

#[derive(Debug)]
struct Entry {
    /// Key and value as they stood, in the first `length` bytes.
    text: [u8; LONGEST],
    length: usize,
    /// Its spans as seen from the key's quote.
    member: Member,
}

/// Gives the members that are kept their numbers, each once.
#[derive(Debug, Default)]
pub(super) struct Numbers(u32);

impl Numbers {
    /// Returns the next number; 0, which is not one, when there are no more.
    pub(super) fn next(&mut self) -> u32 {
        let next = self.0.checked_add(1);
        self.0 = next.unwrap_or(self.0);
        next.unwrap_or(0)
    }
}

/// The bytes that members are first told apart by.
pub(super) type Head = [u8; 8];

/// Longest member that is kept, key and value, in bytes.
const LONGEST: usize = 64;
/// How many members are kept: about twice as many as any server's chunks have.
const MOST: usize = 24;

impl RootMemo {
    /// Begins with the first member of a chunk.
    #[inline]
    pub(super) fn start(&mut self) {
        self.next = 0;
    }

    /// Returns the member that `rest`, which starts with `head`, begins with if it came before, as seen from its key's
    /// quote; and its length.
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

    /// Keeps a member that was read: from `start`, where its key's quote is, to where the reader stands.
    #[inline(never)]
    pub(super) fn note(&mut self, reader: &Reader<'_>, start: usize, member: Member, numbers: &mut Numbers) {
        let json = reader.json();
        let read = reader.span_from(start).of(json);
        let is_scalar = !matches!(member.value.and_then(|value| value.of(json).first()), Some(b'{' | b'['));
        let fits = read.len() >= size_of::<Head>() && read.len() <= LONGEST;
        // A key of another spelling may be that of a member which decides something.
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
    /// Returns whether `rest` begins with this member, whole.
    #[inline]
    fn begins(&self, rest: &[u8]) -> bool {
        let text = self.text.get(..self.length).unwrap_or_default();
        rest.starts_with(text) && matches!(rest.get(self.length), Some(b',' | b'}'))
    }
}
