//! One element of `choices`, and the delta or message in it.

use super::table::{ChoiceSpans, ContentSpan, Owner, PartKind, PartSpans, Table};
use super::{index, name, part, spelled, string_or_null};
use crate::json::{Kind, Reader, Span};

impl Table {
    pub(super) fn choice(&mut self, reader: &mut Reader<'_>) -> Option<()> {
        if reader.kind()? != Kind::Object {
            return reader.skip().map(drop);
        }
        let row = self.choices.len();
        let mut choice = ChoiceSpans::default();
        let (mut has_delta, mut message) = (false, None);
        reader.object(|reader, key| {
            let kind = reader.kind()?;
            let spelled = spelled(reader, key);
            match name(reader, key, &spelled) {
                b"index" => choice.index = index(reader)?,
                b"finish_reason" if string_or_null(reader, kind, &mut choice.finish_reason)? => {}
                b"delta" if kind == Kind::Object => {
                    let ChoiceSpans { index, finish_reason, .. } = choice;
                    let serial = self.next_serial();
                    choice = ChoiceSpans { index, finish_reason, serial, ..ChoiceSpans::default() };
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

    /// Reads a `message` and returns its row. A later `message` of the same choice overwrites the row of the earlier
    /// one.
    #[cold]
    fn snapshot(&mut self, reader: &mut Reader<'_>, row: usize, earlier: Option<usize>) -> Option<usize> {
        let mut message = ChoiceSpans { whole: true, serial: self.next_serial(), ..ChoiceSpans::default() };
        reader.object(|reader, key| self.message(reader, key, row, &mut message))?;
        let place = earlier.unwrap_or(self.snapshots.len());
        match self.snapshots.get_mut(place) {
            Some(earlier) => *earlier = message,
            None => self.snapshots.push(message),
        }
        Some(place)
    }

    /// Decides whether a choice with a `message` is read from the message or from its delta.
    #[cold]
    fn stand_beside(&self, choice: &mut ChoiceSpans, has_delta: bool, message: usize) {
        if has_delta && !self.whole {
            choice.snapshot = u32::try_from(message).ok();
        } else if let Some(message) = self.snapshots.get(message) {
            *choice = ChoiceSpans { index: choice.index, finish_reason: choice.finish_reason, ..message.clone() };
        }
    }

    fn message(&mut self, reader: &mut Reader<'_>, key: Span, row: usize, choice: &mut ChoiceSpans) -> Option<()> {
        let kind = reader.kind()?;
        let spelled = spelled(reader, key);
        match name(reader, key, &spelled) {
            b"content" if kind == Kind::String => choice.content = ContentSpan::Text(reader.string()?),
            b"content" if kind == Kind::Null => {
                choice.content = ContentSpan::Null;
                reader.skip()?;
            }
            b"content" if kind == Kind::Array => {
                let first = self.parts.len();
                reader.array(|reader| self.part(reader))?;
                choice.content = ContentSpan::Parts(first, self.parts.len());
            }
            b"tool_calls" if matches!(kind, Kind::Array | Kind::Null) => {
                let first = self.calls.len();
                if kind == Kind::Null {
                    reader.skip()?;
                } else {
                    reader.array(|reader| self.call(reader))?;
                }
                choice.calls = (first, self.calls.len());
            }
            b"function_call" if kind == Kind::Null => {
                choice.function_call = None;
                reader.skip()?;
            }
            b"function_call" if kind == Kind::Object => self.function_call(reader, row, choice)?,
            b"role" if string_or_null(reader, kind, &mut choice.role)? => {}
            b"reasoning_content" if string_or_null(reader, kind, &mut choice.reasoning_content)? => {}
            b"reasoning" if string_or_null(reader, kind, &mut choice.reasoning)? => {}
            b"reasoning_signature" if string_or_null(reader, kind, &mut choice.reasoning_signature)? => {}
            b"refusal" if string_or_null(reader, kind, &mut choice.refusal)? => {}
            _ => self.extra(reader, kind, Owner::Message(row, choice.serial), key)?,
        }
        Some(())
    }

    #[cold]
    fn part(&mut self, reader: &mut Reader<'_>) -> Option<()> {
        let start = reader.pos();
        let mut more = Vec::new();
        let kind = match reader.kind()? {
            Kind::String => PartKind::Text { text: reader.string()?, plain: true },
            Kind::Object => part::scan(reader, &mut more)?,
            _ => {
                reader.skip()?;
                PartKind::Other
            }
        };
        self.has_room(self.parts.len() + more.len())?;
        self.parts.push(PartSpans { kind, raw: reader.span_from(start) });
        let more = more.into_iter().map(|text| PartKind::Thinking { text, plain: false });
        self.parts.extend(more.map(|kind| PartSpans { kind, raw: Span::default() }));
        Some(())
    }
}
