//! The single choice of the last chunk without its text: the next chunk is compared with it instead of read.
//!
//! ```text
//! before  "choices":[{"index":0,"delta":{"content":"Hel"},"logprobs":null,"finish_reason":null}]
//!         ╰──────────────── start ────────────────╯╰text╯╰──────────────── end ────────────────╯
//! next    "choices":[{"index":0,"delta":{"content":"lo, wor"},"logprobs":null,"finish_reason":null}]
//!         equal bytes                              scanned     equal bytes
//! ```
//!
//! The comparison is exact, for the reasons of the [template](super::super::template). The start is compared at the
//! beginning of a member of the chunk, where it was read before, so it is the same tokens. The text is passed by the
//! method of the full scan. The state of a scan after a string does not depend on the text of the string. And the end
//! closes the array with its own bracket. The result of the scan for such a choice depends only on its bytes and their
//! place: one row, in which every span is before the text, after it, or the text itself, and further members with the
//! serial number of the only delta. Members that make the chunk an error are never kept.
//!
//! A few shapes are kept, one per index, because the chunks of several choices may alternate.

use super::Memos;
use super::root_memo::Head;
use super::table::{ChoiceSpans, ContentSpan, ExtraSpans, Owner, Table};
use crate::json::{Reader, Span};

/// The beginning of the member `choices`.
pub(super) const HEAD: &Head = b"\"choices";

/// The number of shapes that are kept.
const MOST_SHAPES: usize = 4;
/// The longest choice that is kept, in bytes without its text.
const LONGEST: usize = 512;
/// The largest number of further members of a choice that is kept.
const MOST_EXTRAS: usize = 4;

/// The shapes of earlier chunks.
#[derive(Debug, Default)]
pub(super) struct ChoicesMemo {
    shapes: Vec<Shape>,
    /// The index of the latest shape.
    last: usize,
}

/// The state of the scan before it reads the choices.
#[derive(Clone, Copy, Debug)]
pub(super) struct Before {
    /// The offset of the key's quote.
    pub(super) start: usize,
    /// The number of further members so far.
    pub(super) extras: usize,
    pub(super) serial: u32,
}

/// A member `choices` with one choice. All spans are relative to the key's quote.
#[derive(Debug, Default)]
struct Shape {
    /// The bytes before the text, and those after it.
    literals: Vec<u8>,
    text: Span,
    row: ChoiceSpans,
    extras: Vec<ExtraSpans>,
}

impl Table {
    /// Passes the next member, `choices`, if only its text differs from the last one. Otherwise returns `false` and
    /// passes nothing.
    #[inline]
    pub(super) fn recall_choices(&mut self, reader: &mut Reader<'_>) -> Option<bool> {
        let shapes = self.memos.choices.shapes.len();
        for turn in 0..shapes {
            let place = (self.memos.choices.last + turn) % shapes;
            let Some(shape) = self.memos.choices.shapes.get(place) else { break };
            let Some((passed, text)) = shape.follow(reader) else { continue };
            let start = reader.pos();
            *reader = passed;
            // The spans after the text move by the difference in its length, which may be negative.
            let moved = text.end.wrapping_sub(shape.text.end) as usize;
            let now = |span: Span| match span {
                span if span == shape.text => text,
                span if span.start < shape.text.start => span.after(start),
                span => span.after(moved),
            };
            self.memos.choices.last = place;
            self.has_choices = true;
            self.first_choice = self.choices.len();
            self.serial = self.serial.saturating_add(1);
            let (serial, row) = (self.serial, self.choices.len());
            for extra in &shape.extras {
                let owner = match extra.owner {
                    Owner::Choice(_) => Owner::Choice(row),
                    _ => Owner::Message(row, serial),
                };
                self.overflowed |= self.extras.len() >= super::MOST_ROWS;
                self.extras.push(ExtraSpans {
                    owner,
                    key: now(extra.key),
                    value: now(extra.value),
                    known: extra.known,
                });
            }
            self.overflowed |= row >= super::MOST_ROWS;
            self.choices.push(ChoiceSpans { serial, ..shape.row.map(now) });
            return (!self.overflowed).then_some(true);
        }
        Some(false)
    }

    /// Keeps the member `choices` that was just read, if it is one choice with one delta that has a text.
    #[inline(never)]
    pub(super) fn note_choices(&mut self, reader: &Reader<'_>, before: Before) {
        let [choice] = self.choices.get(self.first_choice..).unwrap_or_default() else { return };
        let extras = self.extras.get(before.extras..).unwrap_or_default();
        let is_plain = !choice.whole
            && choice.snapshot.is_none()
            && choice.finish_reason.is_none()
            && choice.function_call.is_none();
        let has_calls = choice.calls.0 < choice.calls.1;
        let one_delta = choice.serial == self.serial && self.serial == before.serial.saturating_add(1);
        if !is_plain || has_calls || !one_delta || extras.len() > MOST_EXTRAS {
            return;
        }
        if matches!(choice.content, ContentSpan::Parts(..)) {
            return;
        }
        let texts = [choice.content.text(), choice.reasoning_content, choice.reasoning, choice.refusal];
        // Some servers write every text in every chunk, and leave empty those that have no new part.
        let texts = texts.into_iter().flatten();
        let Some(text) = texts.max_by_key(|text| (!text.is_empty(), text.start)) else { return };
        let bytes = |start, end| Span { start, end, escaped: false }.of(reader.json());
        let (start, end) = (before.start as u32, reader.span_from(0).end);
        let literals = [bytes(start, text.start), bytes(text.end, end)];
        if literals.iter().map(|literal| literal.len()).sum::<usize>() > LONGEST {
            return;
        }
        let seen = |span: Span| span.from(before.start);
        let Memos { choices: memo, numbers, .. } = &mut self.memos;
        let extras = extras.iter().map(|extra| ExtraSpans {
            key: seen(extra.key),
            value: seen(extra.value),
            known: numbers.next(),
            ..*extra
        });
        let row = choice.map(seen);
        let place = match memo.shapes.iter().position(|shape| shape.row.index == row.index) {
            Some(place) => place,
            None if memo.shapes.len() < MOST_SHAPES => {
                memo.shapes.push(Shape::default());
                memo.shapes.len() - 1
            }
            None => (memo.last + 1) % MOST_SHAPES,
        };
        memo.last = place;
        let Some(shape) = memo.shapes.get_mut(place) else { return };
        shape.literals.clear();
        literals.into_iter().for_each(|literal| shape.literals.extend_from_slice(literal));
        shape.text = seen(text);
        shape.row = row;
        shape.extras.clear();
        shape.extras.extend(extras);
    }
}

impl Shape {
    /// Returns the reader behind the next member, if that matches this shape, and the text in it.
    #[inline]
    fn follow<'a>(&self, reader: &Reader<'a>) -> Option<(Reader<'a>, Span)> {
        let (start, end) = self.literals.split_at_checked(self.text.start as usize)?;
        if !reader.rest().starts_with(start) {
            return None;
        }
        let mut reader = reader.clone();
        reader.pass_known(start.len());
        let from = reader.pos();
        let escaped = reader.text()?;
        let text = Span { escaped, ..reader.span_from(from) };
        if !reader.rest().starts_with(end) {
            return None;
        }
        reader.pass_known(end.len());
        Some((reader, text))
    }
}
