//! A text that adds up from fragments.

use crate::json::{self, HighSurrogate, Span};

/// A text, and the half of a character that its last fragment ended with.
#[derive(Clone, Debug, Default)]
pub(super) struct TextSum {
    pub(super) text: String,
    held: Option<HighSurrogate>,
    /// A string came, be it empty.
    pub(super) seen: bool,
}

impl TextSum {
    /// Appends a fragment; returns where the text begins that is new, and where it ends.
    #[inline]
    pub(super) fn push(&mut self, json: &[u8], span: Span) -> (usize, usize) {
        let from = self.text.len();
        self.seen = true;
        match std::str::from_utf8(span.of(json)) {
            // Nearly all there is.
            Ok(text) if !span.escaped && self.held.is_none() => self.text.push_str(text),
            _ => self.held = json::append(json, span, self.held, true, &mut self.text),
        }
        (from, self.text.len())
    }

    /// Replaces a half that will not be completed.
    pub(super) fn flush(&mut self) {
        if self.held.take().is_some() {
            self.text.push(char::REPLACEMENT_CHARACTER);
        }
    }

    /// Returns the text, if a string came.
    pub(super) fn get(&self) -> Option<String> {
        self.seen.then(|| self.text.clone())
    }
}
