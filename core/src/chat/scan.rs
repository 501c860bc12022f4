//! One validating pass over a chunk, or a whole completion, that notes where the known members are.
//!
//! ```text
//! {"id":"c-1","choices":[{"index":0,"delta":{"content":"Hel"}}],"x":1}
//!        ╰id╯                    ╰index        ╰content╯          ╰extra
//! ```
//!
//! No tree and, in the steady state, no allocation: the rows of a [`Table`] are reused from chunk to chunk. Unknown members
//! are passed with full validation and noted as extra. The rules, which the reference reader of the tests repeats:
//!
//! * The last of several members with the same key counts; `null` is absent.
//! * A known member of a type that does not fit is an unknown member.
//! * Of a whole reply, each choice is read from its `message` if that is an object, else from its `delta`.
//! * Of a chunk, each choice is read from its `delta`, unless that is no object or an empty one; a `message` beside it is a
//!   snapshot. Without a `delta` it is read from its `message`.
//! * Of several `delta`s, or several `message`s, the last that is an object counts.
//! * Where an array of objects is expected, elements that are not objects are passed over.

use super::table::{
    ArgumentSpan, CallRow, ChoiceRow, ContentSpan, ExtraRow, MOST_ROWS, Owner, PartKind, PartRow, Table,
};
use crate::json::{self, Kind, Reader, Span, Syntax};

/// Highest index of a choice or a call that is taken for one.
const MAX_INDEX: u64 = 127;

impl Table {
    /// Scans `json`, which must be one object.
    ///
    /// # Errors
    /// [`Syntax`] where it is not, or where there are [too many rows](Self::too_large); the table then holds nothing.
    pub(crate) fn scan(&mut self, json: &[u8]) -> Result<(), Syntax> {
        self.whole = false;
        self.scan_object(json)
    }

    /// Scans a whole reply: see [`scan`](Self::scan).
    ///
    /// # Errors
    /// As [`scan`](Self::scan).
    pub(crate) fn scan_whole(&mut self, json: &[u8]) -> Result<(), Syntax> {
        self.whole = true;
        self.scan_object(json)
    }

    fn scan_object(&mut self, json: &[u8]) -> Result<(), Syntax> {
        self.clear();
        let mut reader = Reader::new(json);
        let scanned = reader.object(|reader, key| self.root(reader, key)).and_then(|()| reader.end());
        scanned.ok_or_else(|| {
            let overflowed = self.overflowed;
            self.clear();
            self.overflowed = overflowed;
            reader.syntax()
        })
    }

    fn root(&mut self, reader: &mut Reader<'_>, key: Span) -> Option<()> {
        let kind = reader.kind()?;
        let spelled = spelled(reader, key);
        match name(reader, key, &spelled) {
            b"id" if is_text(kind) => self.id = Some(text(reader, kind)?),
            b"id" if kind == Kind::Null => {
                self.id = None;
                reader.skip()?;
            }
            b"model" if is_text(kind) => self.model = Some(text(reader, kind)?),
            b"model" if kind == Kind::Null => {
                self.model = None;
                reader.skip()?;
            }
            b"created" if is_text(kind) => self.created = Some(reader.skip_of(kind)?),
            b"created" if kind == Kind::Null => {
                self.created = None;
                reader.skip()?;
            }
            b"choices" if matches!(kind, Kind::Array | Kind::Null) => {
                self.first_choice = self.choices.len();
                self.has_choices = kind == Kind::Array;
                if kind == Kind::Null {
                    reader.skip()?;
                } else {
                    reader.array(|reader| self.choice(reader))?;
                }
            }
            b"usage" if kind == Kind::Object => self.usage = Some(reader.skip()?),
            b"usage" if kind == Kind::Null => {
                self.usage = None;
                reader.skip()?;
            }
            b"error" => self.error(reader)?,
            b"type" | b"object" if kind == Kind::String => {
                let value = reader.skip_of(kind)?;
                self.error |= value.of(reader.json()) == b"\"error\"";
                self.note_extra(ExtraRow { owner: Owner::Chunk, key, value })?;
            }
            _ => self.extra(reader, kind, Owner::Chunk, key)?,
        }
        Some(())
    }

    fn choice(&mut self, reader: &mut Reader<'_>) -> Option<()> {
        if reader.kind()? != Kind::Object {
            return reader.skip().map(drop);
        }
        let row = self.choices.len();
        let mut choice = ChoiceRow::default();
        let (mut has_delta, mut message) = (false, None);
        reader.object(|reader, key| {
            let kind = reader.kind()?;
            let spelled = spelled(reader, key);
            match name(reader, key, &spelled) {
                b"index" => choice.index = index(reader)?,
                b"finish_reason" if matches!(kind, Kind::String | Kind::Null) => {
                    choice.finish_reason = string_or_null(reader, kind)?;
                }
                b"delta" if kind == Kind::Object => {
                    let ChoiceRow { index, finish_reason, .. } = choice;
                    let serial = self.next_serial();
                    choice = ChoiceRow { index, finish_reason, serial, ..ChoiceRow::default() };
                    has_delta = false;
                    reader.object(|reader, key| {
                        has_delta = true;
                        self.message(reader, key, row, &mut choice)
                    })?;
                }
                b"message" if kind == Kind::Object => message = Some(self.snapshot(reader, row, message)?),
                b"delta" | b"message" if kind == Kind::Null => drop(reader.skip()?),
                b"error" => self.error(reader)?,
                _ => self.extra(reader, kind, Owner::Choice(row), key)?,
            }
            Some(())
        })?;
        self.has_room(self.choices.len())?;
        if let Some(message) = message {
            self.stand_beside(&mut choice, has_delta, message);
        }
        self.choices.push(choice);
        Some(())
    }

    /// Reads a `message`; returns its row. A later `message` of the same choice takes the row of the earlier one.
    #[cold]
    fn snapshot(&mut self, reader: &mut Reader<'_>, row: usize, earlier: Option<usize>) -> Option<usize> {
        let mut message = ChoiceRow { whole: true, serial: self.next_serial(), ..ChoiceRow::default() };
        reader.object(|reader, key| self.message(reader, key, row, &mut message))?;
        let place = earlier.unwrap_or(self.snapshots.len());
        match self.snapshots.get_mut(place) {
            Some(earlier) => *earlier = message,
            None => self.snapshots.push(message),
        }
        Some(place)
    }

    /// Decides what a choice with a `message` is read from.
    #[cold]
    fn stand_beside(&self, choice: &mut ChoiceRow, has_delta: bool, message: usize) {
        if has_delta && !self.whole {
            choice.snapshot = u32::try_from(message).ok();
        } else if let Some(message) = self.snapshots.get(message) {
            *choice = ChoiceRow { index: choice.index, finish_reason: choice.finish_reason, ..message.clone() };
        }
    }

    fn message(&mut self, reader: &mut Reader<'_>, key: Span, row: usize, choice: &mut ChoiceRow) -> Option<()> {
        let kind = reader.kind()?;
        let spelled = spelled(reader, key);
        let slot = match name(reader, key, &spelled) {
            b"content" => match kind {
                Kind::String => {
                    choice.content = ContentSpan::Text(reader.string()?);
                    return Some(());
                }
                Kind::Null => {
                    choice.content = ContentSpan::Null;
                    return reader.skip().map(drop);
                }
                Kind::Array => {
                    let first = self.parts.len();
                    reader.array(|reader| self.part(reader))?;
                    choice.content = ContentSpan::Parts(first, self.parts.len());
                    return Some(());
                }
                _ => return self.extra(reader, kind, Owner::Message(row, choice.serial), key),
            },
            b"tool_calls" if matches!(kind, Kind::Array | Kind::Null) => {
                let first = self.calls.len();
                if kind == Kind::Null {
                    reader.skip()?;
                } else {
                    reader.array(|reader| self.call(reader))?;
                }
                choice.calls = (first, self.calls.len());
                return Some(());
            }
            b"function_call" if kind == Kind::Null => {
                choice.function_call = None;
                return reader.skip().map(drop);
            }
            b"function_call" if kind == Kind::Object => return self.function_call(reader, row, choice),
            b"role" => &mut choice.role,
            b"reasoning_content" => &mut choice.reasoning_content,
            b"reasoning" => &mut choice.reasoning,
            b"reasoning_signature" => &mut choice.reasoning_signature,
            b"refusal" => &mut choice.refusal,
            _ => return self.extra(reader, kind, Owner::Message(row, choice.serial), key),
        };
        if !matches!(kind, Kind::String | Kind::Null) {
            return self.extra(reader, kind, Owner::Message(row, choice.serial), key);
        }
        *slot = string_or_null(reader, kind)?;
        Some(())
    }

    #[cold]
    fn part(&mut self, reader: &mut Reader<'_>) -> Option<()> {
        let start = reader.pos();
        let mut more = Vec::new();
        let kind = match reader.kind()? {
            Kind::String => PartKind::Text { text: reader.string()?, plain: true },
            Kind::Object => super::scan_part::scan(reader, &mut more)?,
            _ => {
                reader.skip()?;
                PartKind::Other
            }
        };
        self.has_room(self.parts.len() + more.len())?;
        self.parts.push(PartRow { kind, raw: reader.span_from(start) });
        let more = more.into_iter().map(|text| PartKind::Thinking { text, plain: false });
        self.parts.extend(more.map(|kind| PartRow { kind, raw: Span::default() }));
        Some(())
    }

    fn call(&mut self, reader: &mut Reader<'_>) -> Option<()> {
        if reader.kind()? != Kind::Object {
            return reader.skip().map(drop);
        }
        let row = self.calls.len();
        let mut call = CallRow::default();
        reader.object(|reader, key| {
            let kind = reader.kind()?;
            let spelled = spelled(reader, key);
            match name(reader, key, &spelled) {
                b"index" => call.index = index(reader)?,
                b"id" if is_text(kind) => call.id = Some(text(reader, kind)?),
                b"id" if kind == Kind::Null => {
                    call.id = None;
                    reader.skip()?;
                }
                b"type" if matches!(kind, Kind::String | Kind::Null) => call.kind = string_or_null(reader, kind)?,
                b"function" if kind == Kind::Null => {
                    call = CallRow { index: call.index, id: call.id, kind: call.kind, ..CallRow::default() };
                    reader.skip()?;
                }
                b"function" if kind == Kind::Object => {
                    let CallRow { index, id, kind, .. } = call;
                    call = CallRow { index, id, kind, serial: self.next_serial(), ..CallRow::default() };
                    let owner = Owner::Function(row, call.serial);
                    reader.object(|reader, key| self.function(reader, key, owner, &mut call))?;
                }
                _ => self.extra(reader, kind, Owner::Call(row), key)?,
            }
            Some(())
        })?;
        self.has_room(self.calls.len())?;
        self.calls.push(call);
        Some(())
    }

    #[cold]
    fn function_call(&mut self, reader: &mut Reader<'_>, row: usize, choice: &mut ChoiceRow) -> Option<()> {
        let mut call = CallRow::default();
        let owner = Owner::FunctionCall(row, choice.serial);
        reader.object(|reader, key| self.function(reader, key, owner, &mut call))?;
        self.has_room(self.function_calls.len())?;
        choice.function_call = Some(self.function_calls.len());
        self.function_calls.push(call);
        Some(())
    }

    /// Reads a member of a function.
    fn function(&mut self, reader: &mut Reader<'_>, key: Span, owner: Owner, call: &mut CallRow) -> Option<()> {
        let kind = reader.kind()?;
        let spelled = spelled(reader, key);
        match name(reader, key, &spelled) {
            b"name" if matches!(kind, Kind::String | Kind::Null) => call.name = string_or_null(reader, kind)?,
            b"arguments" => {
                call.arguments = match kind {
                    Kind::String => ArgumentSpan::Text(reader.string()?),
                    Kind::Null => reader.skip().map(|_| ArgumentSpan::Null)?,
                    _ => ArgumentSpan::Json(reader.skip()?),
                };
            }
            _ => self.extra(reader, kind, owner, key)?,
        }
        Some(())
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
        self.note_extra(ExtraRow { owner, key, value })
    }

    #[inline]
    fn note_extra(&mut self, extra: ExtraRow) -> Option<()> {
        self.has_room(self.extras.len())?;
        self.extras.push(extra);
        Some(())
    }

    /// Ends the scan where there are as many rows of a kind as are noted.
    #[inline]
    fn has_room(&mut self, rows: usize) -> Option<()> {
        self.overflowed |= rows >= MOST_ROWS;
        (!self.overflowed).then_some(())
    }
}

/// Reads an index; one that is no integer in range is none, so that no memory is sized by it.
fn index(reader: &mut Reader<'_>) -> Option<Option<u8>> {
    let digits = reader.skip()?.of(reader.json());
    let plain = digits.len() <= 3 && digits.iter().all(u8::is_ascii_digit);
    let value = digits.iter().take(3).fold(0_u64, |value, digit| value * 10 + u64::from(digit.wrapping_sub(b'0')));
    Some(u8::try_from(value).ok().filter(|_| plain && value <= MAX_INDEX))
}

fn is_text(kind: Kind) -> bool {
    matches!(kind, Kind::String | Kind::Number)
}

/// Passes a string, or a number that stands for its digits.
fn text(reader: &mut Reader<'_>, kind: Kind) -> Option<Span> {
    if kind == Kind::String { reader.string() } else { reader.number() }
}

fn string_or_null(reader: &mut Reader<'_>, kind: Kind) -> Option<Option<Span>> {
    if kind == Kind::String { reader.string().map(Some) } else { reader.skip_of(kind).map(|_| None) }
}

/// Returns the name that a key with escapes in it spells.
#[inline]
pub(super) fn spelled(reader: &Reader<'_>, key: Span) -> Option<String> {
    key.escaped.then(|| json::to_string(reader.json(), key))
}

/// Returns the name that a key spells.
#[inline]
pub(super) fn name<'a>(reader: &Reader<'a>, key: Span, spelled: &'a Option<String>) -> &'a [u8] {
    match spelled {
        None => key.of(reader.json()),
        Some(spelled) => spelled.as_bytes(),
    }
}
