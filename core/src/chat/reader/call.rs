//! One element of `tool_calls`, or the legacy `function_call`.

use super::table::{ArgumentSpan, CallSpans, ChoiceSpans, Owner, Table};
use super::{index, name, spelled, string_or_null, text_or_null};
use crate::json::{Kind, Reader, Span};

impl Table {
    pub(super) fn call(&mut self, reader: &mut Reader<'_>) -> Option<()> {
        if reader.kind()? != Kind::Object {
            return reader.skip().map(drop);
        }
        let row = self.calls.len();
        let mut call = CallSpans::default();
        reader.object(|reader, key| {
            let kind = reader.kind()?;
            let spelled = spelled(reader, key);
            match name(reader, key, &spelled) {
                b"index" => call.index = index(reader)?,
                b"id" if text_or_null(reader, kind, &mut call.id)? => {}
                b"type" if string_or_null(reader, kind, &mut call.kind)? => {}
                b"function" if kind == Kind::Null => {
                    call = CallSpans { index: call.index, id: call.id, kind: call.kind, ..CallSpans::default() };
                    reader.skip()?;
                }
                b"function" if kind == Kind::Object => {
                    let CallSpans { index, id, kind, .. } = call;
                    call = CallSpans { index, id, kind, serial: self.next_serial(), ..CallSpans::default() };
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
    pub(super) fn function_call(
        &mut self,
        reader: &mut Reader<'_>,
        row: usize,
        choice: &mut ChoiceSpans,
    ) -> Option<()> {
        let mut call = CallSpans::default();
        let owner = Owner::FunctionCall(row, choice.serial);
        reader.object(|reader, key| self.function(reader, key, owner, &mut call))?;
        self.has_room(self.function_calls.len())?;
        choice.function_call = Some(self.function_calls.len());
        self.function_calls.push(call);
        Some(())
    }

    /// Reads a member of a function.
    fn function(&mut self, reader: &mut Reader<'_>, key: Span, owner: Owner, call: &mut CallSpans) -> Option<()> {
        let kind = reader.kind()?;
        let spelled = spelled(reader, key);
        match name(reader, key, &spelled) {
            b"name" if string_or_null(reader, kind, &mut call.name)? => {}
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
}
