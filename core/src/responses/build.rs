//! Builds items from their deltas, and completes a later snapshot of an item with the members that only an earlier one
//! has.

use super::item_sum::{Family, ItemSum, PartKind, PartSum};
use crate::json::{self, Element, Members};

use super::{
    Annotation, FunctionCall, OutputItem, OutputMessage, OutputPart, OutputText, ReasoningItem, ReasoningText, Refusal,
};

impl ItemSum {
    /// Builds the item from its sums so far.
    pub(super) fn build(&self, family: Family) -> OutputItem {
        let told = self.snapshot.as_ref().map(|snapshot| OutputItem::of(Element::read(&snapshot.json)));
        let mut item = match (told, family) {
            (Some(item), _) => item,
            (None, Family::Reasoning) => OutputItem::Reasoning(ReasoningItem::unannounced()),
            (None, Family::Call) => OutputItem::FunctionCall(FunctionCall::default()),
            // Only messages and the kinds below come in pieces.
            (None, Family::Message | Family::Other) => OutputItem::Message(OutputMessage::unannounced()),
        };
        if !self.done || is_blank(&item) {
            self.add_pieces(&mut item);
        }
        if let OutputItem::FunctionCall(call) = &mut item {
            call.unfinished = !self.done && !self.arguments_done;
            // The status at its beginning is no longer true.
            if self.arguments_done && !self.done {
                call.status = None;
            }
        }
        item
    }

    fn add_pieces(&self, item: &mut OutputItem) {
        match item {
            OutputItem::Message(message) if !self.parts.is_empty() => {
                message.content = self.parts.iter().map(|((_, kind), part)| part.output(*kind)).collect();
            }
            OutputItem::Reasoning(reasoning) if !self.parts.is_empty() => {
                let texts = |wanted: PartKind, name: &str| {
                    let parts = self.parts.iter().filter(|((_, kind), _)| *kind == wanted);
                    parts.map(|(_, part)| ReasoningText::of(name, part.text.text.clone())).collect()
                };
                reasoning.summary = texts(PartKind::Summary, "summary_text");
                reasoning.content = texts(PartKind::Reasoning, "reasoning_text");
            }
            OutputItem::FunctionCall(call) if self.arguments.seen => call.arguments = self.arguments.text.clone(),
            _ => {}
        }
    }
}

impl PartSum {
    /// Builds the part from its sums so far.
    fn output(&self, kind: PartKind) -> OutputPart {
        let annotations = || self.annotations.iter().filter_map(|json| Annotation::read(Members::read(json).ok()?));
        match (self.snapshot.as_ref().map(|snapshot| OutputPart::read(Element::read(&snapshot.json))), kind) {
            (Some(OutputPart::Text(mut text)), _) => {
                if text.text.is_empty() {
                    text.text.clone_from(&self.text.text);
                }
                if text.annotations.is_empty() {
                    text.annotations.extend(annotations());
                }
                OutputPart::Text(text)
            }
            (Some(OutputPart::Refusal(mut refusal)), _) => {
                if refusal.refusal.is_empty() {
                    refusal.refusal.clone_from(&self.text.text);
                }
                OutputPart::Refusal(refusal)
            }
            (Some(other), _) => other,
            (None, PartKind::Refusal) => OutputPart::Refusal(Refusal::of(self.text.text.clone())),
            (None, _) => OutputPart::Text(OutputText::of(self.text.text.clone(), annotations().collect())),
        }
    }
}

/// Returns whether an item has none of the texts that come in pieces.
fn is_blank(item: &OutputItem) -> bool {
    match item {
        OutputItem::Message(message) => message.content.iter().all(|part| part.size() == 0),
        OutputItem::Reasoning(reasoning) => reasoning.texts().all(str::is_empty),
        OutputItem::FunctionCall(call) => call.arguments.is_empty(),
        OutputItem::Other(_) => false,
    }
}

/// Completes an item with the members that only an earlier snapshot has. Of two ids the later one counts.
pub(super) fn complete(item: &mut OutputItem, earlier: OutputItem) {
    let is_blank = is_blank(item);
    match (item, earlier) {
        (OutputItem::Message(item), OutputItem::Message(earlier)) => {
            take_text(&mut item.id, earlier.id);
            item.status = item.status.take().or(earlier.status);
            item.extra.complete(&earlier.extra);
            if is_blank && !earlier.content.is_empty() {
                item.content = earlier.content;
            }
        }
        (OutputItem::Reasoning(item), OutputItem::Reasoning(earlier)) => {
            take_text(&mut item.id, earlier.id);
            take_text(&mut item.encrypted_content, earlier.encrypted_content);
            item.status = item.status.take().or(earlier.status);
            item.extra.complete(&earlier.extra);
            if is_blank {
                item.summary = earlier.summary;
                item.content = earlier.content;
            }
        }
        (OutputItem::FunctionCall(item), OutputItem::FunctionCall(earlier)) => item.complete(earlier, is_blank),
        (OutputItem::Other(item), OutputItem::Other(earlier)) => {
            if let Some(completed) = json::completed(item.as_bytes(), earlier.as_bytes()) {
                *item = completed;
            }
        }
        _ => {}
    }
}

/// Uses the earlier text if the later one is missing or empty.
pub(super) fn take_text(text: &mut Option<String>, earlier: Option<String>) {
    if text.as_ref().is_none_or(String::is_empty) {
        *text = earlier.or(text.take());
    }
}
