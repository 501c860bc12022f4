//! One answer as it adds up: its texts, its parts, its calls.

use super::Role;
use super::calls::{CallSum, Calls};
use super::merge::Merged;
use super::table::{ArgumentSpan, CallRow, ChoiceRow, ContentSpan, PartKind, Table};
use crate::json::{self, Span, TextSum};
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
    /// About how many bytes are kept of what has no count of its own.
    pub(super) kept: usize,
}

/// Longest name of a tool. Names come in fragments, and are copied for each of them; the longest that may be offered has 64
/// letters.
const LONGEST_NAME: usize = 1 << 10;

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
    pub(super) fn add_content(&mut self, json: &[u8], table: &Table, choice: &ChoiceRow) {
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
    pub(super) fn add_reasoning(&mut self, json: &[u8], choice: &ChoiceRow) {
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

    /// Adds a fragment to the call that it belongs to; returns which, and what it added to the arguments.
    pub(super) fn add_call(
        &mut self,
        json: &[u8],
        row: &CallRow,
        limit: usize,
    ) -> Result<(usize, (usize, usize)), TooLarge> {
        let place = self.calls.route(json, row);
        if place >= self.calls.list.len() {
            if place >= limit {
                return Err(TooLarge { what: Limit::ToolCalls, limit });
            }
            self.calls.open(row);
        }
        let Some(sum) = self.calls.list.get_mut(place) else { return Ok((place, (0, 0))) };
        let (from, before) = (sum.arguments.text.len(), sum.size());
        sum.add(json, row)?;
        self.calls.size = (self.calls.size + sum.size()).saturating_sub(before);
        Ok((place, (from, sum.arguments.text.len())))
    }

    /// Gives up waiting for the other halves of cut characters. `ends` are where the fragments of the current chunk end, and
    /// whose they are, from the last to the first: what takes the place of a half is the last one's.
    pub(super) fn flush<'a>(&mut self, ends: impl Iterator<Item = (usize, &'a mut usize)>) {
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
    }

    /// Returns about how many bytes are kept.
    pub(super) fn size(&self) -> usize {
        let texts = [&self.content, &self.reasoning, &self.signature, &self.refusal];
        texts.into_iter().map(|text| text.text.len()).sum::<usize>()
            + self.calls.size
            + self.kept
            + self.function_call.as_ref().map_or(0, CallSum::size)
            + self.role.as_ref().map_or(0, |role| beyond_a_word(role.as_str()))
            + self.finish_reason.as_deref().map_or(0, beyond_a_word)
    }
}

impl CallSum {
    fn size(&self) -> usize {
        let texts = [self.id.as_deref(), self.kind.as_deref(), self.value.as_deref()];
        self.arguments.text.len() + self.name.len() + texts.into_iter().flatten().map(str::len).sum::<usize>()
    }

    /// Adds a fragment.
    ///
    /// # Errors
    /// [`TooLarge`] where that makes a name that none has.
    pub(super) fn add(&mut self, json: &[u8], row: &CallRow) -> Result<(), TooLarge> {
        first_text(&mut self.id, json, row.id);
        first_text(&mut self.kind, json, row.kind);
        if let Some(name) = row.name {
            // The whole name again is a repetition; anything else is the rest of it.
            let fragment = json::to_cow(json, name);
            if *fragment != *self.name {
                if self.name.len() + fragment.len() > LONGEST_NAME {
                    return Err(TooLarge { what: Limit::ToolName, limit: LONGEST_NAME });
                }
                self.name = [&*self.name, &*fragment].concat().into();
            }
        }
        match row.arguments {
            ArgumentSpan::Absent => {}
            ArgumentSpan::Null => self.null = true,
            ArgumentSpan::Text(span) => drop(self.arguments.push(json, span)),
            ArgumentSpan::Json(value) => self.value = Some(json::lossy(value.of(json))),
        }
        Ok(())
    }
}

/// Returns how much longer a text is than the words that should stand in its place, which are not counted.
fn beyond_a_word(text: &str) -> usize {
    const WORD: usize = 64;
    text.len().saturating_sub(WORD)
}

/// Takes the first text that is not empty.
pub(super) fn first_text<T: From<String>>(slot: &mut Option<T>, json: &[u8], span: Option<Span>) {
    if let (None, Some(span)) = (&slot, span.filter(|span| !span.is_empty())) {
        *slot = Some(json::to_string(json, span).into());
    }
}
