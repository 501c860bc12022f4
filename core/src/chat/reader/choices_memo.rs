//! The single choice of the last chunk without its text: the next chunk is compared with it instead of read.
//!
//! ```text
//! before  "choices":[{"index":0,"delta":{"content":"Hel"},"logprobs":null,"finish_reason":null}]
//!         ╰──────────────── start ────────────────╯╰text╯╰──────────────── end ────────────────╯
//! next    "choices":[{"index":0,"delta":{"content":"lo, wor"},"logprobs":null,"finish_reason":null}]
//!         equal bytes                              scanned     equal bytes
//! ```
//!
//! Exact for the reasons of the [template](super::super::template): the start is compared where a member of the chunk
//! begins, which is where it was read, so it is the same tokens; the text is passed by the method that the full scan uses; the
//! state of a scan after the value of a string does not depend on its text; and the end closes the array by its own bracket.
//! What the scan notes for such a choice depends on nothing but its bytes and their place: one row, with every span either
//! before the text, after it, or the text itself, and further members with the serial number of the only delta. Whatever
//! makes the chunk an error is never kept.
//!
//! A few shapes are kept, one an index: where several answers are asked for, their chunks take turns.

use super::Memos;
use super::root_memo::Head;
use super::table::{ChoiceSpans, ContentSpan, ExtraSpans, Owner, Table};
use crate::json::{Reader, Span};

/// What the member of the choices begins with.
pub(super) const HEAD: &Head = b"\"choices";

/// How many shapes are kept.
const MOST_SHAPES: usize = 4;
/// Longest choice that is kept, in bytes without its text.
const LONGEST: usize = 512;
/// How many further members of a choice that is kept may have.
const MOST_EXTRAS: usize = 4;

/// The shapes that came before.
#[derive(Debug, Default)]
pub(super) struct ChoicesMemo {
    shapes: Vec<Shape>,
    /// The one that came last.
    last: usize,
}

/// How far the scan was before it read the choices.
#[derive(Clone, Copy, Debug)]
pub(super) struct Before {
    /// Where the key's quote is.
    pub(super) start: usize,
    /// How many further members there were.
    pub(super) extras: usize,
    pub(super) serial: u32,
}

/// A member `choices` with one choice. All spans are as seen from the key's quote.
#[derive(Debug, Default)]
struct Shape {
    /// What stands before the text, and after it.
    literals: Vec<u8>,
    text: Span,
    row: ChoiceSpans,
    extras: Vec<ExtraSpans>,
}

impl Table {
    /// Passes the member `choices` that the reader stands in front of, if only its text differs from the last one; returns `false`, with
    /// nothing passed, where it did not.
    #[inline]
    pub(super) fn recall_choices(&mut self, reader: &mut Reader<'_>) -> Option<bool> {
        let shapes = self.memos.choices.shapes.len();
        for turn in 0..shapes {
            let place = (self.memos.choices.last + turn) % shapes;
            let Some(shape) = self.memos.choices.shapes.get(place) else { break };
            let Some((passed, text)) = shape.follow(reader) else { continue };
            let start = reader.pos();
            *reader = passed;
            // What is behind the text has moved by as much as the text is longer, which may be negative.
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

    /// Keeps the member `choices` that was just read, if it is one choice of one delta with a text.
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
        // Some name every text in every chunk, and leave those empty that are not about to come.
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
    /// Returns the reader behind a member like this one that it stands in front of, and the text in it.
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
