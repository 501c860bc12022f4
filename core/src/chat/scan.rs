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
//! * `delta` and `message` are the same: the last of them that is an object counts.
//! * Where an array of objects is expected, elements that are not objects are passed over.

use std::borrow::Cow;

use super::table::{ArgumentSpan, CallRow, ChoiceRow, ContentSpan, ExtraRow, Owner, PartKind, PartRow, Table};
use crate::json::{Kind, Reader, Span, Syntax, lenient_uint};

/// Highest index of a choice or a call that is taken for one.
const MAX_INDEX: u64 = 127;

impl Table {
    /// Scans `json`, which must be one object.
    ///
    /// # Errors
    /// [`Syntax`] where it is not; the table then holds nothing.
    pub(crate) fn scan(&mut self, json: &[u8]) -> Result<(), Syntax> {
        self.clear();
        let mut reader = Reader::new(json);
        let scanned = reader.object(|reader, key| self.root(json, reader, key)).and_then(|()| reader.end());
        if scanned.is_err() {
            self.clear();
        }
        scanned
    }

    fn root(&mut self, json: &[u8], reader: &mut Reader<'_>, key: Span) -> Result<(), Syntax> {
        let kind = reader.kind()?;
        match (&*name(json, key), kind) {
            (b"id", _) if is_text(kind) => self.id = Some(text(reader)?),
            (b"model", _) if is_text(kind) => self.model = Some(text(reader)?),
            (b"created", Kind::Number | Kind::String) => {
                let (start, end) = reader.skip()?;
                self.created = lenient_uint(json.get(start..end).unwrap_or_default());
            }
            (b"choices", Kind::Array) => {
                self.first_choice = self.choices.len();
                self.has_choices = true;
                reader.array(|reader| self.choice(json, reader))?;
            }
            (b"usage", Kind::Object) => self.usage = Some(reader.skip()?),
            (b"choices", Kind::Null) => {
                self.has_choices = false;
                self.first_choice = self.choices.len();
                reader.skip()?;
            }
            (which @ (b"id" | b"model" | b"created" | b"usage"), Kind::Null) => {
                match which {
                    b"id" => self.id = None,
                    b"model" => self.model = None,
                    b"created" => self.created = None,
                    _ => self.usage = None,
                }
                reader.skip()?;
            }
            (b"error", _) => {
                let (start, end) = reader.skip()?;
                self.error |= crate::error::is_truthy(json.get(start..end).unwrap_or_default());
            }
            (b"type" | b"object", Kind::String) => {
                let (start, end) = reader.skip()?;
                self.error |= json.get(start..end) == Some(b"\"error\"");
                self.extras.push(ExtraRow { owner: Owner::Chunk, key, value: (start, end) });
            }
            _ => self.extra(reader, Owner::Chunk, key)?,
        }
        Ok(())
    }

    fn choice(&mut self, json: &[u8], reader: &mut Reader<'_>) -> Result<(), Syntax> {
        if reader.kind()? != Kind::Object {
            return reader.skip().map(drop);
        }
        let row = self.choices.len();
        let mut choice = ChoiceRow::default();
        reader.object(|reader, key| {
            let kind = reader.kind()?;
            match (&*name(json, key), kind) {
                (b"index", _) => choice.index = index(json, reader)?,
                (b"finish_reason", Kind::String) => choice.finish_reason = Some(reader.string()?),
                (b"finish_reason", Kind::Null) => {
                    choice.finish_reason = None;
                    reader.skip()?;
                }
                (which @ (b"delta" | b"message"), Kind::Object) => {
                    let whole = which == b"message";
                    let ChoiceRow { index, finish_reason, .. } = choice;
                    let serial = self.next_serial();
                    choice = ChoiceRow { index, finish_reason, whole, serial, ..ChoiceRow::default() };
                    reader.object(|reader, key| self.message(json, reader, key, row, &mut choice))?;
                }
                (b"delta" | b"message", Kind::Null) => drop(reader.skip()?),
                (b"error", _) => {
                    let (start, end) = reader.skip()?;
                    self.error |= crate::error::is_truthy(json.get(start..end).unwrap_or_default());
                }
                _ => self.extra(reader, Owner::Choice(row), key)?,
            }
            Ok(())
        })?;
        self.choices.push(choice);
        Ok(())
    }

    fn message(
        &mut self,
        json: &[u8],
        reader: &mut Reader<'_>,
        key: Span,
        row: usize,
        choice: &mut ChoiceRow,
    ) -> Result<(), Syntax> {
        let kind = reader.kind()?;
        let slot = match (&*name(json, key), kind) {
            (b"content", Kind::String) => {
                choice.content = ContentSpan::Text(reader.string()?);
                return Ok(());
            }
            (b"content", Kind::Null) => {
                choice.content = ContentSpan::Null;
                return reader.skip().map(drop);
            }
            (b"content", Kind::Array) => {
                let first = self.parts.len();
                reader.array(|reader| self.part(json, reader))?;
                choice.content = ContentSpan::Parts(first, self.parts.len());
                return Ok(());
            }
            (b"tool_calls", Kind::Array) => {
                let first = self.calls.len();
                reader.array(|reader| self.call(json, reader))?;
                choice.calls = (first, self.calls.len());
                return Ok(());
            }
            (b"tool_calls", Kind::Null) => {
                choice.calls = (0, 0);
                return reader.skip().map(drop);
            }
            (b"function_call", Kind::Object) => {
                let mut call = CallRow::default();
                let owner = Owner::FunctionCall(row, choice.serial);
                reader.object(|reader, key| {
                    if !function(json, reader, key, &mut call)? {
                        self.extra(reader, owner, key)?;
                    }
                    Ok(())
                })?;
                choice.function_call = Some(call);
                return Ok(());
            }
            (b"function_call", Kind::Null) => {
                choice.function_call = None;
                return reader.skip().map(drop);
            }
            (b"role", Kind::String | Kind::Null) => &mut choice.role,
            (b"reasoning_content", Kind::String | Kind::Null) => &mut choice.reasoning_content,
            (b"reasoning", Kind::String | Kind::Null) => &mut choice.reasoning,
            (b"reasoning_signature", Kind::String | Kind::Null) => &mut choice.reasoning_signature,
            (b"refusal", Kind::String | Kind::Null) => &mut choice.refusal,
            _ => return self.extra(reader, Owner::Message(row, choice.serial), key),
        };
        *slot = if kind == Kind::String { Some(reader.string()?) } else { reader.skip().map(|_| None)? };
        Ok(())
    }

    fn part(&mut self, json: &[u8], reader: &mut Reader<'_>) -> Result<(), Syntax> {
        let start = reader.pos();
        let mut more = Vec::new();
        let kind = match reader.kind()? {
            Kind::String => PartKind::Text { text: reader.string()?, plain: true },
            Kind::Object => super::scan_part::scan(json, reader, &mut more)?,
            _ => {
                reader.skip()?;
                PartKind::Other
            }
        };
        self.parts.push(PartRow { kind, raw: (start, reader.pos()) });
        let more = more.into_iter().map(|text| PartKind::Thinking { text, plain: false });
        self.parts.extend(more.map(|kind| PartRow { kind, raw: (0, 0) }));
        Ok(())
    }

    fn call(&mut self, json: &[u8], reader: &mut Reader<'_>) -> Result<(), Syntax> {
        if reader.kind()? != Kind::Object {
            return reader.skip().map(drop);
        }
        let row = self.calls.len();
        let mut call = CallRow::default();
        reader.object(|reader, key| {
            let kind = reader.kind()?;
            match (&*name(json, key), kind) {
                (b"index", _) => call.index = index(json, reader)?,
                (b"id", _) if is_text(kind) => call.id = Some(text(reader)?),
                (b"type", Kind::String) => call.kind = Some(reader.string()?),
                (b"id", Kind::Null) => {
                    call.id = None;
                    reader.skip()?;
                }
                (b"type", Kind::Null) => {
                    call.kind = None;
                    reader.skip()?;
                }
                (b"function", Kind::Null) => {
                    call = CallRow { index: call.index, id: call.id, kind: call.kind, ..CallRow::default() };
                    reader.skip()?;
                }
                (b"function", Kind::Object) => {
                    let CallRow { index, id, kind, .. } = call;
                    call = CallRow { index, id, kind, serial: self.next_serial(), ..CallRow::default() };
                    reader.object(|reader, key| {
                        if !function(json, reader, key, &mut call)? {
                            self.extra(reader, Owner::Function(row, call.serial), key)?;
                        }
                        Ok(())
                    })?;
                }
                _ => self.extra(reader, Owner::Call(row), key)?,
            }
            Ok(())
        })?;
        self.calls.push(call);
        Ok(())
    }

    fn next_serial(&mut self) -> u32 {
        self.serial = self.serial.saturating_add(1);
        self.serial
    }

    fn extra(&mut self, reader: &mut Reader<'_>, owner: Owner, key: Span) -> Result<(), Syntax> {
        let value = reader.skip()?;
        self.extras.push(ExtraRow { owner, key, value });
        Ok(())
    }
}

/// Reads a member of a function; returns whether it was one, and passed. If not, the reader still stands in front of it.
fn function(json: &[u8], reader: &mut Reader<'_>, key: Span, call: &mut CallRow) -> Result<bool, Syntax> {
    let kind = reader.kind()?;
    match (&*name(json, key), kind) {
        (b"name", Kind::String) => call.name = Some(reader.string()?),
        (b"name", Kind::Null) => {
            call.name = None;
            reader.skip()?;
        }
        (b"arguments", Kind::String) => call.arguments = ArgumentSpan::Text(reader.string()?),
        (b"arguments", Kind::Null) => {
            call.arguments = ArgumentSpan::Null;
            reader.skip()?;
        }
        (b"arguments", _) => {
            let (start, end) = reader.skip()?;
            call.arguments = ArgumentSpan::Json(start, end);
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// Reads an index; one that is no integer in range is none, so that no memory is sized by it.
fn index(json: &[u8], reader: &mut Reader<'_>) -> Result<Option<u8>, Syntax> {
    let (start, end) = reader.skip()?;
    let digits = json.get(start..end).unwrap_or_default();
    let plain = digits.len() <= 3 && digits.iter().all(u8::is_ascii_digit);
    let value = digits.iter().fold(0_u64, |value, digit| value * 10 + u64::from(digit.wrapping_sub(b'0')));
    Ok(u8::try_from(value).ok().filter(|_| plain && value <= MAX_INDEX))
}

fn is_text(kind: Kind) -> bool {
    matches!(kind, Kind::String | Kind::Number)
}

/// Passes a string, or a number that stands for its digits.
fn text(reader: &mut Reader<'_>) -> Result<Span, Syntax> {
    if reader.kind()? == Kind::String {
        return reader.string();
    }
    let (start, end) = reader.number()?;
    Ok(Span { start, end, escaped: false, ascii: true })
}

/// Returns the name that a key spells.
pub(super) fn name(json: &[u8], key: Span) -> Cow<'_, [u8]> {
    if key.escaped { Cow::Owned(crate::json::to_string(json, key).into_bytes()) } else { Cow::Borrowed(key.of(json)) }
}
