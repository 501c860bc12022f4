//! One answer as it adds up: its texts, its parts, its calls.

use super::Role;
use super::calls::{CallSum, Calls, NewCalls};
use super::reader::{ChoiceSpans, ContentSpan, PartKind, Table};
use crate::json::{self, Merged, Span, TextSum};
use crate::limits::{Limit, TooLarge};

/// One choice as it adds up.
#[derive(Debug, Default)]
pub(super) struct ChoiceSum {
    pub(super) index: u8,
    pub(super) role: Option<Role>,
    pub(super) content: TextSum,
    /// `content` came as null, or did not come with a whole message.
    pub(super) null: bool,
    /// The content in parts, once it came as such.
    pub(super) parts: Option<Vec<PartSum>>,
    /// A delta, or a message, was an object.
    pub(super) has_message: bool,
    pub(super) reasoning: TextSum,
    /// Which names carried reasoning: `reasoning_content`, `reasoning`, parts of the content.
    pub(super) names: [bool; 3],
    pub(super) signature: TextSum,
    pub(super) refusal: TextSum,
    pub(super) calls: Calls,
    pub(super) function_call: Option<CallSum>,
    pub(super) finish_reason: Option<String>,
    pub(super) extra: Merged,
    pub(super) message: Merged,
    /// A delta held more than texts and calls, which are counted.
    pub(super) has_delta: bool,
    /// How many bytes of the texts and calls came in messages instead of deltas.
    pub(super) from_messages: usize,
    /// About how many bytes are kept of what has no count of its own.
    pub(super) kept: usize,
}

/// A part of the content as it adds up. A text is what the whole text has from there to where the next one begins, so that
/// all of them together are the whole.
#[derive(Clone, Debug)]
pub(super) enum PartSum {
    Text {
        from: usize,
    },
    /// A text that came with more than itself: JSON, as it came.
    RichText {
        from: usize,
        json: String,
    },
    Thinking(String),
    /// JSON, as it came.
    Other(String),
}

impl PartSum {
    /// Returns where in the whole text its own begins.
    pub(super) fn from(&self) -> Option<usize> {
        match self {
            PartSum::Text { from } | PartSum::RichText { from, .. } => Some(*from),
            PartSum::Thinking(_) | PartSum::Other(_) => None,
        }
    }
}

impl ChoiceSum {
    /// Adds what a chunk carries for the choice.
    ///
    /// # Errors
    /// [`TooLarge`] where it brings more calls, or a longer name, than the limits allow.
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
            // One signature, whole or in pieces; some servers repeat it.
            if !self.signature.seen || json::to_cow(json, span) != self.signature.text {
                self.signature.push(json, span);
            }
        }
        if let Some(call) = choice.function_call.and_then(|row| table.function_calls.get(row)) {
            self.function_call.get_or_insert_default().add(json, call)?;
        }
        let added = self.calls.add_all(json, table, choice.calls, &mut calls);
        if choice.whole {
            // The texts may have become shorter: half a character that is waited for counts, and may not come.
            self.from_messages = (self.from_messages + self.texts_len()).saturating_sub(before);
        }
        added?;
        self.check_parts(choice)?;
        match choice.snapshot.and_then(|row| table.snapshots.get(row as usize)) {
            Some(snapshot) => self.complete(json, table, snapshot, &mut calls),
            None => Ok(()),
        }
    }

    /// A part of a few bytes takes a hundred when it is read, so parts are counted over all chunks.
    fn check_parts(&self, choice: &ChoiceSpans) -> Result<(), TooLarge> {
        let many = matches!(choice.content, ContentSpan::Parts(..))
            && self.parts.as_ref().is_some_and(|parts| parts.len() > json::MOST_ELEMENTS);
        if many { Err(TooLarge { what: Limit::Elements, limit: json::MOST_ELEMENTS }) } else { Ok(()) }
    }

    /// Returns whether a delta of an earlier chunk held anything: a message is a snapshot then.
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
                    let before = (!self.content.text.is_empty()).then_some(PartSum::Text { from: 0 });
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
        // A further text of the part before has none of its own.
        if let (Some(parts), false) = (&mut self.parts, raw.is_empty()) {
            parts.push(PartSum::Other(json::lossy(raw)));
            self.kept += raw.len() + size_of::<PartSum>();
        }
    }

    /// Adds reasoning under either name, once where both carry it.
    pub(super) fn add_reasoning(&mut self, json: &[u8], choice: &ChoiceSpans) {
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

    /// Gives up waiting for the other halves of cut characters. `ends` are where the fragments of the current chunk end, and
    /// whose they are, from the last to the first: what takes the place of a half is the last one's.
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

    /// Returns about how many bytes are kept.
    pub(super) fn size(&self) -> usize {
        self.texts_len()
            + self.kept
            + self.function_call.as_ref().map_or(0, CallSum::size)
            + self.role.as_ref().map_or(0, |role| beyond_a_word(role.as_str()))
            + self.finish_reason.as_deref().map_or(0, beyond_a_word)
    }
}

/// Returns how much longer a text is than the words that should stand in its place, which are not counted.
fn beyond_a_word(text: &str) -> usize {
    const WORD: usize = 64;
    text.len().saturating_sub(WORD)
}
