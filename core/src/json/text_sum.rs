//! A text that is joined from fragments.

use crate::json::{self, HighSurrogate, Span};

/// A text, and the surrogate half at the end of its last fragment.
#[derive(Clone, Debug, Default)]
pub(crate) struct TextSum {
    pub(crate) text: String,
    held: Option<HighSurrogate>,
    /// Whether a string came, even an empty one.
    pub(crate) seen: bool,
}

impl TextSum {
    /// Appends a fragment; returns start and end of the new text.
    #[inline(never)]
    pub(crate) fn push(&mut self, json: &[u8], span: Span) -> (usize, usize) {
        let from = self.text.len();
        self.seen = true;
        let as_it_stands = !span.escaped && self.held.is_none();
        if !(as_it_stands && self.push_token(json, span)) {
            self.push_any(json, span);
        }
        (from, self.text.len())
    }

    #[inline(never)]
    fn push_any(&mut self, json: &[u8], span: Span) {
        if span.escaped || self.held.is_some() {
            self.held = json::append(json, span, self.held, true, &mut self.text);
        } else {
            json::push_lossy(span.of(json), &mut self.text);
        }
    }

    /// Takes memory for a text that begins with this fragment, so that it does not grow by a few bytes at a time.
    pub(crate) fn begin(&mut self, json: &[u8], span: Span) {
        const USUAL: usize = 256;
        if !self.has_begun() {
            self.text.reserve(USUAL.max(span.of(json).len()));
        }
    }

    /// Returns whether it has memory.
    #[inline]
    pub(crate) fn has_begun(&self) -> bool {
        self.text.capacity() > 0
    }

    /// Appends a short text, such as a token, without a branch on its length; returns whether it did.
    #[inline(always)]
    fn push_token(&mut self, json: &[u8], span: Span) -> bool {
        const LONGEST: usize = 16;
        let length = (span.end as usize).wrapping_sub(span.start as usize);
        // A text is often near the end of its event, but never near its beginning.
        let window = json.get(..span.end as usize).and_then(|seen| seen.last_chunk::<LONGEST>());
        let Some(window) = window.filter(|_| length <= LONGEST) else { return false };
        // The bytes before the text are shifted out, and NUL is shifted in after it; that is checked and copied with the
        // text, and cut off again.
        let unused = 8 * (LONGEST - length) as u32;
        let Some(shifted) = u128::from_le_bytes(*window).checked_shr(unused) else { return false };
        let bytes = shifted.to_le_bytes();
        // No character is cut at the end of the text: a NUL follows, which continues no character.
        let Ok(text) = std::str::from_utf8(&bytes) else { return false };
        // Always so; with the length known, the copy is two instructions instead of a call.
        if text.len() != LONGEST {
            return false;
        }
        let end = self.text.len() + length;
        self.text.push_str(text);
        self.text.truncate(end);
        true
    }

    /// Returns the length in bytes; a surrogate half counts as one byte.
    pub(crate) fn len(&self) -> usize {
        self.text.len() + usize::from(self.held.is_some())
    }

    /// Accepts the whole text. If it begins with the text so far, the rest is added; returns start and end of the new
    /// text.
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

    /// Replaces a surrogate half that will not be completed.
    pub(crate) fn flush(&mut self) {
        if self.held.take().is_some() {
            self.text.push(char::REPLACEMENT_CHARACTER);
        }
    }

    /// Returns the text, if a string came.
    pub(crate) fn into_text(mut self) -> Option<String> {
        self.text.shrink_to_fit();
        self.seen.then_some(self.text)
    }
}
