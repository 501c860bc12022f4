//! One choice that is being accumulated: its texts, its parts, its tool calls.

use super::Role;
use super::calls::{CallSum, Calls, NewCalls};
use super::reader::{ChoiceSpans, ContentSpan, PartKind, Table};
use crate::json::{self, Merged, Span, TextSum};
use crate::limits::{Limit, TooLarge};

/// One choice that is being accumulated.
#[derive(Clone, Debug, Default)]
pub(super) struct ChoiceSum {
    pub(super) index: u8,
    pub(super) role: Option<Role>,
    pub(super) content: TextSum,
    /// Whether `content` came as null, or was missing in a whole message.
    pub(super) null: bool,
    /// The parts of the content, if it came in parts.
    pub(super) parts: Option<Vec<PartSum>>,
    /// Whether a delta or a message was an object.
    pub(super) has_message: bool,
    pub(super) reasoning: TextSum,
    /// Which names had reasoning: `reasoning_content`, `reasoning`, parts of the content.
    pub(super) names: [bool; 3],
    pub(super) signature: TextSum,
    pub(super) refusal: TextSum,
    pub(super) calls: Calls,
    pub(super) function_call: Option<CallSum>,
    pub(super) finish_reason: Option<String>,
    pub(super) extra: Merged,
    pub(super) message: Merged,
    /// Whether a delta held members other than texts and calls, which are counted separately.
    pub(super) has_delta: bool,
    /// How many bytes of the texts and calls came in messages instead of deltas.
    pub(super) from_messages: usize,
    /// The size, in bytes, approximately, of what has no count of its own.
    pub(super) kept: usize,
}

/// A part of the content that is being accumulated. The text of a part is the piece of the whole text from its start to
/// the start of the next part, so that all parts together are the whole text.
#[derive(Clone, Debug)]
pub(super) enum PartSum {
    Text {
        from: usize,
    },
    /// A text part with further members: its JSON as it came.
    RichText {
        from: usize,
        json: String,
    },
    Thinking(String),
    /// Another part: its JSON as it came.
    Other(String),
}

impl PartSum {
    /// Returns where the text of the part starts in the whole text.
    pub(super) fn from(&self) -> Option<usize> {
        match self {
            PartSum::Text { from } | PartSum::RichText { from, .. } => Some(*from),
            PartSum::Thinking(_) | PartSum::Other(_) => None,
        }
    }
}

impl ChoiceSum {
    /// Adds what a chunk holds for the choice.
    ///
    /// # Errors
    /// [`TooLarge`] if the choice has more calls than the limit allows, or if a tool name grows beyond 1 KiB.
    pub(super) fn fold(
        &mut self,
        json: &[u8],
        table: &Table,
        choice: &ChoiceSpans,
        mut calls: NewCalls<'_>,
    ) -> Result<(), TooLarge> {
        if choice.whole && self.has_deltas() {
            return self.complete(json, table, choice, &mut calls);
        }
        let before = self.texts_len();
        self.has_message |= choice.serial > 0;
        if !choice.whole {
            let parts = matches!(choice.content, ContentSpan::Parts(first, end) if first < end);
            let spoken = choice.role.is_some_and(|role| !role.is_empty()) || choice.function_call.is_some();
            self.has_delta |= choice.snapshot.is_some() || spoken || parts || choice.calls.0 < choice.calls.1;
        }
        self.add_content(json, table, choice);
        self.add_reasoning(json, choice);
        if let Some(span) = choice.refusal {
            self.refusal.push(json, span);
        }
        if let Some(span) = choice.reasoning_signature {
            // There is one signature, whole or in pieces; some servers repeat it.
            if !self.signature.seen || json::to_cow(json, span) != self.signature.text {
                self.signature.push(json, span);
            }
        }
        if let Some(call) = choice.function_call.and_then(|row| table.function_calls.get(row)) {
            self.function_call.get_or_insert_default().add(json, call)?;
        }
        let added = self.calls.add_all(json, table, choice.calls, &mut calls);
        if choice.whole {
            // The texts may have become shorter: a pending half of a character counts, and may never be completed.
            self.from_messages = (self.from_messages + self.texts_len()).saturating_sub(before);
        }
        added?;
        self.check_parts(choice)?;
        match choice.snapshot.and_then(|row| table.snapshots.get(row as usize)) {
            Some(snapshot) => self.complete(json, table, snapshot, &mut calls),
            None => Ok(()),
        }
    }

    /// Checks the number of parts over all chunks: a part of a few bytes takes a hundred bytes when it is read.
    fn check_parts(&self, choice: &ChoiceSpans) -> Result<(), TooLarge> {
        let many = matches!(choice.content, ContentSpan::Parts(..))
            && self.parts.as_ref().is_some_and(|parts| parts.len() > json::MOST_ELEMENTS);
        if many { Err(TooLarge { what: Limit::Elements, limit: json::MOST_ELEMENTS }) } else { Ok(()) }
    }

    /// Returns whether a delta of an earlier chunk held anything: a message is then a snapshot.
    pub(super) fn has_deltas(&self) -> bool {
        self.has_delta || self.texts_len() != self.from_messages
    }

    fn texts_len(&self) -> usize {
        let texts = [&self.content, &self.reasoning, &self.signature, &self.refusal];
        texts.into_iter().map(TextSum::len).sum::<usize>() + self.calls.size
    }

    pub(super) fn add_content(&mut self, json: &[u8], table: &Table, choice: &ChoiceSpans) {
        match choice.content {
            ContentSpan::Absent => self.null |= !choice.whole,
            ContentSpan::Null => self.null = true,
            ContentSpan::Text(span) => self.add_text(json, span),
            ContentSpan::Parts(first, end) => {
                if self.parts.is_none() {
                    // Half a character counts as text, although it is not written yet.
                    let before = (self.content.len() > 0).then_some(PartSum::Text { from: 0 });
                    self.parts = Some(before.into_iter().collect());
                }
                for part in table.parts.get(first..end).unwrap_or_default() {
                    let raw = part.raw.of(json);
                    match part.kind {
                        PartKind::Text { text, plain: true } => self.add_text(json, text),
                        PartKind::Text { text, plain: false } => {
                            let (from, _) = self.content.push(json, text);
                            self.parts.get_or_insert_default().push(PartSum::RichText { from, json: json::lossy(raw) });
                            self.kept += raw.len() + size_of::<PartSum>();
                        }
                        PartKind::Thinking { text, plain } => self.add_thinking(json, text, plain, raw),
                        PartKind::Other => self.add_raw(raw),
                    }
                }
            }
        }
    }

    fn add_text(&mut self, json: &[u8], span: Span) {
        self.content.begin(json, span);
        let (from, _) = self.content.push(json, span);
        match &mut self.parts {
            Some(parts) if !matches!(parts.last(), Some(PartSum::Text { .. })) => {
                parts.push(PartSum::Text { from });
                self.kept += size_of::<PartSum>();
            }
            _ => {}
        }
    }

    fn add_thinking(&mut self, json: &[u8], span: Span, plain: bool, raw: &[u8]) {
        let (from, _) = self.reasoning.push(json, span);
        self.names[2] = true;
        if !plain {
            return self.add_raw(raw);
        }
        let added = self.reasoning.text.get(from..).unwrap_or_default();
        let Some(parts) = &mut self.parts else { return };
        match parts.last_mut() {
            Some(PartSum::Thinking(text)) => text.push_str(added),
            _ => parts.push(PartSum::Thinking(added.to_owned())),
        }
    }

    fn add_raw(&mut self, raw: &[u8]) {
        // A further text of the same part has no JSON of its own.
        if let (Some(parts), false) = (&mut self.parts, raw.is_empty()) {
            parts.push(PartSum::Other(json::lossy(raw)));
            self.kept += raw.len() + size_of::<PartSum>();
        }
    }

    /// Adds reasoning under either name; only once if both names have it.
    pub(super) fn add_reasoning(&mut self, json: &[u8], choice: &ChoiceSpans) {
        if let Some(span) = choice.reasoning_content.or(choice.reasoning).filter(|span| !span.is_empty()) {
            self.reasoning.begin(json, span);
        }
        match (choice.reasoning_content, choice.reasoning) {
            (Some(content), Some(plain)) => {
                let (span, other) = if content.is_empty() { (plain, content) } else { (content, plain) };
                self.reasoning.push(json, span);
                if span.of(json) == other.of(json) {
                    self.names[0] = true;
                    self.names[1] = true;
                } else if other.is_empty() {
                    self.names[usize::from(span == plain)] = true;
                } else {
                    self.names[0] = true;
                    self.kept += self.message.add("reasoning", plain.quoted().of(json), &[]);
                }
            }
            (Some(content), None) => {
                self.reasoning.push(json, content);
                self.names[0] = true;
            }
            (None, Some(plain)) => {
                self.reasoning.push(json, plain);
                self.names[1] = true;
            }
            (None, None) => {}
        }
    }

    /// Replaces the pending halves of cut characters. `ends` are the ends of the fragments of the current chunk and
    /// their owners, from last to first: the replacement belongs to the last fragment.
    pub(super) fn flush<'a>(&mut self, ends: impl Iterator<Item = (usize, &'a mut usize)>) {
        let only_messages = !self.has_deltas();
        self.content.flush();
        self.reasoning.flush();
        self.refusal.flush();
        for (call, end) in ends {
            let Some(call) = self.calls.list.get_mut(call) else { continue };
            if *end == call.arguments.text.len() {
                call.arguments.flush();
                *end = call.arguments.text.len();
            }
        }
        for call in &mut self.calls.list {
            call.arguments.flush();
        }
        if only_messages {
            self.from_messages = self.texts_len();
        }
    }

    /// Returns the size of the choice in bytes, approximately.
    pub(super) fn size(&self) -> usize {
        self.texts_len()
            + self.kept
            + self.function_call.as_ref().map_or(0, CallSum::size)
            + self.role.as_ref().map_or(0, |role| beyond_a_word(role.as_str()))
            + self.finish_reason.as_deref().map_or(0, beyond_a_word)
    }
}

/// Returns how much longer a text is than an expected short word; the length of the word is not counted.
fn beyond_a_word(text: &str) -> usize {
    const WORD: usize = 64;
    text.len().saturating_sub(WORD)
}
