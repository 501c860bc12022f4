//! A text that adds up from fragments.

use crate::json::{self, HighSurrogate, Span};

/// A text, and the half of a character that its last fragment ended with.
#[derive(Clone, Debug, Default)]
pub(crate) struct TextSum {
    pub(crate) text: String,
    held: Option<HighSurrogate>,
    /// A string came, be it empty.
    pub(crate) seen: bool,
}

impl TextSum {
    /// Appends a fragment; returns where the text begins that is new, and where it ends.
    #[inline]
    pub(crate) fn push(&mut self, json: &[u8], span: Span) -> (usize, usize) {
        let from = self.text.len();
        self.seen = true;
        if span.escaped || self.held.is_some() {
            self.held = json::append(json, span, self.held, true, &mut self.text);
        } else if !self.push_token(json, span) {
            json::push_lossy(span.of(json), &mut self.text);
        }
        (from, self.text.len())
    }

    /// Appends a text that is short, as tokens are, without a branch that depends on how short; returns whether it did.
    #[inline]
    fn push_token(&mut self, json: &[u8], span: Span) -> bool {
        const LONGEST: usize = 16;
        let length = span.of(json).len();
        let window = json.get(span.start as usize..).and_then(|rest| rest.first_chunk::<LONGEST>());
        let Some(window) = window.filter(|_| length <= LONGEST) else { return false };
        // What follows the text becomes NUL, is checked and copied with it, and cut off again.
        let unused = 8 * (LONGEST - length) as u32;
        let token = u128::from_le_bytes(*window).checked_shl(unused).unwrap_or(0) >> (unused % 128);
        let bytes = token.to_le_bytes();
        // No character is cut at the end of the text: a NUL follows it, which continues none.
        let Ok(text) = std::str::from_utf8(&bytes) else { return false };
        let end = self.text.len() + length;
        self.text.push_str(text);
        self.text.truncate(end);
        true
    }

    /// Returns how many bytes came, about: the half of a character is one.
    pub(crate) fn len(&self) -> usize {
        self.text.len() + usize::from(self.held.is_some())
    }

    /// Takes the whole text: where it begins with what there is, the rest is added; returns from where to where.
    pub(crate) fn complete(&mut self, whole: &str) -> (usize, usize) {
        let from = self.text.len();
        if let Some(rest) = whole.strip_prefix(&*self.text) {
            self.text.push_str(rest);
            self.seen = true;
            if !rest.is_empty() {
                self.held = None;
            }
        }
        (from, self.text.len())
    }

    /// Replaces a half that will not be completed.
    pub(crate) fn flush(&mut self) {
        if self.held.take().is_some() {
            self.text.push(char::REPLACEMENT_CHARACTER);
        }
    }

    /// Returns the text, if a string came.
    pub(crate) fn get(&self) -> Option<String> {
        self.seen.then(|| self.text.clone())
    }
}
