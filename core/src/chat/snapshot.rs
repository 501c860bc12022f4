//! A message beside the deltas of a stream. It is a snapshot of the answer, and adds only what the deltas lack.

use super::calls::NewCalls;
use super::choice_sum::{ChoiceSum, PartSum};
use super::reader::{ChoiceSpans, ContentSpan, PartKind, Table};
use crate::error::TooLarge;
use crate::json;

impl ChoiceSum {
    /// Adds what a snapshot has beyond the deltas. If a text of the snapshot does not begin with the text of the
    /// deltas, nothing of it is added.
    ///
    /// # Errors
    /// [`TooLarge`] if the choice has more calls than the limit allows, or if a tool name grows beyond 1 KiB.
    pub(super) fn complete(
        &mut self,
        json: &[u8],
        table: &Table,
        message: &ChoiceSpans,
        calls: &mut NewCalls<'_>,
    ) -> Result<(), TooLarge> {
        let nothing_came = self.content.text.is_empty() && self.parts.is_none();
        match message.content {
            ContentSpan::Absent | ContentSpan::Null => {}
            ContentSpan::Parts(..) if nothing_came && self.reasoning.text.is_empty() => {
                self.add_content(json, table, message);
            }
            ContentSpan::Text(text) => self.complete_content(&json::to_cow(json, text)),
            ContentSpan::Parts(first, end) => {
                let (mut text, mut thinking) = (None::<String>, None::<String>);
                for part in table.parts.get(first..end).unwrap_or_default() {
                    let (sum, span) = match part.kind {
                        PartKind::Text { text: span, .. } => (&mut text, span),
                        PartKind::Thinking { text: span, .. } => (&mut thinking, span),
                        PartKind::Other => continue,
                    };
                    sum.get_or_insert_default().push_str(&json::to_cow(json, span));
                }
                text.into_iter().for_each(|text| self.complete_content(&text));
                thinking.into_iter().for_each(|text| self.complete_reasoning(&text, 2));
            }
        }
        let named = [message.reasoning_content, message.reasoning].into_iter().enumerate();
        let named = named.filter_map(|(name, span)| Some((json::to_cow(json, span?), name)));
        if let Some((text, name)) = named.max_by_key(|(text, name)| (!text.is_empty(), std::cmp::Reverse(*name))) {
            self.complete_reasoning(&text, name);
        }
        if let Some(span) = message.refusal {
            self.refusal.complete(&json::to_cow(json, span));
        }
        if let (Some(span), false) = (message.reasoning_signature, self.signature.seen) {
            self.signature.push(json, span);
        }
        if let (Some(row), None) = (message.function_call, &self.function_call) {
            if let Some(call) = table.function_calls.get(row) {
                self.function_call.get_or_insert_default().add(json, call)?;
            }
        }
        self.calls.complete(json, table, message.calls, calls)
    }

    fn complete_content(&mut self, whole: &str) {
        let (from, to) = self.content.complete(whole);
        if let (Some(parts), true) = (&mut self.parts, to > from) {
            if !matches!(parts.last(), Some(PartSum::Text { .. })) {
                parts.push(PartSum::Text { from });
                self.kept += size_of::<PartSum>();
            }
        }
    }

    fn complete_reasoning(&mut self, whole: &str, name: usize) {
        let (from, to) = self.reasoning.complete(whole);
        let nothing_came = from == 0;
        if let (Some(carried), true) = (self.names.get_mut(name), nothing_came && to > from) {
            *carried = true;
        }
    }
}

/// Returns JSON without white space between its tokens, so that two spellings of the same arguments are equal.
pub(super) fn compact(json: &str) -> String {
    let (mut in_string, mut escaped) = (false, false);
    let mut compact = String::with_capacity(json.len());
    for char in json.chars() {
        if in_string || !char.is_ascii_whitespace() {
            compact.push(char);
        }
        match char {
            _ if escaped => escaped = false,
            '\\' => escaped = in_string,
            '"' => in_string = !in_string,
            _ => {}
        }
    }
    compact
}
