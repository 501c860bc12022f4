//! The places of the members of one chunk: spans into its bytes, in rows that are reused from chunk to chunk.

use super::Memos;
use crate::json::Span;
use crate::limits::{Limit, TooLarge};

/// The places of the members of one chunk.
#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(crate) id: Option<Span>,
    pub(crate) model: Option<Span>,
    /// A number, or a string that may hold one.
    pub(crate) created: Option<Span>,
    pub(crate) usage: Option<Span>,
    /// Whether the chunk is an error, or contains one.
    pub(crate) error: bool,
    /// Whether there is an array of choices, even an empty one.
    pub(crate) has_choices: bool,
    /// Rows that a later member with the same key replaced stay in the list, and nothing refers to them. Removing them
    /// one by one would let a hostile chunk take time with the square of its length.
    pub(super) choices: Vec<ChoiceSpans>,
    /// Messages beside a delta that is not empty.
    pub(crate) snapshots: Vec<ChoiceSpans>,
    /// Whether a whole reply is scanned: its messages count before deltas.
    pub(super) whole: bool,
    /// The first row of `choices` that counts.
    pub(super) first_choice: usize,
    pub(crate) calls: Vec<CallSpans>,
    /// The legacy `function_call`s.
    pub(crate) function_calls: Vec<CallSpans>,
    pub(crate) parts: Vec<PartSpans>,
    pub(crate) extras: Vec<ExtraSpans>,
    /// The number of objects read so far that may be replaced.
    pub(super) serial: u32,
    /// Whether there were too many rows of a kind.
    pub(super) overflowed: bool,
    pub(super) memos: Memos,
}

/// The limit for rows of one kind in a chunk. No answer has so many, and a chunk of only `{},{},` takes little more
/// memory than its bytes.
pub(super) const MOST_ROWS: usize = 1 << 16;

impl Table {
    /// Returns the index of the first row that counts, and the choices.
    pub(crate) fn choices(&self) -> (usize, &[ChoiceSpans]) {
        (self.first_choice, self.choices.get(self.first_choice..).unwrap_or_default())
    }

    /// Returns the error of the last scan, if it had too many rows.
    pub(crate) fn too_large(&self) -> Option<TooLarge> {
        self.overflowed.then_some(TooLarge { what: Limit::Elements, limit: MOST_ROWS })
    }

    /// Empties the table and keeps its memory.
    pub(crate) fn clear(&mut self) {
        self.id = None;
        self.model = None;
        self.created = None;
        self.usage = None;
        self.error = false;
        self.has_choices = false;
        self.first_choice = 0;
        self.serial = 0;
        self.overflowed = false;
        self.choices.clear();
        self.snapshots.clear();
        self.calls.clear();
        self.function_calls.clear();
        self.parts.clear();
        self.extras.clear();
    }
}

/// One element of `choices`.
#[derive(Clone, Debug, Default)]
pub(crate) struct ChoiceSpans {
    pub(crate) index: Option<u8>,
    pub(crate) finish_reason: Option<Span>,
    /// The message beside the delta: an index in `Table::snapshots`.
    pub(crate) snapshot: Option<u32>,
    /// Whether it was read from a `message`, not from a `delta`.
    pub(crate) whole: bool,
    pub(crate) role: Option<Span>,
    pub(crate) content: ContentSpan,
    pub(crate) reasoning_content: Option<Span>,
    pub(crate) reasoning: Option<Span>,
    pub(crate) reasoning_signature: Option<Span>,
    pub(crate) refusal: Option<Span>,
    /// Range in [`Table::calls`].
    pub(crate) calls: (usize, usize),
    /// The serial number of the message: one choice may have several.
    pub(crate) serial: u32,
    /// Index in [`Table::function_calls`].
    pub(crate) function_call: Option<usize>,
}

impl ChoiceSpans {
    /// Returns the text of a delta that has only a text.
    #[inline]
    pub(crate) fn text_alone(&self) -> Option<Span> {
        let text = self.content.text()?;
        let others = [self.reasoning, self.reasoning_content, self.refusal, self.role, self.finish_reason];
        let rare =
            self.reasoning_signature.is_some() || self.function_call.is_some() || self.whole || self.snapshot.is_some();
        let alone = others.iter().all(Option::is_none) && self.calls.0 == self.calls.1 && !rare;
        alone.then_some(text)
    }

    /// Returns the row with each span converted.
    #[inline]
    pub(super) fn map(&self, now: impl Fn(Span) -> Span) -> ChoiceSpans {
        ChoiceSpans {
            finish_reason: self.finish_reason.map(&now),
            role: self.role.map(&now),
            content: match self.content {
                ContentSpan::Text(text) => ContentSpan::Text(now(text)),
                content => content,
            },
            reasoning_content: self.reasoning_content.map(&now),
            reasoning: self.reasoning.map(&now),
            reasoning_signature: self.reasoning_signature.map(&now),
            refusal: self.refusal.map(&now),
            ..*self
        }
    }
}

/// The `content` of a delta or message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ContentSpan {
    #[default]
    Absent,
    Null,
    Text(Span),
    /// Range in [`Table::parts`].
    Parts(usize, usize),
}

impl ContentSpan {
    /// Returns the text; `None` if the content is not a text.
    #[inline]
    pub(crate) fn text(&self) -> Option<Span> {
        if let ContentSpan::Text(text) = *self { Some(text) } else { None }
    }
}

/// One element of a `content` array.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PartSpans {
    pub(crate) kind: PartKind,
    /// The element; empty for a further text of the previous element.
    pub(crate) raw: Span,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum PartKind {
    /// A text part; `plain` if it has no other member.
    Text { text: Span, plain: bool },
    /// A thinking part, in which some providers stream reasoning.
    Thinking { text: Span, plain: bool },
    /// Any other part.
    Other,
}

/// One element of `tool_calls`, or the legacy `function_call`.
#[derive(Clone, Debug, Default)]
pub(crate) struct CallSpans {
    pub(crate) index: Option<u8>,
    pub(crate) id: Option<Span>,
    pub(crate) kind: Option<Span>,
    pub(crate) name: Option<Span>,
    pub(crate) arguments: ArgumentSpan,
    /// The serial number of the function: one call may have several.
    pub(crate) serial: u32,
}

/// The `arguments` of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ArgumentSpan {
    #[default]
    Absent,
    Null,
    Text(Span),
    /// A JSON value instead of its text.
    Json(Span),
}

/// A member without a row of its own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ExtraSpans {
    pub(crate) owner: Owner,
    pub(crate) key: Span,
    pub(crate) value: Span,
    /// The number that the reader gave the member; 0 if it gave none.
    pub(crate) known: u32,
}

impl ExtraSpans {
    /// Returns the member as it came, byte for byte.
    #[inline]
    pub(crate) fn member<'a>(&self, json: &'a [u8]) -> &'a [u8] {
        Span { start: self.key.start, ..self.value }.of(json)
    }
}

/// The owner of a member: a row, and the serial number of the object. Owners that were replaced are skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Owner {
    Chunk,
    Choice(usize),
    Message(usize, u32),
    FunctionCall(usize, u32),
    Call(usize),
    Function(usize, u32),
}
