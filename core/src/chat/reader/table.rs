//! Where the members of one chunk are: spans into its bytes, in rows that are reused from chunk to chunk.

use super::Memos;
use crate::json::Span;
use crate::limits::{Limit, TooLarge};

/// Where the members of one chunk are.
#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(crate) id: Option<Span>,
    pub(crate) model: Option<Span>,
    /// A number, or a string that may hold one.
    pub(crate) created: Option<Span>,
    pub(crate) usage: Option<Span>,
    /// The chunk says that it is, or holds, an error.
    pub(crate) error: bool,
    /// There is an array of choices, be it empty.
    pub(crate) has_choices: bool,
    /// Rows of what a later member with the same key replaced stay where they are, and are no longer named by anything: to
    /// take them out one by one would let a hostile chunk cost the square of its length.
    pub(super) choices: Vec<ChoiceSpans>,
    /// Messages that stand beside a delta which holds something.
    pub(crate) snapshots: Vec<ChoiceSpans>,
    /// A whole reply is scanned: a message counts before a delta.
    pub(super) whole: bool,
    /// The first row in `choices` that counts.
    pub(super) first_choice: usize,
    pub(crate) calls: Vec<CallSpans>,
    /// The legacy `function_call`s.
    pub(crate) function_calls: Vec<CallSpans>,
    pub(crate) parts: Vec<PartSpans>,
    pub(crate) extras: Vec<ExtraSpans>,
    /// How many objects were read that may be replaced.
    pub(super) serial: u32,
    /// There were more rows of a kind than are noted.
    pub(super) overflowed: bool,
    pub(super) memos: Memos,
}

/// How many rows of a kind a chunk may have: far more than any answer, and few enough that a chunk of nothing but `{},{},`
/// takes little more memory than its bytes.
pub(super) const MOST_ROWS: usize = 1 << 16;

impl Table {
    /// Returns the number of the first choice's row, and the choices.
    pub(crate) fn choices(&self) -> (usize, &[ChoiceSpans]) {
        (self.first_choice, self.choices.get(self.first_choice..).unwrap_or_default())
    }

    /// Returns why the last scan failed, if that was for too many rows.
    pub(crate) fn too_large(&self) -> Option<TooLarge> {
        self.overflowed.then_some(TooLarge { what: Limit::Elements, limit: MOST_ROWS })
    }

    /// Forgets everything and keeps the storage.
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
    /// The message beside the delta: a row in `Table::snapshots`.
    pub(crate) snapshot: Option<u32>,
    /// It was read from a `message`, not from a `delta`.
    pub(crate) whole: bool,
    pub(crate) role: Option<Span>,
    pub(crate) content: ContentSpan,
    pub(crate) reasoning_content: Option<Span>,
    pub(crate) reasoning: Option<Span>,
    pub(crate) reasoning_signature: Option<Span>,
    pub(crate) refusal: Option<Span>,
    /// Rows in [`Table::calls`].
    pub(crate) calls: (usize, usize),
    /// Which of several messages under one choice this is.
    pub(crate) serial: u32,
    /// Row in [`Table::function_calls`].
    pub(crate) function_call: Option<usize>,
}

impl ChoiceSpans {
    /// Returns the text of a delta that has nothing but a text.
    #[inline]
    pub(crate) fn text_alone(&self) -> Option<Span> {
        let text = self.content.text()?;
        let others = [self.reasoning, self.reasoning_content, self.refusal, self.role, self.finish_reason];
        let rare =
            self.reasoning_signature.is_some() || self.function_call.is_some() || self.whole || self.snapshot.is_some();
        let alone = others.iter().all(Option::is_none) && self.calls.0 == self.calls.1 && !rare;
        alone.then_some(text)
    }

    /// Returns the row with other spans.
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
    /// Rows in [`Table::parts`].
    Parts(usize, usize),
}

impl ContentSpan {
    /// Returns the text, if it is one.
    #[inline]
    pub(crate) fn text(&self) -> Option<Span> {
        if let ContentSpan::Text(text) = *self { Some(text) } else { None }
    }
}

/// One element of a `content` array.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PartSpans {
    pub(crate) kind: PartKind,
    /// The element; empty for a further text of the element before.
    pub(crate) raw: Span,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum PartKind {
    /// A text part; `plain` if it holds nothing else.
    Text { text: Span, plain: bool },
    /// A thinking part, some providers' way to stream reasoning.
    Thinking { text: Span, plain: bool },
    /// Anything else.
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
    /// Which of several functions under one call this is.
    pub(crate) serial: u32,
}

/// The `arguments` of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ArgumentSpan {
    #[default]
    Absent,
    Null,
    Text(Span),
    /// A value instead of the text of one.
    Json(Span),
}

/// A member that has no row of its own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ExtraSpans {
    pub(crate) owner: Owner,
    pub(crate) key: Span,
    pub(crate) value: Span,
    /// The number under which the reader knows the member by its bytes; 0 where it does not.
    pub(crate) known: u32,
}

impl ExtraSpans {
    /// Returns the member as it came, byte for byte.
    #[inline]
    pub(crate) fn member<'a>(&self, json: &'a [u8]) -> &'a [u8] {
        Span { start: self.key.start, ..self.value }.of(json)
    }
}

/// Whose member it is: a row, and the serial number of the object under it. Owners that nothing names any more are passed
/// over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Owner {
    Chunk,
    Choice(usize),
    Message(usize, u32),
    FunctionCall(usize, u32),
    Call(usize),
    Function(usize, u32),
}
