//! One validating pass over a chunk, or over a whole completion, that notes the places of the known members.
//!
//! ```text
//! {"id":"c-1","choices":[{"index":0,"delta":{"content":"Hel"}}],"x":1}
//!        ╰id╯                    ╰index        ╰content╯          ╰extra
//! ```
//!
//! It builds no tree and, after the first chunks, allocates nothing: the rows of a [`Table`] are reused from chunk to
//! chunk. Unknown members are validated in full and noted as extra. A member equal to the one in the same place of an
//! earlier chunk is compared instead of read: see [`root_memo`] and [`choices_memo`]. The rules, which the reference
//! reader of the tests repeats:
//!
//! * The last of several members with the same key counts; `null` is absent.
//! * A known member of the wrong type is an unknown member.
//! * In a whole reply, each choice is read from its `message` if that is an object, else from its `delta`.
//! * In a chunk, each choice is read from its `delta`, unless that is empty or not an object; a `message` beside it is
//!   a snapshot. Without a `delta` it is read from its `message`.
//! * Of several `delta`s, or several `message`s, the last one that is an object counts.
//! * In an array of objects, elements that are not objects are skipped.

mod call;
mod choice;
mod choices_memo;
mod head;
mod part;
mod root_memo;
mod table;

use crate::json::{self, Kind, Reader, Span, Syntax};
use choices_memo::{Before, ChoicesMemo};
pub(super) use head::Head;
use root_memo::{Field, Member, Numbers, RootMemo};
use table::MOST_ROWS;
pub(crate) use table::{ArgumentSpan, CallSpans, ChoiceSpans, ContentSpan, ExtraSpans, Owner, PartKind, Table};

/// The highest index of a choice or a tool call. A higher index counts as absent.
const MAX_INDEX: u64 = 127;

/// Members of earlier chunks: the next chunk need not be read where it has the same.
#[derive(Debug, Default)]
struct Memos {
    root: RootMemo,
    choices: ChoicesMemo,
    numbers: Numbers,
    /// Whether a chunk was read before. Members of a single document are not worth keeping.
    in_use: bool,
}

/// The kind of member that was passed.
enum Passed {
    Member(Member),
    Choices,
    Other,
}

impl Table {
    /// Scans `json`, which must be one object.
    ///
    /// # Errors
    /// [`Syntax`] if `json` is not one object, or if it has [too many rows](Self::too_large). The table is then empty.
    pub(crate) fn scan(&mut self, json: &[u8]) -> Result<(), Syntax> {
        self.whole = false;
        self.scan_object(json)
    }

    /// Scans a whole reply, by the rules for whole replies; see [`scan`](Self::scan).
    ///
    /// # Errors
    /// As [`scan`](Self::scan).
    pub(crate) fn scan_whole(&mut self, json: &[u8]) -> Result<(), Syntax> {
        self.whole = true;
        self.scan_object(json)
    }

    fn scan_object(&mut self, json: &[u8]) -> Result<(), Syntax> {
        self.clear();
        self.memos.root.start();
        let mut reader = Reader::new(json);
        let scanned = reader.members(|reader| self.member(reader)).and_then(|()| reader.end());
        self.memos.in_use = true;
        scanned.ok_or_else(|| {
            let overflowed = self.overflowed;
            self.clear();
            self.overflowed = overflowed;
            reader.syntax()
        })
    }

    /// Passes a member of the chunk: by comparison if it came before, else by reading it.
    #[inline]
    fn member(&mut self, reader: &mut Reader<'_>) -> Option<()> {
        if self.memos.in_use && self.recall(reader)? {
            return Some(());
        }
        let before = Before { start: reader.pos(), extras: self.extras.len(), serial: self.serial };
        let key = reader.key()?;
        let kind = reader.kind()?;
        let passed = self.root(reader, kind, key)?;
        // Members that make the chunk an error are read each time.
        if self.memos.in_use && !self.error {
            match passed {
                Passed::Member(member) => {
                    self.memos.root.note(reader, before.start, member, &mut self.memos.numbers);
                }
                Passed::Choices => self.note_choices(reader, before),
                Passed::Other => {}
            }
        }
        Some(())
    }

    /// Passes a member that came before. Otherwise returns `false` and passes nothing.
    #[inline]
    fn recall(&mut self, reader: &mut Reader<'_>) -> Option<bool> {
        let Some(head) = reader.rest().first_chunk() else { return Some(false) };
        if head == choices_memo::HEAD {
            return self.recall_choices(reader);
        }
        let Some((member, length)) = self.memos.root.recall(reader.rest(), head) else { return Some(false) };
        let start = reader.pos();
        reader.pass_known(length);
        let value = member.value.map(|value| value.after(start));
        match member.field {
            Field::Id => self.id = value,
            Field::Model => self.model = value,
            Field::Created => self.created = value,
            Field::Usage => self.usage = value,
            Field::Extra => {
                let (key, value) = (member.key.after(start), value?);
                self.note_extra(ExtraSpans { owner: Owner::Chunk, key, value, known: member.known })?;
            }
        }
        Some(true)
    }

    /// Reads a member of the chunk.
    fn root(&mut self, reader: &mut Reader<'_>, kind: Kind, key: Span) -> Option<Passed> {
        let spelled = spelled(reader, key);
        let (field, value) = match name(reader, key, &spelled) {
            b"id" if text_or_null(reader, kind, &mut self.id)? => (Field::Id, self.id),
            b"model" if text_or_null(reader, kind, &mut self.model)? => (Field::Model, self.model),
            b"created" if is_text(kind) || kind == Kind::Null => {
                self.created = value_or_null(reader, kind)?;
                (Field::Created, self.created)
            }
            b"usage" if matches!(kind, Kind::Object | Kind::Null) => {
                self.usage = value_or_null(reader, kind)?;
                (Field::Usage, self.usage)
            }
            b"choices" if matches!(kind, Kind::Array | Kind::Null) => {
                self.first_choice = self.choices.len();
                self.has_choices = kind == Kind::Array;
                if self.has_choices {
                    reader.array(|reader| self.choice(reader))?;
                } else {
                    reader.skip()?;
                }
                return Some(Passed::Choices);
            }
            b"error" => {
                self.error(reader)?;
                return Some(Passed::Other);
            }
            other => {
                let decides = kind == Kind::String && matches!(other, b"type" | b"object");
                let value = reader.skip_of(kind)?;
                self.error |= decides && value.of(reader.json()) == b"\"error\"";
                self.note_extra(ExtraSpans { owner: Owner::Chunk, key, value, known: 0 })?;
                (Field::Extra, Some(value))
            }
        };
        Some(Passed::Member(Member { field, key, value, known: 0 }))
    }

    #[cold]
    fn error(&mut self, reader: &mut Reader<'_>) -> Option<()> {
        let value = reader.skip()?;
        self.error |= crate::error::is_truthy(value.of(reader.json()));
        Some(())
    }

    fn next_serial(&mut self) -> u32 {
        self.serial = self.serial.saturating_add(1);
        self.serial
    }

    #[inline]
    fn extra(&mut self, reader: &mut Reader<'_>, kind: Kind, owner: Owner, key: Span) -> Option<()> {
        let value = reader.skip_of(kind)?;
        self.note_extra(ExtraSpans { owner, key, value, known: 0 })
    }

    #[inline]
    fn note_extra(&mut self, extra: ExtraSpans) -> Option<()> {
        self.has_room(self.extras.len())?;
        self.extras.push(extra);
        Some(())
    }

    /// Ends the scan if there are too many rows of a kind.
    #[inline]
    fn has_room(&mut self, rows: usize) -> Option<()> {
        self.overflowed |= rows >= MOST_ROWS;
        (!self.overflowed).then_some(())
    }
}

/// Reads an index. A value that is not an integer in range counts as absent, so that no memory is reserved for it.
#[inline]
fn index(reader: &mut Reader<'_>) -> Option<Option<u8>> {
    // Nearly always it is one digit.
    if let [digit @ b'0'..=b'9', b',' | b'}', ..] = *reader.rest() {
        reader.pass_known(1);
        return Some(Some(digit - b'0'));
    }
    let digits = reader.skip()?.of(reader.json());
    let plain = digits.len() <= 3 && digits.iter().all(u8::is_ascii_digit);
    let value = digits.iter().take(3).fold(0_u64, |value, digit| value * 10 + u64::from(digit.wrapping_sub(b'0')));
    Some(u8::try_from(value).ok().filter(|_| plain && value <= MAX_INDEX))
}

fn is_text(kind: Kind) -> bool {
    matches!(kind, Kind::String | Kind::Number)
}

/// Reads a string, the digits of a number, or `null`, which is absent, into `slot`. For any other value returns `false`
/// and passes nothing.
#[inline]
fn text_or_null(reader: &mut Reader<'_>, kind: Kind, slot: &mut Option<Span>) -> Option<bool> {
    if kind == Kind::Number {
        *slot = Some(reader.number()?);
        return Some(true);
    }
    string_or_null(reader, kind, slot)
}

/// Reads a string, or `null`, which is absent, into `slot`. For any other value returns `false` and passes nothing.
#[inline]
fn string_or_null(reader: &mut Reader<'_>, kind: Kind, slot: &mut Option<Span>) -> Option<bool> {
    *slot = match kind {
        Kind::String => Some(reader.string()?),
        Kind::Null => reader.skip_of(kind).map(|_| None)?,
        _ => return Some(false),
    };
    Some(true)
}

/// Passes any value; `null` is absent.
#[inline]
fn value_or_null(reader: &mut Reader<'_>, kind: Kind) -> Option<Option<Span>> {
    let value = reader.skip_of(kind)?;
    Some((kind != Kind::Null).then_some(value))
}

/// Returns the decoded name of a key with escapes.
#[inline]
fn spelled(reader: &Reader<'_>, key: Span) -> Option<String> {
    key.escaped.then(|| json::to_string(reader.json(), key))
}

/// Returns the decoded name of a key.
#[inline]
fn name<'a>(reader: &Reader<'a>, key: Span, spelled: &'a Option<String>) -> &'a [u8] {
    match spelled {
        None => key.of(reader.json()),
        Some(spelled) => spelled.as_bytes(),
    }
}
