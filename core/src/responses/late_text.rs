//! Texts that a server sends only as a whole, or with another content than in their pieces.

use super::OutputItem;
use crate::json::partial::{Origin, Written};

/// A text of the answer, or the arguments of a call, with a content that no earlier event had.
#[derive(Debug)]
pub(super) struct LateText {
    origin: Origin,
    edition: u32,
    name: Option<String>,
    text: String,
}

impl LateText {
    /// Adds what an item has, and `streamed` has not. `index` is where the item is in the output; `edition` marks a text that
    /// does not go on from the streamed one, or that no streamed item is known to be.
    pub(super) fn collect<'a>(
        item: &OutputItem,
        index: u64,
        edition: u32,
        streamed: impl Fn(Origin) -> Option<&'a str>,
        all: &mut Vec<LateText>,
    ) {
        let mut add = |origin, name: Option<&String>, text: &str| {
            let before = streamed(origin);
            if !text.is_empty() && before != Some(text) {
                let edition = if before.is_some_and(|before| text.starts_with(before)) { 0 } else { edition };
                all.push(LateText { origin, edition, name: name.cloned(), text: text.to_owned() });
            }
        };
        match item {
            OutputItem::Message(message) => {
                for (part, content) in (0..).zip(&message.content) {
                    add(Origin::Text { index, part }, None, content.text());
                }
            }
            OutputItem::FunctionCall(call) => {
                add(Origin::Arguments { index, part: 0 }, call.name.as_ref(), &call.arguments);
            }
            OutputItem::Reasoning(_) | OutputItem::Other(_) => {}
        }
    }

    pub(super) fn written(&self) -> Written<'_> {
        Written::new(self.origin, self.edition, &self.text).named(self.name.as_deref())
    }
}

impl OutputItem {
    /// Returns the text, or the arguments, of an item.
    pub(super) fn text_at(&self, origin: Origin) -> &str {
        match (self, origin) {
            (OutputItem::Message(message), Origin::Text { part, .. }) => {
                let part = usize::try_from(part).ok().and_then(|part| message.content.get(part));
                part.map_or("", |part| part.text())
            }
            (OutputItem::FunctionCall(call), Origin::Arguments { .. }) => &call.arguments,
            _ => "",
        }
    }
}
